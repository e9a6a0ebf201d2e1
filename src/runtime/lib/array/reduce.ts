/** reduce and reduceRight (ECMA-262 23.1.3). `initial` is a rest parameter because an initial value of `undefined` is not the same as none. */
import { apply } from "../../apply.js";
import { get, has } from "./elements.js";
import { type Callback, lengthOf, receiver, requireCallable } from "./common.js";

const EMPTY = "Reduce of empty array with no initial value";

/** Array.prototype.reduce. */
export function reduce(this: unknown, callback: Callback, ...initial: unknown[]): unknown {
  const self = receiver(this, "reduce");
  const length = lengthOf(self);
  requireCallable(callback);
  let k = 0;
  let total: unknown;
  if (initial.length > 0) total = initial[0];
  else {
    while (k < length && !has(k, self)) k++;
    if (k >= length) throw new TypeError(EMPTY);
    total = get(self, k);
    k++;
  }
  for (; k < length; k++) {
    if (has(k, self)) total = apply(callback, undefined, [total, get(self, k), k, self]);
  }
  return total;
}

/** Array.prototype.reduceRight. */
export function reduceRight(this: unknown, callback: Callback, ...initial: unknown[]): unknown {
  const self = receiver(this, "reduceRight");
  const length = lengthOf(self);
  requireCallable(callback);
  let k = length - 1;
  let total: unknown;
  if (initial.length > 0) total = initial[0];
  else {
    while (k >= 0 && !has(k, self)) k--;
    if (k < 0) throw new TypeError(EMPTY);
    total = get(self, k);
    k--;
  }
  for (; k >= 0; k--) {
    if (has(k, self)) total = apply(callback, undefined, [total, get(self, k), k, self]);
  }
  return total;
}
