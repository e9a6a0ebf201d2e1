/** What the goldens hold, by name. A value of any kind that the codec knows has one; classes and functions are those of ../program.ts. */
/* oxlint-disable no-sparse-arrays -- holes are among what is saved */
import { adder, Bag, closure, declared, frame, helper, Point, selfish, settings, ShopError, Stack } from "../program.js";

const bytes = (): ArrayBuffer => new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
const withStack = <E extends Error>(error: E): E => Object.assign(error, { stack: "Error: at a place" });

export const CASES: Record<string, () => unknown> = {
  primitives: () => [undefined, null, true, false, "", "a", "ab", "abc", "abc", 0, -0, 111, 112, -16, -17, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 1.5, NaN, -Infinity],
  bigints: () => [0n, 1n, -1n, 2n ** 64n, -(2n ** 200n)],
  strings: () => ["é", "日本語", "😀 and more of it", "\ud800", "a\udc00b", "x".repeat(1000), "ascii, mostly: 日本", "__proto__"],
  symbols: () => [Symbol.iterator, Symbol.asyncDispose, Symbol.for("app"), Symbol.for("app"), Object(Symbol.for("app"))],
  "plain objects": () => ({ a: 1, b: { c: [2] }, d: { c: [3] }, e: {}, 7: "index" }),
  "null prototype": () => Object.assign(Object.create(null) as object, { a: 1 }),
  "__proto__ as a key": () => JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}') as unknown,
  dictionary: () => Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key${i}`, i])),
  attributes: () => Object.defineProperties({}, { w: { value: 1, writable: true }, e: { value: 2, enumerable: true }, c: { value: 3, configurable: true } }),
  "frozen, sealed, locked": () => [Object.freeze({ a: 1 }), Object.seal({ a: 1 }), Object.preventExtensions({ a: 1 }), Object.freeze([1])],
  accessors: () => Object.defineProperty({ before: 1 }, "x", { get: closure(adder, [{ value: 1 }]) as never, set: helper, enumerable: true }),
  "symbol keys": () => ({ [Symbol.for("k")]: 1, [Symbol.toStringTag]: "T" }),
  "cycles and sharing": () => {
    const one: Record<string, unknown> = { name: "one" };
    const two = [one, one];
    one["two"] = two;
    return { one, two, map: new Map<unknown, unknown>([[one, two], [two, one]]) };
  },
  "arrays with holes": () => [1, , undefined, [, ,], Object.assign([], { 5000: "far" })],
  "array with properties": () => [Object.assign([1, 2], { total: 3 }), Object.defineProperty([1], "length", { writable: false })],
  "match of a regular expression": () => /(?<y>\d+)-(\d+)/.exec("on 2026-11"),
  collections: () => [new Map<unknown, unknown>([["k", 1], [{}, new Map()], [NaN, -0]]), new Set([1, "a", {}]), Object.assign(new Map(), { label: "m" })],
  dates: () => [new Date(1_700_000_000_123), new Date(NaN), Object.assign(new Date(0), { zone: "UTC" })],
  "regular expressions": () => [/a[/]b/giu, Object.assign(/x/y, { lastIndex: 3 }), /[\p{L}--[a-z]]/v, Object.freeze(/x/)],
  errors: () => [withStack(new Error("e")), withStack(new RangeError("r", { cause: { deep: [1] } })), withStack(new AggregateError([1, 2], "many"))],
  "DOM exception": () => withStack(new DOMException("stop", "AbortError")),
  "error of the program": () => withStack(new ShopError("sold out", { id: 7 })),
  boxed: () => [Object(-0), Object("ab"), Object(false), Object(3n)],
  urls: () => { const url = new URL("https://user@example.com:8080/a?b=1#c"); return [url, url.searchParams, new URLSearchParams("a=1&a=2")]; },
  buffers: () => [bytes(), new ArrayBuffer(4, { maxByteLength: 64 })],
  views: () => { const shared = bytes(); return [new Int8Array(shared), new Uint16Array(shared, 2, 2), new Float64Array(shared), new BigInt64Array(shared), new DataView(shared, 1, 3)]; },
  "length-tracking view": () => new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 })),
  "Node buffers": () => { const node = Buffer.alloc(100, 7); return [node, node.subarray(3, 9)]; },
  arguments: () => (function (..._values: unknown[]) { return arguments; })(1, { two: 2 }),
  instances: () => [new Point(1, 2), new Point(3, 4), Object.freeze(new Point(5, 6)), new Bag([[1, {}]]), Stack.of(1, 2)],
  "object made by Object.create": () => Object.create({ base: 1 }, { own: { value: 2, enumerable: true } }) as unknown,
  closures: () => { const cell = { value: 1 }; const f = closure(adder, [cell]); return [f, closure(adder, [cell]), closure(adder, [f]), closure(selfish, [], cell), cell]; },
  "changed functions": () => [Object.assign(closure(adder, [1]), { label: "f" }), Object.freeze(closure(declared, ["t"]))],
  "functions with instances": () => { const Type = closure(declared, ["t"]) as unknown as new () => object; return [Type, new Type(), Type.prototype]; },
  frames: () => frame({ order: { id: 1 }, inner: frame({}, 0) }, 1, "me"),
  "by reference": () => [helper, Point, Point.prototype.move, settings, Math, Array.prototype.map, Object.prototype, globalThis],
}; // prettier-ignore
