/** Prototypes, extensibility and integrity (ECMA-262 20.1.2, 20.1.3, B.2.2), which ask the traps of proxies. */
import { isData, isProxy } from "../../intrinsics.js";
import { call, OBJECT_STATIC } from "../../natives.js";
import { isObject, toObject, toPropertyKey } from "../operations/conversion.js";
import {
  extensible,
  getPrototype,
  ownKeys,
  ownProperty,
  preventExtensions as prevent,
  setPrototype,
} from "../operations/internal.js";
import { defineOrThrow } from "./properties.js";

/** Object.getPrototypeOf, and the getter of Object.prototype.__proto__ by its receiver. */
export function getPrototypeOf(object: unknown): object | null {
  return getPrototype(toObject(object));
}

/** Object.setPrototypeOf. */
export function setPrototypeOf(object: unknown, prototype: unknown): unknown {
  if (!isObject(object) || !isProxy(object)) return call(OBJECT_STATIC["setPrototypeOf"], undefined, [object, prototype]);
  if (prototype !== null && !isObject(prototype)) throw new TypeError("Object prototype may only be an Object or null");
  if (!setPrototype(object, prototype)) throw new TypeError("'setPrototypeOf' on proxy: trap returned falsish");
  return object;
}

/** The getter of Object.prototype.__proto__. */
export function getProto(this: unknown): object | null {
  return getPrototype(toObject(this));
}

/** The setter of Object.prototype.__proto__. */
export function setProto(this: unknown, prototype: unknown): void {
  if (this === undefined || this === null) throw new TypeError("Object.prototype.__proto__ called on null or undefined");
  if ((prototype === null || isObject(prototype)) && isObject(this)) setPrototypeOf(this, prototype);
}

/** Object.prototype.isPrototypeOf. */
export function isPrototypeOf(this: unknown, value: unknown): boolean {
  if (!isObject(value)) return false;
  const self = toObject(this);
  let at = getPrototype(value);
  while (at !== null && at !== self) at = getPrototype(at);
  return at !== null;
}

/** Object.prototype.__lookupGetter__. */
export function lookupGetter(this: unknown, key: unknown): unknown {
  return lookup(toObject(this), key, "get");
}

/** Object.prototype.__lookupSetter__. */
export function lookupSetter(this: unknown, key: unknown): unknown {
  return lookup(toObject(this), key, "set");
}

function lookup(self: object, key: unknown, kind: "get" | "set"): unknown {
  const name = toPropertyKey(key);
  for (let at: object | null = self; at !== null; at = getPrototype(at)) {
    const found = ownProperty(at, name);
    if (found !== undefined) return isData(found) ? undefined : found[kind];
  }
  return undefined;
}

/** Object.isExtensible. */
export function isExtensible(object: unknown): boolean {
  return isObject(object) && extensible(object);
}

/** Object.preventExtensions. */
export function preventExtensions(object: unknown): unknown {
  if (isObject(object) && !prevent(object)) throw new TypeError("'preventExtensions' on proxy: trap returned falsish");
  return object;
}

/** Object.freeze. */
export function freeze(object: unknown): unknown {
  return isProxy(object) ? harden(object as object, true) : call(OBJECT_STATIC["freeze"], undefined, [object]);
}

/** Object.seal. */
export function seal(object: unknown): unknown {
  return isProxy(object) ? harden(object as object, false) : call(OBJECT_STATIC["seal"], undefined, [object]);
}

/** SetIntegrityLevel. */
function harden(object: object, isFrozen: boolean): object {
  if (!prevent(object)) throw new TypeError("'preventExtensions' on proxy: trap returned falsish");
  const keys = ownKeys(object);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as string | symbol;
    const descriptor = { __proto__: null, configurable: false } as unknown as PropertyDescriptor;
    if (isFrozen) {
      const found = ownProperty(object, key);
      if (found === undefined) continue;
      if (isData(found)) descriptor.writable = false;
    }
    defineOrThrow(object, key, descriptor);
  }
  return object;
}

/** Object.isFrozen. */
export function isFrozen(object: unknown): unknown {
  return isProxy(object) ? isHard(object as object, true) : call(OBJECT_STATIC["isFrozen"], undefined, [object]);
}

/** Object.isSealed. */
export function isSealed(object: unknown): unknown {
  return isProxy(object) ? isHard(object as object, false) : call(OBJECT_STATIC["isSealed"], undefined, [object]);
}

/** TestIntegrityLevel. */
function isHard(object: object, frozen: boolean): boolean {
  if (extensible(object)) return false;
  const keys = ownKeys(object);
  for (let at = 0; at < keys.length; at++) {
    const found = ownProperty(object, keys[at] as string | symbol);
    if (found === undefined) continue;
    if (found.configurable === true || (frozen && isData(found) && found.writable === true)) return false;
  }
  return true;
}
