/** Which built-ins have a suspendable version. Filled at the first question, since most programs never ask. */
import { arrayIterator, mapIterator, setIterator, type CursorKind } from "../iterate.js";
import { ARRAY, ARRAY_STATIC, MAP, type Members, SET, TYPED, TYPED_STATIC } from "../natives.js";
import { arrayMethods, arrayStatics } from "./array/table.js";
import { typedMethods, typedStatics } from "./typed/table.js";
import { mapForEach, setForEach } from "./collections.js";

type Table = Map<Function, Function>;

let table: Table | undefined;

/** Emitted around a callee that may be a built-in which calls back: its suspendable version, or `fn` itself. */
export function $lib<T>(fn: T): T {
  if (typeof fn !== "function") return fn;
  table ??= build();
  return (table.get(fn) as T | undefined) ?? fn;
}

/** The built-ins as they were at load: one that the program has put in the place of another has no version. */
function build(): Table {
  const entries: Table = new Map();
  add(entries, ARRAY, arrayMethods());
  add(entries, ARRAY_STATIC, arrayStatics());
  add(entries, TYPED, typedMethods());
  add(entries, TYPED_STATIC, typedStatics());
  add(entries, MAP, { forEach: mapForEach });
  add(entries, SET, { forEach: setForEach });
  addIterators(entries);
  return entries;
}

function add(entries: Table, members: Members, versions: Record<PropertyKey, Function>): void {
  for (const key of Reflect.ownKeys(versions)) {
    const native = members[key];
    if (native !== undefined) entries.set(native, versions[key]!);
  }
}

/** `values`, `keys`, `entries`: their results stand in `for…of` heads and have to be saveable there. */
function addIterators(entries: Table): void {
  for (const kind of ["values", "keys", "entries"] as const satisfies readonly CursorKind[]) {
    entries.set(ARRAY[kind]!, function (this: unknown) {
      return arrayIterator(this, kind);
    });
    entries.set(MAP[kind]!, function (this: unknown) {
      return mapIterator(this, kind);
    });
    // `Set.prototype.keys` is the same function as `values`.
    if (kind !== "keys") {
      entries.set(SET[kind]!, function (this: unknown) {
        return setIterator(this, kind);
      });
    }
  }
}
