/**
 * The essential internal methods of objects (ECMA-262 6.1.7.2) but [[Get]], [[Set]], [[HasProperty]], as calls that may suspend: a Proxy that compiled code
 * created enters its trap; of everything else the engine knows the answer. An absent descriptor field is absent from the object.
 */
import {
  hasOwn,
  isArray,
  isData,
  isExtensible,
  isNumericKey,
  isProxy,
  isTypedArray,
  ownDescriptor,
  preventExtensions as preventNatively,
  prototypeOf,
  reflectDefine,
  reflectDelete,
  reflectOwnKeys,
  setPrototypeOf as setNatively,
  valueDescriptor,
} from "../../intrinsics.js";
import { proxyParts } from "../../proxies.js";
import { isObject, toNumber, toPrimitive } from "./conversion.js";
import { proxyDefine, proxyDelete, proxyOwn, proxyOwnKeys } from "./proxy-properties.js";
import { proxyIsExtensible, proxyPreventExtensions, proxyPrototypeOf, proxySetPrototypeOf } from "./proxy-prototype.js";

/** `object.[[GetOwnProperty]](key)`. */
export function ownProperty(object: object, key: PropertyKey): PropertyDescriptor | undefined {
  const parts = isProxy(object) ? proxyParts(object) : undefined;
  return parts === undefined ? ownDescriptor(object, key) : proxyOwn(parts, key);
}

/** `object.[[DefineOwnProperty]](key, descriptor)`; of `descriptor`, only own fields may be there. */
export function defineOwn(object: object, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
  if (isProxy(object)) {
    const parts = proxyParts(object);
    return parts === undefined ? reflectDefine(object, key, descriptor) : proxyDefine(parts, key, descriptor);
  }
  const value: unknown = isData(descriptor) ? descriptor.value : undefined;
  if (!isObject(value)) return reflectDefine(object, key, descriptor);
  return reflectDefine(object, key, valueDescriptor(storable(object, key, value), descriptor));
}

/** What an exotic object stores for `value`: the length of an array and the elements of a typed array are converted. */
export function storable(object: object, key: PropertyKey, value: object): unknown {
  if (isTypedArray(object)) return isNumericKey(key) && hasOwn(object, key) ? toPrimitive(value, "number") : value;
  return key === "length" && isArray(object) ? toArrayLength(value) : value;
}

/** ArraySetLength, its conversions: there are two of them. */
function toArrayLength(value: object): number {
  const length = toNumber(value) >>> 0;
  if (toNumber(value) !== length) throw new RangeError("Invalid array length");
  return length;
}

/** `object.[[Delete]](key)`. */
export function deleteOwn(object: object, key: PropertyKey): boolean {
  const parts = isProxy(object) ? proxyParts(object) : undefined;
  return parts === undefined ? reflectDelete(object, key) : proxyDelete(parts, key);
}

/** `object.[[OwnPropertyKeys]]()`, a list of ours. */
export function ownKeys(object: object): (string | symbol)[] {
  const parts = isProxy(object) ? proxyParts(object) : undefined;
  return parts === undefined ? reflectOwnKeys(object) : proxyOwnKeys(parts);
}

/** `object.[[GetPrototypeOf]]()`. */
export function getPrototype(object: object): object | null {
  const parts = isProxy(object) ? proxyParts(object) : undefined;
  return parts === undefined ? prototypeOf(object) : proxyPrototypeOf(parts);
}

/** `object.[[SetPrototypeOf]](prototype)`. */
export function setPrototype(object: object, prototype: object | null): boolean {
  const parts = isProxy(object) ? proxyParts(object) : undefined;
  // An object looks for a cycle through its prototypes, but not through a Proxy.
  return parts === undefined ? setNatively(object, prototype) : proxySetPrototypeOf(parts, prototype);
}

/** `object.[[IsExtensible]]()`. */
export function extensible(object: object): boolean {
  const parts = isProxy(object) ? proxyParts(object) : undefined;
  return parts === undefined ? isExtensible(object) : proxyIsExtensible(parts);
}

/** `object.[[PreventExtensions]]()`. */
export function preventExtensions(object: object): boolean {
  const parts = isProxy(object) ? proxyParts(object) : undefined;
  return parts === undefined ? preventNatively(object) : proxyPreventExtensions(parts);
}
