/** find and its siblings: holes are asked about as well (ECMA-262 23.1.3). */
import { apply } from "../../apply.js";
import { get } from "./elements.js";
import { type Callback, lengthOf, receiver, requireCallable } from "./common.js";

/** Array.prototype.find. */
export function find(this: unknown, callback: Callback, thisArg?: unknown): unknown {
  const self = receiver(this, "find");
  const length = lengthOf(self);
  requireCallable(callback);
  for (let k = 0; k < length; k++) {
    const value = get(self, k);
    if (apply(callback, thisArg, [value, k, self])) return value;
  }
  return undefined;
}

/** Array.prototype.findIndex. */
export function findIndex(this: unknown, callback: Callback, thisArg?: unknown): number {
  const self = receiver(this, "findIndex");
  const length = lengthOf(self);
  requireCallable(callback);
  for (let k = 0; k < length; k++) {
    if (apply(callback, thisArg, [get(self, k), k, self])) return k;
  }
  return -1;
}

/** Array.prototype.findLast. */
export function findLast(this: unknown, callback: Callback, thisArg?: unknown): unknown {
  const self = receiver(this, "findLast");
  const length = lengthOf(self);
  requireCallable(callback);
  for (let k = length - 1; k >= 0; k--) {
    const value = get(self, k);
    if (apply(callback, thisArg, [value, k, self])) return value;
  }
  return undefined;
}

/** Array.prototype.findLastIndex. */
export function findLastIndex(this: unknown, callback: Callback, thisArg?: unknown): number {
  const self = receiver(this, "findLastIndex");
  const length = lengthOf(self);
  requireCallable(callback);
  for (let k = length - 1; k >= 0; k--) {
    if (apply(callback, thisArg, [get(self, k), k, self])) return k;
  }
  return -1;
}
