/** The suspendable built-ins against the native ones: same results, same calls, same errors, on arrays with holes and on array-likes. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { arrayMethods, arrayStatics } from "../../src/runtime/lib/array/table.js";
import { $lib } from "../../src/runtime/lib/table.js";

type Method = (this: unknown, ...args: unknown[]) => unknown;

const lib = { ...arrayMethods(), ...arrayStatics() } as Record<string, Method>;
const native = Array.prototype as unknown as Record<string, Method>;

/** What happened: the value or error, the calls of the callback, and the receiver afterwards. */
function observe(method: Method, self: unknown, callback: unknown, rest: readonly unknown[]): unknown {
  const calls: unknown[] = [];
  const spy =
    typeof callback === "function"
      ? function (this: unknown, ...args: unknown[]): unknown {
          calls.push([this === rest[0], ...args.slice(0, -1), args.at(-1) === self]);
          return Reflect.apply(callback, this, args) as unknown;
        }
      : callback;
  try {
    const value = Reflect.apply(method, self, [spy, ...rest]);
    return { value: value === self ? "the receiver" : value, calls, self };
  } catch (error) {
    return { threw: (error as Error).constructor.name, calls, self };
  }
}

function sparse(values: readonly (number | undefined)[], holes: readonly number[]): unknown[] {
  const list: unknown[] = [...values];
  for (const hole of holes) Reflect.deleteProperty(list, hole % Math.max(list.length, 1));
  return list;
}

const lists = fc
  .tuple(
    fc.array(fc.option(fc.integer({ min: -3, max: 9 }), { nil: undefined }), { maxLength: 12 }),
    fc.array(fc.nat(11), { maxLength: 3 }),
  )
  .map(
    ([values, holes]) =>
      () =>
        sparse(values, holes),
  );
const arrayLikes = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 6 }),
    fc.constantFrom<unknown>(0, 3, "4", 2.9, -1, Number.NaN, undefined),
  )
  .map(([values, length]) => (): unknown => ({ ...Object.fromEntries(values.entries()), length }));
const receivers = fc.oneof(
  { weight: 4, arbitrary: lists },
  { weight: 1, arbitrary: arrayLikes },
  { weight: 1, arbitrary: fc.constant(() => "word") },
);

const isSmall = (value: unknown): boolean => (value as number) < 4;
const pair = (value: unknown, index: unknown): unknown => [value, index];
const add = (total: unknown, value: unknown): unknown => `${String(total)}+${String(value)}`;
const nested = (value: unknown): unknown => (isSmall(value) ? [value, [value]] : value);

const CALLBACKS: Record<string, (...args: never[]) => unknown> = {
  forEach: pair,
  map: pair,
  filter: isSmall,
  some: (value: unknown) => !isSmall(value),
  every: isSmall,
  find: isSmall,
  findIndex: isSmall,
  findLast: isSmall,
  findLastIndex: isSmall,
  reduce: add,
  reduceRight: add,
  flatMap: nested,
};

for (const [name, callback] of Object.entries(CALLBACKS)) {
  test(`${name} does what the native one does`, () => {
    fc.assert(
      fc.property(receivers, fc.boolean(), (make, withArgument) => {
        const rest = withArgument ? [name.startsWith("reduce") ? undefined : { receiver: true }] : [];
        expect(observe(lib[name]!, make(), callback, rest)).toStrictEqual(observe(native[name]!, make(), callback, rest));
      }),
      { numRuns: 300 },
    );
  });

  test(`${name} refuses what is no function before anything runs, and null as receiver`, () => {
    for (const bad of [undefined, null, 1, "f", {}]) {
      expect(() => Reflect.apply(lib[name]!, [1], [bad])).toThrow(TypeError);
    }
    for (const self of [null, undefined]) expect(() => Reflect.apply(lib[name]!, self, [callback])).toThrow(TypeError);
  });

  test(`${name} reads the length once and sees changes made by the callback`, () => {
    const run = (method: Method): unknown => {
      const list = [1, 2, 3, 4];
      return observe(
        method,
        list,
        (...args: unknown[]) => {
          list.push(9);
          Reflect.deleteProperty(list, 2);
          return Reflect.apply(callback, undefined, args as never[]) as unknown;
        },
        [],
      );
    };
    expect(run(lib[name]!)).toStrictEqual(run(native[name]!));
  });
}

class List extends Array<unknown> {}
class Plain extends Array<unknown> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

for (const name of ["map", "filter", "flatMap"]) {
  test(`${name} makes an array of the receiver's species`, () => {
    for (const constructor of [List, Plain, null, undefined, {}, { [Symbol.species]: null }, { [Symbol.species]: 1 }, 5]) {
      const make = (): unknown[] => {
        const list = [1, 2, 3];
        Object.defineProperty(list, "constructor", { value: constructor, configurable: true });
        return list;
      };
      const kind = (method: Method): unknown => {
        try {
          const out = Reflect.apply(method, make(), [pair]) as unknown[];
          return [Object.getPrototypeOf(out) === List.prototype, Object.getPrototypeOf(out) === Array.prototype, [...out]];
        } catch (error) {
          return (error as Error).constructor.name;
        }
      };
      expect(kind(lib[name]!)).toStrictEqual(kind(native[name]!));
    }
  });
}

test("results are defined, not assigned: setters of a prototype are not asked", () => {
  let asked = 0;
  Object.defineProperty(Array.prototype, 1, {
    set() {
      asked++;
    },
    get: () => "from the prototype",
    configurable: true,
  });
  try {
    const result = Reflect.apply(lib["map"]!, [1, 2, 3], [(value: number) => value]) as unknown[];
    expect(asked).toBe(0);
    expect(Object.hasOwn(result, 1)).toBe(true);
  } finally {
    delete (Array.prototype as unknown as Record<number, unknown>)[1];
  }
});

const comparators: Record<string, (a: number, b: number) => unknown> = {
  ascending: (a, b) => a - b,
  descending: (a, b) => b - a,
  "all equal": () => 0,
  "not a number": () => Number.NaN,
  "a text": (a, b) => String(a - b),
  "by parity": (a, b) => (a % 2) - (b % 2),
};

for (const name of ["sort", "toSorted"]) {
  test(`${name} is stable, puts undefined last and holes after it`, () => {
    fc.assert(
      fc.property(lists, fc.constantFrom(...Object.keys(comparators)), (make, which) => {
        const run = (method: Method): unknown => {
          const self = make();
          const value = Reflect.apply(method, self, [comparators[which]]);
          return { value: value === self ? "the receiver" : value, self };
        };
        expect(run(lib[name]!)).toStrictEqual(run(native[name]!));
      }),
      { numRuns: 500 },
    );
  });

  test(`${name} keeps the order of what compares equal`, () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat()), { maxLength: 200 }), (pairs) => {
        const by = (a: number[], b: number[]): number => a[0]! - b[0]!;
        expect(Reflect.apply(lib[name]!, [...pairs], [by])).toStrictEqual(pairs.toSorted(by));
      }),
    );
  });

  test(`${name} without a comparator sorts as text, and refuses what is no function`, () => {
    expect(Reflect.apply(lib[name]!, [10, 9, undefined, 1], [])).toStrictEqual([1, 10, 9, undefined]);
    expect(() => Reflect.apply(lib[name]!, [], [null])).toThrow(TypeError);
    expect(() => Reflect.apply(lib[name]!, [2, 1], [() => 1n])).toThrow(TypeError);
  });
}

test("Array.from maps iterables and array-likes, with the receiver as constructor", () => {
  const from = lib["from"]!;
  const mapper = function (this: unknown, value: unknown, index: unknown): unknown {
    return [this === undefined ? "none" : this, value, index];
  };
  for (const items of [
    Object.assign([], { 0: 1, 2: 2 }),
    "añ😀",
    new Set([1, 2]),
    new Map([[1, 2]]),
    { length: 2, 0: "a" },
    new Uint8Array([5, 6]),
    7,
  ]) {
    expect(Reflect.apply(from, Array, [items, mapper, "receiver"])).toStrictEqual(
      Array.from(items as ArrayLike<unknown>, mapper, "receiver"),
    );
  }
  expect(Reflect.apply(from, List, [[1, 2], mapper])).toBeInstanceOf(List);
  expect(Reflect.apply(from, undefined, [[1], mapper])).toBeInstanceOf(Array);
  expect(Reflect.apply(from, Array, [[1, 2]])).toStrictEqual([1, 2]);
  expect(() => Reflect.apply(from, Array, [[1], 3])).toThrow(TypeError);
  expect(() => Reflect.apply(from, Array, [null, mapper])).toThrow(TypeError);
  expect(() => Reflect.apply(from, Array, [{ [Symbol.iterator]: 3 }, mapper])).toThrow(TypeError);
});

test("Array.from closes the iterator when the mapper throws, and reads Symbol.iterator once", () => {
  const log: string[] = [];
  const items = {
    get [Symbol.iterator]() {
      log.push("read");
      return () => ({
        next: () => ({ done: false, value: 1 }),
        return() {
          log.push("closed");
          return {};
        },
      });
    },
  };
  const fail = (): never => {
    throw new Error("mapper");
  };
  expect(() => Reflect.apply(lib["from"]!, Array, [items, fail])).toThrow("mapper");
  expect(log).toEqual(["read", "closed"]);
});

test("the table knows exactly these built-ins and passes everything else through", () => {
  expect($lib(Array.prototype.map)).toBe(lib["map"]);
  expect($lib(Array.from)).toBe(lib["from"]);
  expect($lib(Math.random)).toBe(Math.random);
  expect($lib(undefined)).toBe(undefined);
  expect(() => Reflect.apply($lib(Map.prototype.forEach), new Set(), [() => 1])).toThrow(TypeError);
});

test("forEach of Map and Set visits entries added meanwhile, with the native arguments", () => {
  for (const make of [() => new Map<unknown, unknown>([["a", 1]]), () => new Set<unknown>(["a"])]) {
    const run = (method: (target: ReturnType<typeof make>) => Method): unknown => {
      const target = make();
      const calls: unknown[] = [];
      Reflect.apply(method(target), target, [
        function (this: unknown, ...args: unknown[]) {
          calls.push([this, args[0], args[1], args[2] === target]);
          if (calls.length < 3)
            (target as Map<unknown, unknown> & Set<unknown>)[target instanceof Map ? "set" : "add"](calls.length, 0);
        },
        "receiver",
      ]);
      return calls;
    };
    expect(run((target) => $lib(target.forEach as Method))).toEqual(run((target) => target.forEach as Method));
  }
});
