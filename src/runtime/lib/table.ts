/** Which built-ins have a suspendable version. Filled at the first question, since most programs never ask. */
import { createData, reflectOwnKeys } from "../intrinsics.js";
import { arrayIterator, mapIterator, setIterator, typedIterator, type CursorKind } from "../iterate.js";
import {
  ARRAY,
  ARRAY_STATIC,
  BIGINT,
  BIGINT_STATIC,
  DATE,
  DATE_STATIC,
  ERROR,
  ERROR_KINDS,
  errorConstructor,
  FUNCTION,
  GLOBAL,
  ITERATOR,
  ITERATOR_STATIC,
  JSON_MEMBERS,
  MAP,
  MAP_STATIC,
  MATH,
  type Members,
  NUMBER,
  OBJECT,
  OBJECT_STATIC,
  PROXY_STATIC,
  REFLECT,
  REGEXP,
  SET,
  STRING,
  STRING_STATIC,
  SYMBOL_STATIC,
  TYPED,
  TYPED_STATIC,
} from "../natives.js";
import { revocableProxy } from "../proxies.js";
import { sourceText } from "../source-text.js";
import { standIn } from "../standin.js";
import { arrayMethods, arrayStatics } from "./array/table.js";
import { mapMethods, mapStatics, setMethods } from "./collections/table.js";
import { errorFunction, errorToString } from "./construct/errors.js";
import { callRegExp } from "./construct/simple.js";
import { applyFunction, bind, callFunction, hasInstance } from "./function.js";
import { generatorNext, generatorReturn, generatorThrow, nativeMethods } from "./generator.js";
import { iteratorMethods, iteratorStatics } from "./iterator/table.js";
import { parse } from "./json/parse.js";
import { stringify } from "./json/stringify.js";
import { objectMethods, objectStatics } from "./object/table.js";
import {
  bigIntMethods,
  bigIntStatics,
  dateMethods,
  dateStatics,
  globalFunctions,
  mathFunctions,
  numberMethods,
  symbolStatics,
} from "./primitives.js";
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
  add(entries, NUMBER, numberMethods());
  add(entries, BIGINT, bigIntMethods());
  add(entries, BIGINT_STATIC, bigIntStatics());
  add(entries, SYMBOL_STATIC, symbolStatics());
  add(entries, DATE, dateMethods());
  add(entries, DATE_STATIC, dateStatics());
  add(entries, MATH, mathFunctions());
  add(entries, GLOBAL, { ...globalFunctions(), RegExp: callRegExp });
  add(entries, ERROR, { toString: errorToString });
  add(entries, JSON_MEMBERS, { parse, stringify });
  add(entries, ITERATOR, iteratorMethods());
  add(entries, ITERATOR_STATIC, iteratorStatics());
  addErrors(entries);
  add(entries, FUNCTION, { toString: sourceText });
  add(entries, nativeMethods, { next: generatorNext, throw: generatorThrow, return: generatorReturn });
  addIterators(entries);
  return entries;
}

function add(entries: Table, members: Members, versions: Record<PropertyKey, Function>): void {
  const keys = reflectOwnKeys(versions);
  for (let at = 0; at < keys.length; at++) {
    const native = members[keys[at]!];
    if (native !== undefined) entries.set(native, versions[keys[at]!]!);
  }
}

/** Errors are made without `new` as well. */
function addErrors(entries: Table): void {
  for (let at = 0; at < ERROR_KINDS.length; at++)
    entries.set(errorConstructor(ERROR_KINDS[at]!), errorFunction(ERROR_KINDS[at]!));
}

const KINDS = ["values", "keys", "entries"] as const satisfies readonly CursorKind[];

/** `values`, `keys`, `entries`: their results stand in `for…of` heads and have to be saveable there. */
function addIterators(entries: Table): void {
  for (let at = 0; at < KINDS.length; at++) {
    const kind = KINDS[at]!;
    entries.set(ARRAY[kind]!, function (this: unknown) {
      return arrayIterator(this, kind);
    });
    entries.set(TYPED[kind]!, function (this: unknown) {
      return typedIterator(this, kind);
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
