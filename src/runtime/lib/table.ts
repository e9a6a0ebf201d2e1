/** Which built-ins have a suspendable version. Filled at the first question, since most programs never ask. */
import { arrayIterator, mapIterator, setIterator, type CursorKind } from "../iterate.js";
import {
  every,
  filter,
  find,
  findIndex,
  findLast,
  findLastIndex,
  flatMap,
  forEach,
  from,
  map,
  reduce,
  reduceRight,
  some,
  sort,
  toSorted,
} from "./array.js";
import { mapForEach, setForEach } from "./collections.js";

let table: Map<Function, Function> | undefined;

/** Emitted around a callee that may be a built-in taking a callback: its suspendable version, or `fn` itself. */
export function $lib<T>(fn: T): T {
  if (typeof fn !== "function") return fn;
  table ??= build();
  return (table.get(fn) as T | undefined) ?? fn;
}

const ARRAY_METHODS = {
  forEach,
  map,
  filter,
  some,
  every,
  find,
  findIndex,
  findLast,
  findLastIndex,
  reduce,
  reduceRight,
  flatMap,
  sort,
  toSorted,
};

/** The built-ins as they are at the first question: a program that replaces one before that has replaced it. */
function build(): Map<Function, Function> {
  const entries = new Map<Function, Function>();
  for (const [name, version] of Object.entries(ARRAY_METHODS))
    entries.set(Array.prototype[name as keyof typeof ARRAY_METHODS], version);
  entries.set(Array.from, from);
  entries.set(Map.prototype.forEach, mapForEach);
  entries.set(Set.prototype.forEach, setForEach);
  addIterators(entries);
  return entries;
}

/** `values`, `keys`, `entries`: their results stand in `for…of` heads and have to be saveable there. */
function addIterators(entries: Map<Function, Function>): void {
  for (const kind of ["values", "keys", "entries"] as const satisfies readonly CursorKind[]) {
    entries.set(Array.prototype[kind], function (this: unknown) {
      return arrayIterator(this, kind);
    });
    entries.set(Map.prototype[kind], function (this: unknown) {
      return mapIterator(this, kind);
    });
    // `Set.prototype.keys` is the same function as `values`.
    if (kind !== "keys") {
      entries.set(Set.prototype[kind], function (this: unknown) {
        return setIterator(this, kind);
      });
    }
  }
}
