/**
 * Property access for the array built-ins: what `operations/property.ts` does, with a short way for elements of arrays that nobody has made special. On the
 * short way the engine does the work, because it has nothing of the program to enter.
 */
import { isArray, isProxy, prototypeOf } from "../../intrinsics.js";
import { ArrayPrototype, call, OBJECT } from "../../natives.js";
import * as property from "../operations/property.js";

type Elements = Record<PropertyKey, unknown>;

const lookupGetter = OBJECT["__lookupGetter__"];
const lookupSetter = OBJECT["__lookupSetter__"];

/** Whether an object is an array that inherits from %Array.prototype% and is no Proxy. */
function isPlain(object: unknown): boolean {
  return isArray(object) && !isProxy(object) && prototypeOf(object as object) === ArrayPrototype;
}

/** HasProperty. */
export function has(key: number, object: unknown): boolean {
  if (isPlain(object)) return key in (object as object);
  return property.has(key, object);
}

/** Get. */
export function get(object: unknown, key: PropertyKey): unknown {
  if (isPlain(object)) {
    const isData = key === "length" || (typeof key === "number" && call(lookupGetter, object, [key]) === undefined);
    if (isData) return (object as Elements)[key];
  }
  return property.get(object, key);
}

/** Set, in strict mode. */
export function set(object: object, key: number | "length", value: unknown): void {
  const isData =
    isPlain(object) && (key === "length" ? typeof value === "number" : call(lookupSetter, object, [key]) === undefined);
  if (isData) (object as Elements)[key] = value;
  else property.set(object, key, value);
}

/** CreateDataPropertyOrThrow. */
export function define(object: object, key: number, value: unknown): void {
  // What is nowhere to be found is created where it is set.
  if (isPlain(object) && !(key in object)) (object as Elements)[key] = value;
  else property.define(object, key, value);
}

/** DeletePropertyOrThrow. */
export function remove(object: object, key: number): void {
  property.remove(object, key);
}
