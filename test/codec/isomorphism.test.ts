/** The checker that the table of values relies on notices what differs. */
import { expect, test } from "vitest";
import { difference, type Knowledge } from "./values/isomorphism.ts";

const knowledge: Knowledge = {
  isReference: (value) =>
    typeof value === "symbol" || [Object, Array, Map, Date, WeakMap, Error, Function].some((type) => type.prototype === value),
  parts: () => ({}),
};
const shared = { a: 1 };
const twice = [shared, shared];
const cyclic = (length: number): object => {
  const first: { next?: object } = {};
  let last = first;
  for (let i = 1; i < length; i++) last = last.next = {};
  last.next = first;
  return first;
};

test.each<[string, () => unknown, () => unknown]>([
  ["a value", () => ({ a: 1 }), () => ({ a: 2 })],
  ["the sign of zero", () => [0], () => [-0]],
  ["the order of keys", () => ({ a: 1, b: 2 }), () => ({ b: 2, a: 1 })],
  ["an attribute", () => ({ a: 1 }), () => Object.defineProperty({}, "a", { value: 1, enumerable: true })],
  ["extensibility", () => ({}), () => Object.preventExtensions({})],
  ["a prototype", () => ({}), () => Object.create(null)],
  ["a brand", () => new Date(NaN), () => Object.create(Date.prototype)],
  ["identity lost", () => [shared, shared], () => [{ a: 1 }, { a: 1 }]],
  ["identity made up", () => [{ a: 1 }, { a: 1 }], () => [...twice]],
  ["the length of a cycle", () => cyclic(2), () => cyclic(3)],
  [
    "the order of a Map",
    () =>
      new Map([
        [1, 1],
        [2, 2],
      ]),
    () =>
      new Map([
        [2, 2],
        [1, 1],
      ]),
  ],
  ["an entry of a WeakMap", () => [new WeakMap([[shared, 1]]), shared], () => [new WeakMap(), { a: 1 }]],
  ["bytes", () => new Uint8Array([1]).buffer, () => new Uint8Array([2]).buffer],
  ["a stack", () => Object.assign(new Error("x"), { stack: "1" }), () => Object.assign(new Error("x"), { stack: "2" })],
  ["a hole", () => [undefined], () => Array(1)],
  ["a graph that is shared", () => [shared], () => [shared]],
])("%s", (_name, one, other) => {
  expect(difference(one(), other(), knowledge)).toBeTypeOf("string");
});

test.each<[string, () => unknown]>([
  ["a cycle", () => cyclic(3)],
  [
    "a graph",
    () => {
      const a = { list: [1, new Map([["k", { deep: -0 }]])] };
      return [a, a, new Date(5)];
    },
  ],
])("%s is the same as another one of its kind", (_name, make) => {
  expect(difference(make(), make(), knowledge)).toBeUndefined();
});
