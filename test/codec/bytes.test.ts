/** Properties of the bytes: canonical, small, and harmless when they are not ours. */
/* oxlint-disable no-sparse-arrays -- holes are what some of these tests are about */
import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { bindFunction } from "../../src/runtime/bound.js";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { helperOf } from "../../src/runtime/iterator-helper.js";
import { ownSymbol } from "../../src/runtime/own-symbols.js";
import { constructProxy } from "../../src/runtime/proxies.js";
import { CorruptCheckpointError, ProgramChangedError } from "../../src/shared/errors.js";
import { adder, Bag, closure, declared, DeepSafe, frame, helper, Point, settings, ShopError } from "./program.js";
import { round } from "./round.js";

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withUnicodeString: true,
  key: fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "toString", "0", "length")),
  maxDepth: 4,
});

/** Values with sharing and cycles among them. */
const graphs = fc.array(anything, { minLength: 1, maxLength: 5 }).chain((values) =>
  fc.array(fc.tuple(fc.nat(values.length - 1), fc.nat(values.length - 1), fc.string()), { maxLength: 6 }).map((links) => {
    const holders = values.map((value) => ({ value }));
    for (const [from, to, key] of links)
      Object.defineProperty(holders[from], key, {
        value: holders[to],
        configurable: true,
        enumerable: key.length % 2 === 0,
        writable: true,
      });
    return {
      holders,
      map: new Map(holders.map((holder, i) => [holder, i])),
      frame: frame({ holders, f: closure(adder, [holders[0]]) }),
    };
  }),
);

test("any value comes back, and its bytes are canonical", () => {
  fc.assert(
    fc.property(anything, (value) => {
      expect(isDeepStrictEqual(round(value), value)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test("any graph is canonical", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const back = round(graph);
      expect(back.holders.length).toBe(graph.holders.length);
      expect([...back.map.keys()]).toEqual(back.holders);
    }),
    { numRuns: 1_000 },
  );
});

test("any string of any units", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff)), (units) => {
      const text = String.fromCharCode(...units);
      expect(round([text, text + "x"])).toEqual([text, text + "x"]);
    }),
  );
});

test("any number", () => {
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger()), (n) => Object.is(round(n), n)),
    { numRuns: 2_000 },
  );
});

test("a list 1,000,000 deep", () => {
  let list: { next: unknown } | null = null;
  for (let i = 0; i < 1_000_000; i++) list = { next: list };
  let back = decode(encode(list)) as typeof list;
  let length = 0;
  for (; back !== null; back = back.next as typeof list) length++;
  expect(length).toBe(1_000_000);
});

test("arrays nested 1,000,000 deep, and Maps 100,000 deep", () => {
  let array: unknown[] = [];
  for (let i = 0; i < 1_000_000; i++) array = [array];
  let map = new Map<string, unknown>();
  for (let i = 0; i < 100_000; i++) map = new Map([["m", map]]);
  for (const value of [array, map]) {
    const bytes = encode(value);
    expect(Buffer.compare(encode(decode(bytes)), bytes)).toBe(0);
  }
});

test("the same strings and key lists are written once", () => {
  const order = (i: number) => ({ customer: "a customer with a long name", status: "shipped", i });
  const one = encode([order(1)]).length;
  const thousand = encode(Array.from({ length: 1000 }, (_, i) => order(i))).length;
  expect(thousand).toBeLessThan(one + 1000 * 8);
});

test("the result is a copy: encoding again does not change it", () => {
  const bytes = encode({ a: "first" });
  const before = Buffer.from(bytes);
  encode({ b: "second and longer" });
  expect(Buffer.compare(before, bytes)).toBe(0);
});

/** One of everything, so that mutations reach every reader. */
function sample(): unknown {
  const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
  const cell = { value: 1 };
  const url = new URL("http://x/?a=1");
  const value = { text: "text", text2: "text", wide: "日本語", lone: "\ud800", int: 12345, double: 1.5, big: -(2n ** 70n), list: [1, , 3, undefined], sparse: Object.assign([], { 100000: 1 }), map: new Map<unknown, unknown>([[cell, "v"]]), set: new Set([1, cell]), date: new Date(5), regexp: /a+/gi, url, params: url.searchParams, error: new ShopError("m", cell), dom: new DOMException("m", "AbortError"), typed: new Uint16Array(buffer, 2), view: new DataView(buffer), node: Buffer.from("pooled"), resizable: new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 })), boxed: Object("s"), args: (function (..._a: unknown[]) { return arguments; })(1), point: new Point(1, 2), bag: new Bag([[1, cell]]), created: Object.create({ base: 1 }), frozen: Object.freeze({ a: [1] }), nil: Object.create(null), dictionary: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, i])), symbol: Symbol.for("s"), wellKnown: Symbol.iterator, intrinsic: Math, helper, settings, Point, f: closure(adder, [cell]), g: Object.assign(closure(declared, ["t"]), { extra: 1 }), accessor: Object.defineProperty({}, "x", { get: closure(adder, [cell]) as never, enumerable: true }), proxy: constructProxy(cell, { get: closure(adder, [cell]) }), bound: bindFunction(closure(adder, [cell]), cell, [1]), weak: new WeakMap([[cell, cell]]), weakSet: new WeakSet([cell]), ref: new WeakRef(cell), safe: new DeepSafe(cell), own: ownSymbol(Symbol("own")), helper2: helperOf({ kind: "take", source: { iterator: cell, next: undefined, done: false }, callback: undefined, count: 1, inner: undefined, started: false, running: false, done: false } as never) }; // prettier-ignore
  return frame({ value, cycle: [value] }, 1, value);
}

/** Decodes hostile bytes: anything but our two errors fails the test; so does taking long. */
function attack(bytes: Uint8Array): "value" | "error" {
  try {
    decode(bytes);
    return "value";
  } catch (error) {
    if (error instanceof CorruptCheckpointError || error instanceof ProgramChangedError) return "error";
    throw error;
  }
}

function random(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

test("mutated bytes are refused or harmless: 20,000 cases", () => {
  const bytes = encode(sample());
  const next = random(1);
  const seen = { value: 0, error: 0 };
  const before = Object.getOwnPropertyNames(Object.prototype).length;
  for (let i = 0; i < 20_000; i++) {
    const mutant = Buffer.from(bytes);
    for (let n = next(4); n >= 0; n--) mutant[next(mutant.length)] = next(256);
    seen[attack(mutant)]++;
  }
  expect(Object.getOwnPropertyNames(Object.prototype).length).toBe(before);
  expect(new Point(1, 2).sum).toBe(3);
  expect(settings).toEqual({ currency: "EUR" });
  // The test would be worth nothing if all mutants were of one sort.
  expect(seen.value).toBeGreaterThan(500);
  expect(seen.error).toBeGreaterThan(5_000);
}, 60_000);

test("truncated, spliced and random bytes are refused or harmless", () => {
  const bytes = Buffer.from(encode(sample()));
  for (let length = 0; length < bytes.length; length++) expect(attack(bytes.subarray(0, length))).toBe("error");
  expect(attack(Buffer.concat([bytes, Buffer.from([0])]))).toBe("error");
  const next = random(2);
  for (let i = 0; i < 5_000; i++) {
    const noise = Buffer.from(Array.from({ length: next(60) }, () => next(256)));
    attack(Buffer.concat([Buffer.from([1]), noise]));
    const cut = next(bytes.length);
    attack(Buffer.concat([bytes.subarray(0, cut), noise, bytes.subarray(cut + next(20))]));
  }
}, 60_000);

test.each([
  ["an array of four billion holes", [1, 17, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ["a string of a gigabyte", [1, 9, 0x80, 0x80, 0x80, 0x80, 0x10, 65]],
  ["a dictionary of a billion keys", [1, 16, 0x80, 0x94, 0xeb, 0xdc, 0x03]],
  ["a buffer of a gigabyte", [1, 26, 16, 0, 0x80, 0x80, 0x80, 0x80, 0x04, 0]],
  ["a buffer that may grow to a petabyte", [1, 26, 16, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02]],
  ["a pool of a gigabyte", [1, 26, 17, 0, 0x80, 0x80, 0x80, 0x80, 0x04]],
  ["a map of a billion entries", [1, 26, 3, 0, 0x80, 0x94, 0xeb, 0xdc, 0x03]],
  ["nothing", []],
  ["another version", [2, 0]],
])("%s is refused at once", (_name, bytes) => {
  const before = process.memoryUsage();
  expect(attack(Uint8Array.from(bytes))).toBe("error");
  const after = process.memoryUsage();
  expect(after.rss - before.rss).toBeLessThan(50e6);
});

test("many huge sparse arrays cost no memory", () => {
  const one = [26, 1, 0, 0xff, 0xff, 0xff, 0x0d, 1];
  const bytes = Uint8Array.from([1, 17, 0xe8, 0x07, ...Array.from({ length: 1000 }, () => one).flat()]);
  const before = process.memoryUsage().rss;
  const arrays = decode(bytes) as unknown[][];
  expect(arrays.length).toBe(1000);
  expect(arrays[7]!.length).toBeGreaterThan(20e6);
  expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
});

test("keys of hostile bytes do not reach a prototype", () => {
  const bytes = encode({ __proto__x: { polluted: 1 } });
  const text = Buffer.from(bytes)
    .toString("latin1")
    .replace("__proto__x", "__proto__")
    .replace(String.fromCharCode(10 << 2), String.fromCharCode(9 << 2));
  const mutant = Buffer.from(text, "latin1");
  // The shape's length went down by one, too.
  mutant[3]!--;
  const back = decode(mutant) as object;
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  expect(Object.keys(back)).toEqual(["__proto__"]);
  expect((back as { polluted?: unknown }).polluted).toBeUndefined();
});
