/** Type conversion (ECMA-262 7.1), as calls that may suspend. Of primitives the engine converts at once. */
import { apply } from "../../apply.js";
import { objectFrom, trunc } from "../../intrinsics.js";
import { get } from "./property.js";

/** The preferred type of ToPrimitive. */
export type Hint = "default" | "number" | "string";

const TO_PRIMITIVE: typeof Symbol.toPrimitive = Symbol.toPrimitive;
const MAX_LENGTH = Number.MAX_SAFE_INTEGER;

/** Whether a value is an Object. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" ? value !== null : typeof value === "function";
}

/** IsCallable. */
export function isCallable(value: unknown): value is Function {
  return typeof value === "function";
}

/** ToPrimitive. */
export function toPrimitive(value: unknown, hint: Hint = "default"): unknown {
  if (!isObject(value)) return value;
  const exotic = getMethod(value, TO_PRIMITIVE);
  if (exotic === undefined) return ordinaryToPrimitive(value, hint);
  const result = apply(exotic, value, [hint]);
  if (isObject(result)) throw notPrimitive();
  return result;
}

/** OrdinaryToPrimitive. */
export function ordinaryToPrimitive(value: object, hint: Hint): unknown {
  const first = get(value, hint === "string" ? "toString" : "valueOf");
  if (isCallable(first)) {
    const result = apply(first, value, []);
    if (!isObject(result)) return result;
  }
  const second = get(value, hint === "string" ? "valueOf" : "toString");
  if (isCallable(second)) {
    const result = apply(second, value, []);
    if (!isObject(result)) return result;
  }
  throw notPrimitive();
}

/** GetMethod: `undefined` when there is none. */
export function getMethod(value: unknown, key: PropertyKey): Function | undefined {
  const method = get(value, key);
  if (method === undefined || method === null) return undefined;
  if (!isCallable(method))
    throw new TypeError(`${typeof method} ${isObject(method) ? "#<Object>" : nameOf(method as string)} is not a function`);
  return method;
}

/** ToNumeric. */
export function toNumeric(value: unknown): number | bigint {
  const primitive = toPrimitive(value, "number");
  return typeof primitive === "bigint" ? primitive : +(primitive as number);
}

/** ToNumber. */
export function toNumber(value: unknown): number {
  return +(toPrimitive(value, "number") as number);
}

/** ToString. */
export function toStr(value: unknown): string {
  return `${toPrimitive(value, "string") as string}`;
}

/** Whether a value is a property key already; numbers count, since the engine takes them for the strings they stand for. */
export function isKey(value: unknown): value is PropertyKey {
  return typeof value === "string" || typeof value === "number" || typeof value === "symbol";
}

/** ToPropertyKey. */
export function toPropertyKey(value: unknown): string | symbol {
  if (typeof value === "string" || typeof value === "symbol") return value;
  const key = toPrimitive(value, "string");
  return typeof key === "symbol" ? key : `${key as string}`;
}

/** ToObject. */
export function toObject(value: unknown): object {
  if (value === undefined || value === null) throw new TypeError("Cannot convert undefined or null to object");
  return objectFrom(value);
}

/** ToIntegerOrInfinity. */
export function toIntegerOrInfinity(value: unknown): number {
  const integer = trunc(toNumber(value));
  // NaN and -0 are 0.
  return integer || 0;
}

/** ToLength. */
export function toLength(value: unknown): number {
  const length = toIntegerOrInfinity(value);
  if (length <= 0) return 0;
  return length > MAX_LENGTH ? MAX_LENGTH : length;
}

/** LengthOfArrayLike. */
export function lengthOf(object: object): number {
  return toLength(get(object, "length"));
}

/** A key for a message. */
export function nameOf(key: PropertyKey): string {
  return String(key);
}

function notPrimitive(): TypeError {
  return new TypeError("Cannot convert object to primitive value");
}
