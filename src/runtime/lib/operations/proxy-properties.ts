/** [[GetOwnProperty]], [[DefineOwnProperty]], [[Delete]] and [[OwnPropertyKeys]] of a Proxy (ECMA-262 10.5.5, 6, 10, 11), as calls that may suspend. */
import { apply } from "../../apply.js";
import { append, completed, hasOwn, includes, isCompatible, isData } from "../../intrinsics.js";
import type { ProxyParts } from "../../proxies.js";
import { getMethod, isObject, lengthOf, nameOf } from "./conversion.js";
import { fromDescriptor, toDescriptor } from "./descriptor.js";
import { defineOwn, deleteOwn, extensible, ownKeys, ownProperty } from "./internal.js";
import { get } from "./property.js";

/** A key as a trap gets it. */
export function keyFor(key: PropertyKey): string | symbol {
  return typeof key === "number" ? `${key}` : key;
}

/** `proxy.[[GetOwnProperty]](key)`. */
export function proxyOwn(parts: ProxyParts, key: PropertyKey): PropertyDescriptor | undefined {
  const { target, handler } = parts;
  const trap = getMethod(handler, "getOwnPropertyDescriptor");
  if (trap === undefined) return ownProperty(target, key);
  const answer = apply(trap, handler, [target, keyFor(key)]);
  if (!isObject(answer) && answer !== undefined) throw refused("getOwnPropertyDescriptor", key);
  const found = ownProperty(target, key);
  if (answer === undefined) return hidden(target, key, found);
  const isOpen = extensible(target);
  const descriptor = completed(toDescriptor(answer));
  if (!isCompatible(isOpen, descriptor, found) || !isHonest(descriptor, found)) throw refused("getOwnPropertyDescriptor", key);
  return descriptor;
}

/** The trap says that there is no such property. */
function hidden(target: object, key: PropertyKey, found: PropertyDescriptor | undefined): undefined {
  if (found === undefined) return undefined;
  if (found.configurable !== true || !extensible(target)) throw refused("getOwnPropertyDescriptor", key);
  return undefined;
}

/** What is reported to be fixed must be just as fixed in the target. */
function isHonest(reported: PropertyDescriptor, found: PropertyDescriptor | undefined): boolean {
  if (reported.configurable === true) return true;
  if (found === undefined || found.configurable === true) return false;
  return !(hasOwn(reported, "writable") && reported.writable !== true && found.writable === true);
}

/** `proxy.[[DefineOwnProperty]](key, descriptor)`. */
export function proxyDefine(parts: ProxyParts, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
  const { target, handler } = parts;
  const trap = getMethod(handler, "defineProperty");
  if (trap === undefined) return defineOwn(target, key, descriptor);
  const answer = apply(trap, handler, [target, keyFor(key), fromDescriptor(descriptor)]);
  if (!answer) return false;
  const found = ownProperty(target, key);
  const isOpen = extensible(target);
  const isFixed = hasOwn(descriptor, "configurable") && descriptor.configurable !== true;
  if (!isCompatible(isOpen, descriptor, found)) throw refused("defineProperty", key);
  if (isFixed && (found === undefined || found.configurable === true)) throw refused("defineProperty", key);
  if (found !== undefined && isData(found) && found.configurable !== true && found.writable === true) {
    if (hasOwn(descriptor, "writable") && descriptor.writable !== true) throw refused("defineProperty", key);
  }
  return true;
}

/** `proxy.[[Delete]](key)`. */
export function proxyDelete(parts: ProxyParts, key: PropertyKey): boolean {
  const { target, handler } = parts;
  const trap = getMethod(handler, "deleteProperty");
  if (trap === undefined) return deleteOwn(target, key);
  const answer = apply(trap, handler, [target, keyFor(key)]);
  if (!answer) return false;
  const found = ownProperty(target, key);
  if (found === undefined) return true;
  if (found.configurable !== true || !extensible(target)) throw refused("deleteProperty", key);
  return true;
}

/** `proxy.[[OwnPropertyKeys]]()`. */
export function proxyOwnKeys(parts: ProxyParts): (string | symbol)[] {
  const { target, handler } = parts;
  const trap = getMethod(handler, "ownKeys");
  if (trap === undefined) return ownKeys(target);
  const answer = apply(trap, handler, [target]);
  const keys = keyList(answer);
  const isOpen = extensible(target);
  const present = ownKeys(target);
  let missing = 0;
  for (let at = 0; at < present.length; at++) {
    const key = present[at] as string | symbol;
    const found = ownProperty(target, key);
    if (includes(keys, key)) continue;
    missing++;
    if (!isOpen || (found !== undefined && found.configurable !== true)) throw refused("ownKeys", key);
  }
  if (!isOpen && keys.length !== present.length - missing) throw new TypeError("'ownKeys' on proxy: trap returned extra keys");
  return keys;
}

/** CreateListFromArrayLike of property keys, without duplicates. */
function keyList(source: unknown): (string | symbol)[] {
  if (!isObject(source)) throw new TypeError("CreateListFromArrayLike called on non-object");
  const keys: (string | symbol)[] = [];
  const length = lengthOf(source);
  let hasDuplicates: boolean = false;
  for (let at = 0; at < length; at++) {
    const key = get(source, at);
    if (typeof key !== "string" && typeof key !== "symbol") throw new TypeError("a proxy trap returned a key that is none");
    if (includes(keys, key)) hasDuplicates = true;
    append(keys, key);
  }
  if (hasDuplicates) throw new TypeError("'ownKeys' on proxy: trap returned duplicate entries");
  return keys;
}

function refused(trap: string, key: PropertyKey): TypeError {
  return new TypeError(`'${trap}' on proxy: trap result is incompatible with property '${nameOf(key)}' of the proxy target`);
}
