/** Weak collections, proxies, bound functions, symbols of a run, and what was lost once: each by what a program can see of it. */
import { expect, test } from "vitest";
import { bindFunction } from "../../src/runtime/bound.js";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { ownSymbol } from "../../src/runtime/own-symbols.js";
import { constructProxy } from "../../src/runtime/proxies.js";
import { closureOf } from "../../src/runtime/registry.js";
import { adder, closure, constructed, declared, DeepSafe, frame, helper, Point, Safe } from "./program.js";
import { round } from "./round.js";

type Fn = (...args: unknown[]) => unknown;

test("a WeakMap keeps the entries whose keys are reached, and those their values lead to", () => {
  const [a, b, c, lost] = [{ n: "a" }, { n: "b" }, { n: "c" }, { n: "lost" }];
  const one = new WeakMap<object, unknown>([
    [a, { next: b }],
    [lost, 1],
  ]);
  const two = new WeakMap<object, unknown>([
    [b, c],
    [c, one],
  ]);
  const back = round({ two, a, one });
  const next = (back.one.get(back.a) as { next: object }).next;
  expect(next).toEqual({ n: "b" });
  const last = back.two.get(next) as object;
  expect(last).toEqual({ n: "c" });
  expect(back.two.get(last)).toBe(back.one);
  expect(encode({ one, a })).not.toContain("lost");
});

test("keys that every process has are keys of a restored WeakMap", () => {
  const own = ownSymbol(Symbol("own"));
  const map = new WeakMap<WeakKey, string>([
    [Point, "class"],
    [helper, "function"],
    [Point.prototype.move, "method"],
    [Array.prototype, "built-in"],
    [own, "symbol"],
  ]);
  const [back, symbol] = round([map, own] as const);
  expect([Point, helper, Point.prototype.move, Array.prototype, symbol].map((key) => back.get(key))).toEqual([
    "class",
    "function",
    "method",
    "built-in",
    "symbol",
  ]);
});

test("the prototype of a closure and a pooled buffer are keys", () => {
  const type = closure(declared, ["t"]) as unknown as { prototype: object };
  const bytes = Buffer.from("pooled");
  const map = new WeakMap<object, string>([
    [type.prototype, "home"],
    [bytes.buffer, "buffer"],
  ]);
  const back = round({ map, type, bytes });
  expect([back.map.get(back.type.prototype), back.map.get(back.bytes.buffer)]).toEqual(["home", "buffer"]);
});

test("a WeakSet, in a cycle with itself", () => {
  const set = new WeakSet<object>();
  set.add(set);
  const other = {};
  const back = round({ set, other });
  expect([back.set.has(back.set), back.set.has(back.other)]).toEqual([true, false]);
});

test("a WeakRef comes with its target", () => {
  const target: Record<string, unknown> = { a: 1 };
  target["ref"] = new WeakRef(target);
  const back = round(target["ref"] as WeakRef<Record<string, unknown>>);
  expect(back.deref()!["ref"]).toBe(back);
});

test("a Proxy keeps target and handler, no trap is called, and it may be a function or a prototype", () => {
  const calls: string[] = [];
  const handler = {
    get: closure(adder, [{ value: 1 }]),
    has: () => (calls.push("has"), true),
    getPrototypeOf: () => (calls.push("getPrototypeOf"), null),
    getOwnPropertyDescriptor: () => (calls.push("descriptor"), undefined),
  };
  Reflect.deleteProperty(handler, "has");
  const quiet = { get: handler.get };
  const target: Record<string, unknown> = { x: 1 };
  const proxy = constructProxy(target, quiet) as Record<string, unknown>;
  target["self"] = proxy;
  const callable = constructProxy(closure(adder, [{ value: 40 }]), {}) as Fn;
  const child = Object.create(proxy) as object;
  const back = round({ proxy, target, quiet, callable, child });
  expect(back.callable(2)).toBe(42);
  expect(back.target["self"]).toBe(back.proxy);
  expect(Object.getPrototypeOf(back.child)).toBe(back.proxy);
  delete (back.quiet as { get?: unknown }).get;
  back.proxy["y"] = 5;
  expect(back.target["y"]).toBe(5);
  expect(calls).toEqual([]);
});

test("decoding never asks a Proxy anything, wherever it stands", () => {
  const log: string[] = [];
  const shout = (name: string): (() => never) => closure(adder, [{ value: name }]) as () => never;
  const handler = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, shout(name)]));
  const proxy = constructProxy({}, handler);
  const value = {
    list: [proxy, proxy],
    map: new Map([[proxy, proxy]]),
    weak: new WeakMap([[proxy, proxy]]),
    child: Object.create(proxy) as object,
    error: Object.assign(new Error("e"), { proxy }),
    frame: frame({ proxy }, 0, proxy),
    captured: closure(adder, [proxy]),
    bound: bindFunction(closure(adder, [{ value: 1 }]), proxy, [proxy]),
    private: Object.defineProperty({}, "x", { value: proxy }),
  };
  const back = decode(encode(value)) as typeof value;
  expect(log).toEqual([]);
  expect(back.list[0]).toBe(back.frame.self);
});

test("bound functions: target, this, arguments, name, length, construction", () => {
  const cell = { value: 30 };
  const fn = closure(adder, [cell]) as Fn;
  const bound = Object.assign(bindFunction(fn, cell, [12]) as Fn, { label: "b" });
  const twice = bindFunction(bound, undefined, []) as Fn;
  const renamed = Object.defineProperty(bindFunction(fn, 1, []), "name", { value: "other" });
  const Type = closure(declared, ["t"]) as unknown as new () => { tag: unknown };
  const type = bindFunction(Type, undefined, []) as unknown as new () => { tag: unknown };
  const back = round({ bound, twice, renamed, cell, Type, type, frozen: Object.freeze(bindFunction(fn, 2, [])) });
  expect([back.bound(), back.twice(), back.bound.name, back.bound.length, back.twice.name]).toEqual([
    42,
    42,
    bound.name,
    bound.length,
    twice.name,
  ]);
  expect(Reflect.ownKeys(back.bound)).toEqual(["length", "name", "label"]);
  back.cell.value = 0;
  expect(back.bound()).toBe(12);
  expect(back.renamed.name).toBe("other");
  expect(new back.type()).toBeInstanceOf(back.Type);
  expect(new back.type()).toBeInstanceOf(back.type);
  expect(Object.isFrozen(back.frozen)).toBe(true);
});

test("the name of a bound function is not that of its target by now", () => {
  const fn = closure(adder, [{ value: 1 }]);
  const bound = bindFunction(fn, undefined, []);
  Object.defineProperty(fn, "name", { value: "later" });
  expect(round([fn, bound]).map((each) => each.name)).toEqual(["later", bound.name]);
});

test("symbols of a run are nodes", () => {
  const [one, two, none] = [ownSymbol(Symbol("s")), ownSymbol(Symbol("s")), ownSymbol(Symbol())];
  const back = round({ one, again: one, two, none, holder: { [one]: 1, [two]: 2 }, boxed: Object(one) as { valueOf(): symbol } });
  expect(back.one).toBe(back.again);
  expect(back.one).not.toBe(back.two);
  expect([back.one.description, back.none.description]).toEqual(["s", undefined]);
  expect([back.holder[back.one], back.holder[back.two]]).toEqual([1, 2]);
  expect(back.boxed.valueOf()).toBe(back.one);
});

test.each<[string, () => Function]>([
  [
    "an accessor named prototype on an arrow function",
    () => Object.defineProperty(closure(adder, [1]), "prototype", { get: closure(adder, [2]) as never, configurable: true }),
  ],
  [
    "a property named prototype on an arrow function",
    () => Object.defineProperty(closure(adder, [1]), "prototype", { value: undefined }),
  ],
  [
    "a prototype that points back to an arrow function",
    () => {
      const fn = closure(adder, [1]);
      return Object.assign(fn, { prototype: { constructor: fn } });
    },
  ],
  ["a frozen function with a prototype", () => Object.freeze(closure(declared, ["t"]))],
  [
    "a frozen prototype",
    () => {
      const fn = closure(declared, ["t"]);
      Object.freeze(fn["prototype" as never]);
      return fn;
    },
  ],
  [
    "a name that was deleted and added again",
    () => {
      const fn = closure(adder, [1]);
      Reflect.deleteProperty(fn, "length");
      return Object.defineProperty(Object.assign(fn, { extra: 1 }), "length", { value: 7 });
    },
  ],
  [
    "a replaced prototype with an enumerable constructor",
    () => {
      const fn = closure(declared, ["t"]);
      return Object.assign(fn, { prototype: { method: 1, constructor: fn } });
    },
  ],
])("%s", (_name, make) => {
  const original = make();
  const back = round(original);
  expect(Reflect.ownKeys(back)).toEqual(Reflect.ownKeys(original));
  for (const key of Reflect.ownKeys(original)) {
    const [mine, other] = [back, original].map((fn) => Object.getOwnPropertyDescriptor(fn, key)!) as [
      PropertyDescriptor,
      PropertyDescriptor,
    ];
    expect({ ...mine, value: typeof mine.value, get: typeof mine.get }).toEqual({
      ...other,
      value: typeof other.value,
      get: typeof other.get,
    });
  }
  const [home, other] = [back, original].map(
    (fn) => Object.getOwnPropertyDescriptor(fn, "prototype")?.value as object | undefined,
  );
  if (other !== undefined) expect(withoutValues(home!)).toEqual(withoutValues(other));
  expect(closureOf(back)!.code).toBe(closureOf(original)!.code);
});

test("private members of the engine, no constructor and no initializer running", () => {
  const safe = new Safe({ in: 1 });
  const deep = Object.assign(new DeepSafe(safe), { extra: 1 });
  safe.put(deep);
  const bytes = encode({ safe, deep, frozen: Object.freeze(new DeepSafe(deep)), bare: Object.create(Safe.prototype) as Safe });
  const before = constructed.count;
  const back = decode(bytes) as { safe: Safe; deep: DeepSafe; frozen: DeepSafe; bare: Safe };
  expect(constructed.count).toBe(before);
  expect(Buffer.compare(encode(back), bytes)).toBe(0);
  expect([back.safe.content, back.deep.content, back.frozen.content]).toEqual([back.deep, back.safe, back.deep]);
  expect(back.safe.content).toBe(back.deep);
  expect([back.safe.put(1), back.safe.put(2), back.frozen.put(3), back.deep.depth]).toEqual([2, 3, 1, [1]]);
  expect([Reflect.ownKeys(back.deep), Object.isFrozen(back.frozen)]).toEqual([["label", "extra"], true]);
  expect(() => back.bare.content).toThrow(TypeError);
});

/** The attributes of the own properties, in order. */
function withoutValues(object: object): unknown {
  const rows = Reflect.ownKeys(object).map((key) => [key, { ...Object.getOwnPropertyDescriptor(object, key), value: 0 }]);
  return [rows, Object.isExtensible(object)];
}
