/** The array built-ins that read, write and convert: accessors, array-likes, holes, species, proxies, frozen arrays. */
import { holey, type Scenario, scenarios, type World } from "./builtins-kit.js";

const A = Array.prototype as unknown as Record<string, unknown>;

const ARGUMENTS: Record<string, (world: World) => unknown[]> = {
  at: ({ value }) => [value(-1)],
  concat: () => [holey(1, undefined, 2), 3, { length: 1, 0: "x", [Symbol.isConcatSpreadable]: true }],
  copyWithin: ({ value }) => [value(0, "target"), value(2, "start"), value(4, "end")],
  every: () => [(item: unknown) => item !== 4],
  fill: ({ value }) => ["f", value(1, "start"), value(-1, "end")],
  filter: () => [(item: unknown) => Number(item) > 1],
  flat: ({ value }) => [value(2)],
  includes: ({ value }) => [3, value(1)],
  indexOf: ({ value }) => [3, value(-3)],
  join: ({ value }) => [value("-", "separator")],
  lastIndexOf: ({ value }) => [3, value(-1)],
  map: () => [String],
  pop: () => [],
  push: () => ["a", "b"],
  reverse: () => [],
  shift: () => [],
  slice: ({ value }) => [value(1, "start"), value(-1, "end")],
  sort: () => [],
  splice: ({ value }) => [value(1, "start"), value(2, "count"), "in", "out", "more"],
  toReversed: () => [],
  toSorted: () => [],
  toSpliced: ({ value }) => [value(1, "start"), value(2, "count"), "in"],
  toString: () => [],
  unshift: () => ["a"],
  with: ({ value }) => [value(1), "w"],
};

const RECEIVERS: Record<string, (world: World) => object> = {
  "an array": () => [3, 1, [2, [5]], 3],
  "an array with holes": () => holey(3, undefined, [2, [5]], undefined, 3),
  "an array-like": () => ({ length: "4", 0: 3, 2: "b", 3: 3 }),
  "a frozen array": () => Object.freeze([3, 1, 2, 4]),
  "a proxy": ({ spy }) => spy(holey(3, undefined, 1, 2), "self"),
  "a proxy of an array-like": ({ spy, value }) => spy({ length: value(3, "length"), 0: 3, 2: 1 }, "self"),
  accessors: ({ log }) => withAccessors([3, 1, 2, 4], log),
  "a species": ({ log }) => withSpecies([3, 1, 2, 4], log),
  "objects that are converted": ({ value }) => [value("b", "first"), value("a", "second"), 3],
};

function withAccessors(list: unknown[], log: unknown[]): unknown[] {
  let held: unknown = 1;
  return Object.defineProperty(list, 1, {
    get: () => (log.push("get 1"), held),
    set: (value) => {
      log.push("set 1");
      held = value;
    },
    enumerable: true,
    configurable: true,
  });
}

function withSpecies(list: unknown[], log: unknown[]): unknown[] {
  class List extends Array<unknown> {
    constructor(...args: number[]) {
      log.push(["List", ...args]);
      super(...args);
    }
    static override get [Symbol.species](): ArrayConstructor {
      log.push("species");
      return List as unknown as ArrayConstructor;
    }
  }
  return Object.defineProperty(list, "constructor", { get: () => (log.push("constructor"), List) });
}

const table: Record<string, Scenario> = {};
for (const [method, args] of Object.entries(ARGUMENTS))
  for (const [kind, receiver] of Object.entries(RECEIVERS))
    table[`${method} of ${kind}`] = (world) => {
      const self = receiver(world);
      const result = world.call(A[method], self, ...args(world));
      if (!Array.isArray(result) || result === self) return result === self ? "self" : result;
      const members = Object.entries(result).map(([key, item]) => [key, item === self ? "self" : item]);
      return { members, length: result.length };
    };
scenarios(table);

const cyclic = (): unknown[] => {
  const list: unknown[] = [1, [2]];
  list.push(list, [list]);
  return list;
};

scenarios({
  "join of an array that contains itself": ({ call }) => call(A["join"], cyclic(), "-"),
  "toString of an array that contains itself": ({ call }) => call(A["toString"], cyclic()),
  "toLocaleString of an array that contains itself": ({ call }) => call(A["toLocaleString"], cyclic()),
  "toLocaleString hands on its arguments": ({ call, log }) =>
    call(A["toLocaleString"], [{ toLocaleString: (...args: unknown[]) => (log.push(args), "x") }, null], "en"),
  "toString without join": ({ call }) => call(A["toString"], { join: 3, [Symbol.toStringTag]: "Tag" }),
  "push beyond the longest length": ({ call }) => call(A["push"], { length: 2 ** 53 - 1 }, 1),
  "splice without arguments": ({ call }) => call(A["splice"], [1, 2, 3]),
  "splice with undefined": ({ call }) => call(A["splice"], [1, 2, 3], undefined, undefined),
  "sort of what cannot be converted": ({ call }) => call(A["sort"], [{}, Symbol("s"), { toString: () => ({}) }]),
  "sort with a comparator that answers with an object": ({ call, value }) => call(A["sort"], [1, 2, 3], () => value(-1)),
  "Array.from an iterable that fails": ({ call, log }) =>
    call(Array.from, Array, iterableOf(log), () => {
      throw new RangeError("mapper");
    }),
  "Array.of with another constructor": ({ call, log }) =>
    Object.keys(
      call(
        Array.of,
        function (this: object, length: number) {
          log.push(length);
        },
        1,
        2,
      ) as object,
    ),
});

function iterableOf(log: unknown[]): Iterable<number> {
  return {
    *[Symbol.iterator]() {
      try {
        yield 1;
        yield 2;
      } finally {
        log.push("closed");
      }
    },
  };
}
