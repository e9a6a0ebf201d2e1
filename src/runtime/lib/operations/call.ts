/** Calls of methods found by name. */
import { apply } from "../../apply.js";
import { get } from "./property.js";

/** `object[key](...args)`, all evaluated (Invoke). */
export function callMethod(object: unknown, key: unknown, args: readonly unknown[]): unknown {
  const method = get(object, key);
  return apply(method, object, args);
}
