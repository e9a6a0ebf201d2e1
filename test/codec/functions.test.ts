/** Frames, closures, classes: what refers to the program. */
/* oxlint-disable no-sparse-arrays -- holes are what some of these tests are about */
import { describe, expect, test } from "vitest";
import { decode, encode, registerHandler } from "../../src/runtime/codec/index.js";
import { Frame } from "../../src/runtime/frame.js";
import { $module, closureOf } from "../../src/runtime/registry.js";
import { ProgramChangedError } from "../../src/shared/errors.js";
import { adder, checkout, closure, declared, frame, Point, selfish } from "./program.js";
import { round } from "./round.js";

type Fn = (...args: unknown[]) => unknown;

test("a frame keeps its code, point, receiver and slots in order", () => {
  const order = { id: 1 };
  const back = round(frame({ order, copy: order, total: 3 }, 1, order));
  expect(back).toBeInstanceOf(Frame);
  expect(back.code).toBe(checkout);
  expect(back.point).toBe(1);
  expect(Object.keys(back.slots)).toEqual(["order", "copy", "total"]);
  expect(back.slots["copy"]).toBe(back.slots["order"]);
  expect(back.self).toBe(back.slots["order"]);
});

test("a frame of hundreds of slots", () => {
  const slots = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`slot${i}`, { i }]));
  expect(round(frame(slots)).slots).toEqual(slots);
});

test("a closure shares what it captured with the frame", () => {
  const cell = { value: 1 };
  const back = round(frame({ cell, add: closure(adder, [cell]) }));
  (back.slots["cell"] as { value: number }).value = 40;
  expect((back.slots["add"] as Fn)(2)).toBe(42);
});

test("two closures share one captured variable", () => {
  const cell = { value: 1 };
  const [one, two] = round([closure(adder, [cell]), closure(adder, [cell])]);
  expect(closureOf(one)!.captured[0]).toBe(closureOf(two)!.captured[0]);
});

test("a closure keeps its captured receiver", () => {
  const self = { me: true };
  const [back, fn] = round([self, closure(selfish, [], self)] as const);
  expect((fn as Fn)()).toBe(back);
});

test("closures that capture closures are made in order, whatever holds them", () => {
  const inner = closure(adder, [{ value: 1 }]);
  const outer = closure(adder, [inner]);
  for (const value of [
    [inner, outer],
    [outer, inner],
    new Map([[outer, inner]]),
    new Set([outer, inner]),
    { get: outer, inner },
  ]) {
    const back = round(value);
    const [first, second] = [
      ...(back instanceof Map ? back.entries().next().value! : back instanceof Set ? back : Object.values(back)),
    ] as Function[];
    const captured = closureOf(closureOf(first!)!.captured[0] === second ? first! : second!)!.captured[0];
    expect([first, second]).toContain(captured);
  }
});

test("the order of a Map and a Set does not depend on what is a closure", () => {
  const f = closure(adder, [{ value: 1 }]);
  const [map, set] = round([
    new Map<unknown, unknown>([
      ["a", f],
      [f, "b"],
      ["c", 1],
    ]),
    new Set(["x", f, "y"]),
  ] as const);
  expect([...map.keys()].map((key) => typeof key)).toEqual(["string", "function", "string"]);
  expect([...set].map((member) => typeof member)).toEqual(["string", "function", "string"]);
});

test("a chain of 100,000 closures needs no stack", () => {
  let fn = closure(adder, [undefined]);
  for (let i = 0; i < 100_000; i++) fn = closure(adder, [fn]);
  let back: Function | undefined = decode(encode(fn)) as Function;
  let length = 0;
  for (; back !== undefined; back = closureOf(back)!.captured[0] as Function | undefined) length++;
  expect(length).toBe(100_001);
});

test("a closure in a cycle through an object", () => {
  const cell: { value: unknown } = { value: undefined };
  cell.value = closure(adder, [cell]);
  const back = round(cell);
  expect(closureOf(back.value as Function)!.captured[0]).toBe(back);
});

test("accessors, elements, entries, properties, fields: a closure anywhere", () => {
  const f = closure(adder, [{ value: 1 }]);
  const accessor = Object.defineProperty({ before: 1 }, "x", { get: f as never, set: f as never, enumerable: true });
  const value = {
    accessor,
    array: [f, , f],
    map: new Map([[f, f]]),
    dictionary: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, f])),
    frozen: Object.freeze([f]),
    error: Object.assign(new Error("e"), { f }),
    cause: new Error("e", { cause: f }),
    frame: frame({ f }, 0, f),
  };
  const back = round(value);
  const made = back.array[0]!;
  expect(made).toBeTypeOf("function");
  expect(Object.getOwnPropertyDescriptor(back.accessor, "x")).toMatchObject({ get: made, set: made });
  expect(Object.keys(back.accessor)).toEqual(["before", "x"]);
  expect(back.array).toEqual([made, , made]);
  expect(back.map.get(made)).toBe(made);
  expect(back.dictionary["k39"]).toBe(made);
  expect(back.frozen[0]).toBe(made);
  expect(Object.isFrozen(back.frozen)).toBe(true);
  expect([back.error.f, back.cause.cause, back.frame.slots["f"], back.frame.self]).toEqual([made, made, made, made]);
});

describe("functions with a prototype", () => {
  type Ctor = new () => { tag: unknown; extra?: unknown };

  test("instances stay instances", () => {
    const Type = closure(declared, ["t"]) as unknown as Ctor;
    const [type, instance] = round([Type, new Type()] as const);
    expect(instance).toBeInstanceOf(type);
    expect(new type().tag).toBe("t");
  });

  test("what was added to the prototype is kept", () => {
    const Type = closure(declared, ["t"]) as unknown as Ctor;
    (Type.prototype as { extra: unknown }).extra = closure(adder, [Type]);
    const instance = round(new Type());
    expect(instance.extra).toBeTypeOf("function");
    expect(instance.constructor.prototype).toBe(Object.getPrototypeOf(instance));
  });

  test("a replaced prototype is kept", () => {
    const Type = closure(declared, ["t"]) as unknown as Ctor & { prototype: unknown };
    Type.prototype = { shared: [1] };
    const [type, instance] = round([Type, new Type()] as const);
    expect(Object.getPrototypeOf(instance)).toBe(type.prototype);
  });

  test("one nobody touched costs nothing", () => {
    const fn = closure(declared, ["t"]);
    expect(encode(fn).length).toBeLessThan(60);
    expect(round(fn).name).toBe("declared");
  });

  test("renamed, frozen, its name removed", () => {
    const renamed = Object.defineProperty(closure(adder, [1]), "name", { value: "other" });
    const bare = closure(adder, [1]);
    Reflect.deleteProperty(bare, "name");
    const [a, b, c] = round([renamed, bare, Object.freeze(closure(adder, [1]))] as const);
    expect(a.name).toBe("other");
    expect(Object.hasOwn(b, "name")).toBe(false);
    expect(Object.isFrozen(c)).toBe(true);
  });
});

test("a constant and a function of the same name in an object literal stay apart, whichever comes first", () => {
  const module = $module(1, "src/names.ts");
  const order = { id: 1 };
  const handlers = { order: () => 1, item: () => 2 };
  const item = { id: 2 };
  module.value("order", order);
  module.bind(module.code("order", { name: "order", hash: "1" }), handlers.order);
  module.bind(module.code("item", { name: "item", hash: "1" }), handlers.item);
  module.value("item", item);
  expect(decode(encode([order, handlers.order, item, handlers.item]))).toEqual([order, handlers.order, item, handlers.item]);
});

describe("the program changed", () => {
  const module = $module(1, "src/other.ts");

  function saved(): Uint8Array {
    const code = module.code("flow", { name: "flow", hash: "old", points: [[1, 1, "sleep(1)"]] });
    return encode(new Frame(code, 0, {}, undefined));
  }

  test("a frame of another hash", () => {
    const bytes = saved();
    module.code("flow", { name: "flow", hash: "new", points: [[1, 1, "sleep(1)"]] });
    expect(() => decode(bytes)).toThrow(ProgramChangedError);
    expect(() => decode(bytes)).toThrow(
      "flow in src/other.ts has changed since the run was suspended in it. The run stays where it was. Load the version",
    );
  });

  test.each([
    [
      "a function that is gone",
      () => Buffer.from(saved()).toString("latin1").replace("src/other.ts#flow", "src/other.ts#flaw"),
      "flaw in src/other.ts is not there any more",
    ],
    [
      "a class that is gone",
      () =>
        Buffer.from(encode(new Point(1, 2)))
          .toString("latin1")
          .replace("#Point.prototype", "#Paint.prototype"),
      "Paint.prototype in src/checkout.ts is not there any more",
    ],
  ])("%s", (_name, bytes, message) => {
    const changed = Buffer.from(bytes(), "latin1");
    expect(() => decode(changed)).toThrow(ProgramChangedError);
    expect(() => decode(changed)).toThrow(message);
  });
});

describe("handlers", () => {
  class Cursor {
    #at = 0;
    target: unknown;
    constructor(target: unknown, at: number) {
      this.target = target;
      this.#at = at;
    }
    get at(): number {
      return this.#at;
    }
    set(target: unknown, at: number): void {
      this.target = target;
      this.#at = at;
    }
  }
  registerHandler<Cursor>({
    name: "TestCursor",
    prototype: Cursor.prototype,
    fields: ["target", "at"],
    save: (cursor) => [cursor.target, cursor.at],
    create: () => new Cursor(undefined, 0),
    restore: (cursor, [target, at]) => cursor.set(target, at as number),
  });

  test("save fields, restore them into the empty object, in cycles too", () => {
    const array: unknown[] = [];
    array.push(new Cursor(array, 7), closure(adder, [array]));
    const [cursor] = round(array) as [Cursor];
    expect(cursor.at).toBe(7);
    expect((cursor.target as unknown[])[0]).toBe(cursor);
  });

  test("get late values when they are made", () => {
    const f = closure(adder, [{ value: 1 }]);
    const back = round(new Cursor(f, 1));
    expect(back.target).toBeTypeOf("function");
  });
});
