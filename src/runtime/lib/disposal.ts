/** `using` declarations (ECMA-262, Explicit Resource Management), as calls that may suspend. */
import { apply } from "../apply.js";
import { append } from "../intrinsics.js";
import { getMethod, isObject } from "./operations/conversion.js";

interface Resource {
  readonly value: object;
  readonly method: Function;
}

const DISPOSE: symbol | undefined = (Symbol as { readonly dispose?: symbol }).dispose;
const Suppressed = (globalThis as { readonly SuppressedError?: new (error: unknown, suppressed: unknown) => Error })
  .SuppressedError;

/** Notes a resource to be disposed of; null and undefined are none. Throws TypeError when it cannot be disposed of. */
export function addResource(resources: Resource[], value: unknown): void {
  if (value === null || value === undefined) return;
  if (!isObject(value)) throw new TypeError("a `using` declaration takes an object, null or undefined");
  const method = DISPOSE === undefined ? undefined : getMethod(value, DISPOSE);
  if (method === undefined) throw new TypeError("Property [Symbol.dispose] is not a function");
  append(resources, { value, method });
}

/** Disposes of the resources, the last one first. Throws what was thrown before, and what disposing throws: both as a SuppressedError. */
export function disposeAll(resources: readonly Resource[], threw: boolean, thrown: unknown): void {
  let failed = threw;
  let error = thrown;
  for (let index = resources.length - 1; index >= 0; index--) {
    const { value, method } = resources[index]!;
    try {
      apply(method, value, []);
    } catch (caught) {
      error = failed ? suppressed(caught, error) : caught;
      failed = true;
    }
  }
  if (failed) throw error;
}

function suppressed(error: unknown, before: unknown): unknown {
  return Suppressed === undefined ? error : new Suppressed(error, before);
}
