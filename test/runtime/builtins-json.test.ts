/** JSON and the methods of iterators against the native ones. */
import { holey, iterable, scenarios, type World } from "./builtins-kit.js";

const raw = (JSON as unknown as { rawJSON: (text: string) => object }).rawJSON;
const text = ({ call }: World, ...args: unknown[]): unknown => call(JSON.stringify, JSON, ...args);
const parsed = ({ call }: World, ...args: unknown[]): unknown => call(JSON.parse, JSON, ...args);

const VALUES: Record<string, (world: World) => unknown> = {
  plain: () => ({ a: [1, "x", null, true, { b: [] }], c: {}, u: undefined, f: () => 1, s: Symbol("s"), nan: Number.NaN }),
  numbers: () => [0, -0, 1e21, 1e-7, 5.5, Infinity],
  surrogates: () => ["\ud800", "\ude00a", "😀", '"\\\b\f\n\r\t\u0001\u2028'],
  toJSON: ({ log }) => ({ a: { toJSON: (key: string) => (log.push(key), [key]) }, date: new Date(0) }),
  wrappers: ({ value }) => [Object(1), Object("s"), Object(false), value("x")],
  "a proxy": ({ spy }) => spy({ a: spy([1, 2], "list"), b: 2 }),
  getters: ({ log }) => ({
    get a() {
      log.push("a");
      return 1;
    },
  }),
  "raw text": () => [raw("1e1000"), { a: raw('"x"') }],
  "a function": () => () => 1,
  undefined: () => undefined,
  "a BigInt": () => [1n],
  "a cycle": () => {
    const a: unknown[] = [];
    a.push({ a });
    return a;
  },
  "holes and extra keys": () => Object.assign(holey(1, undefined, 3), { extra: 1 }),
  "integer keys": () => ({ b: 1, 2: 2, 1: 1 }),
};

const OPTIONS: Record<string, (world: World) => unknown[]> = {
  "no options": () => [],
  "an indent": ({ value }) => [null, Object.assign(Object(2), { valueOf: () => value(3) }) as unknown],
  "a text as indent": () => [undefined, "--> and more than ten"],
  "a replacer": ({ log }) => [
    function (this: unknown, key: string, value: unknown) {
      log.push([key, Array.isArray(this)]);
      return typeof value === "number" ? value + 1 : value;
    },
    1,
  ],
  "a list of keys": () => [["a", "b", 1, Object("c"), "a", {}]],
};

scenarios(
  Object.fromEntries(
    Object.entries(VALUES).flatMap(([what, value]) =>
      Object.entries(OPTIONS).map(([how, options]) => [
        `stringify ${what} with ${how}`,
        (world: World) => text(world, value(world), ...options(world)),
      ]),
    ),
  ),
);

const SOURCE = '{"a":[1,2.50,"x",{"b":null}],"c":{"d":1e3},"__proto__":1}';

scenarios({
  parse: (world) => parsed(world, world.value(SOURCE, "text")),
  "parse of a bad text": (world) => parsed(world, "{"),
  "parse with a reviver": (world) =>
    parsed(world, SOURCE, function (this: unknown, key: string, value: unknown, context: { source?: string }) {
      world.log.push([key, Array.isArray(this), context.source, value]);
      return typeof value === "number" ? undefined : value;
    }),
  "parse with a reviver that changes what is to come": (world) =>
    parsed(world, '[1,2,{"a":3},4]', function (this: unknown[], key: string, value: unknown, context: { source?: string }) {
      world.log.push([key, context.source]);
      if (key === "0") [this[1], this[2]] = [5, [6]];
      return value;
    }),
  "parse of a primitive": (world) => parsed(world, "-0.0", (...args: unknown[]) => args.slice(1)),
  "parse with a list that was frozen": (world) =>
    parsed(world, "[1,2]", function (this: object, key: string) {
      return key === "" ? Object.freeze(this) : undefined;
    }),
});

const I = Iterator.prototype as unknown as Record<string, unknown>;
const helper = (world: World, method: string, ...args: unknown[]): IteratorObject<unknown> =>
  world.call(I[method], opened(world), ...args) as IteratorObject<unknown>;
const opened = ({ log }: World): Iterator<unknown> => {
  const values = iterable([3, 4, 5], log) as Iterable<unknown>;
  return Object.assign(Object.create(Iterator.prototype) as object, values[Symbol.iterator]());
};
const isEven = (value: unknown): boolean => (value as number) % 2 === 0;

scenarios({
  toArray: (world) => helper(world, "toArray"),
  forEach: (world) => helper(world, "forEach", (...args: unknown[]) => world.log.push(args)),
  "some, every, find": (world) => [helper(world, "some", isEven), helper(world, "every", isEven), helper(world, "find", isEven)],
  reduce: (world) => [
    helper(world, "reduce", (a: number, b: number) => a + b),
    helper(world, "reduce", (a: string, b: number) => a + b, ""),
  ],
  "a callback that is none": (world) => helper(world, "reduce", 1),
  map: (world) => [...helper(world, "map", (...args: unknown[]) => args)],
  filter: (world) => [...helper(world, "filter", isEven)],
  take: (world) => [...helper(world, "take", world.value(2))],
  "take nothing": (world) => helper(world, "take", Number.NaN),
  drop: (world) => [...helper(world, "drop", 1)],
  flatMap: (world) => [...helper(world, "flatMap", (value: unknown) => [value, iterable([value], world.log)].slice(0, 1))],
  "flatMap of texts": (world) => [...helper(world, "flatMap", () => "ab")],
  "return before and after the start": (world) => {
    const before = helper(world, "map", String);
    const after = helper(world, "map", String);
    return [before.return!(), before.next(), after.next(), after.return!(), after.next()];
  },
  from: (world) => [
    world.call(Iterator.from, Iterator, [1].values()) instanceof Iterator,
    (world.call(Iterator.from, Iterator, { next: () => "as it is" }) as Iterator<unknown>).next(),
    [...(world.call(Iterator.from, Iterator, iterable([1], world.log)) as Iterable<unknown>)],
  ],
  "from a number": (world) => world.call(Iterator.from, Iterator, 5),
});
