/** reverse, fill, copyWithin, splice (ECMA-262 23.1.3). */
import { toIntegerOrInfinity } from "../operations/conversion.js";
import { get, has, remove, set } from "./elements.js";
import { absolute, checkLength, clamped, lengthOf, receiver, speciesCreate } from "./common.js";
import { copyPresent, skipCount } from "./copy.js";
import { move } from "./stack.js";

/** Array.prototype.reverse. */
export function reverse(this: unknown): unknown {
  const self = receiver(this, "reverse");
  const length = lengthOf(self);
  for (let lower = 0; lower < Math.floor(length / 2); lower++) swap(self, lower, length - lower - 1);
  return self;
}

function swap(self: object, lower: number, upper: number): void {
  const hasLower = has(lower, self);
  const low = hasLower ? get(self, lower) : undefined;
  const hasUpper = has(upper, self);
  const up = hasUpper ? get(self, upper) : undefined;
  if (hasUpper) set(self, lower, up);
  else if (hasLower) remove(self, lower);
  if (hasLower) set(self, upper, low);
  else if (hasUpper) remove(self, upper);
}

/** Array.prototype.fill. */
export function fill(this: unknown, value: unknown, start?: unknown, end?: unknown): unknown {
  const self = receiver(this, "fill");
  const length = lengthOf(self);
  const from = clamped(toIntegerOrInfinity(start), length);
  const final = absolute(end, length, length);
  for (let k = from; k < final; k++) set(self, k, value);
  return self;
}

/** Array.prototype.copyWithin. */
export function copyWithin(this: unknown, target: unknown, start: unknown, end?: unknown): unknown {
  const self = receiver(this, "copyWithin");
  const length = lengthOf(self);
  const to = clamped(toIntegerOrInfinity(target), length);
  const from = clamped(toIntegerOrInfinity(start), length);
  const final = absolute(end, length, length);
  const count = final - from < length - to ? final - from : length - to;
  if (from < to && to < from + count) for (let k = count - 1; k >= 0; k--) move(self, from + k, to + k);
  else for (let k = 0; k < count; k++) move(self, from + k, to + k);
  return self;
}

/** Array.prototype.splice. Absent arguments are not the same as `undefined`. */
export function splice(this: unknown, ...args: unknown[]): unknown {
  const self = receiver(this, "splice");
  const length = lengthOf(self);
  const start = clamped(toIntegerOrInfinity(args[0]), length);
  const removed = skipCount(args, length - start);
  const added = args.length > 2 ? args.length - 2 : 0;
  checkLength(length + added - removed, "splice");
  const out = speciesCreate(self, removed);
  copyPresent(self, start, start + removed, out, 0);
  set(out, "length", removed);
  if (added < removed) close(self, start, length, removed, added);
  else if (added > removed) for (let k = length - 1; k >= start + removed; k--) move(self, k, k - removed + added);
  for (let k = 0; k < added; k++) set(self, start + k, args[k + 2]);
  set(self, "length", length - removed + added);
  return out;
}

/** Moves the rest down over the gap, and removes what is left over at the end. */
function close(self: object, start: number, length: number, removed: number, added: number): void {
  for (let k = start + removed; k < length; k++) move(self, k, k - removed + added);
  for (let k = length - 1; k >= length - removed + added; k--) remove(self, k);
}
