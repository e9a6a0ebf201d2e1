/**
 * The difference between two ordered lists of entries: keys that are gone, keys that changed or came. Removing and setting them in this order gives the new list,
 * unless an old key changed its place; then everything is written.
 */
import type { Encoder } from "../encoder.js";
import { Patch } from "../format.js";
import { isSameValue } from "./watch.js";

export interface Entries {
  readonly keys: readonly unknown[];
  readonly values: readonly unknown[];
}

/** @param isSorted whether the collection puts this key in a place of its own, as objects do with indices */
export function writeEntries(out: Encoder, before: Entries, after: Entries, isSorted: (key: unknown) => boolean): void {
  const old = new Map(before.keys.map((key, at) => [key, before.values[at]]));
  const now = new Set(after.keys);
  const removed = before.keys.filter((key) => !now.has(key));
  if (!keepsOrder(before, after, now, isSorted)) {
    out.byte(Patch.REFILL);
    return writeAll(out, after, after.keys.keys().toArray());
  }
  const changed = after.keys.flatMap((key, at) => (old.has(key) && isSameValue(old.get(key), after.values[at]) ? [] : [at]));
  out.byte(Patch.ENTRIES);
  out.uint(removed.length);
  for (const key of removed) out.value(key);
  writeAll(out, after, changed);
}

/** Whether the keys that stay come first, in their old order. */
function keepsOrder(before: Entries, after: Entries, now: ReadonlySet<unknown>, isSorted: (key: unknown) => boolean): boolean {
  const stay = before.keys.filter((key) => now.has(key) && !isSorted(key));
  const list = after.keys.filter((key) => !isSorted(key));
  return stay.every((key, at) => list[at] === key || (key !== key && list[at] !== list[at]));
}

function writeAll(out: Encoder, { keys, values }: Entries, which: readonly number[]): void {
  out.uint(which.length);
  for (const at of which) {
    out.value(keys[at]);
    out.value(values[at]);
  }
}
