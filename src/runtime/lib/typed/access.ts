/** The methods of %TypedArray%.prototype that convert arguments or elements (ECMA-262 23.2.3). */
import { apply } from "../../apply.js";
import { isTypedArray } from "../../intrinsics.js";
import { call, make, TYPED, typedConstructor } from "../../natives.js";
import { absolute, clamped, lengthOf } from "../array/common.js";
import { isObject, toIntegerOrInfinity, toNumber, toObject, toPrimitive, toStr } from "../operations/conversion.js";
import { get, set as assign } from "../operations/property.js";
import { currentLength, type Elements, holdsBigInts, kindOf, validLength } from "./common.js";

/** %TypedArray%.prototype.at. */
export function at(this: unknown, index: unknown): unknown {
  const length = validLength(this);
  const relative = toIntegerOrInfinity(index);
  return (this as Elements)[relative >= 0 ? relative : length + relative];
}

/** %TypedArray%.prototype.indexOf. */
export function indexOf(this: unknown, wanted: unknown, fromIndex?: unknown): number {
  const length = validLength(this);
  if (length === 0) return -1;
  const from = clamped(toIntegerOrInfinity(fromIndex), length);
  for (let k = from; k < length && k < currentLength(this); k++) if ((this as Elements)[k] === wanted) return k;
  return -1;
}

/** %TypedArray%.prototype.lastIndexOf. */
export function lastIndexOf(this: unknown, wanted: unknown, ...fromIndex: unknown[]): number {
  const length = validLength(this);
  if (length === 0) return -1;
  const from = fromIndex.length > 0 ? toIntegerOrInfinity(fromIndex[0]) : length - 1;
  for (let k = from < 0 ? length + from : from < length ? from : length - 1; k >= 0; k--)
    if (k < currentLength(this) && (this as Elements)[k] === wanted) return k;
  return -1;
}

/** %TypedArray%.prototype.includes. */
export function includes(this: unknown, wanted: unknown, fromIndex?: unknown): boolean {
  const length = validLength(this);
  if (length === 0) return false;
  for (let k = clamped(toIntegerOrInfinity(fromIndex), length); k < length; k++) {
    const value = (this as Elements)[k];
    if (value === wanted || (value !== value && wanted !== wanted)) return true;
  }
  return false;
}

/** %TypedArray%.prototype.fill. */
export function fill(this: unknown, value: unknown, start?: unknown, end?: unknown): unknown {
  const length = validLength(this);
  const element = elementOf(this, value);
  const from = clamped(toIntegerOrInfinity(start), length);
  const final = absolute(end, length, length);
  const now = validLength(this);
  for (let k = from; k < final && k < now; k++) (this as Elements)[k] = element;
  return this;
}

/** What `value` is as an element: ToBigInt or ToNumber. */
function elementOf(array: unknown, value: unknown): unknown {
  const primitive = toPrimitive(value, "number");
  return holdsBigInts(array) ? toBigInt(primitive) : toNumber(primitive);
}

const asBigInts = BigInt64Array;

/** ToBigInt of a primitive: not what `BigInt()` does, which takes numbers. */
function toBigInt(primitive: unknown): unknown {
  if (typeof primitive === "bigint") return primitive;
  // The engine throws where there is no such conversion.
  if (typeof primitive !== "string" && typeof primitive !== "boolean") new asBigInts(1)[0] = primitive as bigint;
  return BigInt(primitive as string);
}

/** %TypedArray%.prototype.copyWithin. */
export function copyWithin(this: unknown, target: unknown, start: unknown, end?: unknown): unknown {
  const length = validLength(this);
  const to = clamped(toIntegerOrInfinity(target), length);
  const from = clamped(toIntegerOrInfinity(start), length);
  const final = absolute(end, length, length);
  const space = length - to;
  const count = final - from < space ? final - from : space;
  if (count <= 0) return this;
  validLength(this);
  return call(TYPED["copyWithin"], this, [to, from, from + count]);
}

/** %TypedArray%.prototype.join. */
export function join(this: unknown, separator?: unknown): string {
  const length = validLength(this);
  const between = separator === undefined ? "," : toStr(separator);
  let text = "";
  for (let k = 0; k < length; k++) {
    const element = (this as Elements)[k];
    if (k > 0) text += between;
    if (element !== undefined) text += `${element as number}`;
  }
  return text;
}

/** %TypedArray%.prototype.toLocaleString. */
export function toLocaleString(this: unknown, locales?: unknown, options?: unknown): string {
  const length = validLength(this);
  const args = [locales, options];
  let text = "";
  for (let k = 0; k < length; k++) {
    const element = (this as Elements)[k];
    if (k > 0) text += ",";
    if (element !== undefined) text += toStr(apply(get(element, "toLocaleString"), element, args));
  }
  return text;
}

/** %TypedArray%.prototype.with. */
export function withElement(this: unknown, index: unknown, value: unknown): unknown {
  const length = validLength(this);
  const relative = toIntegerOrInfinity(index);
  const at = relative >= 0 ? relative : length + relative;
  const element = elementOf(this, value);
  if (at < 0 || at >= currentLength(this)) throw new RangeError("Invalid typed array index");
  const out = make(typedConstructor(kindOf(this)), [length]) as Elements;
  for (let k = 0; k < length; k++) out[k] = k === at ? element : ((this as Elements)[k] ?? missing(this));
  return out;
}

/** What an element is written as that is gone meanwhile: `undefined` converted, which throws for BigInts. */
function missing(array: unknown): unknown {
  return holdsBigInts(array) ? toBigInt(undefined) : NaN;
}

/** %TypedArray%.prototype.set. */
export function set(this: unknown, source: unknown, offset?: unknown): void {
  if (!isTypedArray(this)) throw new TypeError("this is not a typed array.");
  const start = toIntegerOrInfinity(offset);
  if (start < 0) throw new RangeError("offset is out of bounds");
  if (!isObject(source) || isTypedArray(source)) return void call(TYPED["set"], this, [source, start]);
  const length = validLength(this);
  const from = toObject(source);
  const count = lengthOf(from);
  if (start === Infinity || count + start > length) throw new RangeError("offset is out of bounds");
  for (let k = 0; k < count; k++) assign(this, start + k, get(from, k));
}
