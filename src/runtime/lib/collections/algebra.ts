/** The methods of Set.prototype that take something like a set (ECMA-262 24.2.4). */
import { apply } from "../../apply.js";
import { setIterator } from "../../iterate.js";
import { call, make, SET } from "../../natives.js";
import { isObject, toIntegerOrInfinity, toNumber } from "../operations/conversion.js";
import { close, type IteratorRecord, openWith, step } from "../operations/iteration.js";
import { get } from "../operations/property.js";
import { copied } from "./construct.js";

interface SetRecord {
  readonly set: object;
  readonly size: number;
  readonly has: unknown;
  readonly keys: Function;
}

const SetNative = Set;

/** GetSetRecord. */
function recordOf(other: unknown): SetRecord {
  if (!isObject(other)) throw new TypeError("The argument is not an object");
  const size = toNumber(get(other, "size"));
  if (size !== size) throw new TypeError("The 'size' property must be a number");
  const whole = toIntegerOrInfinity(size);
  if (whole < 0) throw new RangeError(`'${whole}' is an invalid size`);
  const has = get(other, "has");
  if (typeof has !== "function") throw new TypeError("The 'has' property must be a function");
  const keys = get(other, "keys");
  if (typeof keys !== "function") throw new TypeError("The 'keys' property must be a function");
  return { set: other, size: whole, has, keys };
}

function keysOf(record: SetRecord): IteratorRecord {
  return openWith(record.set, record.keys);
}

/** Throws TypeError unless `self` is a Set. */
function sizeOf(self: unknown): number {
  return call(SET["get size"], self, []) as number;
}

function contains(set: unknown, value: unknown): boolean {
  return call(SET["has"], set, [value]) as boolean;
}

function isIn(record: SetRecord, value: unknown): boolean {
  return !!apply(record.has, record.set, [value]);
}

/** Set.prototype.union. */
export function union(this: unknown, other: unknown): unknown {
  sizeOf(this);
  const record = recordOf(other);
  const keys = keysOf(record);
  const out = copied(this);
  while (step(keys)) call(SET["add"], out, [keys.value]);
  return out;
}

/** Set.prototype.intersection. */
export function intersection(this: unknown, other: unknown): unknown {
  sizeOf(this);
  const record = recordOf(other);
  const out = make(SetNative, []);
  if (sizeOf(this) <= record.size) {
    const values = setIterator(this, "values");
    for (let at = values.next(); !at.done; at = values.next()) if (isIn(record, at.value)) call(SET["add"], out, [at.value]);
  } else {
    const keys = keysOf(record);
    while (step(keys)) if (contains(this, keys.value)) call(SET["add"], out, [keys.value]);
  }
  return out;
}

/** Set.prototype.difference. */
export function difference(this: unknown, other: unknown): unknown {
  sizeOf(this);
  const record = recordOf(other);
  const out = copied(this);
  if (sizeOf(this) <= record.size) {
    const values = setIterator(this, "values");
    for (let at = values.next(); !at.done; at = values.next()) if (isIn(record, at.value)) call(SET["delete"], out, [at.value]);
  } else {
    const keys = keysOf(record);
    while (step(keys)) call(SET["delete"], out, [keys.value]);
  }
  return out;
}

/** Set.prototype.symmetricDifference. */
export function symmetricDifference(this: unknown, other: unknown): unknown {
  sizeOf(this);
  const record = recordOf(other);
  const keys = keysOf(record);
  const out = copied(this);
  while (step(keys)) call(contains(this, keys.value) ? SET["delete"] : SET["add"], out, [keys.value]);
  return out;
}

/** Set.prototype.isSubsetOf. */
export function isSubsetOf(this: unknown, other: unknown): boolean {
  sizeOf(this);
  const record = recordOf(other);
  if (sizeOf(this) > record.size) return false;
  const values = setIterator(this, "values");
  for (let at = values.next(); !at.done; at = values.next()) if (!isIn(record, at.value)) return false;
  return true;
}

/** Set.prototype.isSupersetOf. */
export function isSupersetOf(this: unknown, other: unknown): boolean {
  sizeOf(this);
  const record = recordOf(other);
  if (sizeOf(this) < record.size) return false;
  const keys = keysOf(record);
  while (step(keys)) {
    if (contains(this, keys.value)) continue;
    close(keys);
    return false;
  }
  return true;
}

/** Set.prototype.isDisjointFrom. */
export function isDisjointFrom(this: unknown, other: unknown): boolean {
  sizeOf(this);
  const record = recordOf(other);
  if (sizeOf(this) <= record.size) {
    const values = setIterator(this, "values");
    for (let at = values.next(); !at.done; at = values.next()) if (isIn(record, at.value)) return false;
    return true;
  }
  const keys = keysOf(record);
  while (step(keys)) {
    if (!contains(this, keys.value)) continue;
    close(keys);
    return false;
  }
  return true;
}
