/** Copying and listing of properties, as calls that may suspend. */
import { append, includes } from "../../intrinsics.js";
import { toObject } from "./conversion.js";
import { ownKeys, ownProperty } from "./internal.js";
import { define, getFrom } from "./property.js";

/** `{ ...source }` and `{ excluded, ...rest }` (CopyDataProperties). Returns `target`. */
export function copyProperties(target: object, source: unknown, excluded: readonly PropertyKey[]): object {
  if (source === undefined || source === null) return target;
  const from = toObject(source);
  const without = keysAsStrings(excluded);
  const keys = ownKeys(from);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as string | symbol;
    if (includes(without, key)) continue;
    const found = ownProperty(from, key);
    if (found === undefined || found.enumerable !== true) continue;
    define(target, key, getFrom(from, key, from));
  }
  return target;
}

function keysAsStrings(keys: readonly PropertyKey[]): (string | symbol)[] {
  const out: (string | symbol)[] = [];
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as PropertyKey;
    append(out, typeof key === "number" ? `${key}` : key);
  }
  return out;
}

/** The keys `for…in` visits, in order (EnumerateObjectProperties). */
export function keysOf(object: unknown): string[] {
  const keys: string[] = [];
  for (const key in object as object) append(keys, key);
  return keys;
}
