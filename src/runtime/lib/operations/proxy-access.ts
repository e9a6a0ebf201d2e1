/** [[Get]], [[Set]] and [[HasProperty]] of a Proxy (ECMA-262 10.5.7 to 10.5.9), as calls that may suspend. */
import { apply } from "../../apply.js";
import { is, isData } from "../../intrinsics.js";
import type { ProxyParts } from "../../proxies.js";
import { getMethod, nameOf } from "./conversion.js";
import { extensible, ownProperty } from "./internal.js";
import { getFrom, hasProperty, setOn } from "./property.js";
import { keyFor } from "./proxy-properties.js";

/** `proxy.[[Get]](key, receiver)`. */
export function proxyGet(parts: ProxyParts, key: PropertyKey, receiver: unknown): unknown {
  const { target, handler } = parts;
  const trap = getMethod(handler, "get");
  if (trap === undefined) return getFrom(target, key, receiver);
  const value = apply(trap, handler, [target, keyFor(key), receiver]);
  const found = ownProperty(target, key);
  if (found === undefined || found.configurable === true) return value;
  const fixed: unknown = isData(found)
    ? found.writable === true
      ? value
      : found.value
    : found.get === undefined
      ? undefined
      : value;
  if (!is(fixed, value)) throw invariant("get", key, "does not report the value of a property that cannot change");
  return value;
}

/** `proxy.[[Set]](key, value, receiver)`. */
export function proxySet(parts: ProxyParts, key: PropertyKey, value: unknown, receiver: unknown): boolean {
  const { target, handler } = parts;
  const trap = getMethod(handler, "set");
  if (trap === undefined) return setOn(target, key, value, receiver);
  const answer = apply(trap, handler, [target, keyFor(key), value, receiver]);
  if (!answer) return false;
  const found = ownProperty(target, key);
  if (found === undefined || found.configurable === true) return true;
  const isRefused = isData(found) ? found.writable !== true && !is(found.value, value) : found.set === undefined;
  if (isRefused) throw invariant("set", key, "claims to have changed a property that cannot change");
  return true;
}

/** `proxy.[[HasProperty]](key)`. */
export function proxyHas(parts: ProxyParts, key: PropertyKey): boolean {
  const { target, handler } = parts;
  const trap = getMethod(handler, "has");
  if (trap === undefined) return hasProperty(target, key);
  const answer = apply(trap, handler, [target, keyFor(key)]);
  if (answer) return true;
  const found = ownProperty(target, key);
  if (found === undefined) return false;
  if (found.configurable !== true || !extensible(target)) throw invariant("has", key, "hides a property that cannot go");
  return false;
}

function invariant(trap: string, key: PropertyKey, what: string): TypeError {
  return new TypeError(`'${trap}' on proxy: trap ${what}: '${nameOf(key)}'`);
}
