/** Objects whose hidden class was met before are saved without a proof of their own. Here are those that look like others and differ. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it, test } from "vitest";
import { registerCodec } from "../../src/runtime/codec/custom.js";
import { canAskForClasses, type Engine, haveSameClass, withoutHiddenClasses } from "../../src/runtime/codec/hidden-classes.js";
import { isAsExpected } from "../../src/runtime/codec/engine-check.js";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { KnownClasses } from "../../src/runtime/codec/known.js";
import { ImageWriter } from "../../src/runtime/codec/parts/writer.js";
import { $private } from "../../src/runtime/classes.js";
import { attachPrivates, privateStore } from "../../src/runtime/private-store.js";
import { NotSaveableError } from "../../src/shared/errors.js";
import { graphs, inside } from "./graphs.js";
import { difference } from "./isomorphic.js";
import { closure, declared, helper, Point, Safe, settings } from "./program.js";
import { round } from "./round.js";

interface Order {
  id: unknown;
  total: unknown;
}
const order = (id: unknown = 1): Order => ({ id, total: 2 });
/** Enough to be asked about. */
const MANY = 200;
const many = <T>(make: (i: number) => T): T[] => Array.from({ length: MANY }, (_, i) => make(i));

test("this V8 can be asked", () => {
  expect(canAskForClasses()).toBe(true);
  expect(haveSameClass(order(), order())).toBe(true);
});

test("the bytes are the same whether it is asked or not, and for objects that were saved before", () => {
  for (let seed = 1; seed <= 150; seed++) {
    const [lists] = fc.sample(fc.array(graphs, { minLength: 12, maxLength: 30 }), { seed, numRuns: 1 });
    const plainly = withoutHiddenClasses(() => encode(lists));
    for (let time = 0; time < 3; time++) {
      const found = difference(lists, decode(encode(lists)), inside);
      expect(found, `seed ${seed}`).toBeUndefined();
      expect(Buffer.compare(encode(lists), plainly), `seed ${seed}`).toBe(0);
    }
  }
});

const define = <T extends object>(value: T, key: PropertyKey, attributes: PropertyDescriptor): T =>
  Object.defineProperty(value, key, { configurable: true, enumerable: true, ...attributes });

describe("among orders, an object of the same keys comes back as it is", () => {
  const cases: Record<string, () => object> = {
    "with a getter": () => define(order(), "id", { get: helper }),
    "with a setter": () => define(order(), "id", { set: helper }),
    "with a property that is not listed": () => define(order(), "total", { enumerable: false, value: 1, writable: true }),
    "with a constant": () => define(order(), "total", { writable: false, value: 1 }),
    "with a property that stays": () => define(order(), "total", { configurable: false, value: 1, writable: true }),
    "with one more key": () => ({ ...order(), more: 1 }),
    "with an index": () => Object.assign(order(), { 7: "seven" }),
    "with an index that is not listed": () => define(order(), 7, { enumerable: false, value: 1 }),
    "with an index that has a getter": () => define(order(), 7, { get: helper }),
    "with a symbol": () => Object.assign(order(), { [Symbol.for("kind")]: 1 }),
    "with the keys in another order": () => ({ total: 2, id: 1 }),
    "that lost a key": () => {
      const { id: _, ...rest } = order();
      return rest;
    },
    "from which a key was deleted": () => {
      const value = order();
      Reflect.deleteProperty(value, "id");
      return value;
    },
    "that is frozen": () => Object.freeze(order()),
    "that is sealed": () => Object.seal(order()),
    "that is locked": () => Object.preventExtensions(order()),
    "without prototype": () => Object.setPrototypeOf(order(), null) as object,
    "of a class": () => Object.setPrototypeOf(order(), Point.prototype) as object,
    "with a prototype that is another object": () => Object.setPrototypeOf(order(), order()) as object,
    "of a class that is a closure": () => new (closure(declared, [1]) as unknown as new () => object)(),
    "with doubles": () => ({ id: 1.5, total: -0 }),
  };
  it.each(Object.entries(cases))("%s", (_, make) => expectSame(() => many((i) => (i % 10 === 9 ? make() : order(i)))));
  it.each(Object.entries(cases))("%s, first of all", (_, make) => expectSame(() => [...many(make), ...many(order)]));
});

test("a constant of a module is still one among objects that look the same", () => {
  const graph = [many(() => ({ currency: "EUR" })), { its: { settings } }];
  for (let time = 0; time < 3; time++) {
    const back = decode(encode(graph)) as [object[], { its: { settings: object } }];
    expect(back[1].its.settings).toBe(settings);
    expect(difference(graph, back)).toBeUndefined();
  }
});

test("private members are saved with each object", () => {
  const name = $private("balance");
  const accounts = many((i) => {
    const account = order(i);
    attachPrivates(account, new Map([[name, i]]));
    return account;
  });
  const safes = many((i) => new Safe(i));
  const back = decode(encode({ accounts, safes })) as { accounts: Order[]; safes: Safe[] };
  expect(back.accounts.map((account) => [...privateStore(account)!.values()])).toEqual(many((i) => [i]));
  expect(back.safes.map(({ content }) => content)).toEqual(many((i) => i));
});

describe("among arrays, one of the same length comes back as it is", () => {
  const cases: Record<string, () => object> = {
    "with a getter": () => define([1, 2], 1, { get: helper }),
    "with an element that is not listed": () => define([1, 2], 1, { enumerable: false, value: 1, writable: true }),
    "with a constant": () => define([1, 2], 1, { writable: false, value: 1 }),
    "with a property": () => Object.assign([1, 2], { total: 3 }),
    "that is frozen": () => Object.freeze([1, 2]),
    "that is locked": () => Object.preventExtensions([1, 2]),
    "of constant length": () => Object.defineProperty([1, 2], "length", { writable: false }),
    "with another prototype": () => Object.setPrototypeOf([1, 2], null) as object,
    "with a hole": () => Object.assign([], { 1: 2 }),
    "with holes": () => Object.assign([], { 40: 2, 3: undefined }),
    "of doubles": () => [1.5, -0],
    "of anything": () => ["one", {}],
    "of nothing but holes": () => Array(500),
    "with the indices of a table": () => Object.assign([], { 100_000: 1 }),
  };
  it.each(Object.entries(cases))("%s", (_, make) => expectSame(() => many((i) => (i % 10 === 9 ? make() : [i, i]))));
});

describe("among objects of a built-in class, one comes back as it is", () => {
  const cases: Record<string, [usual: () => object, other: () => object]> = {
    "a Date with a property": [() => new Date(1), () => Object.assign(new Date(2), { zone: "UTC" })],
    "a Date with another prototype": [() => new Date(1), () => Object.setPrototypeOf(new Date(2), Object.prototype) as object],
    "a Map with a property": [() => new Map([[1, 2]]), () => Object.assign(new Map(), { of: 1 })],
    "a Set with an index": [() => new Set([1]), () => Object.assign(new Set(), { 7: "seven" })],
    "a frozen Set": [() => new Set([1]), () => Object.freeze(new Set([2]))],
  };
  it.each(Object.entries(cases))("%s", (_, [usual, other]) => expectSame(() => many((i) => (i % 10 === 9 ? other() : usual()))));
});

/** What is made comes back the same, and is written the same way as without hidden classes, also when all of it has been written before. */
function expectSame(make: () => unknown[]): void {
  const graph = make();
  const plainly = withoutHiddenClasses(() => encode(graph));
  for (let time = 0; time < 3; time++) {
    expect(Buffer.compare(encode(graph), plainly)).toBe(0);
    expect(difference(graph, round(graph))).toBeUndefined();
  }
}

describe("nothing of the program is called", () => {
  const calls: string[] = [];
  const call = (name: string) => (): undefined => void calls.push(name);
  afterEach(() => {
    Reflect.deleteProperty(Array.prototype, 1);
    Reflect.deleteProperty(Object.prototype, "inherited");
    expect(calls.splice(0)).toEqual([]);
  });

  it("for holes under which there may be something", () => {
    const classes = new KnownClasses();
    define(Array.prototype as object, 1, { get: call("a getter of Array.prototype"), set: call("a setter") });
    expect(classes.find([1])).toBeUndefined();
    Reflect.deleteProperty(Array.prototype, 1);
    expect(classes.find([1])?.form.kind).toBe("array");
  });

  it("for a key that all objects inherit", () => {
    define(Object.prototype, "inherited", { get: call("a getter of Object.prototype") });
    const graph = many(order);
    const bytes = encode(graph);
    Reflect.deleteProperty(Object.prototype, "inherited");
    expect(difference(graph, decode(bytes))).toBeUndefined();
  });

  it.each([
    ["an object", order],
    ["an array", () => many((i) => i)],
  ])("for a Proxy of %s, which is refused", (_, target) => {
    const traps = { get: call("get"), ownKeys: call("ownKeys"), getPrototypeOf: call("getPrototypeOf"), has: call("has") };
    const proxy = new Proxy<object>(target(), traps as unknown as ProxyHandler<object>);
    expect(() => encode([many(order), proxy])).toThrow(NotSaveableError);
    expect(() => encode([proxy])).toThrow(NotSaveableError);
    const { proxy: revoked, revoke } = Proxy.revocable<object>(target(), {});
    revoke();
    expect(() => encode([many(order), revoked])).toThrow(NotSaveableError);
  });
});

/** An instance whose codec does something to other objects. */
class Meddler {
  constructor(readonly act: () => unknown) {}
}
registerCodec(Meddler, { name: "meddler", version: 1, encode: ({ act }) => act(), decode: () => new Meddler(() => 0) });

describe("a codec of the program", () => {
  it("may change objects: what was met is saved as it was, the rest as it is", () => {
    const [early, late] = [many(order), many(order)];
    const act = (): number => {
      for (const each of [...early, ...late]) define(each, "total", { value: 3, writable: false });
      return 0;
    };
    const graph = [early, { meddler: new Meddler(act) }, { within: { late } }];
    const back = decode(encode(graph)) as [Order[], object, { within: { late: Order[] } }];
    expect(difference(back[0], many(order))).toBeUndefined();
    expect(difference(back[2], graph[2])).toBeUndefined();
    expect(Object.getOwnPropertyDescriptor(back[2].within.late[7], "total")).toMatchObject({ value: 3, writable: false });
  });

  it("may save what is being saved", () => {
    const orders = many(order);
    const reversed = orders.toReversed();
    const act = (): number => encode(reversed).length;
    const graph = [orders, many(() => new Meddler(act)), reversed];
    const back = decode(encode(graph)) as [Order[], object[], Order[]];
    expect(back[2].every((each, i) => each === back[0].at(-1 - i))).toBe(true);
  });

  it("cannot have data that the run also holds", () => {
    const orders = many(order);
    expect(() => encode([orders, new Meddler(() => [orders[150], many(order)])])).toThrow(/also holds/);
  });
});

test("two images that share objects go on side by side", () => {
  const orders = many((i) => ({ ...order(i), next: undefined as unknown, note: `order number ${i}` }));
  const roots = [
    { orders, last: {} as object },
    { orders: orders.toReversed(), last: {} as object },
  ];
  const stored = roots.map(() => ({ image: new Uint8Array(), parts: [] as Uint8Array[] }));
  const writers = roots.map(() => new ImageWriter());
  let parts = 0;
  for (let round = 0; round < 10; round++) {
    orders[round]!.next = orders[199 - round];
    roots.forEach((root, i) => {
      root.last = orders[round * 3]!;
      const { kind, bytes } = writers[i]!.write(root);
      if (kind === "image") stored[i] = { image: bytes.slice(), parts: [] };
      else parts += stored[i]!.parts.push(bytes.slice());
      encode(orders);
      expect(difference(root, decode(stored[i]!.image, stored[i]!.parts))).toBeUndefined();
    });
  }
  expect(parts).toBeGreaterThan(10);
});

describe("an engine that is not as expected is not asked", () => {
  const own: Engine = {
    haveSameClass,
    hasFastProperties: () => true,
    hasDictionaryElements: () => false,
  };
  it.each<[string, Engine]>([
    ["all objects are of one class", { ...own, haveSameClass: () => true }],
    ["no two objects are of one class", { ...own, haveSameClass: (a, b) => a === b }],
    ["tables are not told", own],
    ["all are tables", { ...own, hasFastProperties: () => false }],
  ])("%s", (_, engine) => expect(isAsExpected(engine)).toBe(false));
});

const script = path.join(import.meta.dirname, "hidden-classes-process.mjs");
const process_ = (flags: readonly string[], setting = ""): unknown =>
  JSON.parse(
    execFileSync(process.execPath, [...flags, script], {
      encoding: "utf8",
      env: { ...process.env, FLOWC_HIDDEN_CLASSES: setting },
    }),
  );

describe("in a process of its own", () => {
  it("the flag is cleared again, and code that V8 drops is compiled again", () => {
    expect(process_([])).toMatchObject({ asked: true, flag: false, again: true });
    expect(process_(["--stress-flush-code", "--flush-bytecode", "--no-opt", "--no-sparkplug"])).toMatchObject({
      asked: true,
      flag: false,
      dropped: true,
      again: true,
    });
  });

  it("a flag that was set stays set", () => {
    expect(process_(["--allow-natives-syntax"])).toMatchObject({ asked: true, flag: true, again: true });
  });

  it("FLOWC_HIDDEN_CLASSES=off", () => {
    const { bytes } = process_([]) as { bytes: string };
    expect(process_([], "off")).toMatchObject({ asked: false, flag: false, again: false, bytes });
  });

  it("without code generation from strings, and without a compiler", () => {
    expect(process_(["--disallow-code-generation-from-strings"])).toMatchObject({ asked: true });
    expect(process_(["--jitless"])).toMatchObject({ asked: true });
  });
});
