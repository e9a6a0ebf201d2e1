/** Iteration and proxies by library code against the language. */
import { isProxy } from "node:util/types";
import { expect, test } from "vitest";
import { constructProxy, proxyParts, registerProxy, revocableProxy } from "../../src/runtime/proxies.js";
import { close, closeQuietly, items, open, rest, step } from "../../src/runtime/lib/operations/iteration.js";
import { copyProperties } from "../../src/runtime/lib/operations/copy.js";
import {
  defineOwn,
  extensible,
  getPrototype,
  ownKeys,
  ownProperty,
  preventExtensions,
  setPrototype,
} from "../../src/runtime/lib/operations/internal.js";
import { instanceOf } from "../../src/runtime/lib/operations/operators.js";
import { define, get, getFrom, has, remove, set, setOn } from "../../src/runtime/lib/operations/property.js";
import { type Log, observe, print, stateOf } from "./operations.kit.js";

/** An iterator that tells what is asked of it; `parts` replace its behaviour. */
function iterable(log: Log, parts: Record<string, unknown> = {}): object {
  let count = 0;
  const told = (name: string, value: unknown): PropertyDescriptor => ({
    get: () => {
      log.push(`get ${name}`);
      return typeof value === "function" && name !== "next" && name !== "return" ? (value as () => unknown)() : value;
    },
  });
  const result = Object.defineProperties(
    {},
    {
      done: told("done", "done" in parts ? parts["done"] : () => count > 3),
      value: told("value", "value" in parts ? parts["value"] : () => count),
    },
  );
  const next = (...args: unknown[]): unknown => {
    log.push(`next ${args.length}`);
    count++;
    return "result" in parts ? parts["result"] : result;
  };
  const end = (...args: unknown[]): unknown => {
    log.push(`return ${args.length}`);
    return {};
  };
  const iterator = Object.defineProperties(
    {},
    {
      next: told("next", "next" in parts ? parts["next"] : next),
      return: told("return", "return" in parts ? parts["return"] : end),
    },
  );
  return Object.defineProperty(
    {},
    Symbol.iterator,
    told("iterator", () => ("method" in parts ? parts["method"] : () => ("iterator" in parts ? parts["iterator"] : iterator))),
  );
}

const fail = (): never => {
  throw new RangeError("failed");
};

const ITERABLES: Record<string, (log: Log) => unknown> = {
  plain: (log) => iterable(log),
  "no return": (log) => iterable(log, { return: undefined }),
  "null return": (log) => iterable(log, { return: null }),
  "return no function": (log) => iterable(log, { return: 3 }),
  "return throws": (log) => iterable(log, { return: fail }),
  "return no object": (log) => iterable(log, { return: () => 3 }),
  "next throws": (log) => iterable(log, { next: fail }),
  "next no function": (log) => iterable(log, { next: 1 }),
  "done throws": (log) => iterable(log, { done: fail }),
  "value throws": (log) => iterable(log, { value: fail }),
  "no result": (log) => iterable(log, { result: 1 }),
  "no iterator": (log) => iterable(log, { iterator: 1 }),
  "no method": (log) => iterable(log, { method: undefined }),
  "method no function": (log) => iterable(log, { method: 1 }),
  undefined: () => undefined,
  null: () => null,
  number: () => 1,
  object: () => ({}),
  string: () => "a😀b",
  array: () => Object.assign([], { 0: 1, 2: 3 }),
  "array with accessors": (log) => Object.defineProperty([1, 2, 3], 1, { get: () => (log.push("get 1"), 7) }),
  "shrinking array": () => {
    const list = [1, 2, 3, 4];
    return Object.defineProperty(list, 1, { configurable: true, get: () => ((list.length = 2), 7) });
  },
  "array-like": (log) => ({
    get length() {
      log.push("length");
      return { valueOf: () => (log.push("valueOf"), 2) };
    },
    get 0() {
      log.push("0");
      return "zero";
    },
    [Symbol.iterator]: Array.prototype.values,
  }),
  "array entries": () => [4, 5].entries(),
  "array keys": () => [4, 5].keys(),
  map: () => new Map([[1, 2]]),
  set: () => new Set([1, 2]),
  "typed array": () => new Uint8Array([1, 2]),
  "string object": (log) => Object.defineProperty(new String("ab"), "toString", { value: () => (log.push("toString"), "xy") }),
  generator: () =>
    (function* () {
      yield 1;
      yield 2;
    })(),
};

test.each(Object.keys(ITERABLES))("%s is spread", (name) => {
  const setup = (log: Log): unknown => ITERABLES[name]!(log);
  expect(observe(setup, items)).toEqual(observe(setup, (source) => [...(source as unknown[])]));
});

/** A loop that leaves in its second round: by `break`, or by an error. */
function ourLoop(source: unknown, error: Error | undefined): unknown {
  const record = open(source);
  let seen: unknown;
  let round = 0;
  while (step(record)) {
    seen = record.value;
    if (++round < 2) continue;
    if (error !== undefined) {
      closeQuietly(record);
      throw error;
    }
    close(record);
    break;
  }
  return seen;
}

function nativeLoop(source: unknown, error: Error | undefined): unknown {
  let seen: unknown;
  let round = 0;
  for (const value of source as unknown[]) {
    seen = value;
    if (++round < 2) continue;
    if (error !== undefined) throw error;
    break;
  }
  return seen;
}

test.each(Object.keys(ITERABLES))("a loop over %s is left", (name) => {
  const setup = (log: Log): unknown => ITERABLES[name]!(log);
  for (const error of [undefined, new URIError("out")]) {
    expect(observe(setup, (source) => ourLoop(source, error))).toEqual(observe(setup, (source) => nativeLoop(source, error)));
  }
});

test.each(Object.keys(ITERABLES))("%s is destructured", (name) => {
  const setup = (log: Log): unknown => ITERABLES[name]!(log);
  const ours = (source: unknown): unknown => {
    const record = open(source);
    const first = !record.done && step(record) ? record.value : undefined;
    return [first, rest(record)];
  };
  const expected = (source: unknown): unknown => {
    const [first, ...others] = source as unknown[];
    return [first, others];
  };
  expect(observe(setup, ours)).toEqual(observe(setup, expected));
});

test("a patched iterator of arrays is asked", () => {
  const prototype = Object.getPrototypeOf([].values()) as { next: unknown };
  const before = prototype.next;
  prototype.next = () => ({ done: true });
  try {
    expect(items([1, 2])).toEqual([]);
  } finally {
    prototype.next = before;
  }
});

test("what the program puts on Object.prototype and Array.prototype does not matter", () => {
  Object.defineProperty(Object.prototype, "get", { configurable: true, value: fail });
  Object.defineProperty(Array.prototype, "1", { configurable: true, set: fail });
  let seen: unknown[];
  const list: unknown[] = [0];
  try {
    seen = [
      set({ a: 1 }, "b", 2),
      items("abc").length,
      get(copyProperties({}, { a: 1 }, []), "a"),
      define(list, 1, 1),
      list.length,
    ];
  } finally {
    Reflect.deleteProperty(Object.prototype, "get");
    Reflect.deleteProperty(Array.prototype, "1");
  }
  expect(seen).toEqual([2, 3, 1, undefined, 2]);
});

// ── proxies ──────────────────────────────────────────────────────────────────────────────────────────────────────────

type Make = (target: object, handler: object) => object;

const TRAPS =
  "get set has deleteProperty getOwnPropertyDescriptor defineProperty ownKeys getPrototypeOf setPrototypeOf isExtensible preventExtensions".split(
    " ",
  );

const TARGETS: Record<string, () => object> = {
  plain: () => ({ a: 1, b: 2 }),
  fixed: () => Object.defineProperties({}, { a: { value: 1 }, b: { set: fail }, c: { value: 3, writable: true } }),
  closed: () => Object.preventExtensions({ a: 1 }),
  frozen: () => Object.freeze({ a: 1 }),
  array: () => [1, 2],
  "typed array": () => new Uint8Array(2),
  function: () => class A {},
};

/** What a trap may answer. */
const ANSWERS: Record<string, (target: object) => unknown> = {
  undefined: () => undefined,
  true: () => true,
  one: () => 1,
  null: () => null,
  object: () => ({}),
  prototype: (target) => Reflect.getPrototypeOf(target),
  value: () => ({ value: 1, configurable: true }),
  "fixed value": () => ({ value: 1, configurable: false }),
  "fixed writable": () => ({ value: 3, configurable: false, writable: true }),
  mixed: () => ({ get: () => 1, value: 1 }),
  "bad getter": () => ({ get: 1 }),
  keys: () => ["a"],
  "all keys": (target) => Reflect.ownKeys(target),
  "more keys": (target) => [...Reflect.ownKeys(target), "z"],
  "twice a key": () => ["a", "a"],
  "no key": () => [1],
  throws: fail,
};

const ACTS: Record<string, [ours: (proxy: object) => unknown, expected: (proxy: object) => unknown]> = {};
for (const key of ["a", "b", "c", "d", "length", "0"]) {
  ACTS[`get ${key}`] = [(p) => get(p, key), (p) => (p as Record<string, unknown>)[key]];
  ACTS[`get ${key} below`] = [(p) => get(Object.create(p), key), (p) => (Object.create(p) as Record<string, unknown>)[key]];
  ACTS[`get ${key} for another`] = [(p) => getFrom(p, key, 4), (p) => Reflect.get(p, key, 4)];
  ACTS[`set ${key}`] = [(p) => set(p, key, 3), (p) => ((p as Record<string, unknown>)[key] = 3)];
  ACTS[`set ${key} below`] = [
    (p) => set(Object.create(p), key, 1),
    (p) => ((Object.create(p) as Record<string, unknown>)[key] = 1),
  ];
  ACTS[`set ${key} for another`] = [(p) => setOn({}, key, 1, p), (p) => Reflect.set({}, key, 1, p)];
  ACTS[`has ${key}`] = [(p) => has(key, p), (p) => key in p];
  ACTS[`delete ${key}`] = [(p) => remove(p, key), (p) => delete (p as Record<string, unknown>)[key]];
  ACTS[`own ${key}`] = [
    (p) => stateOf({ x: ownProperty(p, key) }) && printed(ownProperty(p, key)),
    (p) => stateOf({ x: Reflect.getOwnPropertyDescriptor(p, key) }) && printed(Reflect.getOwnPropertyDescriptor(p, key)),
  ];
  for (const descriptor of [
    { value: 1 },
    { value: 3, configurable: false },
    { value: 3, writable: false, configurable: false },
    { get: fail, enumerable: true },
  ]) {
    ACTS[`define ${key} ${Object.keys(descriptor).join()}`] = [
      (p) => defineOwn(p, key, descriptor),
      (p) => Reflect.defineProperty(p, key, descriptor),
    ];
  }
  ACTS[`create ${key}`] = [
    (p) => define(p, key, 1),
    (p) => void Object.defineProperty(p, key, { value: 1, writable: true, enumerable: true, configurable: true }),
  ];
}
ACTS["keys"] = [(p) => ownKeys(p), (p) => Reflect.ownKeys(p)];
ACTS["copy"] = [(p) => stateOf(copyProperties({}, p, [])), (p) => stateOf({ ...p })];
ACTS["prototype"] = [(p) => getPrototype(p), (p) => Reflect.getPrototypeOf(p)];
ACTS["set prototype"] = [(p) => setPrototype(p, null), (p) => Reflect.setPrototypeOf(p, null)];
ACTS["is extensible"] = [(p) => extensible(p), (p) => Reflect.isExtensible(p)];
ACTS["prevent extensions"] = [(p) => preventExtensions(p), (p) => Reflect.preventExtensions(p)];
ACTS["instanceof"] = [(p) => instanceOf(p, Array), (p) => p instanceof Array];
ACTS["right of instanceof"] = [(p) => instanceOf([], p), (p) => [] instanceof (p as Function)];
ACTS["string"] = [(p) => items(p), (p) => [...(p as unknown[])]];

function printed(value: unknown): string {
  return value === undefined
    ? "undefined"
    : Object.entries(value as object)
        .map(([key, each]) => `${key}=${print(each)}`)
        .sort()
        .join();
}

/** An argument of a trap: a descriptor in full. */
function argument(value: unknown): string {
  if (isProxy(value)) return "proxy";
  return typeof value === "object" && value !== null ? printed(value) : print(value);
}

/** A proxy of which one trap gives `answer`, and all others note that they were asked. */
function spying(make: Make, log: Log, target: object, special: string | undefined, answer: (target: object) => unknown): object {
  const handler = new Proxy(
    {},
    {
      get: (_, trap) => {
        log.push(`trap ${String(trap)}`);
        return (...args: unknown[]) => {
          log.push(`${String(trap)} ${args.slice(1).map(argument).join()}`);
          if (trap === special) return answer(target);
          return Reflect.apply(Reflect[trap as "get"] as () => unknown, Reflect, args);
        };
      },
    },
  );
  return make(target, handler);
}

test.each(["none", ...TRAPS])("proxies with a trap %s of its own will", (trap) => {
  let compared = 0;
  for (const targetName of Object.keys(TARGETS)) {
    for (const answerName of trap === "none" ? ["undefined"] : Object.keys(ANSWERS)) {
      for (const [label, [ours, expected]] of Object.entries(ACTS)) {
        const world = (make: Make) => (log: Log) => spying(make, log, TARGETS[targetName]!(), trap, ANSWERS[answerName]!);
        const got = observe(world(constructProxy), ours);
        const wanted = observe(
          world((target, handler) => new Proxy(target, handler)),
          expected,
        );
        compared++;
        if (JSON.stringify(got) !== JSON.stringify(wanted))
          expect([label, targetName, answerName, got]).toEqual([label, targetName, answerName, wanted]);
      }
    }
  }
  expect(compared).toBeGreaterThan(100);
});

test("a proxy of a proxy, and one without traps", () => {
  for (const [label, [ours, expected]] of Object.entries(ACTS)) {
    for (const targetName of Object.keys(TARGETS)) {
      const nested = (make: Make) => (log: Log) => make(spying(make, log, TARGETS[targetName]!(), undefined, fail), {});
      const got = observe(nested(constructProxy), ours);
      const wanted = observe(
        nested((target, handler) => new Proxy(target, handler)),
        expected,
      );
      expect([label, targetName, got]).toEqual([label, targetName, wanted]);
    }
  }
});

test("a revoked proxy is left to the engine", () => {
  const { proxy, revoke } = revocableProxy({ a: 1 }, {});
  expect(get(proxy, "a")).toBe(1);
  revoke();
  expect(proxyParts(proxy)).toBe(undefined);
  expect(() => get(proxy, "a")).toThrow(TypeError);
  expect(() => set(proxy, "a", 1)).toThrow(TypeError);
  expect(() => ownKeys(proxy)).toThrow(TypeError);
  const handler = {};
  expect(proxyParts(registerProxy(new Proxy({}, handler), {}, handler))?.handler).toBe(handler);
});
