/** sort and toSorted (ECMA-262 23.1.3.30, 23.1.3.34). */
import { append } from "../../intrinsics.js";
import { stableSort } from "../sort.js";
import { define, get, has, remove, set } from "./elements.js";
import { arrayCreate, lengthOf, printed, receiver } from "./common.js";

/** Array.prototype.sort. */
export function sort(this: unknown, comparator?: unknown): unknown {
  requireComparator(comparator);
  const self = receiver(this, "sort");
  const length = lengthOf(self);
  const present: unknown[] = [];
  for (let k = 0; k < length; k++) if (has(k, self)) append(present, get(self, k));
  const sorted = stableSort(present, comparator);
  let k = 0;
  for (; k < sorted.length; k++) set(self, k, sorted[k]);
  // Only as many are removed as there were holes.
  for (; k < length; k++) remove(self, k);
  return self;
}

/** Array.prototype.toSorted. */
export function toSorted(this: unknown, comparator?: unknown): unknown[] {
  requireComparator(comparator);
  const self = receiver(this, "toSorted");
  const length = lengthOf(self);
  const out = arrayCreate(length);
  const values: unknown[] = [];
  for (let k = 0; k < length; k++) append(values, get(self, k));
  const sorted = stableSort(values, comparator);
  for (let k = 0; k < length; k++) define(out, k, sorted[k]);
  return out;
}

/** Throws TypeError unless `comparator` is a function or `undefined`. */
export function requireComparator(comparator: unknown): void {
  if (comparator === undefined || typeof comparator === "function") return;
  throw new TypeError(`The comparison function must be either a function or undefined: ${printed(comparator)}`);
}
