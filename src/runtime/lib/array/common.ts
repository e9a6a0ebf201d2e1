/** What the array built-ins share. */
import { construct } from "../../apply.js";
import { isArray, objectFrom } from "../../intrinsics.js";
import { isConstructor, isForeignArray, toText } from "../../natives.js";
import { toIntegerOrInfinity, toLength } from "../operations/conversion.js";
import { get } from "./elements.js";

export type Callback = (this: unknown, ...args: unknown[]) => unknown;

export const MAX_LENGTH = 2 ** 53 - 1;
const MAX_ARRAY_LENGTH = 2 ** 32 - 1;
const ArrayNative = Array;
const stringify = JSON.stringify;

/** ToObject of the receiver. Throws TypeError that names the method. */
export function receiver(value: unknown, method: string): object {
  if (value === undefined || value === null) throw new TypeError(`Array.prototype.${method} called on null or undefined`);
  return objectFrom(value);
}

/** LengthOfArrayLike. May suspend. */
export function lengthOf(object: unknown): number {
  return toLength(get(object, "length"));
}

/** Throws TypeError unless `value` is callable. */
export function requireCallable(value: unknown, message?: string): void {
  if (typeof value !== "function") throw new TypeError(message ?? `${printed(value)} is not a function`);
}

/** A value in a message, without asking it anything. */
export function printed(value: unknown): string {
  if (typeof value === "string") return stringify(value);
  if (typeof value === "function") return "function";
  if (typeof value === "object" && value !== null) return isArray(value) ? "[object Array]" : "#<Object>";
  return toText(value);
}

/** ArrayCreate. Throws RangeError when an array cannot be so long. */
export function arrayCreate(length: number): unknown[] {
  if (length > MAX_ARRAY_LENGTH) throw new RangeError("Invalid array length");
  const out: unknown[] = [];
  out.length = length;
  return out;
}

/** ArraySpeciesCreate. May suspend. */
export function speciesCreate(original: object, length: number): object {
  if (!isArray(original)) return arrayCreate(length);
  let species: unknown = get(original, "constructor");
  if (isForeignArray(species)) return arrayCreate(length);
  if (typeof species === "function" || (typeof species === "object" && species !== null)) {
    species = get(species, Symbol.species);
    if (species === null) species = undefined;
  }
  if (species === undefined || species === ArrayNative) return arrayCreate(length);
  if (!isConstructor(species)) throw new TypeError("object.constructor[Symbol.species] is not a constructor");
  return construct(species, [length]) as object;
}

/** A relative index made absolute, between 0 and `length`; `undefined` counts as `otherwise`. May suspend. */
export function absolute(index: unknown, length: number, otherwise: number): number {
  if (index === undefined) return otherwise;
  return clamped(toIntegerOrInfinity(index), length);
}

/** Negative positions count from the end; the result lies between 0 and `length`. */
export function clamped(relative: number, length: number): number {
  if (relative < 0) return relative + length < 0 ? 0 : relative + length;
  return relative > length ? length : relative;
}

/** Throws TypeError when an array-like would become longer than a length can say. */
export function checkLength(length: number, what: string): void {
  if (length > MAX_LENGTH) throw new TypeError(`${what} exceeds the supported length of an array-like`);
}
