/** Function, Reflect, Object, Map and Set: what is asked of objects of the program, and in which order. */
import { expect, test } from "vitest";
import { apply, construct } from "../../src/runtime/apply.js";
import { $lib } from "../../src/runtime/lib/table.js";
import { iterable, scenarios } from "./builtins-kit.js";

const F = Function.prototype;
const O = Object.prototype as unknown as Record<string, unknown>;

function described(this: unknown, ...args: unknown[]): unknown {
  return [this, args, new.target === undefined ? "called" : "constructed"];
}

scenarios({
  call: ({ call }) => call(F.call, described, 1, 2, 3),
  "apply with a spied list": ({ call, spy }) => call(F.apply, described, 1, spy({ length: 2, 0: "a" }, "list")),
  "apply without a list": ({ call }) => call(F.apply, described, 1, null),
  "apply with what is no list": ({ call }) => call(F.apply, described, 1, 2),
  "apply of what is no function": ({ call }) => call(F.apply, {}, 1, []),
  bind: ({ call }) => call(call(F.bind, described, "self", 1), "other", 2),
  "bind, constructed": ({ call, make }) => make(call(F.bind, Map, null), [[1, 2]]),
  instanceof: ({ call, spy }) => call(F[Symbol.hasInstance], Array, spy([], "value")),
  "Reflect.apply": ({ call, spy }) => call(Reflect.apply, undefined, described, 1, spy(["a"], "list")),
  "Reflect.construct": ({ call }) =>
    Object.getPrototypeOf(call(Reflect.construct, undefined, Map, [], Array)) === Array.prototype,
  "Reflect.construct of an arrow": ({ call }) => call(Reflect.construct, undefined, () => 1, []),
  "Reflect.get with a receiver": ({ call }) =>
    call(
      Reflect.get,
      undefined,
      {
        get a(): unknown {
          return this;
        },
      },
      "a",
      "receiver",
    ),
  "Reflect.set with a receiver": ({ call, spy }) => call(Reflect.set, undefined, {}, "a", 1, spy({ a: 2 }, "receiver")),
  "Reflect.set refused": ({ call }) => call(Reflect.set, undefined, Object.freeze({ a: 1 }), "a", 2),
  "Reflect.has converts the key": ({ call, value }) => call(Reflect.has, undefined, { k: 1 }, value("k", "key")),
  "Reflect.deleteProperty": ({ call, value }) => call(Reflect.deleteProperty, undefined, { k: 1 }, value("k", "key")),
  "Reflect.defineProperty": ({ call, spy }) => call(Reflect.defineProperty, undefined, {}, "k", spy({ value: 1 }, "attributes")),
  "Reflect.ownKeys of a primitive": ({ call }) => call(Reflect.ownKeys, undefined, 1),
  assign: ({ call, spy }) =>
    call(Object.assign, Object, spy({ a: 1 }, "target"), spy({ b: 2, [Symbol.for("s")]: 3 }, "source"), null),
  "assign to what is frozen": ({ call }) => call(Object.assign, Object, Object.freeze({}), { a: 1 }),
  entries: ({ call, spy }) => call(Object.entries, Object, spy({ a: 1, b: 2 })),
  values: ({ call, spy }) => call(Object.values, Object, spy({ a: 1, b: 2 })),
  keys: ({ call, spy }) => call(Object.keys, Object, spy({ a: 1, b: 2 })),
  fromEntries: ({ call, log, value, spy }) =>
    call(Object.fromEntries, Object, iterable([[value("k", "key"), 1], spy({ 0: "a", 1: "b" }, "pair")], log)),
  "fromEntries of what is no entry": ({ call, log }) => call(Object.fromEntries, Object, iterable([1], log)),
  groupBy: ({ call, log, value }) =>
    call(Object.groupBy, Object, iterable([1, 2, 3], log), (n: number) => value(n % 2 ? "odd" : "even", "key")),
  "groupBy that throws": ({ call, log }) =>
    call(Object.groupBy, Object, iterable([1], log), () => {
      throw new RangeError();
    }),
  "Map.groupBy": ({ call, log }) => call(Map.groupBy, Map, iterable([0, -0, 1], log), (n: number) => n),
  defineProperty: ({ call, spy, value }) =>
    call(Object.defineProperty, Object, {}, value("k", "key"), spy({ get: () => 1, enumerable: 1 }, "attributes")),
  "defineProperty refused": ({ call }) => call(Object.defineProperty, Object, Object.freeze({ a: 1 }), "a", { value: 2 }),
  defineProperties: ({ call, spy }) =>
    call(Object.defineProperties, Object, spy({}, "target"), spy({ a: { value: 1 }, b: { value: 2 } }, "source")),
  create: ({ call, spy }) =>
    Object.entries(call(Object.create, Object, null, spy({ a: { value: 1, enumerable: true } }, "source")) as object),
  getOwnPropertyDescriptor: ({ call, value, spy }) =>
    call(Object.getOwnPropertyDescriptor, Object, spy({ k: 1 }), value("k", "key")),
  getOwnPropertyDescriptors: ({ call, spy }) => call(Object.getOwnPropertyDescriptors, Object, spy({ k: 1 })),
  "freeze of a proxy": ({ call, spy }) => Object.isFrozen(call(Object.freeze, Object, spy({ k: 1 }))),
  "isFrozen of a proxy": ({ call, spy }) => call(Object.isFrozen, Object, spy(Object.freeze({ k: 1 }))),
  "hasOwnProperty converts the key first": ({ call, value }) => call(O["hasOwnProperty"], null, value("k", "key")),
  "isPrototypeOf of a proxy": ({ call, spy }) => call(O["isPrototypeOf"], Array.prototype, spy([])),
  __lookupGetter__: ({ call, spy }) => call(O["__lookupGetter__"], spy({ k: 1 }), "k"),
  "toString of objects": ({ call, spy }) => [
    call(O["toString"], spy([])),
    call(
      O["toString"],
      spy(() => 1),
    ),
    call(O["toString"], new Date(0)),
  ],
  "toString of a tag": ({ call }) =>
    call(O["toString"], {
      get [Symbol.toStringTag]() {
        return "Tag";
      },
    }),
});

scenarios({
  "Map of an iterable": ({ make, log, spy }) => make(Map, iterable([[1, 2], spy(["a", "b"], "pair")], log)),
  "Map of what is no entry": ({ make, log }) => make(Map, iterable(["ab"], log)),
  "Set of an iterable": ({ make, log }) => make(Set, iterable([1, 1, 2], log)),
  "WeakSet of primitives": ({ make, log }) => make(WeakSet, iterable([1], log)),
  "a Map that sets in its own way": ({ make, log }) => {
    class Own extends Map {
      override set(key: unknown, value: unknown): this {
        log.push([key, value]);
        return super.set(key, value);
      }
    }
    return [...(make(Own, iterable([[1, 2]], log)) as Map<unknown, unknown>)];
  },
  "Map with an adder that is none": ({ make }) => {
    class Own extends Map {}
    Object.defineProperty(Own.prototype, "set", { get: () => 1 });
    return make(Own, [[1, 2]]);
  },
});

const S = Set.prototype as unknown as Record<string, unknown>;
const METHODS = ["union", "intersection", "difference", "symmetricDifference", "isSubsetOf", "isSupersetOf", "isDisjointFrom"];

scenarios(
  Object.fromEntries(
    METHODS.flatMap((method) => [
      [`${method} with a small set-like`, ({ call, spy }) => call(S[method], new Set([1, 2, 3]), spy(setLike([1, 9]), "other"))],
      [
        `${method} with a large set-like`,
        ({ call, spy }) => call(S[method], new Set([1, 2]), spy(setLike([1, 2, 5, -0]), "other")),
      ],
      [`${method} with what is no set`, ({ call }) => call(S[method], new Set([1]), { size: Number.NaN })],
      [`${method} of what is no set`, ({ call }) => call(S[method], [], new Set())],
    ]),
  ),
);

function setLike(values: unknown[]): object {
  return { size: values.length, has: (value: unknown) => values.includes(value), keys: () => values.values() };
}

test("what a bound function of compiled code stands for is called suspendably", () => {
  const bound = apply(Function.prototype.bind, Array.prototype.map, [[1, 2]]) as Function;
  expect($lib(bound)).not.toBe(bound);
  expect($lib(bound)).toBe($lib(bound));
  expect(apply(bound, undefined, [(item: number) => item * 2])).toEqual([2, 4]);
  expect(bound.name).toBe("bound map");
});

test("a proxy of compiled code is called by its trap", () => {
  const proxy = construct(Proxy, [Array.prototype.map, { apply: (...args: unknown[]) => args.slice(1) }]) as Function;
  expect(apply(proxy, "self", [1, 2])).toEqual(["self", [1, 2]]);
  const plain = construct(Proxy, [Array.prototype.map, {}]) as Function;
  expect(apply(plain, [1], [String])).toEqual(["1"]);
});
