/**
 * Property access (ECMA-262 6.2.5, 7.3, 10.1) in strict mode, as calls that may suspend: the conversion of the key, accessors and the traps of a Proxy.
 * Where none of these is met, the engine itself does the work, so that its answers and messages are the native ones.
 */
import { apply, applyNative } from "../../apply.js";
import {
  createDataOrThrow,
  dataDescriptor,
  isData,
  isNumericKey,
  isProxy,
  isTypedArray,
  objectFrom,
  ownDescriptor,
  prototypeOf,
  reflectGet,
  reflectHas,
  reflectSet,
  valueDescriptor,
} from "../../intrinsics.js";
import { proxyParts } from "../../proxies.js";
import { isKey, isObject, nameOf, toPrimitive, toPropertyKey } from "./conversion.js";
import { defineOwn, deleteOwn, ownProperty, storable } from "./internal.js";
import { proxyGet, proxyHas, proxySet } from "./proxy-access.js";

type Indexed = Record<PropertyKey, unknown>;

/** `object[key]`, both evaluated (GetValue of a property reference, GetV). */
export function get(object: unknown, key: unknown): unknown {
  // The engine throws, without looking at the key.
  if (object === undefined || object === null) return (object as unknown as Indexed)[key as string];
  const name = isKey(key) ? key : toPropertyKey(key);
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
    if (isProxy(at)) return getFromProxy(at, key, receiver);
    const found = ownDescriptor(at, key);
    if (found !== undefined) {
      if (isData(found)) return found.value;
      return found.get === undefined ? undefined : apply(found.get, receiver, []);
    }
    if (isTypedArray(at) && isNumericKey(key)) return undefined;
  }
  return undefined;
}

function getFromProxy(proxy: object, key: PropertyKey, receiver: unknown): unknown {
  const parts = proxyParts(proxy);
  if (parts !== undefined) return proxyGet(parts, key, receiver);
  // The engine hands on what the trap returns, a suspension as well.
  return applyNative(reflectGet, undefined, [proxy, key, receiver]);
}

/** `object[key] = value`, all evaluated (PutValue). Returns `value`. */
export function set(object: unknown, key: unknown, value: unknown): unknown {
  // The engine throws, without looking at the key.
  if (object === undefined || object === null) return ((object as unknown as Indexed)[key as string] = value);
  const name = isKey(key) ? key : toPropertyKey(key);
  const isSet = setOn(isObject(object) ? object : objectFrom(object), name, value, object);
  if (!isSet) refuse(object, name, value);
  return value;
}

/** `super[key] = value` in a method of `home` whose `this` is `self`. Returns `value`. */
export function setSuper(home: object, key: unknown, value: unknown, self: unknown): unknown {
  const parent = prototypeOf(home);
  if (parent === null) return set(parent, key, value);
  const name = toPropertyKey(key);
  const isSet = setOn(parent, name, value, self);
  if (!isSet) throw new TypeError(`Cannot assign to read only property '${nameOf(name)}' of object`);
  return value;
}

/** `object.[[Set]](key, value, receiver)`. */
export function setOn(object: object, key: PropertyKey, value: unknown, receiver: unknown): boolean {
  for (let at: object | null = object; at !== null; at = prototypeOf(at)) {
    if (isProxy(at)) return setOnProxy(at, key, value, receiver);
    if (isTypedArray(at) && isNumericKey(key)) {
      if (at === receiver) return setElement(at, key, value);
      if (ownDescriptor(at, key) === undefined) return true;
    }
    const found = ownDescriptor(at, key);
    if (found === undefined) continue;
    if (isData(found)) return found.writable === true && write(object, key, value, receiver);
    if (found.set === undefined) return false;
    apply(found.set, receiver, [value]);
    return true;
  }
  return write(object, key, value, receiver);
}

function setOnProxy(proxy: object, key: PropertyKey, value: unknown, receiver: unknown): boolean {
  const parts = proxyParts(proxy);
  return parts === undefined ? reflectSet(proxy, key, value, receiver) : proxySet(parts, key, value, receiver);
}

/** TypedArraySetElement: the value is converted even when there is no such element. */
function setElement(array: object, key: PropertyKey, value: unknown): boolean {
  const primitive = toPrimitive(value, "number");
  (array as Indexed)[key] = primitive;
  return true;
}

/** OrdinarySetWithOwnDescriptor from its third step: no setter, no Proxy and nothing read-only is on the way from `object` to the receiver. */
function write(object: object, key: PropertyKey, value: unknown, receiver: unknown): boolean {
  if (!isObject(receiver)) return false;
  // The engine does the same steps, and enters nothing.
  if (object === receiver) return reflectSet(object, key, isObject(value) ? storable(object, key, value) : value);
  const found = ownProperty(receiver, key);
  if (found === undefined) return defineOwn(receiver, key, dataDescriptor(value));
  if (!isData(found) || found.writable !== true) return false;
  return defineOwn(receiver, key, valueDescriptor(value));
}

/** The TypeError of a failed assignment: the engine's own where it would run no code of the program. */
function refuse(object: unknown, key: PropertyKey, value: unknown): never {
  if (!hasProxy(object)) (object as Indexed)[key] = value;
  throw new TypeError(`'set' on proxy: trap returned falsish for property '${nameOf(key)}'`);
}

function hasProxy(object: unknown): boolean {
  let at: object | null = objectFrom(object);
  while (at !== null && !isProxy(at)) at = prototypeOf(at);
  return at !== null;
}

/** `key in object`, both evaluated. */
export function has(key: unknown, object: unknown): boolean {
  // The engine throws, without looking at the key.
  if (!isObject(object)) return (key as PropertyKey) in (object as object);
  return hasProperty(object, isKey(key) ? key : toPropertyKey(key));
}

/** HasProperty. */
export function hasProperty(object: object, key: PropertyKey): boolean {
  for (let at: object | null = object; at !== null; at = prototypeOf(at)) {
    if (isProxy(at)) return hasOnProxy(at, key);
    if (ownDescriptor(at, key) !== undefined) return true;
    if (isTypedArray(at) && isNumericKey(key)) return false;
  }
  return false;
}

function hasOnProxy(proxy: object, key: PropertyKey): boolean {
  const parts = proxyParts(proxy);
  return parts === undefined ? reflectHas(proxy, key) : proxyHas(parts, key);
}

/** `delete object[key]`, both evaluated. */
export function remove(object: unknown, key: unknown): boolean {
  // The engine throws, without looking at the key.
  if (object === undefined || object === null) return delete (object as unknown as Indexed)[key as string];
  const name = isKey(key) ? key : toPropertyKey(key);
  if (!isProxy(object)) return delete (object as Indexed)[name];
  const isDeleted = deleteOwn(object, name);
  if (!isDeleted) throw new TypeError(`'deleteProperty' on proxy: trap returned falsish for property '${nameOf(name)}'`);
  return true;
}

/** CreateDataPropertyOrThrow. */
export function define(object: object, key: PropertyKey, value: unknown): void {
  if (!isProxy(object)) createDataOrThrow(object, key, isObject(value) ? storable(object, key, value) : value);
  else {
    const isDefined = defineOwn(object, key, dataDescriptor(value));
    if (!isDefined) throw new TypeError(`'defineProperty' on proxy: trap returned falsish for property '${nameOf(key)}'`);
  }
}
