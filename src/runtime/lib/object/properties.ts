/** The functions of Object that define and describe properties (ECMA-262 20.1.2). */
import { createData, dataDescriptor, append, createDataOrThrow, isProxy } from "../../intrinsics.js";
import { call, OBJECT_STATIC } from "../../natives.js";
import { isObject, nameOf, toObject, toPropertyKey } from "../operations/conversion.js";
import { fromDescriptor, toDescriptor } from "../operations/descriptor.js";
import { defineOwn, extensible, ownKeys, ownProperty } from "../operations/internal.js";
import { get } from "../operations/property.js";

type Definition = readonly [key: PropertyKey, descriptor: PropertyDescriptor];

/** Object.defineProperty. */
export function defineProperty(object: unknown, key: unknown, attributes: unknown): unknown {
  if (!isObject(object)) throw new TypeError("Object.defineProperty called on non-object");
  const name = toPropertyKey(key);
  const descriptor = toDescriptor(attributes);
  defineOrThrow(object, name, descriptor);
  return object;
}

/** Object.defineProperties. */
export function defineProperties(object: unknown, properties: unknown): unknown {
  if (!isObject(object)) throw new TypeError("Object.defineProperties called on non-object");
  const source = toObject(properties);
  const keys = ownKeys(source);
  const definitions: Definition[] = [];
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as string | symbol;
    const found = ownProperty(source, key);
    if (found === undefined || found.enumerable !== true) continue;
    const attributes = get(source, key);
    append(definitions, [key, toDescriptor(attributes)] as const);
  }
  for (let at = 0; at < definitions.length; at++) {
    const definition = definitions[at] as Definition;
    defineOrThrow(object, definition[0], definition[1]);
  }
  return object;
}

/** Object.create. */
export function create(prototype: unknown, properties?: unknown): unknown {
  const object = call(OBJECT_STATIC["create"], undefined, [prototype]);
  return properties === undefined ? object : defineProperties(object, properties);
}

/** DefinePropertyOrThrow. */
export function defineOrThrow(object: object, key: PropertyKey, descriptor: PropertyDescriptor): void {
  if (defineOwn(object, key, descriptor)) return;
  if (isProxy(object)) throw new TypeError(`'defineProperty' on proxy: trap returned falsish for property '${nameOf(key)}'`);
  const isNew = ownProperty(object, key) === undefined && !extensible(object);
  throw new TypeError(
    isNew ? `Cannot define property ${nameOf(key)}, object is not extensible` : `Cannot redefine property: ${nameOf(key)}`,
  );
}

/** Object.getOwnPropertyDescriptor. */
export function getOwnPropertyDescriptor(object: unknown, key: unknown): object | undefined {
  const source = toObject(object);
  const name = toPropertyKey(key);
  const found = ownProperty(source, name);
  return found === undefined ? undefined : fromDescriptor(found);
}

/** Object.getOwnPropertyDescriptors. */
export function getOwnPropertyDescriptors(object: unknown): object {
  const source = toObject(object);
  const keys = ownKeys(source);
  const out = {};
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as string | symbol;
    const found = ownProperty(source, key);
    if (found !== undefined) createData(out, key, fromDescriptor(found));
  }
  return out;
}

/** Object.getOwnPropertyNames. */
export function getOwnPropertyNames(object: unknown): unknown[] {
  return keysOfType(object, "string");
}

/** Object.getOwnPropertySymbols. */
export function getOwnPropertySymbols(object: unknown): unknown[] {
  return keysOfType(object, "symbol");
}

function keysOfType(object: unknown, type: string): unknown[] {
  const keys = ownKeys(toObject(object));
  const found: unknown[] = [];
  for (let at = 0; at < keys.length; at++) if (typeof keys[at] === type) append(found, keys[at]);
  return found;
}

/** Object.hasOwn. */
export function hasOwn(object: unknown, key: unknown): boolean {
  const target = toObject(object);
  const name = toPropertyKey(key);
  return ownProperty(target, name) !== undefined;
}

/** Object.prototype.hasOwnProperty: the key is converted first. */
export function hasOwnProperty(this: unknown, key: unknown): boolean {
  const name = toPropertyKey(key);
  return ownProperty(toObject(this), name) !== undefined;
}

/** Object.prototype.propertyIsEnumerable. */
export function propertyIsEnumerable(this: unknown, key: unknown): boolean {
  const name = toPropertyKey(key);
  const found = ownProperty(toObject(this), name);
  return found !== undefined && found.enumerable === true;
}

/** Object.prototype.__defineGetter__. */
export function defineGetter(this: unknown, key: unknown, getter: unknown): void {
  defineAccessor(this, key, getter, "get");
}

/** Object.prototype.__defineSetter__. */
export function defineSetter(this: unknown, key: unknown, setter: unknown): void {
  defineAccessor(this, key, setter, "set");
}

function defineAccessor(self: unknown, key: unknown, accessor: unknown, kind: "get" | "set"): void {
  const object = toObject(self);
  if (typeof accessor !== "function") throw new TypeError(`Object.prototype.__define${kind}ter__: Expecting function`);
  const descriptor = dataDescriptor(undefined) as Record<string, unknown>;
  delete descriptor["value"];
  delete descriptor["writable"];
  createDataOrThrow(descriptor, kind, accessor);
  const name = toPropertyKey(key);
  defineOrThrow(object, name, descriptor);
}
