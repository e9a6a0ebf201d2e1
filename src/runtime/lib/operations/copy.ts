/** Copying and listing of properties, as calls that may suspend. */
import { append, hasOwn, is, ownDescriptor, reflectOwnKeys } from "../../intrinsics.js";
import { toObject } from "./conversion.js";
import { define, getFrom } from "./property.js";

/** `{ ...source }` and `{ excluded, ...rest }` (CopyDataProperties). Returns `target`. */
export function copyProperties(target: object, source: unknown, excluded: readonly PropertyKey[]): object {
  if (source === undefined || source === null) return target;
  const from = toObject(source);
  const keys = reflectOwnKeys(from);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as string | symbol;
    if (isAmong(excluded, key) || !isEnumerable(from, key)) continue;
    define(target, key, getFrom(from, key, from));
  }
  return target;
}

function isAmong(keys: readonly PropertyKey[], key: string | symbol): boolean {
  for (let at = 0; at < keys.length; at++) {
    const each = keys[at] as PropertyKey;
    if (is(typeof each === "number" ? `${each}` : each, key)) return true;
  }
  return false;
}

function isEnumerable(object: object, key: PropertyKey): boolean {
  const found = ownDescriptor(object, key);
  return found !== undefined && hasOwn(found, "enumerable") && found.enumerable === true;
}

/** The keys `for…in` visits, in order (EnumerateObjectProperties). */
export function keysOf(object: unknown): string[] {
  const keys: string[] = [];
  for (const key in object as object) append(keys, key);
  return keys;
}
