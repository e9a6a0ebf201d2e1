/** indexOf, lastIndexOf, includes, at (ECMA-262 23.1.3). */
import { toIntegerOrInfinity } from "../operations/conversion.js";
import { get, has } from "./elements.js";
import { clamped, lengthOf, receiver } from "./common.js";

/** Array.prototype.indexOf. */
export function indexOf(this: unknown, wanted: unknown, fromIndex?: unknown): number {
  const self = receiver(this, "indexOf");
  const length = lengthOf(self);
  if (length === 0) return -1;
  for (let k = clamped(toIntegerOrInfinity(fromIndex), length); k < length; k++) {
    if (has(k, self) && get(self, k) === wanted) return k;
  }
  return -1;
}

/** Array.prototype.lastIndexOf. An absent second argument is not the same as `undefined`. */
export function lastIndexOf(this: unknown, wanted: unknown, ...fromIndex: unknown[]): number {
  const self = receiver(this, "lastIndexOf");
  const length = lengthOf(self);
  if (length === 0) return -1;
  const from = fromIndex.length > 0 ? toIntegerOrInfinity(fromIndex[0]) : length - 1;
  for (let k = from < 0 ? length + from : from < length ? from : length - 1; k >= 0; k--) {
    if (has(k, self) && get(self, k) === wanted) return k;
  }
  return -1;
}

/** Array.prototype.includes. Compares with SameValueZero. */
export function includes(this: unknown, wanted: unknown, fromIndex?: unknown): boolean {
  const self = receiver(this, "includes");
  const length = lengthOf(self);
  if (length === 0) return false;
  for (let k = clamped(toIntegerOrInfinity(fromIndex), length); k < length; k++) {
    const value = get(self, k);
    if (value === wanted || (value !== value && wanted !== wanted)) return true;
  }
  return false;
}

/** Array.prototype.at. */
export function at(this: unknown, index: unknown): unknown {
  const self = receiver(this, "at");
  const length = lengthOf(self);
  const relative = toIntegerOrInfinity(index);
  const k = relative >= 0 ? relative : length + relative;
  return k < 0 || k >= length ? undefined : get(self, k);
}
