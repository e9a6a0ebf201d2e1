/** An image and the parts that say what changed: together they are the graph as it is now. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { expectSurgery } from "../../src/runtime/codec/parts/surgery.js";
import { Surgery } from "../../src/shared/abi.js";
import { Tracker } from "../../src/runtime/codec/parts/tracker.js";
import { CorruptCheckpointError } from "../../src/shared/errors.js";
import { ArrayCursor } from "../../src/runtime/iterate.js";
import { adder, closure, frame, Point } from "./program.js";

/** What a store would hold: the image, and the parts after it. */
class Saved {
  #tracker = new Tracker();
  image: Uint8Array;
  parts: Uint8Array[] = [];
  rewritten = 0;

  constructor(readonly root: unknown) {
    this.image = this.#tracker.full(root);
  }

  /** Bytes written. */
  save(): number {
    const part = this.#tracker.delta();
    if (part !== undefined) {
      this.parts.push(part);
      return part.length;
    }
    this.#tracker = new Tracker();
    this.image = this.#tracker.full(this.root);
    this.parts = [];
    this.rewritten++;
    return this.image.length;
  }

  /** What is restored is canonical, so its bytes tell whether it is the same graph. */
  check(): void {
    expect(Buffer.from(encode(decode(this.image, this.parts))).equals(encode(this.root))).toBe(true);
  }
}

function saved(root: unknown, ...changes: (() => void)[]): Saved {
  const store = new Saved(root);
  store.check();
  for (const change of changes) {
    change();
    store.save();
    store.check();
  }
  return store;
}

type Any = any; // oxlint-disable-line typescript/no-explicit-any -- the graphs of these tests have no type

describe("a part", () => {
  it("holds nothing when nothing changed", () => {
    const store = saved({ list: [1, { a: 1 }], map: new Map([[{}, 1]]), when: new Date(0), f: closure(adder, [1]) });
    expect(store.save()).toBeLessThan(8);
    store.check();
  });

  it("is small when little changed", () => {
    const items = Array.from({ length: 20_000 }, (_, i) => ({ id: i, name: `item ${i}`, stock: i % 7 }));
    const store = saved({ items });
    for (let i = 0; i < 20; i++) {
      items[i * 997]!.stock++;
      expect(store.save()).toBeLessThan(40);
    }
    store.check();
    expect(store.rewritten).toBe(0);
  });

  it("tells values apart that compare equal", () => {
    const root = { n: 0, list: [0, Number.NaN], map: new Map([[1, 0]]) };
    const store = saved(
      root,
      () => (root.n = -0),
      () => (root.list[0] = -0),
      () => root.map.set(1, -0),
    );
    expect(Object.is((decode(store.image, store.parts) as typeof root).n, -0)).toBe(true);
    expect(store.rewritten).toBe(0);
  });

  it.each<[string, Any, (root: Any) => void]>([
    ["a property that came", { a: 1 }, (root) => (root.b = 2)],
    ["a property that went", { a: 1, b: 2, c: 3 }, (root) => delete root.b],
    [
      "a property that moved",
      { a: 1, b: 2 },
      (root) => {
        delete root.a;
        root.a = 1;
      },
    ],
    [
      "indices among names",
      { b: 1, 7: 1 },
      (root) => {
        root[3] = 3;
        root.c = 4;
        delete root[7];
      },
    ],
    [
      "a property named __proto__",
      { a: 1 },
      (root) => Object.defineProperty(root, "__proto__", { value: 5, writable: true, enumerable: true, configurable: true }),
    ],
    [
      "a large object",
      Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, i])),
      (root) => {
        root.k7 = "x";
        root.more = {};
      },
    ],
    ["null prototypes", Object.assign(Object.create(null), { a: 1 }), (root) => (root.a = [root])],
    ["instances", new Point(1, 2), (root) => (root.x = root)],
    ["an array that grows", [1, 2], (root) => root.push({}, root)],
    ["an array that shrinks", [1, [2], 3], (root) => (root.length = 1)],
    [
      "an array with holes",
      Object.assign([], { 0: 1, 2: 3, 3: undefined }),
      (root) => {
        delete root[0];
        root[1] = undefined;
        delete root[3];
      },
    ],
    [
      "a long array",
      Array.from({ length: 200 }, (_, i) => i),
      (root) => {
        root[100] = "x";
        root[150] = "y";
      },
    ],
    [
      "a map",
      new Map<Any, Any>([
        [1, 1],
        [2, 2],
        [3, 3],
      ]),
      (root) => {
        root.delete(2);
        root.set(3, root);
        root.set({}, []);
      },
    ],
    [
      "a map in another order",
      new Map<Any, Any>([
        [1, 1],
        [2, 2],
      ]),
      (root) => {
        root.delete(1);
        root.set(1, 1);
      },
    ],
    [
      "a set",
      new Set<Any>([1, 2, Number.NaN]),
      (root) => {
        root.delete(1);
        root.add(root);
      },
    ],
    [
      "closures and frames",
      { frame: frame({ x: { n: 1 } }) },
      (root) => {
        root.frame = frame({ x: root.frame.slots.x });
        root.frame.slots.x.f = closure(adder, [root]);
        root.frame.slots.x.n = 2;
      },
    ],
    [
      "bytes",
      { o: new Uint8Array(9), p: new Uint16Array(100_000) },
      (root) => {
        root.o[5] = 6;
        root.p[70_000] = 7;
      },
    ],
    [
      "shared objects",
      (() => {
        const a = { n: 1 };
        return { a, list: [a, [a]] };
      })(),
      (root) => {
        root.list[1].push(root.a);
        root.a.n++;
        root.b = root.a;
      },
    ],
    [
      "an object that comes back",
      (() => {
        const a = { n: 1 };
        return { a, keep: [a] };
      })(),
      (root) => {
        root.a = undefined;
        root.keep[0].n = 5;
        root.keep.push({ of: root.keep[0] });
      },
    ],
  ])("holds %s", (_, root, change) => {
    const store = saved(root, () => change(root));
    expect(store.rewritten).toBe(0);
  });

  it("follows objects among thousands whose keys come and go", () => {
    const root: Any[] = Array.from({ length: 30_000 }, (_, i) => (i % 2 === 0 ? { a: i, b: [], c: i } : { c: i, x: -0 }));
    const some = [0, 1, 2, 15_000, 21_846, 21_847, 29_999].map((i) => root[i]);
    const store = saved(
      root,
      () => some.forEach((each) => (each.more = each)),
      () => some.forEach((each) => (each.more = 5)),
      () => some.forEach((each) => delete each.more),
      () => some.forEach((each) => (each.c = 0)),
      () => some.forEach((each) => (each.c = -0)),
      () => Object.assign(some[0], Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key ${i}`, i]))),
      () => (some[0]["key 50"] = root),
      () => some.forEach((each) => Object.keys(each).forEach((key) => delete each[key])),
      () => some.forEach((each, i) => (each.again = i)),
      () => (some[3].again = NaN),
      () => (some[3].again = NaN),
    );
    expect(store.rewritten).toBe(0);
    expect(store.parts.at(-1)!.length).toBeLessThan(8);
  });

  it("refuses what cannot be saved, and a full image says where it is", () => {
    const root: Any = { list: [{}] };
    const tracker = new Tracker();
    tracker.full(root);
    root.list[0].p = Promise.resolve();
    expect(() => tracker.delta()).toThrow(/Promise/);
    expect(tracker.delta()).toBeUndefined();
  });

  it("is refused when one before it is missing", () => {
    const root: Any = { list: [] };
    const store = new Saved(root);
    for (const n of [1, 2, 3]) {
      root.list.push({ n });
      store.save();
    }
    const [first, , third] = store.parts as [Uint8Array, Uint8Array, Uint8Array];
    expect(() => decode(store.image, [first, third])).toThrow(CorruptCheckpointError);
    expect(() => decode(store.image, [third])).toThrow(CorruptCheckpointError);
  });

  it("keeps up with any program", keepsUp);
});

describe("a part, when the program may do more to objects than assign and delete", () => {
  beforeAll(() => expectSurgery(Surgery.REDEFINE | Surgery.RESHAPE));

  it.each<[string, Any, (root: Any) => void]>([
    ["a property of an iterator", { o: new ArrayCursor([1, 2], "values") }, (root) => (root.o.name = 1)],
    ["frozen", { o: { a: 1 } }, (root) => Object.freeze(root.o)],
    ["a symbol key", { o: { a: 1 } }, (root) => (root.o[Symbol.iterator] = 1)],
    ["another prototype", { o: { a: 1 } }, (root) => Object.setPrototypeOf(root.o, Point.prototype)],
    ["a property of an array", { o: [1] }, (root) => (root.o.name = 1)],
    ["a property of a long array", { o: Array.from({ length: 100 }, () => 1) }, (root) => (root.o.name = 1)],
    ["a date", { o: new Date(5) }, (root) => root.o.setTime(6)],
    ["an error", { o: new Error("x") }, (root) => (root.o.message = "y")],
    ["lastIndex", { o: /x/g }, (root) => (root.o.lastIndex = 3)],
    ["a property of a closure", { o: closure(adder, [1]) }, (root) => (root.o.name2 = {})],
    ["a property of a map", { o: new Map() }, (root) => (root.o.name = 1)],
  ])("gives way to a new image: %s", (_, root, change) => {
    const store = saved(root, () => change(root));
    expect(store.rewritten).toBe(1);
  });

  it("does not call accessors", () => {
    let called = 0;
    const root = { o: { a: 1, b: 2 } };
    const tracker = new Tracker();
    tracker.full(root);
    const get = closure(adder, [1]);
    Object.defineProperty(root.o, "a", { get: get as () => number, enumerable: true, configurable: true });
    Object.defineProperty(root.o, "b", { get: () => called++, enumerable: true, configurable: true });
    expect(tracker.delta()).toBeUndefined();
    expect(called).toBe(0);
  });

  it("keeps up with any program", keepsUp);
});

function keepsUp(): void {
  let parts = 0;
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.tuple(fc.nat(20), fc.nat(99), fc.nat(99)), { maxLength: 8 }), { maxLength: 6 }),
      (rounds) => {
        const world = new World();
        const store = new Saved(world.root);
        for (const round of rounds) {
          for (const [what, a, b] of round) world.change(what, a, b);
          store.save();
          store.check();
        }
        parts += store.parts.length;
      },
    ),
    { numRuns: 1_500 },
  );
  expect(parts).toBeGreaterThan(1_000);
}

/** A graph that is changed at random. Objects that were dropped may come back. */
class World {
  readonly root: Any = { all: [] };
  readonly #nodes: Any[] = [this.root, [1, 2], { a: 1 }, new Map(), new Set([1]), new Point(1, 2), frame({ p: [] })];

  constructor() {
    this.root.all.push(...this.#nodes.slice(1));
  }

  change(what: number, a: number, b: number): void {
    const target = this.#nodes[a % this.#nodes.length];
    const value = what % 3 === 0 ? b : this.#nodes[b % this.#nodes.length];
    if (what === 20) return this.#make(b);
    if (Array.isArray(target)) this.#changeArray(target, what, b, value);
    else if (target instanceof Map || target instanceof Set) this.#changeCollection(target, what, b, value);
    else if (target.slots === undefined && typeof target === "object") this.#changeObject(target, what, b, value);
  }

  #make(b: number): void {
    const made: Any = [{ n: b }, [], new Map(), new Set(), closure(adder, [this.#nodes[b % this.#nodes.length]]), frame({ b })][
      b % 6
    ];
    this.#nodes.push(made);
    this.root.all.push(made);
  }

  #changeCollection(target: Map<Any, Any> | Set<Any>, what: number, b: number, value: Any): void {
    if (what % 4 === 0) target.delete([...target.keys()][b % 3]);
    else if (target instanceof Set) target.add(value);
    else target.set(what % 2 === 0 ? b % 5 : value, value);
  }

  #changeArray(target: Any[], what: number, b: number, value: Any): void {
    if (what % 6 === 0) target.pop();
    else if (what % 6 === 1) target.splice(b % 4, 1);
    else if (what % 6 === 2) Reflect.deleteProperty(target, b % 4);
    else if (what % 6 === 3) target[target.length + (b % 3)] = value;
    else target[b % (target.length + 1)] = value;
  }

  #changeObject(target: Any, what: number, b: number, value: Any): void {
    if (target === this.root) return;
    const key = ["a", "b", "c", "7", "3", "long key"][b % 6]!;
    if (what % 5 === 0) delete target[key];
    else target[key] = value;
  }
}
