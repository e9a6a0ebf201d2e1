/**
 * Functions of the engine as they were at load, for library code that must not see what the program replaces later. None of them enters code of the
 * program, provided that what they are given is no Proxy.
 */
import { isProxy, isTypedArray } from "node:util/types";

export { isProxy, isTypedArray };

export const ownDescriptor = Reflect.getOwnPropertyDescriptor;
export const prototypeOf = Reflect.getPrototypeOf;
export const reflectGet = Reflect.get;
export const reflectSet = Reflect.set;
export const reflectHas = Reflect.has;
export const reflectDefine = Reflect.defineProperty;
export const reflectDelete = Reflect.deleteProperty;
export const reflectOwnKeys = Reflect.ownKeys;
export const setPrototypeOf = Reflect.setPrototypeOf;
export const preventExtensions = Reflect.preventExtensions;
export const isExtensible = Reflect.isExtensible;
export const defineProperty = Object.defineProperty;
export const hasOwn = Object.hasOwn;
export const is = Object.is;
export const isArray = Array.isArray;
export const trunc = Math.trunc;
export const objectFrom = Object as (value: unknown) => object;

export const ordinaryHasInstanceOf = Function.prototype[Symbol.hasInstance];
export const reflectApply = Reflect.apply;
const ArrayPrototype = Array.prototype;
const ObjectPrototype = Object.prototype;
const MAX_ARRAY_LENGTH = 2 ** 32 - 1;
const functionText = Function.prototype.toString;

/** CreateDataProperty. */
export function createData(object: object, key: PropertyKey, value: unknown): boolean {
  return reflectDefine(object, key, dataDescriptor(value));
}

/** CreateDataPropertyOrThrow. */
export function createDataOrThrow(object: object, key: PropertyKey, value: unknown): void {
  if (isEnd(object, key)) object[key] = value;
  else defineProperty(object, key, dataDescriptor(value));
}

/** `fields` with another value. The result inherits nothing: the program may have put `get` on Object.prototype. */
export function valueDescriptor(value: unknown, fields?: PropertyDescriptor): PropertyDescriptor {
  return { __proto__: null, ...fields, value } as PropertyDescriptor;
}

/** The descriptor that CreateDataProperty defines. */
export function dataDescriptor(value: unknown): PropertyDescriptor {
  return { __proto__: null, value, writable: true, enumerable: true, configurable: true } as PropertyDescriptor;
}

/** Appends to a list of ours: `Array.prototype.push` may have been replaced, and an index may have a setter in Array.prototype. */
export function append(list: unknown[], value: unknown): void {
  const index = list.length;
  if (isPlainIndex(index)) list[index] = value;
  else reflectDefine(list, index, dataDescriptor(value));
}

/** Whether `key` is the next index of an ordinary array, which may be assigned: what cannot be defined cannot be assigned either. */
function isEnd(object: object, key: PropertyKey): object is unknown[] & Record<PropertyKey, unknown> {
  if (typeof key !== "number" || !isArray(object) || key !== object.length || key >= MAX_ARRAY_LENGTH) return false;
  return prototypeOf(object) === ArrayPrototype && isPlainIndex(key);
}

/** Whether an assignment to an index that an array has not asks nobody: a definition costs ten times as much. */
function isPlainIndex(index: number): boolean {
  return prototypeOf(ArrayPrototype) === ObjectPrototype && !hasOwn(ArrayPrototype, index) && !hasOwn(ObjectPrototype, index);
}

/** Whether a descriptor, as the engine made it, is that of a data property. */
export function isData(descriptor: PropertyDescriptor): boolean {
  return hasOwn(descriptor, "value");
}

/** Whether a key of a typed array names an element, there or not (CanonicalNumericIndexString). */
export function isNumericKey(key: PropertyKey): boolean {
  if (typeof key === "symbol") return false;
  return typeof key === "number" || key === "-0" || `${+key}` === key;
}

/** Whether `fn` may be a bound function: the engine prints these without a name. */
export function mayBeBound(fn: Function): boolean {
  return reflectApply(functionText, fn, []) === "function () { [native code] }";
}

/** IsCompatiblePropertyDescriptor: the engine defines it where nobody sees. */
export function isCompatible(
  extensible: boolean,
  descriptor: PropertyDescriptor,
  current: PropertyDescriptor | undefined,
): boolean {
  const probe = { __proto__: null };
  if (current !== undefined) reflectDefine(probe, "probe", current);
  if (!extensible) preventExtensions(probe);
  return reflectDefine(probe, "probe", descriptor);
}

/** CompletePropertyDescriptor. */
export function completed(descriptor: PropertyDescriptor): PropertyDescriptor {
  const probe = { __proto__: null };
  reflectDefine(probe, "probe", descriptor);
  return ownDescriptor(probe, "probe")!;
}

/** Whether a list of ours holds a key. */
export function includes(keys: readonly unknown[], key: string | symbol): boolean {
  for (let at = 0; at < keys.length; at++) if (keys[at] === key) return true;
  return false;
}
