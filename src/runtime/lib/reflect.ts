/** Reflect (ECMA-262 28.1). */
import { apply as applyTo, construct as constructFrom } from "../apply.js";
import { isConstructor } from "../natives.js";
import { listFrom } from "./function.js";
import { isObject, toPropertyKey } from "./operations/conversion.js";
import { fromDescriptor, toDescriptor } from "./operations/descriptor.js";
import * as internal from "./operations/internal.js";
import { getFrom, hasProperty, setOn } from "./operations/property.js";

/** Reflect.apply. */
export function apply(target: unknown, self: unknown, args: unknown): unknown {
  if (typeof target !== "function") throw new TypeError("Function.prototype.apply was called on a value that is not a function");
  const list = listFrom(args);
  return applyTo(target, self, list);
}

/** Reflect.construct. */
export function construct(target: unknown, args: unknown, ...newTarget: unknown[]): unknown {
  const made = newTarget.length > 0 ? newTarget[0] : target;
  if (!isConstructor(target) || !isConstructor(made)) throw new TypeError("a value is not a constructor");
  const list = listFrom(args);
  return constructFrom(target, list, made);
}

/** Reflect.get. */
export function get(target: unknown, key: unknown, ...receiver: unknown[]): unknown {
  const object = requireObject(target, "get");
  const name = toPropertyKey(key);
  return getFrom(object, name, receiver.length > 0 ? receiver[0] : object);
}

/** Reflect.set. */
export function set(target: unknown, key: unknown, value: unknown, ...receiver: unknown[]): boolean {
  const object = requireObject(target, "set");
  const name = toPropertyKey(key);
  return setOn(object, name, value, receiver.length > 0 ? receiver[0] : object);
}

/** Reflect.has. */
export function has(target: unknown, key: unknown): boolean {
  const object = requireObject(target, "has");
  const name = toPropertyKey(key);
  return hasProperty(object, name);
}

/** Reflect.deleteProperty. */
export function deleteProperty(target: unknown, key: unknown): boolean {
  const object = requireObject(target, "deleteProperty");
  const name = toPropertyKey(key);
  return internal.deleteOwn(object, name);
}

/** Reflect.defineProperty. */
export function defineProperty(target: unknown, key: unknown, attributes: unknown): boolean {
  const object = requireObject(target, "defineProperty");
  const name = toPropertyKey(key);
  const descriptor = toDescriptor(attributes);
  return internal.defineOwn(object, name, descriptor);
}

/** Reflect.getOwnPropertyDescriptor. */
export function getOwnPropertyDescriptor(target: unknown, key: unknown): object | undefined {
  const object = requireObject(target, "getOwnPropertyDescriptor");
  const name = toPropertyKey(key);
  const found = internal.ownProperty(object, name);
  return found === undefined ? undefined : fromDescriptor(found);
}

/** Reflect.ownKeys. */
export function ownKeys(target: unknown): PropertyKey[] {
  return internal.ownKeys(requireObject(target, "ownKeys"));
}

/** Reflect.getPrototypeOf. */
export function getPrototypeOf(target: unknown): object | null {
  return internal.getPrototype(requireObject(target, "getPrototypeOf"));
}

/** Reflect.setPrototypeOf. */
export function setPrototypeOf(target: unknown, prototype: unknown): boolean {
  const object = requireObject(target, "setPrototypeOf");
  if (prototype !== null && !isObject(prototype)) throw new TypeError("Object prototype may only be an Object or null");
  return internal.setPrototype(object, prototype);
}

/** Reflect.isExtensible. */
export function isExtensible(target: unknown): boolean {
  return internal.extensible(requireObject(target, "isExtensible"));
}

/** Reflect.preventExtensions. */
export function preventExtensions(target: unknown): boolean {
  return internal.preventExtensions(requireObject(target, "preventExtensions"));
}

function requireObject(value: unknown, method: string): object {
  if (!isObject(value)) throw new TypeError(`Reflect.${method} called on non-object`);
  return value;
}
