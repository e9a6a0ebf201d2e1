import fc from "fast-check";
import { expect, test } from "vitest";
import { codec } from "../../src/runtime/checkpoint.js";
import { $close, $iterate, $keys, $object, arrayIterator, setIterator } from "../../src/runtime/iterate.js";
import { $lib } from "../../src/runtime/lib/table.js";

interface Cursor {
  next(): { done?: boolean; value: unknown };
}

function drain(cursor: Cursor, most = 1_000): unknown[] {
  const out: unknown[] = [];
  for (let step = cursor.next(); !step.done && out.length < most; step = cursor.next()) out.push(step.value);
  return out;
}
const iterate = (value: unknown): Cursor => $iterate(value) as Cursor;
/** The cursor as another process would find it, with what it iterates over. */
function reload<T>(root: T): T {
  return codec.decode(codec.encode(root)) as T;
}

/** The `arguments` object of a call. */
const args = function (): IArguments {
  return arguments;
} as (...values: unknown[]) => IArguments;

const iterables: Record<string, () => Iterable<unknown>> = {
  array: () => [1, "b", undefined, null],
  "array with holes": () => Object.assign([], { 0: 1, 2: 3 }),
  arguments: () => args(1, 2, 3),
  string: () => "a😀\ud800z",
  "string object": () => new String("ab"),
  map: () =>
    new Map([
      ["a", 1],
      ["b", 2],
      ["c", 3],
    ]),
  set: () => new Set([3, 1, 2]),
  "typed array": () => new Uint16Array([7, 8]),
};

for (const [name, make] of Object.entries(iterables)) {
  test(`$iterate over ${name} visits what for…of visits`, () => {
    expect(drain(iterate(make()))).toEqual([...make()]);
  });

  test(`the position in ${name} survives being saved at every point`, () => {
    const all = [...make()];
    for (let at = 0; at <= all.length; at++) {
      const cursor = iterate(make());
      for (let i = 0; i < at; i++) cursor.next();
      expect(drain(reload(cursor))).toEqual(all.slice(at));
      // Saving does not move the cursor that was saved.
      expect(drain(cursor)).toEqual(all.slice(at));
    }
  });

  test(`an ended cursor over ${name} stays ended`, () => {
    const cursor = iterate(make());
    drain(cursor);
    expect(reload(cursor).next()).toEqual({ done: true, value: undefined });
    expect(cursor.next()).toEqual({ done: true, value: undefined });
  });
}

test("an array's length is read live", () => {
  const list = [1];
  const cursor = iterate(list);
  cursor.next();
  list.push(2);
  expect(drain(cursor)).toEqual([2]);
  list.push(3);
  expect(drain(cursor)).toEqual([]);
});

type Change = { readonly kind: "add" | "delete" | "next" | "save"; readonly key: number };
const changes = fc.array(fc.record<Change>({ kind: fc.constantFrom("add", "delete", "next", "next", "save"), key: fc.nat(5) }), {
  maxLength: 40,
});

for (const kind of ["map", "set"] as const) {
  test(`a ${kind} may change under a saved cursor, and it visits what the native iterator visits`, () => {
    const make = (): Map<number, number> | Set<number> =>
      kind === "map"
        ? new Map([
            [0, 0],
            [1, 1],
            [2, 2],
          ])
        : new Set([0, 1, 2]);
    const apply = (target: ReturnType<typeof make>, { kind: what, key }: Change): void => {
      if (what === "delete") target.delete(key);
      else if (target instanceof Map) target.set(key, key);
      else target.add(key);
    };
    fc.assert(
      fc.property(changes, (list) => {
        const native = make();
        const nativeIterator = native[Symbol.iterator]() as Iterator<unknown>;
        const target = make();
        let saved = { target, cursor: iterate(target) };
        for (const change of list) {
          if (change.kind === "next") expect(saved.cursor.next()).toEqual(nativeIterator.next());
          else if (change.kind === "save") saved = reload(saved);
          else {
            apply(native, change);
            apply(saved.target, change);
          }
        }
        expect(drain(saved.cursor)).toEqual(drain(nativeIterator as Cursor));
      }),
      { numRuns: 500 },
    );
  });
}

test("a cursor and the array it is over stay one after a restore", () => {
  const list = [1, 2];
  const { cursor, list: restored } = reload({ cursor: iterate(list), list });
  restored.push(3);
  expect(drain(cursor)).toEqual([1, 2, 3]);
});

test("an object with an iterator of its own gives that very iterator", () => {
  const own = { next: () => ({ done: true, value: undefined }) };
  expect($iterate({ [Symbol.iterator]: () => own })).toBe(own);
});

test("a replaced Symbol.iterator or next is respected", () => {
  const list = [1, 2];
  Object.defineProperty(list, Symbol.iterator, { value: () => new Set(["mine"]).values() });
  expect(drain(iterate(list))).toEqual(["mine"]);
  const prototype = Object.getPrototypeOf([][Symbol.iterator]()) as { next: unknown };
  const { next } = prototype;
  try {
    prototype.next = () => ({ done: true, value: undefined });
    expect(drain(iterate([1, 2]))).toEqual([]);
  } finally {
    prototype.next = next;
  }
});

test("what is not iterable is a TypeError, as in the language", () => {
  for (const value of [undefined, null, 5, {}, Symbol("s"), { [Symbol.iterator]: 1 }, { [Symbol.iterator]: () => 1 }]) {
    expect(() => $iterate(value)).toThrow(TypeError);
  }
  expect(() => $iterate(Object.create(Map.prototype))).toThrow(TypeError);
});

test("a detached typed array throws, at the start and on the way", () => {
  const bytes = new Uint8Array(4);
  const cursor = iterate(bytes);
  cursor.next();
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  expect(() => cursor.next()).toThrow(TypeError);
  expect(() => $iterate(bytes)).toThrow(TypeError);
});

test("cursors stand in for native iterators: entries, keys, values, helpers, tags", () => {
  const map = new Map([["a", 1]]);
  expect(drain(Reflect.apply($lib(map.entries), map, []) as Cursor)).toEqual([["a", 1]]);
  expect(drain(Reflect.apply($lib(map.keys), map, []) as Cursor)).toEqual(["a"]);
  expect(drain(Reflect.apply($lib(map.values), map, []) as Cursor)).toEqual([1]);
  const list = ["x", "y"];
  expect(drain(Reflect.apply($lib(list.entries), list, []) as Cursor)).toEqual([
    [0, "x"],
    [1, "y"],
  ]);
  const set = new Set([1]);
  expect(drain(reload(setIterator(set, "entries")))).toEqual([[1, 1]]);
  const keys = arrayIterator(["a", "b"], "keys") as unknown as IteratorObject<number>;
  expect(Object.prototype.toString.call(keys)).toBe("[object Array Iterator]");
  expect([...reload(keys)]).toEqual([0, 1]);
  expect(keys.map((key) => key * 2).toArray()).toEqual([0, 2]);
  expect(() => arrayIterator(null, "keys")).toThrow(TypeError);
});

test("$close, $object and $keys do what the language does", () => {
  const plain = {};
  expect($close(plain)).toBe(plain);
  const nothing = { return: null };
  expect($close(nothing)).toBe(nothing);
  expect($close({ return: () => "closed" })).toBe("closed");
  expect(() => $close({ return: 1 })).toThrow(TypeError);
  expect(() => $object(1)).toThrow(TypeError);
  expect($object($keys)).toBe($keys);
  const object = Object.create({ inherited: 1, shadowed: 1 }, { hidden: { value: 1, enumerable: false } }) as Record<
    string,
    unknown
  >;
  Object.assign(object, { b: 1, 2: 1, 1: 1, shadowed: 1 });
  const native: string[] = [];
  for (const key in object) native.push(key);
  expect($keys(object)).toEqual(native);
  expect($keys(null)).toEqual([]);
  expect($keys("ab")).toEqual(["0", "1"]);
});
