/** The versions of the built-ins of Object by name. */
import { assign, entries, fromEntries, groupBy, keys, values } from "./entries.js";
import {
  create,
  defineGetter,
  defineProperties,
  defineProperty,
  defineSetter,
  getOwnPropertyDescriptor,
  getOwnPropertyDescriptors,
  getOwnPropertyNames,
  getOwnPropertySymbols,
  hasOwn,
  hasOwnProperty,
  propertyIsEnumerable,
} from "./properties.js";
import {
  freeze,
  getProto,
  getPrototypeOf,
  isExtensible,
  isFrozen,
  isPrototypeOf,
  isSealed,
  lookupGetter,
  lookupSetter,
  preventExtensions,
  seal,
  setProto,
  setPrototypeOf,
} from "./prototype.js";
import { objectToLocaleString, objectToString } from "./text.js";

/** Of Object.prototype. */
export function objectMethods(): Record<string, Function> {
  return {
    __proto__: null as never,
    __defineGetter__: defineGetter,
    __defineSetter__: defineSetter,
    __lookupGetter__: lookupGetter,
    __lookupSetter__: lookupSetter,
    "get __proto__": getProto,
    "set __proto__": setProto,
    hasOwnProperty,
    isPrototypeOf,
    propertyIsEnumerable,
    toLocaleString: objectToLocaleString,
    toString: objectToString,
  };
}

/** Of Object. */
export function objectStatics(): Record<string, Function> {
  return {
    assign, create, defineProperties, defineProperty, entries, freeze, fromEntries, getOwnPropertyDescriptor, getOwnPropertyDescriptors,
    getOwnPropertyNames, getOwnPropertySymbols, getPrototypeOf, groupBy, hasOwn, isExtensible, isFrozen, isSealed, keys, preventExtensions, seal,
    setPrototypeOf, values,
  }; // prettier-ignore
}
