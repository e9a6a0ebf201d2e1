/** concat, slice, toReversed, toSpliced, with (ECMA-262 23.1.3). */
import { isArray } from "../../intrinsics.js";
import { isObject, toIntegerOrInfinity } from "../operations/conversion.js";
import { define, get, has, set } from "./elements.js";
import { absolute, arrayCreate, checkLength, clamped, lengthOf, receiver, speciesCreate } from "./common.js";

/** Array.prototype.concat. */
export function concat(this: unknown, ...items: unknown[]): unknown {
  const self = receiver(this, "concat");
  const out = speciesCreate(self, 0);
  let to = 0;
  for (let i = -1; i < items.length; i++) {
    const item = i < 0 ? self : items[i];
    if (isSpreadable(item)) {
      const length = lengthOf(item);
      checkLength(to + length, "concat");
      copyPresent(item, 0, length, out, to);
      to += length;
    } else {
      checkLength(to + 1, "concat");
      define(out, to++, item);
    }
  }
  set(out, "length", to);
  return out;
}

/** IsConcatSpreadable. */
function isSpreadable(item: unknown): boolean {
  if (!isObject(item)) return false;
  const spreadable = get(item, Symbol.isConcatSpreadable);
  return spreadable === undefined ? isArray(item) : Boolean(spreadable);
}

/** Defines in `out` from `to` on what `source` has of `[from, end)`. */
export function copyPresent(source: unknown, from: number, end: number, out: object, to: number): void {
  for (let k = from; k < end; k++) {
    if (has(k, source)) define(out, to + k - from, get(source, k));
  }
}

/** Array.prototype.slice. */
export function slice(this: unknown, start?: unknown, end?: unknown): unknown {
  const self = receiver(this, "slice");
  const length = lengthOf(self);
  const from = clamped(toIntegerOrInfinity(start), length);
  const final = absolute(end, length, length);
  const count = final > from ? final - from : 0;
  const out = speciesCreate(self, count);
  copyPresent(self, from, final, out, 0);
  set(out, "length", count);
  return out;
}

/** Array.prototype.toReversed. */
export function toReversed(this: unknown): unknown[] {
  const self = receiver(this, "toReversed");
  const length = lengthOf(self);
  const out = arrayCreate(length);
  for (let k = 0; k < length; k++) define(out, k, get(self, length - k - 1));
  return out;
}

/** Array.prototype.toSpliced. Absent arguments are not the same as `undefined`. */
export function toSpliced(this: unknown, ...args: unknown[]): unknown[] {
  const self = receiver(this, "toSpliced");
  const length = lengthOf(self);
  const start = clamped(toIntegerOrInfinity(args[0]), length);
  const skipped = skipCount(args, length - start);
  const added = args.length > 2 ? args.length - 2 : 0;
  checkLength(length + added - skipped, "toSpliced");
  const out = arrayCreate(length + added - skipped);
  let to = 0;
  for (; to < start; to++) define(out, to, get(self, to));
  for (let k = 0; k < added; k++) define(out, to++, args[k + 2]);
  for (let k = start + skipped; k < length; k++) define(out, to++, get(self, k));
  return out;
}

/** How many elements the arguments of `splice` and `toSpliced` take away, when `left` are left from their start on. May suspend. */
export function skipCount(args: readonly unknown[], left: number): number {
  if (args.length === 0) return 0;
  if (args.length === 1) return left;
  const count = toIntegerOrInfinity(args[1]);
  return count < 0 ? 0 : count > left ? left : count;
}

/** Array.prototype.with. */
export function withElement(this: unknown, index: unknown, value: unknown): unknown[] {
  const self = receiver(this, "with");
  const length = lengthOf(self);
  const relative = toIntegerOrInfinity(index);
  const at = relative >= 0 ? relative : length + relative;
  if (at >= length || at < 0) throw new RangeError("Invalid index : " + relative);
  const out = arrayCreate(length);
  for (let k = 0; k < length; k++) define(out, k, k === at ? value : get(self, k));
  return out;
}
