/**
 * Property access (ECMA-262 6.2.5, 7.3, 10.1) in strict mode, as calls that may suspend: the conversion of the key, accessors and the traps of a Proxy.
 * Where none of these is met, the engine itself does the work, so that its answers and messages are the native ones.
 */
import { apply } from "../../apply.js";
import {
  createData,
  createDataOrThrow,
  isArray,
  isData,
  isNumericKey,
  isProxy,
  isTypedArray,
  objectFrom,
  overwriteData,
  ownDescriptor,
  prototypeOf,
  reflectGet,
  reflectHas,
  reflectSet,
} from "../../intrinsics.js";
import { isObject, nameOf, toNumber, toPrimitive, toPropertyKey } from "./conversion.js";

type Indexed = Record<PropertyKey, unknown>;

/** `object[key]`, both evaluated (GetValue of a property reference, GetV). */
export function get(object: unknown, key: unknown): unknown {
  // The engine throws, without looking at the key.
  if (object === undefined || object === null) return (object as unknown as Indexed)[key as string];
  const name = isObject(key) ? toPropertyKey(key) : (key as PropertyKey);
  return getFrom(isObject(object) ? object : objectFrom(object), name, object);
}

/** `super[key]` in a method of `home` whose `this` is `self`. */
export function getSuper(home: object, key: unknown, self: unknown): unknown {
  const parent = prototypeOf(home);
  if (parent === null) return get(parent, key);
  return getFrom(parent, toPropertyKey(key), self);
}

/** `object.[[Get]](key, receiver)`. */
export function getFrom(object: object, key: PropertyKey, receiver: unknown): unknown {
  for (let at: object | null = object; at !== null; at = prototypeOf(at)) {
    if (isProxy(at)) return apply(reflectGet, undefined, [at, key, receiver]);
    const found = ownDescriptor(at, key);
    if (found !== undefined) {
      if (isData(found)) return found.value;
      return found.get === undefined ? undefined : apply(found.get, receiver, []);
    }
    if (isTypedArray(at) && isNumericKey(key)) return undefined;
  }
  return undefined;
}

/** `object[key] = value`, all evaluated (PutValue). Returns `value`. */
export function set(object: unknown, key: unknown, value: unknown): unknown {
  // The engine throws, without looking at the key.
  if (object === undefined || object === null) return ((object as unknown as Indexed)[key as string] = value);
  const name = isObject(key) ? toPropertyKey(key) : (key as PropertyKey);
  const base = isObject(object) ? object : objectFrom(object);
  if (!setOn(base, name, value, object)) refuse(object, name, value);
  return value;
}

/** `super[key] = value` in a method of `home` whose `this` is `self`. Returns `value`. */
export function setSuper(home: object, key: unknown, value: unknown, self: unknown): unknown {
  const parent = prototypeOf(home);
  if (parent === null) return set(parent, key, value);
  const name = toPropertyKey(key);
  if (!setOn(parent, name, value, self)) throw readOnly(name);
  return value;
}

/** `object.[[Set]](key, value, receiver)`. */
export function setOn(object: object, key: PropertyKey, value: unknown, receiver: unknown): boolean {
  for (let at: object | null = object; at !== null; at = prototypeOf(at)) {
    if (isProxy(at)) return reflectSet(at, key, value, receiver);
    if (isTypedArray(at) && isNumericKey(key)) {
      if (at === receiver) return setElement(at, key, value);
      if (ownDescriptor(at, key) === undefined) return true;
    }
    const found = ownDescriptor(at, key);
    if (found === undefined) continue;
    if (isData(found)) return found.writable === true && writeOwn(receiver, key, value);
    if (found.set === undefined) return false;
    apply(found.set, receiver, [value]);
    return true;
  }
  return writeOwn(receiver, key, value);
}

/** TypedArraySetElement: the value is converted even when there is no such element. */
function setElement(array: object, key: PropertyKey, value: unknown): boolean {
  const primitive = toPrimitive(value, "number");
  (array as Indexed)[key] = primitive;
  return true;
}

/** OrdinarySetWithOwnDescriptor from its third step: the receiver gets the value. */
function writeOwn(receiver: unknown, key: PropertyKey, value: unknown): boolean {
  if (!isObject(receiver)) return false;
  const found = ownDescriptor(receiver, key);
  if (found === undefined) return createData(receiver, key, value);
  if (!isData(found) || found.writable !== true) return false;
  return overwriteData(receiver, key, isObject(value) ? storable(receiver, key, value) : value);
}

/** The value as an exotic object stores it: the length of an array and the elements of a typed array are converted. */
function storable(receiver: object, key: PropertyKey, value: object): unknown {
  if (isProxy(receiver)) return value;
  if (isTypedArray(receiver) && isNumericKey(key)) return toPrimitive(value, "number");
  return key === "length" && isArray(receiver) ? toArrayLength(value) : value;
}

/** ArraySetLength, its conversions: there are two of them. */
function toArrayLength(value: object): number {
  const length = toNumber(value) >>> 0;
  if (toNumber(value) !== length) throw new RangeError("Invalid array length");
  return length;
}

/** The TypeError of a failed assignment: the engine's own where it would run no code of the program. */
function refuse(object: unknown, key: PropertyKey, value: unknown): never {
  if (!hasProxy(object)) (object as Indexed)[key] = value;
  throw new TypeError(`'set' on proxy: trap returned falsish for property '${nameOf(key)}'`);
}

function hasProxy(object: unknown): boolean {
  for (let at: object | null = objectFrom(object); at !== null; at = prototypeOf(at)) if (isProxy(at)) return true;
  return false;
}

function readOnly(key: PropertyKey): TypeError {
  return new TypeError(`Cannot assign to read only property '${nameOf(key)}' of object`);
}

/** `key in object`, both evaluated. */
export function has(key: unknown, object: unknown): boolean {
  // The engine throws, without looking at the key.
  if (!isObject(object)) return (key as PropertyKey) in (object as object);
  return hasProperty(object, toPropertyKey(key));
}

/** HasProperty. */
export function hasProperty(object: object, key: PropertyKey): boolean {
  for (let at: object | null = object; at !== null; at = prototypeOf(at)) {
    if (isProxy(at)) return reflectHas(at, key);
    if (ownDescriptor(at, key) !== undefined) return true;
    if (isTypedArray(at) && isNumericKey(key)) return false;
  }
  return false;
}

/** `delete object[key]`, both evaluated. */
export function remove(object: unknown, key: unknown): boolean {
  // The engine throws, without looking at the key.
  if (object === undefined || object === null) return delete (object as unknown as Indexed)[key as string];
  const name = toPropertyKey(key);
  return delete (object as Indexed)[name];
}

/** CreateDataPropertyOrThrow. */
export function define(object: object, key: PropertyKey, value: unknown): void {
  createDataOrThrow(object, key, isObject(value) ? storable(object, key, value) : value);
}
