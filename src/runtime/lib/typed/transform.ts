/** map, filter, sort, toSorted, slice, subarray, from, of of typed arrays (ECMA-262 23.2.2, 23.2.3). */
import { apply } from "../../apply.js";
import { append } from "../../intrinsics.js";
import { call, isConstructor, isLengthTracking, TYPED, typedConstructor } from "../../natives.js";
import { absolute, clamped, lengthOf, requireCallable } from "../array/common.js";
import { requireComparator } from "../array/sort.js";
import { stableSort } from "../sort.js";
import { getMethod, toIntegerOrInfinity, toObject } from "../operations/conversion.js";
import { openWith, rest } from "../operations/iteration.js";
import { get, set } from "../operations/property.js";
import { currentLength, type Elements, kindOf, typedCreate, typedSpeciesCreate, validLength } from "./common.js";

/** %TypedArray%.prototype.map. */
export function map(this: unknown, callback: unknown, thisArg?: unknown): unknown {
  const length = validLength(this);
  const self = this as Elements;
  requireCallable(callback);
  const out = typedSpeciesCreate(self, [length]);
  for (let k = 0; k < length; k++) set(out, k, apply(callback, thisArg, [self[k], k, self]));
  return out;
}

/** %TypedArray%.prototype.filter. */
export function filter(this: unknown, callback: unknown, thisArg?: unknown): unknown {
  const length = validLength(this);
  const self = this as Elements;
  requireCallable(callback);
  const kept: unknown[] = [];
  for (let k = 0; k < length; k++) {
    const value = self[k];
    if (apply(callback, thisArg, [value, k, self])) append(kept, value);
  }
  const out = typedSpeciesCreate(self, [kept.length]);
  for (let k = 0; k < kept.length; k++) out[k] = kept[k];
  return out;
}

/** %TypedArray%.prototype.sort. */
export function sort(this: unknown, comparator?: unknown): unknown {
  requireComparator(comparator);
  const length = validLength(this);
  const self = this as Elements;
  if (comparator === undefined) return call(TYPED["sort"], self, []);
  const sorted = stableSort(listed(self, length), comparator);
  const left = currentLength(self);
  for (let k = 0; k < length && k < left; k++) self[k] = sorted[k];
  return self;
}

/** %TypedArray%.prototype.toSorted. */
export function toSorted(this: unknown, comparator?: unknown): unknown {
  requireComparator(comparator);
  const length = validLength(this);
  const self = this as Elements;
  if (comparator === undefined) return call(TYPED["toSorted"], self, []);
  const out = typedCreate(typedConstructor(kindOf(self)), [length]);
  const sorted = stableSort(listed(self, length), comparator);
  for (let k = 0; k < length; k++) out[k] = sorted[k];
  return out;
}

function listed(self: Elements, length: number): unknown[] {
  const values: unknown[] = [];
  for (let k = 0; k < length; k++) append(values, self[k]);
  return values;
}

/** %TypedArray%.prototype.slice. */
export function slice(this: unknown, start?: unknown, end?: unknown): unknown {
  const length = validLength(this);
  const self = this as Elements;
  const from = clamped(toIntegerOrInfinity(start), length);
  const final = absolute(end, length, length);
  const out = typedSpeciesCreate(self, [final > from ? final - from : 0]);
  if (final <= from) return out;
  const now = validLength(self);
  copyElements(self, from, final < now ? final : now, out);
  return out;
}

/** Arrays of one kind share bytes as they are; they may lie in the same buffer, where the copy runs forward. */
function copyElements(self: Elements, from: number, final: number, out: Elements): void {
  for (let k = from; k < final; k++) out[k - from] = self[k];
}

/** %TypedArray%.prototype.subarray. */
export function subarray(this: unknown, start?: unknown, end?: unknown): unknown {
  const self = this as Elements;
  // Throws unless it is a typed array; one that is out of bounds counts as empty.
  const buffer = call(TYPED["get buffer"], self, []);
  const length = currentLength(self);
  const from = clamped(toIntegerOrInfinity(start), length);
  const isTracking = end === undefined && isLengthTracking(self);
  const final = absolute(end, length, length);
  const size = get(typedConstructor(kindOf(self)), "BYTES_PER_ELEMENT") as number;
  const offset = (call(TYPED["get byteOffset"], self, []) as number) + from * size;
  return typedSpeciesCreate(self, isTracking ? [buffer, offset] : [buffer, offset, final > from ? final - from : 0]);
}

/** %TypedArray%.from. */
export function from(this: unknown, source: unknown, mapper?: unknown, thisArg?: unknown): unknown {
  if (!isConstructor(this)) throw new TypeError("this is not a constructor");
  if (mapper !== undefined) requireCallable(mapper);
  const method = getMethod(source, Symbol.iterator);
  const from = method === undefined ? toObject(source) : rest(openWith(source, method));
  const length = lengthOf(from);
  const out = typedCreate(this, [length]);
  for (let k = 0; k < length; k++) {
    const value = get(from, k);
    set(out, k, mapper === undefined ? value : apply(mapper, thisArg, [value, k]));
  }
  return out;
}

/** %TypedArray%.of. */
export function of(this: unknown, ...items: unknown[]): unknown {
  if (!isConstructor(this)) throw new TypeError("this is not a constructor");
  const out = typedCreate(this, [items.length]);
  for (let k = 0; k < items.length; k++) set(out, k, items[k]);
  return out;
}
