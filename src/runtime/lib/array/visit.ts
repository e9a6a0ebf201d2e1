/** forEach, some, every: a callback is asked about each element that is there (ECMA-262 23.1.3). */
import { apply } from "../../apply.js";
import { get, has } from "./elements.js";
import { type Callback, lengthOf, receiver, requireCallable } from "./common.js";

/** Array.prototype.forEach. */
export function forEach(this: unknown, callback: Callback, thisArg?: unknown): void {
  const self = receiver(this, "forEach");
  const length = lengthOf(self);
  requireCallable(callback);
  for (let k = 0; k < length; k++) {
    if (has(k, self)) apply(callback, thisArg, [get(self, k), k, self]);
  }
}

/** Array.prototype.some. */
export function some(this: unknown, callback: Callback, thisArg?: unknown): boolean {
  const self = receiver(this, "some");
  const length = lengthOf(self);
  requireCallable(callback);
  for (let k = 0; k < length; k++) {
    if (has(k, self) && apply(callback, thisArg, [get(self, k), k, self])) return true;
  }
  return false;
}

/** Array.prototype.every. */
export function every(this: unknown, callback: Callback, thisArg?: unknown): boolean {
  const self = receiver(this, "every");
  const length = lengthOf(self);
  requireCallable(callback);
  for (let k = 0; k < length; k++) {
    if (has(k, self) && !apply(callback, thisArg, [get(self, k), k, self])) return false;
  }
  return true;
}
