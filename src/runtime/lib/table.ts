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

import { closureOf } from "../registry.js";
import { generatorNext, generatorReturn, generatorThrow, nativeMethods } from "./generator.js";

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

const GENERATOR_METHODS = { next: generatorNext, throw: generatorThrow, return: generatorReturn };

/** `Function.prototype.toString`: the source where it was kept. */
function sourceText(this: unknown): string {
  const text = typeof this === "function" ? closureOf(this)?.code.text : undefined;
  return text ?? (Reflect.apply(nativeText, this, []) as string);
}

const nativeText = Function.prototype.toString;

/** The built-ins as they are at the first question: a program that replaces one before that has replaced it. */
function build(): Map<Function, Function> {
  const entries = new Map<Function, Function>();
  for (const [name, version] of Object.entries(ARRAY_METHODS))
    entries.set(Array.prototype[name as keyof typeof ARRAY_METHODS], version);
  entries.set(Array.from, from);
  entries.set(Map.prototype.forEach, mapForEach);
  entries.set(Set.prototype.forEach, setForEach);
  addIterators(entries);
  entries.set(Function.prototype.toString, sourceText);
  for (const [name, method] of Object.entries(nativeMethods)) entries.set(method, GENERATOR_METHODS[name as keyof typeof GENERATOR_METHODS]);
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
