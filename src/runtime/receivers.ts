/** `this` of constructors, parameters and constants of emitted code. */
import { $TDZ } from "./bindings.js";

/** `this` of a derived constructor after `super()`. Throws ReferenceError when it had been called before. */
export function $once(before: unknown, self: unknown): unknown {
  if (before !== $TDZ) throw new ReferenceError("Super constructor may only be called once");
  return self;
}

/** `this` of a derived constructor. Throws ReferenceError before `super()`. */
export function $bound<T>(self: T): T {
  if ((self as unknown) === $TDZ)
    throw new ReferenceError(
      "Must call super constructor in derived class before accessing 'this' or returning from derived constructor",
    );
  return self;
}

function isObject(value: unknown): boolean {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** What `new` gets from a base constructor that returned `value`. */
export function $constructed(value: unknown, self: unknown): unknown {
  return isObject(value) ? value : self;
}

/** What the caller of a function gets: `new.target` says whether it was `new`. */
export function $answer(value: unknown, self: unknown, target: unknown): unknown {
  return target === undefined ? value : $constructed(value, self);
}

/** What `new` gets from a derived constructor that returned `value`. Throws TypeError for primitives, ReferenceError without `super()`. */
export function $constructedBy(value: unknown, self: unknown): unknown {
  if (isObject(value)) return value;
  if (value !== undefined) throw new TypeError("Derived constructors may only return object or undefined");
  return $bound(self);
}

/** Throws TypeError: a constant was assigned. */
export function $constant(_name: string): never {
  throw new TypeError("Assignment to constant variable.");
}

/** Throws TypeError for what cannot be destructured. */
export function $coercible(value: unknown): void {
  if (value === undefined || value === null)
    throw new TypeError(`Cannot destructure '${String(value)}' as it is ${String(value)}.`);
}

/** The argument at `index`, `undefined` beyond the last. */
export function $argument(list: readonly unknown[], index: number): unknown {
  return index < list.length ? list[index] : undefined;
}

const { defineProperty } = Object;

/** The arguments from `index` on. */
export function $tail(list: readonly unknown[], index: number): unknown[] {
  const rest: unknown[] = [];
  for (let at = index; at < list.length; at++)
    defineProperty(rest, at - index, { value: list[at], writable: true, enumerable: true, configurable: true });
  return rest;
}

/** An `arguments` object without its first entry, which a generator's body is handed by the runtime. */
export function $argumentsAfter(list: ArrayLike<unknown>): unknown {
  return Reflect.apply(argumentsObject, undefined, $tail(list as unknown[], 1));
}

function argumentsObject(): unknown {
  return arguments;
}

/** One array of several: holes stay holes. */
export function $concat(...lists: readonly unknown[][]): unknown[] {
  const all: unknown[] = [];
  let at = 0;
  for (const list of lists) {
    for (let index = 0; index < list.length; index++, at++)
      if (Object.hasOwn(list, index))
        defineProperty(all, at, { value: list[index], writable: true, enumerable: true, configurable: true });
  }
  all.length = at;
  return all;
}

/** Throws ReferenceError, as `delete super.p` does. */
export function $deleteSuper(): never {
  throw new ReferenceError("Unsupported reference to 'super'");
}
