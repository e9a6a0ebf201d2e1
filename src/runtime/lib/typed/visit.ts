/** The methods of %TypedArray%.prototype that ask a callback about each element (ECMA-262 23.2.3). The length is read once; elements gone since are `undefined`. */
import { apply } from "../../apply.js";
import { requireCallable } from "../array/common.js";
import { type Elements, validLength } from "./common.js";

/** %TypedArray%.prototype.forEach. */
export function forEach(this: unknown, callback: unknown, thisArg?: unknown): void {
  const length = validLength(this);
  const self = this as Elements;
  requireCallable(callback);
  for (let k = 0; k < length; k++) apply(callback, thisArg, [self[k], k, self]);
}

/** %TypedArray%.prototype.some. */
export function some(this: unknown, callback: unknown, thisArg?: unknown): boolean {
  const length = validLength(this);
  const self = this as Elements;
  requireCallable(callback);
  for (let k = 0; k < length; k++) if (apply(callback, thisArg, [self[k], k, self])) return true;
  return false;
}

/** %TypedArray%.prototype.every. */
export function every(this: unknown, callback: unknown, thisArg?: unknown): boolean {
  const length = validLength(this);
  const self = this as Elements;
  requireCallable(callback);
  for (let k = 0; k < length; k++) if (!apply(callback, thisArg, [self[k], k, self])) return false;
  return true;
}

/** %TypedArray%.prototype.find. */
export function find(this: unknown, callback: unknown, thisArg?: unknown): unknown {
  const length = validLength(this);
  const self = this as Elements;
  requireCallable(callback);
  for (let k = 0; k < length; k++) {
    const value = self[k];
    if (apply(callback, thisArg, [value, k, self])) return value;
  }
  return undefined;
}

/** %TypedArray%.prototype.findIndex. */
export function findIndex(this: unknown, callback: unknown, thisArg?: unknown): number {
  const length = validLength(this);
  const self = this as Elements;
  requireCallable(callback);
  for (let k = 0; k < length; k++) if (apply(callback, thisArg, [self[k], k, self])) return k;
  return -1;
}

/** %TypedArray%.prototype.findLast. */
export function findLast(this: unknown, callback: unknown, thisArg?: unknown): unknown {
  const length = validLength(this);
  const self = this as Elements;
  requireCallable(callback);
  for (let k = length - 1; k >= 0; k--) {
    const value = self[k];
    if (apply(callback, thisArg, [value, k, self])) return value;
  }
  return undefined;
}

/** %TypedArray%.prototype.findLastIndex. */
export function findLastIndex(this: unknown, callback: unknown, thisArg?: unknown): number {
  const length = validLength(this);
  const self = this as Elements;
  requireCallable(callback);
  for (let k = length - 1; k >= 0; k--) if (apply(callback, thisArg, [self[k], k, self])) return k;
  return -1;
}

const EMPTY = "Reduce of empty array with no initial value";

/** %TypedArray%.prototype.reduce. */
export function reduce(this: unknown, callback: unknown, ...initial: unknown[]): unknown {
  const length = validLength(this);
  const self = this as Elements;
  requireCallable(callback);
  if (initial.length === 0 && length === 0) throw new TypeError(EMPTY);
  let total = initial.length > 0 ? initial[0] : self[0];
  for (let k = initial.length > 0 ? 0 : 1; k < length; k++) total = apply(callback, undefined, [total, self[k], k, self]);
  return total;
}

/** %TypedArray%.prototype.reduceRight. */
export function reduceRight(this: unknown, callback: unknown, ...initial: unknown[]): unknown {
  const length = validLength(this);
  const self = this as Elements;
  requireCallable(callback);
  if (initial.length === 0 && length === 0) throw new TypeError(EMPTY);
  let total = initial.length > 0 ? initial[0] : self[length - 1];
  for (let k = initial.length > 0 ? length - 1 : length - 2; k >= 0; k--)
    total = apply(callback, undefined, [total, self[k], k, self]);
  return total;
}
