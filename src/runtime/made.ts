/** Objects that hide their state (iterators, bound functions, proxies), made so that a checkpoint can hold them. */
import { call } from "./natives.js";
import { $lib } from "./lib/table.js";
import { $must } from "./suspend.js";

/**
 * Emitted in place of a method that makes such an object: `$made(xs, "values")()`. The method is read here, so before the arguments are evaluated; one that is not
 * the built-in is called as it is. Throws TypeError when there is no such method, once the arguments are known, as a call does.
 */
export function $made(object: unknown, key: PropertyKey): (...args: unknown[]) => unknown {
  const method = (object as Record<PropertyKey, unknown>)[key];
  return (...args) => {
    if (typeof method !== "function") throw new TypeError(`${String(key)} is not a function`);
    return $must(call($lib(method), object, args), String(key));
  };
}
