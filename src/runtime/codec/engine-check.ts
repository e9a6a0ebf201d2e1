/** Whether an engine's hidden classes tell what the codec takes from them. Asked once a process: another version of V8 could keep its objects in another way. */
import { Identity } from "../identity.js";
import type { Engine } from "./hidden-classes.js";

/** Objects that differ from `order()` in something that has to show, each in one thing. */
const OTHERS: readonly (() => object)[] = [
  () => changed("id", { get: () => 1 }),
  () => changed("id", { set: () => {} }),
  () => changed("id", { enumerable: false }),
  () => changed("id", { writable: false }),
  () => changed("id", { configurable: false }),
  () => Object.assign(order(), { more: 1 }),
  () => Object.assign(order(), { [Symbol.for("more")]: 1 }),
  () => Object.freeze(order()),
  () => Object.seal(order()),
  () => Object.preventExtensions(order()),
  () => Object.setPrototypeOf(order(), null) as object,
  () => Object.setPrototypeOf(order(), {}) as object,
  () => ({ total: 2, id: 1 }),
  () => withPrivate(order()),
  () => usedAsPrototype(order()),
  () => new Proxy(order(), {}),
  () => [],
  () => new Map(),
  () => new Date(),
];
const OTHER_ARRAYS: readonly (() => object)[] = [
  () => Object.assign([{}], { more: 1 }),
  () => Object.freeze([{}]),
  () => Object.seal([{}]),
  () => Object.preventExtensions([{}]),
  () => Object.defineProperty([{}], "length", { writable: false }),
  () => Object.setPrototypeOf([{}], null) as object,
  () => withPrivate([{}]),
];
/** Objects whose hidden class does not tell what is in them. */
const MUTE: readonly (() => object)[] = [
  () => Object.defineProperty([{}], 0, { get: () => 1 }),
  () => Object.defineProperty([{}], 0, { enumerable: false }),
  () => Object.defineProperty([{}], 0, { writable: false }),
  () => Object.defineProperty({}, 0, { enumerable: false, value: 1, configurable: true }),
  () => without("id"),
];

export function isAsExpected(engine: Engine): boolean {
  const speaks = (value: object): boolean => engine.hasFastProperties(value) && !engine.hasDictionaryElements(value);
  const isSame = (a: object, b: object): boolean => engine.haveSameClass(a, b) && speaks(a) && speaks(b);
  return (
    isSame(order(), order()) &&
    isSame([{}], [{}]) &&
    OTHERS.every((other) => !engine.haveSameClass(order(), other())) &&
    OTHER_ARRAYS.every((other) => !engine.haveSameClass([{}], other())) &&
    MUTE.every((other) => !speaks(other()))
  );
}

function order(): object {
  return { id: 1, total: 2 };
}

/** Kept as a table from then on. */
function without(key: string): object {
  const value = order();
  Reflect.deleteProperty(value, key);
  return value;
}

/** V8 gives each prototype a class of its own. */
function usedAsPrototype(prototype: object): object {
  Object.create(prototype);
  return prototype;
}

function changed(key: string, attributes: PropertyDescriptor): object {
  return Object.defineProperty(order(), key, attributes);
}

class Marked extends Identity {
  readonly #mark = true;

  static has(target: object): boolean {
    return #mark in target && target.#mark;
  }
}

function withPrivate(target: object): object {
  new Marked(target);
  return Marked.has(target) ? target : {};
}
