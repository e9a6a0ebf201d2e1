/** map, filter, flatMap, flat: a new array of the receiver's species (ECMA-262 23.1.3). */
import { apply } from "../../apply.js";
import { isArray } from "../../intrinsics.js";
import { toIntegerOrInfinity } from "../operations/conversion.js";
import { define, get, has } from "./elements.js";
import { type Callback, checkLength, lengthOf, receiver, requireCallable, speciesCreate } from "./common.js";

/** Array.prototype.map. */
export function map(this: unknown, callback: Callback, thisArg?: unknown): unknown {
  const self = receiver(this, "map");
  const length = lengthOf(self);
  requireCallable(callback);
  const out = speciesCreate(self, length);
  for (let k = 0; k < length; k++) {
    if (has(k, self)) define(out, k, apply(callback, thisArg, [get(self, k), k, self]));
  }
  return out;
}

/** Array.prototype.filter. */
export function filter(this: unknown, callback: Callback, thisArg?: unknown): unknown {
  const self = receiver(this, "filter");
  const length = lengthOf(self);
  requireCallable(callback);
  const out = speciesCreate(self, 0);
  let to = 0;
  for (let k = 0; k < length; k++) {
    if (!has(k, self)) continue;
    const value = get(self, k);
    if (apply(callback, thisArg, [value, k, self])) define(out, to++, value);
  }
  return out;
}

/** Array.prototype.flatMap. */
export function flatMap(this: unknown, callback: Callback, thisArg?: unknown): unknown {
  const self = receiver(this, "flatMap");
  const length = lengthOf(self);
  requireCallable(callback, "flatMap mapper function is not callable");
  const out = speciesCreate(self, 0);
  let to = 0;
  for (let k = 0; k < length; k++) {
    if (!has(k, self)) continue;
    const element = apply(callback, thisArg, [get(self, k), k, self]);
    if (isArray(element)) to = flattenInto(out, element, lengthOf(element), to, 0);
    else define(out, to++, element);
  }
  return out;
}

/** Array.prototype.flat. */
export function flat(this: unknown, depth?: unknown): unknown {
  const self = receiver(this, "flat");
  const length = lengthOf(self);
  const levels = depth === undefined ? 1 : toIntegerOrInfinity(depth);
  const out = speciesCreate(self, 0);
  flattenInto(out, self, length, 0, levels);
  return out;
}

/** FlattenIntoArray without a mapper: where it goes on. */
function flattenInto(out: object, source: unknown, length: number, start: number, depth: number): number {
  let to = start;
  for (let k = 0; k < length; k++) {
    if (!has(k, source)) continue;
    const element = get(source, k);
    if (depth > 0 && isArray(element)) to = flattenInto(out, element, lengthOf(element), to, depth - 1);
    else {
      checkLength(to + 1, "flattening");
      define(out, to++, element);
    }
  }
  return to;
}
