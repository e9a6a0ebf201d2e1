/** Private members: reads and writes may enter an accessor. */
import { apply } from "../apply.js";
import type { PrivateName } from "../classes.js";
import { hasPrivate, readPrivate, writePrivate } from "../private-store.js";
import { isObject } from "./operations/conversion.js";

/** Whether the object has the member; no code of the program runs. */
function has(name: PrivateName, object: unknown): object is object {
  return isObject(object) && hasPrivate(object, name);
}

/** `object.#name` (ECMA-262, PrivateGet). Throws TypeError when the object has no such member or it cannot be read. */
export function privateGet(object: unknown, name: PrivateName): unknown {
  if (!has(name, object))
    throw new TypeError(`Cannot read private member ${name.name} from an object whose class did not declare it`);
  if (name.kind === "field") return readPrivate(object, name);
  if (name.kind === "method") return name.method;
  if (name.get === undefined) throw new TypeError(`'${name.name}' was defined without a getter`);
  return apply(name.get, object, []);
}

/** `object.#name = value` (ECMA-262, PrivateSet). Throws TypeError when the object has no such member or it cannot be written. */
export function privateSet(object: unknown, name: PrivateName, value: unknown): unknown {
  if (!has(name, object))
    throw new TypeError(`Cannot write private member ${name.name} to an object whose class did not declare it`);
  if (name.kind === "method") throw new TypeError(`Private method '${name.name}' is not writable`);
  if (name.kind === "field") writePrivate(object, name, value);
  else {
    if (name.set === undefined) throw new TypeError(`'${name.name}' was defined without a setter`);
    apply(name.set, object, [value]);
  }
  return value;
}

/** `#name in object`. Throws TypeError unless `object` is one. */
export function privateHas(object: unknown, name: PrivateName): boolean {
  if (!isObject(object)) throw new TypeError(`Cannot use 'in' operator to search for '${name.name}' in ${String(object)}`);
  return has(name, object);
}
