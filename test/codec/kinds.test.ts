/** Every kind of value, for each: the same again (I6), one identity, cycles, and life after the restore. */
/* oxlint-disable no-sparse-arrays -- holes are what some of these tests are about */
import { inspect, isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { Frame } from "../../src/runtime/frame.js";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { StepError, TimeoutError } from "../../src/shared/errors.js";
import { constructed, Bag, Point, Point3, ShopError, Stack, closure, adder, frame, helper, settings } from "./program.js";
import { round } from "./round.js";

interface Kind {
  readonly make: () => unknown;
  /** Checks beyond deep equality. */
  readonly check?: (back: never, original: never) => void;
  /** Changes the value, and says whether the change took. */
  readonly mutate?: (back: never) => boolean;
  /** Saved by reference: the restored value is the very same. */
  readonly same?: true;
  /** Node's deep comparison cannot deal with it. */
  readonly equal?: false;
}

const ab = () => new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
const push = (back: unknown[]) => back.push(1) > 0;
const put = (back: Record<string, unknown>) => ((back["added"] = 1), Object.keys(back).includes("added"));

const KINDS: Record<string, Kind> = {
  "plain object": { make: () => ({ a: 1, b: { c: [2] } }), mutate: put },
  "empty object": { make: () => ({}), mutate: put },
  "null-prototype object": { make: () => Object.assign(Object.create(null), { a: 1 }), mutate: put },
  "object with __proto__ key": {
    make: () => JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "toString": 3}'),
    check: (back: object) => {
      expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
      expect(Object.keys(back)).toEqual(["__proto__", "constructor", "toString"]);
    },
  },
  "large object": { make: () => Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, i])), mutate: put },
  "large object with __proto__ key": {
    make: () => JSON.parse(`{${Array.from({ length: 100 }, (_, i) => `"k${i}":${i}`).join()},"__proto__":{"x":1},"valueOf":7}`),
    check: (back: object) => {
      expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
      expect(Object.keys(back).slice(-2)).toEqual(["__proto__", "valueOf"]);
    },
  },
  "object with index keys": {
    make: () => ({ b: 1, 2: "two", 1: "one" }),
    check: (back: object) => expect(Object.keys(back)).toEqual(["1", "2", "b"]),
  },
  "object with symbol keys": { make: () => ({ [Symbol.for("k")]: 1, [Symbol.toStringTag]: "T" }) },
  "property order": {
    make: () => ({ z: 1, a: 2, m: 3 }),
    check: (back: object) => expect(Object.keys(back)).toEqual(["z", "a", "m"]),
  },
  attributes: {
    make: () =>
      Object.defineProperties(
        {},
        {
          w: { value: 1, writable: true },
          e: { value: 2, enumerable: true },
          c: { value: 3, configurable: true },
          n: { value: 4 },
        },
      ),
    check: sameDescriptors,
  },
  frozen: { make: () => Object.freeze({ a: 1 }), check: (back: object) => expect(Object.isFrozen(back)).toBe(true) },
  sealed: {
    make: () => Object.seal({ a: 1 }),
    check: (back: object) => expect([Object.isSealed(back), Object.isFrozen(back)]).toEqual([true, false]),
    mutate: (back: { a: number }) => (back.a = 5) === back.a,
  },
  "non-extensible": {
    make: () => Object.preventExtensions({ a: 1 }),
    check: (back: object) => expect([Object.isExtensible(back), Object.isSealed(back)]).toEqual([false, false]),
  },
  "frozen array": { make: () => Object.freeze([1, , 3]), check: (back: object) => expect(Object.isFrozen(back)).toBe(true) },
  array: { make: () => [1, "two", { three: 3 }, [4]], mutate: push },
  "empty array": { make: () => [], mutate: push },
  "array with holes": {
    make: () => [1, , , 4, ,],
    check: (back: unknown[]) => expect([0 in back, 1 in back, back.length]).toEqual([true, false, 5]),
    mutate: push,
  },
  "array of undefined": { make: () => [undefined], check: (back: unknown[]) => expect(0 in back).toBe(true) },
  "sparse array": {
    make: () => Object.assign([], { 0: 1, 4000000000: 2 }),
    check: (back: unknown[]) => expect([back.length, Object.keys(back)]).toEqual([4000000001, ["0", "4000000000"]]),
  },
  "array with properties": {
    make: () => Object.assign([1, 2], { index: 7 }),
    check: (back: { index: number }) => expect(back.index).toBe(7),
    mutate: push,
  },
  "match of a regular expression": {
    make: () => /(?<y>\d+)-(\d+)/.exec("on 2026-11"),
    check: (back: RegExpExecArray) => expect(back.groups!["y"]).toBe("2026"),
  },
  "array with a hidden property": { make: () => Object.defineProperty([1], "__ob__", { value: 5 }), check: sameDescriptors },
  "array with a getter element": {
    make: () => Object.defineProperty([1, 2], 1, { get: helper, configurable: true }),
    check: sameDescriptors,
  },
  "array of fixed length": { make: () => Object.defineProperty([1, 2], "length", { writable: false }), check: sameDescriptors },
  map: {
    make: () =>
      new Map<unknown, unknown>([
        ["k", 1],
        [{ o: 1 }, new Map()],
        [NaN, 2],
      ]),
    mutate: (back: Map<unknown, unknown>) => back.set("new", 1).has("new"),
  },
  "map with properties": {
    make: () => Object.assign(new Map([[1, 2]]), { label: "m" }),
    check: (back: { label: string }) => expect(back.label).toBe("m"),
  },
  set: { make: () => new Set([1, "a", { b: 1 }]), mutate: (back: Set<unknown>) => back.add("new").has("new") },
  date: { make: () => new Date(1_700_000_000_123), mutate: (back: Date) => back.setTime(5) === 5 },
  "invalid date": { make: () => new Date(NaN), check: (back: Date) => expect(back.getTime()).toBeNaN() },
  regexp: {
    make: () => Object.assign(/a[/]b/giu, { lastIndex: 3 }),
    check: (back: RegExp) => expect([back.lastIndex, back.flags]).toEqual([3, "giu"]),
    mutate: (back: RegExp) => back.test("xxxA/B"),
  },
  "frozen regexp": { make: () => Object.freeze(/x/), check: sameDescriptors },
  url: {
    make: () => new URL("https://user@example.com:8080/a?b=1#c"),
    check: (back: URL) => expect(back.href).toBe("https://user@example.com:8080/a?b=1#c"),
    mutate: (back: URL) => (back.searchParams.set("b", "2"), back.search === "?b=2"),
  },
  urlsearchparams: {
    make: () => new URLSearchParams("a=1&a=2&b=%20"),
    check: (back: URLSearchParams) => expect(back.getAll("a")).toEqual(["1", "2"]),
  },
  error: { make: () => new Error("boom"), check: sameError, mutate: put },
  "error subclass": { make: () => new RangeError("out", { cause: { deep: [1] } }), check: sameError },
  "aggregate error": { make: () => new AggregateError([new Error("a"), 2], "many"), check: sameError },
  "error without a stack": { make: () => without(new Error("x"), "stack"), check: sameError },
  "error with another stack": { make: () => Object.assign(new Error("x"), { stack: "elsewhere" }), check: sameError },
  "error of the system": { make: () => systemError(), check: sameError },
  "DOM exception": {
    make: () => new DOMException("stop", "AbortError"),
    check: (back: DOMException) => expect([back.name, back.message, back.code]).toEqual(["AbortError", "stop", 20]),
  },
  "error of the program": { make: () => new ShopError("sold out", { id: 7 }), check: sameError },
  "error of flowc": {
    make: () => new StepError("charge failed", "s#charge", 3, { cause: new TimeoutError("late") }),
    check: sameError,
  },
  arraybuffer: { make: ab, mutate: (back: ArrayBuffer) => (new Uint8Array(back)[0] = 9) === 9 },
  "resizable arraybuffer": {
    make: () => new ArrayBuffer(4, { maxByteLength: 64 }),
    check: (back: ArrayBuffer) => expect([back.resizable, back.maxByteLength]).toEqual([true, 64]),
    mutate: (back: ArrayBuffer) => (back.resize(10), back.byteLength === 10),
  },
  int8array: { make: () => new Int8Array([-1, 2]) },
  uint8clampedarray: { make: () => new Uint8ClampedArray([1, 255]) },
  int16array: {
    make: () => new Int16Array(ab(), 2, 2),
    check: (back: Int16Array) => expect([back.byteOffset, back.length, back.buffer.byteLength]).toEqual([2, 2, 8]),
  },
  uint32array: { make: () => new Uint32Array([1, 2 ** 32 - 1]) },
  float32array: { make: () => new Float32Array([NaN, -0, 1.5]) },
  float64array: { make: () => new Float64Array([Infinity, 0.1]) },
  bigint64array: { make: () => new BigInt64Array([-1n, 2n ** 62n]) },
  "typed array with properties": {
    make: () => Object.assign(new Uint8Array(100), { label: "x" }),
    check: (back: { label: string }) => expect(back.label).toBe("x"),
  },
  "length-tracking view": {
    make: () => new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 })),
    mutate: (back: Uint8Array<ArrayBuffer>) => (back.buffer.resize(6), back.length === 6),
  },
  "fixed view of a resizable buffer": {
    make: () => new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 }), 0, 4),
    mutate: (back: Uint8Array<ArrayBuffer>) => (back.buffer.resize(6), back.length === 4),
  },
  "length-tracking view of a full buffer": {
    make: () => new Uint16Array(Object.assign(new ArrayBuffer(8, { maxByteLength: 8 }))),
    mutate: (back: Uint16Array<ArrayBuffer>) => (back.buffer.resize(6), back.length === 3),
  },
  "fixed view of a full buffer": {
    make: () => new Uint16Array(new ArrayBuffer(8, { maxByteLength: 8 }), 0, 4),
    mutate: (back: Uint16Array<ArrayBuffer>) => back.length === 4,
  },
  dataview: {
    make: () => new DataView(ab(), 1, 3),
    check: (back: DataView) => expect([back.getUint8(0), back.byteLength]).toEqual([2, 3]),
  },
  buffer: {
    make: () => Buffer.from("hello"),
    check: (back: Buffer) => expect([Buffer.isBuffer(back), back.toString()]).toEqual([true, "hello"]),
  },
  "unpooled buffer": { make: () => Buffer.alloc(20_000, 7), check: (back: Buffer) => expect(Buffer.isBuffer(back)).toBe(true) },
  "boxed number": { make: () => Object(-0), check: (back: number) => expect(Object.is(Number(back), -0)).toBe(true) },
  "boxed string": { make: () => Object.assign(Object("ab"), { x: 1 }), check: (back: { x: number }) => expect(back.x).toBe(1) },
  "boxed boolean": { make: () => Object(false) },
  "boxed bigint": { make: () => Object(3n) },
  "boxed symbol": { make: () => Object(Symbol.for("s")), check: (back: symbol) => expect(back.description).toBe("s") },
  arguments: {
    make: () => args(1, { two: 2 }),
    check: (back: IArguments) =>
      expect([Object.prototype.toString.call(back), back.length, [...back][0]]).toEqual(["[object Arguments]", 2, 1]),
  },
  "arguments without length": {
    make: () => without(args(1), "length"),
    check: (back: object) => expect(Reflect.ownKeys(back)).toEqual(["0", "callee", Symbol.iterator]),
    equal: false,
  },
  instance: {
    make: () => new Point(1, 2),
    check: (back: Point) => expect([back instanceof Point, back.sum]).toEqual([true, 3]),
    mutate: (back: Point) => (back.move(), back.x === 2),
  },
  "instance of a subclass": {
    make: () => new Point3(1, 2),
    check: (back: Point3) => expect([back instanceof Point3, back.sum, back.z]).toEqual([true, 3, 3]),
  },
  "frozen instance": { make: () => Object.freeze(new Point(1, 2)), check: sameDescriptors },
  "subclassed map": {
    make: () => new Bag([[1, { a: 1 }]]),
    check: (back: Bag) => expect([back instanceof Bag, back.size, back.label]).toEqual([true, 1, "bag"]),
  },
  "subclassed array": {
    make: () => Stack.of(1, 2),
    check: (back: Stack) => expect([back instanceof Stack, Array.isArray(back), back.length]).toEqual([true, true, 2]),
    mutate: push,
  },
  "object made by Object.create": {
    make: () => Object.create({ base: 1 }, { own: { value: 2, enumerable: true } }),
    check: (back: { base: number }) => expect(back.base).toBe(1),
  },
  "closure with properties": {
    make: () => Object.assign(closure(adder, [{ value: 2 }]), { label: "f" }),
    check: (back: { (x: number): number; label: string }) => expect([back(3), back.label]).toEqual([5, "f"]),
    mutate: put,
  },
  frame: { make: () => frame({ order: { id: 1 } }, 1, "me") },
  "registered function": { make: () => helper, same: true },
  "registered class": { make: () => Point, same: true },
  "registered method": { make: () => Point.prototype.move, same: true },
  "registered constant": { make: () => settings, same: true },
  intrinsics: { make: () => Array.prototype.map, same: true },
  Math: { make: () => Math, same: true },
  console: { make: () => console, same: true },
  globalThis: { make: () => globalThis, same: true },
  "Object.prototype": { make: () => Object.prototype, same: true },
  "process.env": { make: () => process.env, same: true },
  "getter of an intrinsic": { make: () => Object.getOwnPropertyDescriptor(Map.prototype, "size")!.get, same: true },
};

describe.each(Object.entries(KINDS))("%s", (name, kind) => {
  test("comes back the same", () => {
    const original = kind.make();
    const back = round(original);
    if (kind.same) expect(back).toBe(original);
    else {
      expect(back).not.toBe(original);
      if (typeof back !== "function" && kind.equal !== false)
        expect(isDeepStrictEqual(back, original), `${inspect(back)} is not ${inspect(original)}`).toBe(true);
      if (name !== "object made by Object.create")
        expect(Object.getPrototypeOf(back) === Object.getPrototypeOf(original)).toBe(true);
    }
    kind.check?.(back as never, original as never);
  });

  test("stays one object, wherever it is met", () => {
    const original = kind.make();
    const [one, two, map, object, holder] = round([
      original,
      original,
      new Map([[original, original]]),
      { original },
      frame({ original }),
    ]);
    expect(two).toBe(one);
    expect([...map][0]).toEqual([one, one]);
    expect(map.has(one)).toBe(true);
    expect(object.original).toBe(one);
    expect(holder.slots["original"]).toBe(one);
  });

  test("can be part of a cycle", () => {
    const original = kind.make() as Record<string, unknown>;
    if (kind.same || !Object.isExtensible(original) || original instanceof Frame) return;
    Object.defineProperty(original, "loop", { value: { back: original }, configurable: true, enumerable: true });
    const back = round(original);
    expect((back["loop"] as { back: unknown }).back).toBe(back);
  });

  test("can be changed afterwards", () => {
    if (kind.mutate === undefined) return;
    const back = round(kind.make());
    expect(kind.mutate(back as never)).toBe(true);
  });
});

test.each([
  undefined, null, true, false, 0, -0, 1, -1, 111, 112, -16, -17, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53, 1e300, 5e-324, NaN, Infinity, -Infinity,
  0n, -1n, 2n ** 200n, -(2n ** 64n), "", "a", "ab", "abc", "x".repeat(10_000), "é", "日本語", "日本語".repeat(50), "mostly ascii ".repeat(20) + "😀", "\ud800", "a\udc00b", "\0", "__proto__",
  Symbol.iterator, Symbol.asyncDispose, Symbol.for("app"), Symbol.for(""),
])("the primitive %s", (value) => {
  expect(Object.is(round(value), value)).toBe(true);
  expect(Object.is(round([value, value])[1], value)).toBe(true);
}); // prettier-ignore

test("views of one buffer share it", () => {
  const buffer = ab();
  const back = round({ a: new Uint8Array(buffer), b: new DataView(buffer, 2), buffer });
  back.a[2] = 99;
  expect(back.b.getUint8(0)).toBe(99);
  expect(back.a.buffer).toBe(back.buffer);
});

test("of a pooled Buffer only the viewed bytes are saved, and overlapping Buffers stay overlapping", () => {
  const pooled = Buffer.from("hello world");
  expect(pooled.buffer.byteLength).toBeGreaterThan(pooled.length);
  expect(encode(pooled).length).toBeLessThan(40);
  const [whole, part] = round([pooled, pooled.subarray(6)]) as [Buffer, Buffer];
  whole[6] = 87;
  expect(part.toString()).toBe("World");
});

test("a pool that something else looks at, too, is saved whole", () => {
  const pooled = Buffer.from("hello world");
  const back = round([pooled, pooled.buffer, new Uint8Array(pooled.buffer)]) as [Buffer, ArrayBuffer, Uint8Array];
  expect(back[0].buffer).toBe(back[1]);
  expect(Buffer.from(back[1])).toEqual(Buffer.from(pooled.buffer));
  expect(back[2].buffer).toBe(back[1]);
});

test("a URL and its parameters stay a pair, in either order", () => {
  const url = new URL("http://x/?a=1");
  for (const pair of [
    [url, url.searchParams],
    [url.searchParams, url],
  ] as const) {
    const back: readonly (URL | URLSearchParams)[] = round(pair);
    const restored = back.find((value) => value instanceof URL)!;
    back.find((value) => value instanceof URLSearchParams)!.set("a", "2");
    expect(restored.search).toBe("?a=2");
  }
});

test("no constructor, setter or getter of the program runs", () => {
  let reads = 0;
  const trap = closure(adder, [{ value: 1 }]);
  const value = Object.defineProperty(new Point(1, 2), "locked", {
    value: 1,
    writable: true,
    enumerable: true,
    configurable: true,
  });
  const counting = { get read() { return ++reads; } }; // prettier-ignore
  expect(() => encode(counting)).toThrow("getter");
  expect(reads).toBe(0);
  const point = encode(new Point(1, 2));
  const before = constructed.count;
  expect((decode(point) as Point).sum).toBe(3);
  expect(constructed.count).toBe(before);
  const bytes = encode([value, Object.defineProperty({}, "g", { get: trap as never, enumerable: true, configurable: true })]);
  const back = decode(bytes) as [Record<string, unknown>, object];
  expect(back[0]["locked"]).toBe(1);
  expect(Object.getOwnPropertyDescriptor(back[1], "g")!.get).toBeTypeOf("function");
});

function sameDescriptors(back: object, original: object): void {
  expect(Object.getOwnPropertyDescriptors(back)).toEqual(Object.getOwnPropertyDescriptors(original));
  expect(Reflect.ownKeys(back)).toEqual(Reflect.ownKeys(original));
  expect(Object.isExtensible(back)).toBe(Object.isExtensible(original));
}

function sameError(back: Error, original: Error): void {
  expect(Error.isError(back)).toBe(true);
  expect(Reflect.ownKeys(back)).toEqual(Reflect.ownKeys(original));
  expect([back.name, back.message, back.stack, String(back)]).toEqual([
    original.name,
    original.message,
    original.stack,
    String(original),
  ]);
  expect(Object.getOwnPropertyDescriptor(back, "stack")).toEqual(Object.getOwnPropertyDescriptor(original, "stack"));
  expect(Object.getOwnPropertyDescriptor(back, "message")).toEqual(Object.getOwnPropertyDescriptor(original, "message"));
}

function without<T extends object>(value: T, key: keyof T): T {
  delete value[key];
  return value;
}

function args(..._values: unknown[]): IArguments {
  return arguments;
}

function systemError(): unknown {
  return Object.assign(new Error("ENOENT: no such file"), { errno: -2, code: "ENOENT", syscall: "open", path: "/nowhere" });
}
