/** [[GetPrototypeOf]], [[SetPrototypeOf]], [[IsExtensible]] and [[PreventExtensions]] of a Proxy (ECMA-262 10.5.1 to 10.5.4), as calls that may suspend. */
import { apply } from "../../apply.js";
import type { ProxyParts } from "../../proxies.js";
import { getMethod, isObject } from "./conversion.js";
import { extensible, getPrototype, preventExtensions, setPrototype } from "./internal.js";

/** `proxy.[[GetPrototypeOf]]()`. */
export function proxyPrototypeOf(parts: ProxyParts): object | null {
  const { target, handler } = parts;
  const trap = getMethod(handler, "getPrototypeOf");
  if (trap === undefined) return getPrototype(target);
  const answer = apply(trap, handler, [target]);
  if (!isObject(answer) && answer !== null)
    throw new TypeError("'getPrototypeOf' on proxy: trap returned neither object nor null");
  if (extensible(target)) return answer;
  if (answer !== getPrototype(target)) throw refused("getPrototypeOf", "did not return the prototype of its target");
  return answer;
}

/** `proxy.[[SetPrototypeOf]](prototype)`. */
export function proxySetPrototypeOf(parts: ProxyParts, prototype: object | null): boolean {
  const { target, handler } = parts;
  const trap = getMethod(handler, "setPrototypeOf");
  if (trap === undefined) return setPrototype(target, prototype);
  const answer = apply(trap, handler, [target, prototype]);
  if (!answer) return false;
  if (extensible(target)) return true;
  if (prototype !== getPrototype(target)) throw refused("setPrototypeOf", "returned truish for setting a new prototype");
  return true;
}

/** `proxy.[[IsExtensible]]()`. */
export function proxyIsExtensible(parts: ProxyParts): boolean {
  const { target, handler } = parts;
  const trap = getMethod(handler, "isExtensible");
  if (trap === undefined) return extensible(target);
  const answer = !!apply(trap, handler, [target]);
  if (answer !== extensible(target)) throw refused("isExtensible", "does not say what its target does");
  return answer;
}

/** `proxy.[[PreventExtensions]]()`. */
export function proxyPreventExtensions(parts: ProxyParts): boolean {
  const { target, handler } = parts;
  const trap = getMethod(handler, "preventExtensions");
  if (trap === undefined) return preventExtensions(target);
  const answer = apply(trap, handler, [target]);
  if (!answer) return false;
  if (extensible(target)) throw refused("preventExtensions", "returned truish");
  return true;
}

function refused(trap: string, what: string): TypeError {
  return new TypeError(`'${trap}' on proxy: trap ${what}, but the proxy target is of another opinion`);
}
