/** I6, for generated graphs of every kind: what comes back is the same graph, and saving it again gives the same bytes. */
import fc from "fast-check";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { graphs, inside } from "./graphs.js";
import { difference } from "./isomorphic.js";
import { closure, declared } from "./program.js";

test("a graph comes back the same, and its bytes are canonical", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const bytes = encode(graph);
      const back = decode(bytes);
      const found = difference(graph, back, inside);
      if (found !== undefined) throw new Error(`${found}\n${inspect(graph, { depth: 3 })}`);
      if (Buffer.compare(bytes, encode(back)) !== 0) throw new Error("other bytes the second time");
    }),
    { numRuns: 4_000 },
  );
}, 120_000);

test.each<[string, () => unknown]>([
  ["parameters of a URL that cannot be extended", () => Object.preventExtensions(new URLSearchParams("a=1"))],
  ["parameters of a URL with another prototype", () => Object.setPrototypeOf(new URLSearchParams("a=1"), null)],
  ["a frozen function with a prototype", () => Object.freeze(closure(declared, ["t"]))],
])("found by generated graphs: %s", (_name, make) => {
  const value = [make()];
  expect(difference(value, decode(encode(value)), inside)).toBeUndefined();
});

test.each<[string, () => readonly [unknown, unknown]]>([
  ["another primitive", () => [{ a: [1] }, { a: [2] }]],
  ["the sign of zero", () => [[0], [-0]]],
  ["a hole", () => [[undefined], Array(1)]],
  ["the order of keys", () => [{ a: 1, b: 2 }, { b: 2, a: 1 }]],
  ["an attribute", () => [{ a: 1 }, Object.defineProperty({}, "a", { value: 1, enumerable: true, configurable: true })]],
  ["what is frozen", () => [{}, Object.freeze({})]],
  ["a prototype", () => [{}, Object.create(null)]],
  ["one object that is two", () => { const one = {}; return [[one, one], [{}, {}]]; }],
  ["two objects that are one", () => { const one = {}; return [[{}, {}], [one, one]]; }],
  ["the place a cycle leads to", () => { const a: unknown[] = [[]]; a.push(a); const inner: unknown[] = []; inner.push(inner); return [a, [[], inner]]; }],
  ["a key of a Map", () => [new Map([[{ a: 1 }, 1]]), new Map([[{ a: 2 }, 1]])]],
  ["the order of a Set", () => [new Set([1, 2]), new Set([2, 1])]],
  ["a date", () => [new Date(1), new Date(2)]],
  ["flags", () => [/a/g, /a/i]],
  ["bytes", () => [new Uint8Array([1, 2]), new Uint8Array([1, 3])]],
  ["bytes nobody looks at", () => [new Uint8Array(new Uint8Array([1, 2]).buffer, 1), new Uint8Array(new Uint8Array([9, 2]).buffer, 1)]],
  ["a shared buffer", () => { const one = new ArrayBuffer(8); return [[new Int8Array(one), new Int8Array(one)], [new Int8Array(8), new Int8Array(8)]]; }],
  ["what kind of object it is", () => [new Map(), Object.setPrototypeOf({}, Map.prototype)]],
  ["a getter", () => [Object.defineProperty({}, "x", { get: () => 1 }), Object.defineProperty({}, "x", { get: () => 2 })]],
  ["what belongs to the program", () => { const own = {}; return [[own], [own]]; }],
])("the check notices %s", (_name, make) => {
  const [a, b] = make();
  expect(difference(a, b, inside)).toBeTypeOf("string");
}); // prettier-ignore
