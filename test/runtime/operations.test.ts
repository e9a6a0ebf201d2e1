/** The language operations of the library against the language: same results, same errors, same order of side effects. */
import { isTypedArray } from "node:util/types";
import { describe, expect, test } from "vitest";
import { callMethod } from "../../src/runtime/lib/operations/call.js";
import * as conversion from "../../src/runtime/lib/operations/conversion.js";
import { copyProperties, keysOf } from "../../src/runtime/lib/operations/copy.js";
import { binary, type BinaryOperator, numeric, unary } from "../../src/runtime/lib/operations/operators.js";
import { define, get, getSuper, has, remove, set, setSuper } from "../../src/runtime/lib/operations/property.js";
import { type Log, observe, operands, print, stateOf } from "./operations.kit.js";

const OPERATORS = "+ - * / % ** << >> >>> & | ^ == != < > <= >= in instanceof".split(" ") as BinaryOperator[];

const names = Object.keys(operands([], ""));

/** `source` as a strict function of its parameters. */
function native(source: string, ...params: string[]): (...args: unknown[]) => unknown {
  // oxlint-disable-next-line typescript/no-implied-eval -- one function per operator
  return new Function(...params, `"use strict"; ${source}`) as (...args: unknown[]) => unknown;
}

describe("binary operators", () => {
  test.each(OPERATORS)("%s", (operator) => {
    const expected = native(`return a ${operator} b`, "a", "b");
    for (const left of names) {
      for (const right of names) {
        const setup = (log: Log) => [operands(log, "left")[left], operands(log, "right")[right]] as const;
        expect([left, right, observe(setup, ([a, b]) => binary(operator, a, b))]).toEqual([
          left,
          right,
          observe(setup, ([a, b]) => expected(a, b)),
        ]);
      }
    }
  });

  test("an operand on both sides", () => {
    for (const operator of OPERATORS) {
      const expected = native(`return a ${operator} a`, "a");
      for (const name of names) {
        const setup = (log: Log) => operands(log, "both")[name];
        expect(observe(setup, (a) => binary(operator, a, a))).toEqual(observe(setup, (a) => expected(a)));
      }
    }
  });
});

const CONVERSIONS: Record<string, [ours: (value: unknown) => unknown, native: (value: unknown) => unknown]> = {
  "unary +": [(value) => unary("+", value), native("return +v", "v")],
  "unary -": [(value) => unary("-", value), native("return -v", "v")],
  "unary ~": [(value) => unary("~", value), native("return ~v", "v")],
  "++": [(value) => numeric(value), native("return v++", "v")],
  toStr: [conversion.toStr, native("return `${v}`", "v")],
  toPropertyKey: [conversion.toPropertyKey, native("return Reflect.ownKeys({ [v]: 1 })[0]", "v")],
  toLength: [conversion.toLength, (value) => lengthOfNative(value)],
};

/** LengthOfArrayLike as `lastIndexOf` shows it: the key asked last is the length less one. */
function lengthOfNative(value: unknown): unknown {
  let last = -1;
  const probe = new Proxy(
    { length: value },
    { has: (_, key) => ((last = Number(key)), true), get: (t, key) => (key === "length" ? t.length : 1) },
  );
  Array.prototype.lastIndexOf.call(probe, 1);
  return last + 1;
}

describe("conversions", () => {
  test.each(Object.keys(CONVERSIONS))("%s", (name) => {
    const [ours, expected] = CONVERSIONS[name]!;
    for (const operand of names) {
      const setup = (log: Log) => operands(log, "value")[operand];
      expect([operand, observe(setup, ours)]).toEqual([operand, observe(setup, expected)]);
    }
  });
});

/** Objects with properties of every kind. */
function objects(log: Log): Record<string, unknown> {
  const accessors = {
    get a(): unknown {
      log.push(`get a of ${typeof this}`);
      return 1;
    },
    set a(value: unknown) {
      log.push(`set a of ${typeof this} ${print(value)}`);
    },
    get b(): unknown {
      throw new RangeError("b");
    },
    set c(_: unknown) {
      throw new RangeError("c");
    },
  };
  const readOnly = Object.defineProperty({}, "a", { value: 1 });
  return {
    ...operands(log, "object"),
    accessors,
    "inherited accessors": Object.create(accessors),
    "inherited read-only": Object.create(readOnly),
    "read-only": readOnly,
    sealed: Object.seal({ a: 1 }),
    closed: Object.preventExtensions({}),
    "frozen array": Object.freeze([1, 2]),
    "long array": [1, 2, 3],
    "typed array": new Uint8Array([1, 2, 3]),
    "big typed array": new BigInt64Array(2),
    "over a typed array": Object.create(new Uint8Array([1, 2, 3])),
    "array over accessors": Object.setPrototypeOf([], accessors),
    string: "abc",
    "boxed string": new String("abc"),
    arguments: Reflect.apply(
      function (): unknown {
        return arguments;
      },
      undefined,
      [1, 2],
    ),
    "foreign proxy": new Proxy(
      { a: 5 },
      {
        get: (target, key) => (log.push(`get ${String(key)}`), Reflect.get(target, key)),
        has: (target, key) => (log.push(`has ${String(key)}`), Reflect.has(target, key)),
        set: (_, key) => (log.push(`set ${String(key)}`), key === "a"),
        deleteProperty: (_, key) => (log.push(`delete ${String(key)}`), key === "a"),
        defineProperty: (_, key) => (log.push(`define ${String(key)}`), key === "a"),
      },
    ),
  };
}

function keys(log: Log): unknown[] {
  const key = operands(log, "key");
  const others = [
    "a",
    "b",
    "c",
    "length",
    "0",
    "1",
    "9",
    "-0",
    "1.5",
    "-1",
    "valueOf",
    "constructor",
    "__proto__",
    Symbol.iterator,
    0,
    1,
    9,
    -0,
    1.5,
    -1,
    Number.NaN,
  ];
  return [
    ...others,
    key["number2"],
    key["second try"],
    key["symbol2"],
    key["hinted"],
    key["throwing"],
    key["neither"],
    key["null"],
    key["undefined"],
    key["bigint"],
    ["a"],
    ["length"],
    ["0"],
  ];
}

function values(log: Log): unknown[] {
  const value = operands(log, "value");
  return [4, "x", -1, 1n, undefined, value["number2"], value["hinted"], value["throwing"], value["bigint2"], value["symbol"], {}];
}

const objectNames = Object.keys(objects([]));
const keyCount = keys([]).length;
const valueCount = values([]).length;

interface World {
  object: unknown;
  key: unknown;
  value: unknown;
}

/** Every object with every key; with `value`, with every value as well. */
function everyWorld(check: (label: unknown, setup: (log: Log) => World) => void, withValues = false): void {
  for (const name of objectNames) {
    for (let at = 0; at < keyCount; at++) {
      for (let of = 0; of < (withValues ? valueCount : 1); of++) {
        check([name, at, of], (log) => ({ object: objects(log)[name], key: keys(log)[at], value: values(log)[of] }));
      }
    }
  }
}

/** V8 converts what is assigned beside the elements of a typed array that is only a prototype; TypedArray.[[Set]] says that nothing happens. */
function isEngineError(setup: (log: Log) => World, isAssignment: boolean): boolean {
  const { object, key } = setup([]);
  if (!isAssignment || !(object instanceof Uint8Array) || isTypedArray(object)) return false;
  if (conversion.isObject(key)) return true;
  return typeof key !== "symbol" && (String(Number(key)) === String(key) || String(key) === "-0");
}

type Act = (world: World) => unknown;

function agrees(ours: Act, expected: Act, withValues = false): void {
  const withState = (act: Act) => (world: World) => {
    try {
      return print(act(world));
    } catch (error) {
      return `throws ${(error as Error).constructor.name} ${print(error)}`;
    } finally {
      // What became of the object counts as a side effect; a Proxy tells by itself.
      logOf.get(world)?.push(stateOf(world.object));
    }
  };
  const logOf = new WeakMap<object, Log>();
  everyWorld((label, setup) => {
    if (isEngineError(setup, withValues)) return;
    const noting = (log: Log): World => {
      const world = setup(log);
      logOf.set(world, log);
      return world;
    };
    const got = observe(noting, withState(ours));
    const wanted = observe(noting, withState(expected));
    if (JSON.stringify(got) !== JSON.stringify(wanted)) expect([label, got]).toEqual([label, wanted]);
  }, withValues);
}

describe("properties", () => {
  test("get", () => agrees(({ object, key }) => get(object, key), native("return w.object[w.key]", "w")));
  test("set", () =>
    agrees(({ object, key, value }) => set(object, key, value), native("return w.object[w.key] = w.value", "w"), true));
  test("has", () => agrees(({ object, key }) => has(key, object), native("return w.key in w.object", "w")));
  test("remove", () => agrees(({ object, key }) => remove(object, key), native("return delete w.object[w.key]", "w")));
  test("call", () =>
    agrees(
      ({ object, key }) => callMethod(object, key, [1]),
      native("const f = w.object[w.key]; return Reflect.apply(f, w.object, [1])", "w"),
    ));
});

test("define asks no setter and throws where it cannot", () => {
  const log: Log = [];
  const plain = Object.create(objects(log)["accessors"] as object) as object;
  define(plain, "a", 3);
  expect([stateOf(plain), log]).toEqual(["a:wec:3", []]);
  expect(() => define(Object.freeze({}), "a", 3)).toThrow(TypeError);
  expect(() => define(Object.freeze([]), 0, 3)).toThrow(TypeError);
  expect(() => define(Object.defineProperty([], "length", { writable: false }), 0, 3)).toThrow(TypeError);
  expect(() => define(objects(log)["foreign proxy"] as object, "z", 3)).toThrow(TypeError);
});

test("super", () => {
  for (const name of ["accessors", "inherited accessors", "inherited read-only", "typed array", "foreign proxy", "frozen"]) {
    for (let at = 0; at < keyCount; at++) {
      const setup = (log: Log) => {
        const home = Object.create(objects(log)[name] as object) as object;
        return { home, key: keys(log)[at], self: { own: 1 } };
      };
      expect(observe(setup, (w) => getSuper(w.home, w.key, w.self))).toEqual(
        observe(setup, (w) => Reflect.get(Object.getPrototypeOf(w.home) as object, conversionKey(w.key), w.self)),
      );
      expect(observe(setup, (w) => [setSuper(w.home, w.key, 4, w.self), stateOf(w.self)])).toEqual(
        observe(setup, (w) => {
          const key = conversionKey(w.key);
          if (!Reflect.set(Object.getPrototypeOf(w.home) as object, key, 4, w.self)) throw new TypeError();
          return [4, stateOf(w.self)];
        }),
      );
    }
  }
  expect(() => getSuper(Object.create(null) as object, "a", {})).toThrow(TypeError);
  expect(() => setSuper(Object.create(null) as object, "a", 1, {})).toThrow(TypeError);
});

function conversionKey(key: unknown): PropertyKey {
  return Reflect.ownKeys({ [key as string]: 1 })[0]!;
}

test("copies of properties", () => {
  for (const name of objectNames) {
    const setup = (log: Log) => objects(log)[name];
    expect([name, observe(setup, (source) => stateOf(copyProperties({}, source, [])))]).toEqual([
      name,
      observe(setup, (source) => stateOf({ ...(source as object) })),
    ]);
    if (setup([]) === undefined || setup([]) === null) continue;
    expect([name, observe(setup, (source) => stateOf(copyProperties({}, source, ["a", 0, Symbol.iterator])))]).toEqual([
      name,
      observe(setup, restOf),
    ]);
  }
});

/** The same without the reads of the excluded ones. */
function restOf(source: unknown): string {
  const out = {};
  const from = Object(source) as Record<PropertyKey, unknown>;
  for (const key of Reflect.ownKeys(from)) {
    if (key === "a" || key === "0" || key === Symbol.iterator || !Object.prototype.propertyIsEnumerable.call(from, key)) continue;
    Object.defineProperty(out, key, { value: from[key], writable: true, enumerable: true, configurable: true });
  }
  return stateOf(out);
}

test("keys of for…in", () => {
  expect(keysOf(Object.create({ b: 1 }, { a: { enumerable: true } }))).toEqual(["a", "b"]);
  expect(keysOf(null)).toEqual([]);
});
