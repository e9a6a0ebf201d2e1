/** Generated object graphs of every kind: each node is made, then linked to others in any direction, then closed. */
import fc from "fast-check";
import { intrinsicName } from "../../src/runtime/codec/intrinsics.js";
import { Frame } from "../../src/runtime/frame.js";
import { privateStore } from "../../src/runtime/private-store.js";
import { closureOf, idOf } from "../../src/runtime/registry.js";
import type { Inside } from "./isomorphic.js";
import { adder, Bag, closure, declared, frame, helper, Point, Point3, selfish, settings, ShopError, Stack } from "./program.js";

type Key = string | symbol;
interface Link {
  readonly to: number;
  readonly key: Key;
  readonly value: unknown;
  readonly attributes: number;
}
interface Plan {
  readonly kind: keyof typeof KINDS;
  readonly value: unknown;
  readonly number: number;
  readonly text: string;
  readonly links: readonly Link[];
  readonly end: "open" | "frozen" | "sealed" | "locked";
}
interface Making extends Plan {
  /** A node made before, or nothing. */
  readonly earlier: unknown;
  readonly buffers: readonly ArrayBuffer[];
}
interface Kind {
  make(plan: Making): object;
  /** Adds a link in the kind's own way; otherwise it becomes a property. */
  link?(node: never, target: unknown, link: Link): void;
}

const view = (type: new (buffer: ArrayBuffer, offset: number, length: number) => object): Kind => ({
  make: ({ buffers, number }) => new type(buffers[number % buffers.length]!, (number % 3) * 8, number % 2),
});
const push = (array: unknown[], target: unknown): void => void Reflect.set(array, array.length, target);
const put = (map: Map<unknown, unknown>, target: unknown, { value, attributes }: Link): void =>
  void (attributes & 1 ? map.set(target, value) : map.set(value, target));
const isObject = (value: unknown): boolean => (typeof value === "object" && value !== null) || typeof value === "function";
const isPlain = (value: unknown): value is object => typeof value === "object" && value !== null && !(value instanceof Frame);

const KINDS = {
  object: { make: ({ text, value }) => ({ [text]: value }) },
  empty: { make: () => ({}) },
  wide: { make: ({ number, value }) => Object.fromEntries(Array.from({ length: number % 50 }, (_, i) => [`k${i}`, value])) },
  nil: { make: ({ value }) => Object.assign(Object.create(null) as object, { value }) },
  array: { make: ({ value }) => [value], link: push },
  sparse: { make: ({ number, value }) => Object.assign([], { [number]: value }), link: push },
  map: { make: ({ value }) => new Map([[value, value]]), link: put },
  set: { make: ({ value }) => new Set([value]), link: (set: Set<unknown>, target) => void set.add(target) },
  date: { make: ({ number }) => new Date(number) },
  regexp: { make: ({ number }) => Object.assign(/a(?<b>.)/dgu, { lastIndex: number }) },
  error: { make: ({ text, earlier }) => new RangeError(text, { cause: earlier }) },
  errors: { make: ({ text, earlier, value }) => new AggregateError([earlier, value], text) },
  shopError: { make: ({ text, earlier }) => new ShopError(text, earlier) },
  boxed: { make: ({ value, text }) => Object(isObject(value) ? text : (value ?? text)) as object },
  buffer: { make: ({ buffers, number }) => buffers[number % buffers.length]! },
  bytes: view(Uint8Array),
  shorts: view(Int16Array),
  floats: view(Float64Array),
  longs: view(BigUint64Array),
  view: view(DataView),
  node: { make: ({ text }) => Buffer.from(text) },
  url: { make: ({ number }) => new URL(`https://host.example/${number}?q=1`) },
  params: { make: ({ number }) => new URLSearchParams({ n: String(number) }) },
  parsed: { make: ({ number }) => new URL(`https://host.example/?n=${number}`).searchParams },
  args: { make: ({ value, number }) => argumentsOf(value, number) },
  point: { make: ({ value }) => new Point(value as number, 2) },
  point3: { make: ({ value }) => new Point3(value as number, 2) },
  bag: { make: ({ value }) => new Bag([[1, value]]), link: put },
  stack: { make: ({ value }) => Stack.of(value, 1), link: push },
  closure: { make: ({ earlier, value }) => closure(adder, [earlier ?? value]) },
  bound: { make: ({ earlier }) => closure(selfish, [], earlier) },
  declared: { make: ({ earlier }) => closure(declared, [earlier]) },
  instance: { make: ({ value }) => new (closure(declared, [value]) as unknown as new () => object)() },
  frame: {
    make: ({ earlier, value, number }) => frame({ value }, number % 2, earlier),
    link: (node: Frame, target, { key }) => void ((node.slots as Record<string, unknown>)[`slot ${String(key)}`] = target),
  },
  accessor: {
    make: ({ earlier, text }) =>
      Object.defineProperty({}, text, { get: closure(adder, [earlier]) as never, set: helper, enumerable: true }),
  },
  setter: { make: () => Object.defineProperty([1], 0, { set: helper, configurable: true, enumerable: true }) },
  child: { make: ({ earlier, value }) => Object.assign(Object.create(isPlain(earlier) ? earlier : null) as object, { value }) },
} satisfies Record<string, Kind>;

const key = fc.constantFrom<Key>(
  "a",
  "b",
  "long key",
  "__proto__",
  "constructor",
  "7",
  "then",
  Symbol.for("key"),
  Symbol.toStringTag,
);
const primitive = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, -0, NaN, Infinity, 0n, -(2n ** 70n), "\ud800", "ü", "日本", Symbol.for("value"), Symbol.iterator),
  fc.constantFrom<unknown>(helper, Point, settings, Math, Array.prototype.map, Point.prototype, Object.prototype),
  fc.integer(),
  fc.double(),
  fc.string(),
  fc.bigInt(),
); // prettier-ignore
const link = fc.record({ to: fc.nat(20), key, value: primitive, attributes: fc.nat(7) });
const plan: fc.Arbitrary<Plan> = fc.record({
  kind: fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[])),
  value: primitive,
  number: fc.nat(300),
  text: fc.string({ maxLength: 12 }),
  links: fc.array(link, { maxLength: 4 }),
  end: fc.constantFrom("open", "open", "open", "frozen", "sealed", "locked"),
});

/** A list of all nodes of a graph, and what was made for it, which no copy may hold. */
export const graphs: fc.Arbitrary<object[]> = fc.array(plan, { minLength: 1, maxLength: 15 }).map(build);

function build(plans: readonly Plan[]): object[] {
  const buffers = Array.from({ length: 3 }, (_, i) => new Uint8Array(32).fill(i).buffer);
  const nodes: object[] = [];
  for (const each of plans) {
    const kind: Kind = KINDS[each.kind];
    nodes.push(kind.make({ ...each, earlier: nodes[each.number % (nodes.length + 1)], buffers }));
  }
  plans.forEach(({ kind, links }, i) => {
    for (const each of links) connect(KINDS[kind], nodes[i]!, nodes[each.to % nodes.length], each);
  });
  plans.forEach(({ end }, i) => close(nodes[i]!, end));
  return nodes;
}

function connect(kind: Kind, node: object, target: unknown, link: Link): void {
  if (kind.link !== undefined && (link.attributes & 4) === 0) return kind.link(node as never, target, link);
  // A frame has slots only, and what a prototype of the program holds is the program's.
  if (node instanceof Frame) return;
  const { key, attributes } = link;
  // An element of a view would convert the value, which may refuse.
  if (ArrayBuffer.isView(node) && key === "7") return;
  Reflect.defineProperty(node, key, {
    value: target,
    writable: (attributes & 1) !== 0,
    enumerable: (attributes & 2) !== 0,
    configurable: (attributes & 4) !== 0,
  });
}

function close(node: object, end: Plan["end"]): void {
  if (node instanceof Frame || end === "open") return;
  // The elements of a view cannot be frozen or sealed.
  if (end === "locked" || ArrayBuffer.isView(node)) Object.preventExtensions(node);
  else if (end === "frozen") Object.freeze(node);
  else Object.seal(node);
}

function argumentsOf(..._values: unknown[]): IArguments {
  return arguments;
}

/** How the runtime sees into objects, and what of a graph belongs to the process. */
export const inside: Inside = {
  hidden(value) {
    if (typeof value !== "function") {
      const store = privateStore(value);
      return store === undefined ? undefined : [store];
    }
    const made = closureOf(value);
    return made === undefined ? undefined : [made.code, made.self, ...made.captured];
  },
  shared: (value) =>
    idOf(value) !== undefined || intrinsicName(value) !== undefined || value === Frame.prototype || "module" in value,
};
