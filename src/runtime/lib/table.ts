/** Which built-ins have a suspendable version. Filled at the first question, since most programs never ask. */
import { createData } from "../intrinsics.js";
import { arrayIterator, mapIterator, setIterator, type CursorKind } from "../iterate.js";
import {
  ARRAY,
  ARRAY_STATIC,
  FUNCTION,
  MAP,
  MAP_STATIC,
  type Members,
  OBJECT,
  OBJECT_STATIC,
  PROXY_STATIC,
  REFLECT,
  REGEXP,
  SET,
  STRING,
  STRING_STATIC,
  TYPED,
  TYPED_STATIC,
} from "../natives.js";
import { revocableProxy } from "../proxies.js";
import { standIn } from "../standin.js";
import { arrayMethods, arrayStatics } from "./array/table.js";
import { mapMethods, mapStatics, setMethods } from "./collections/table.js";
import { applyFunction, bind, callFunction, hasInstance } from "./function.js";
import { objectMethods, objectStatics } from "./object/table.js";
import * as reflect from "./reflect.js";
import { regExpMethods, stringMethods, stringStatics } from "./text/table.js";
import { typedMethods, typedStatics } from "./typed/table.js";

type Table = Map<Function, Function>;

const MapNative = Map;
let table: Table | undefined;

/** Emitted around a callee that may be a built-in which calls back: its suspendable version, or `fn` itself. */
export function $lib<T>(fn: T): T {
  if (typeof fn !== "function") return fn;
  table ??= build();
  return ((table.get(fn) ?? standIn(fn)) as T | undefined) ?? fn;
}

/** The built-ins as they were at load: one that the program has put in the place of another has no version. */
function build(): Table {
  const entries: Table = new MapNative();
  // Asked at every call: the program may have replaced Map.prototype.get.
  createData(entries, "get", MAP["get"]);
  createData(entries, "set", MAP["set"]);
  add(entries, FUNCTION, { apply: applyFunction, bind, call: callFunction, [Symbol.hasInstance]: hasInstance });
  add(entries, REFLECT, { ...reflect });
  add(entries, ARRAY, arrayMethods());
  add(entries, ARRAY_STATIC, arrayStatics());
  add(entries, TYPED, typedMethods());
  add(entries, TYPED_STATIC, typedStatics());
  add(entries, OBJECT, objectMethods());
  add(entries, OBJECT_STATIC, objectStatics());
  add(entries, MAP, mapMethods());
  add(entries, MAP_STATIC, mapStatics());
  add(entries, SET, setMethods());
  add(entries, PROXY_STATIC, { revocable: revocableProxy });
  add(entries, STRING, stringMethods());
  add(entries, STRING_STATIC, stringStatics());
  add(entries, REGEXP, regExpMethods());
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
