/** Objects whose hidden class was met before are saved without a proof of their own. Here are those that look like others and differ. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, it, test } from "vitest";
import { registerCodec } from "../../src/runtime/codec/custom.js";
import { canAskForClasses, type Engine, haveSameClass, withoutHiddenClasses } from "../../src/runtime/codec/hidden-classes.js";
import { isAsExpected } from "../../src/runtime/codec/engine-check.js";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { KnownClasses } from "../../src/runtime/codec/known.js";
import { expectSurgery } from "../../src/runtime/codec/parts/surgery.js";
import { ImageWriter, type Written } from "../../src/runtime/codec/parts/writer.js";
import { $private } from "../../src/runtime/classes.js";
import { attachPrivates, privateStore } from "../../src/runtime/private-store.js";
import { Surgery } from "../../src/shared/abi.js";
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

test("long arrays of every kind have the same bytes whether it is asked or not", () => {
  const long = 1_000;
  const each = (make: (i: number) => unknown): unknown[] => Array.from({ length: long }, (_, i) => make(i));
  const holey = each((i) => i);
  for (let i = 0; i < long; i += 3) Reflect.deleteProperty(holey, i);
  const sparse = Object.assign([], { 5: 1, [long]: 2 });
  const shared = { shared: true };
  const arrays = [
    each((i) => i), each((i) => i / 3), each((i) => (i % 2 ? NaN : -0)), each((i) => `text ${i % 70}`), each(() => undefined), each((i) => ({ i })),
    each((i) => (i % 3 ? shared : [i])), each((i) => [i, `${i}`, null, undefined, true, 5n, i / 7][i % 7]), holey, sparse, Object.assign(each(() => 0), { length: long + 2 }),
  ]; // prettier-ignore
  const graph = [arrays, arrays.toReversed()];
  const bytes = encode(graph);
  expect(
    Buffer.compare(
      bytes,
      withoutHiddenClasses(() => encode(graph)),
    ),
  ).toBe(0);
  expect(difference(graph, decode(bytes))).toBeUndefined();
});

/** What is not said stays as it is; of a new property it is the default. */
const define = <T extends object>(value: T, key: PropertyKey, attributes: PropertyDescriptor): T =>
  Object.defineProperty(
    value,
    key,
    Object.hasOwn(value, key) ? attributes : { configurable: true, enumerable: true, ...attributes },
  );

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

  it("may change long arrays that were met and not written yet", () => {
    const numbers = (): unknown[] => Object.assign(many((i) => [i, i / 2]).flat(), { length: 405, 403: "late" });
    const [before, after] = [numbers(), numbers()];
    let calls = 0;
    const act = (): number => {
      for (const each of [before, after]) {
        each[5] = "changed";
        each.length = 300;
        define(each, 7, { get: () => calls++ });
      }
      define(Array.prototype as object, 401, { get: () => calls++ });
      return 0;
    };
    const graph = [many(order), before, new Meddler(act), after];
    try {
      const bytes = encode(graph);
      Reflect.deleteProperty(Array.prototype, 401);
      const back = decode(bytes) as unknown[];
      expect(difference(back[1], numbers())).toBeUndefined();
      expect(difference(back[3], numbers())).toBeUndefined();
      expect(calls).toBe(0);
    } finally {
      Reflect.deleteProperty(Array.prototype, 401);
    }
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

describe("what changed in an object that still looks the same is found", () => {
  beforeAll(() => expectSurgery(Surgery.REDEFINE | Surgery.RESHAPE));
  const orders: Record<string, (order: Order) => unknown> = {
    "a value": (each) => (each.total = 3),
    "another representation": (each) => (each.total = 3.5),
    "a getter": (each) => define(each, "id", { get: helper }),
    "an attribute: enumerable": (each) => define(each, "total", { enumerable: false }),
    "an attribute: writable": (each) => define(each, "total", { writable: false }),
    "an attribute: configurable": (each) => define(each, "total", { configurable: false }),
    "a key more": (each) => Object.assign(each, { more: 1 }),
    "a key less": (each) => Reflect.deleteProperty(each, "total"),
    "the order of keys": (each) => Reflect.deleteProperty(each, "id") && (each.id = 1),
    "an index": (each) => Object.assign(each, { 7: 1 }),
    "an index that is not listed": (each) => define(each, 7, { enumerable: false, value: 1 }),
    "an index with a getter": (each) => define(each, 7, { get: helper }),
    "a symbol": (each) => Object.assign(each, { [Symbol.for("kind")]: 1 }),
    "the prototype": (each) => Object.setPrototypeOf(each, Point.prototype) as object,
    "no prototype": (each) => Object.setPrototypeOf(each, null) as object,
    frozen: (each) => Object.freeze(each),
    sealed: (each) => Object.seal(each),
    locked: (each) => Object.preventExtensions(each),
    "private members": (each) => attachPrivates(each, new Map([[$private("balance"), 5]])),
  };
  const arrays: Record<string, (array: unknown[]) => unknown> = {
    "an element": (each) => (each[1] = "one"),
    "a double": (each) => (each[1] = 0.5),
    "a hole": (each) => Reflect.deleteProperty(each, 1),
    "undefined for a hole": (each) => (each[3] = undefined),
    "a getter": (each) => define(each, 1, { get: helper }),
    "a constant": (each) => define(each, 1, { writable: false }),
    "an element that is not listed": (each) => define(each, 1, { enumerable: false }),
    "a property": (each) => Object.assign(each, { sum: 1 }),
    "constant length": (each) => Object.defineProperty(each, "length", { writable: false }),
    "the length": (each) => (each.length = 9),
    "the prototype": (each) => Object.setPrototypeOf(each, Object.prototype) as object,
    frozen: (each) => Object.freeze(each),
    locked: (each) => Object.preventExtensions(each),
  };
  const dates: Record<string, (date: Date) => unknown> = {
    "the time": (each) => each.setTime(7),
    "no time": (each) => each.setTime(NaN),
    "a property": (each) => Object.assign(each, { zone: "UTC" }),
    "an index": (each) => Object.assign(each, { 7: 1 }),
    "the prototype": (each) => Object.setPrototypeOf(each, Object.prototype) as object,
    frozen: (each) => Object.freeze(each),
  };
  let calls = 0;
  const count = (): number => calls++;
  it.each<[string, (root: { list: unknown[]; order: Order; others: Order[]; date: Date }) => unknown]>([
    ["an element", ({ list }) => define(list, 1, { get: count })],
    ["a property of an array", ({ list }) => Object.assign(list, { slice: count })],
    ["the class of copies", ({ list }) => Object.assign(list, { constructor: { [Symbol.species]: count } })],
    ["a property", ({ order }) => define(order, "id", { get: count })],
    ["a property of several", ({ others }) => others.map((each) => define(each, "id", { get: count }))],
    ["an index", ({ date }) => define(date, 0, { get: count })],
  ])("and nothing is called: %s", (_, change) => {
    for (const ask of [<T>(act: () => T): T => act(), withoutHiddenClasses]) {
      const names = many((i) => `a name of its own, number ${i}`);
      const root = { list: [1, 2, 3], order: order(), others: [order(), order()], date: new Date(1), names };
      const writer = new ImageWriter();
      expect([ask(() => writer.write(root)).kind, ask(() => writer.write(root)).kind]).toEqual(["image", "part"]);
      change(root);
      expect(() => ask(() => writer.write(root))).toThrow(NotSaveableError);
      expect(calls).toBe(0);
    }
  });
  const row = (i: number): unknown[] => [i, i + 1, i + 2, , i]; // oxlint-disable-line no-sparse-arrays -- a hole to be filled
  it.each(Object.entries(orders))("in an order: %s", (_, change) => expectFound(many(order), change));
  it.each(Object.entries(orders))("in an instance of a class: %s", (_, change) =>
    expectFound(
      many((i) => Object.assign(new Point(i, 2), order())),
      change,
    ),
  );
  it("an attribute, in objects that are kept as tables", () => {
    const table = (): Order => {
      const value = { first: 0, ...order() };
      Reflect.deleteProperty(value, "first");
      return value;
    };
    expectFound(many(table), (each) => define(each, "total", { writable: false }));
  });
  it("private members like those of others", () => {
    const account = (each: Order): Order => attachPrivates(each, new Map([[$private("balance"), 5]])) ?? each;
    expectFound(
      many((i) => (i % 10 === 9 ? account(order()) : order())),
      account,
    );
  });
  it("the prototype that others have", () => {
    expectFound(
      many((i) => (i % 10 === 9 ? (Object.setPrototypeOf(order(), Point.prototype) as Order) : order())),
      (each) => Object.setPrototypeOf(each, Point.prototype) as object,
    );
  });
  it.each(Object.entries(arrays))("in an array: %s", (_, change) => expectFound(many(row), change));
  it.each(Object.entries(dates))("in a Date: %s", (_, change) =>
    expectFound(
      many((i) => new Date(i)),
      change,
    ),
  );

  /** Changes some of many after they were saved, and each time then nothing. */
  function expectFound<T extends object>(all: T[], change: (one: T) => unknown): void {
    const root = { all, names: many((i) => `a name of its own, number ${i}`) };
    const writer = new ImageWriter();
    const saved = { image: new Uint8Array(), parts: [] as Uint8Array[] };
    const save = (): Written["kind"] => {
      const { kind, bytes } = writer.write(root);
      if (kind === "image") Object.assign(saved, { image: bytes.slice(), parts: [] });
      else saved.parts.push(bytes.slice());
      expect(difference(root, decode(saved.image, saved.parts), inside)).toBeUndefined();
      return kind;
    };
    expect([save(), save()]).toEqual(["image", "part"]);
    for (const at of [[120], [30], [5, 6, 7]]) {
      for (const i of at) change(all[i]!);
      const before = saved.parts.length;
      expect(save() === "image" || saved.parts.length > before).toBe(true);
      expect([save(), saved.parts.at(-1)!.length < 8]).toEqual(["part", true]);
    }
  }
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
