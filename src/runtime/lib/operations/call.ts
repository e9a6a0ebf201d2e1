/** Calls of methods found by name. */
import { apply } from "../../apply.js";
import { isCallable, isKey, nameOf } from "./conversion.js";
import { get } from "./property.js";

/** `object[key](...args)`, all evaluated (Invoke). */
export function callMethod(object: unknown, key: unknown, args: readonly unknown[]): unknown {
  const method = get(object, key);
  if (!isCallable(method)) throw new TypeError(`${isKey(key) ? nameOf(key) : typeof key} is not a function`);
  return apply(method, object, args);
}
