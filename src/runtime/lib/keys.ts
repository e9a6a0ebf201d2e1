/** Keys of references that are both read and written. */
import { toPropertyKey } from "./operations/conversion.js";

/** The key of `object[key] += …`, converted once, after the object has been found to be one. Throws TypeError for null and undefined. */
export function keyFor(object: unknown, key: unknown): string | symbol {
  // Reading is how the language says it, with its own message.
  if (object === undefined || object === null) return (object as unknown as Record<string, never>)["property"]!;
  return toPropertyKey(key);
}
