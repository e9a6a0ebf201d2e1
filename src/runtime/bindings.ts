/** Small helpers of emitted code for bindings and `super`. */
import { registerValue } from "./registry.js";

/** The value of a captured binding before its declaration has run. Saved by reference, so that it stays one object after a restore (I6). */
export const $TDZ: object = Object.freeze({});
registerValue("flowc:TDZ", $TDZ);

/** Emitted around reads of a captured binding that may not be initialised. Throws the ReferenceError the language throws. */
export function $live<T>(value: T, name: string): T {
  if ((value as unknown) === $TDZ) throw new ReferenceError(`Cannot access '${name}' before initialization`);
  return value;
}

/** Emitted for `super[key]`: `home` is the object the method was defined on, `self` the receiver. */
export function $super(home: object, key: PropertyKey, self: unknown): unknown {
  const parent = Object.getPrototypeOf(home) as object | null;
  if (parent === null) throw new TypeError(`Cannot read properties of null (reading '${String(key)}')`);
  return Reflect.get(parent, key, self);
}

/** Emitted around a value that is about to be assigned to a captured binding: `current` is what the binding holds. Throws ReferenceError before its declaration. */
export function $ready<T>(value: T, current: unknown, name: string): T {
  $live(current, name);
  return value;
}

/** A captured binding as the target of a pattern: whether it is initialized is seen when the value is stored. */
class Slot {
  readonly #scope: Record<string, unknown>;
  readonly #key: string;
  readonly #name: string;

  constructor(scope: Record<string, unknown>, key: string, name: string) {
    this.#scope = scope;
    this.#key = key;
    this.#name = name;
  }

  set value(value: unknown) {
    this.#scope[this.#key] = $ready(value, this.#scope[this.#key], this.#name);
  }
}

/** Emitted for a pattern's target `name`, which is the property `key` of a scope object: assigning to the result's `value` throws ReferenceError before its declaration. */
export function $slot(scope: object, key: string, name: string): { value: unknown } {
  return new Slot(scope as Record<string, unknown>, key, name);
}

/** Emitted in the body of `for…in`: whether the key has not been deleted meanwhile. */
export function $has(object: unknown, key: string): boolean {
  return key in (Object(object) as object);
}

/** Emitted for `...rest` in an object pattern (ECMA-262, CopyDataProperties): the own enumerable properties of `source` but `excluded`, which are not read. */
export function $rest(source: unknown, excluded: readonly PropertyKey[]): object {
  const from = Object(source) as Record<PropertyKey, unknown>;
  const without = new Set<PropertyKey>(excluded.map((key) => (typeof key === "symbol" ? key : String(key))));
  const rest: object = {};
  for (const key of Reflect.ownKeys(from)) {
    if (without.has(key) || !Object.prototype.propertyIsEnumerable.call(from, key)) continue;
    Object.defineProperty(rest, key, { value: from[key], writable: true, enumerable: true, configurable: true });
  }
  return rest;
}
