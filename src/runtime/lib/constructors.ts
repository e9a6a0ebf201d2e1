/** Which constructors have a suspendable version. Such a version takes the arguments as a list, and `new.target`. */
import { createData } from "../intrinsics.js";
import { ERROR_KINDS, errorConstructor, MAP, TYPED_KINDS, typedConstructor } from "../natives.js";
import { constructProxy } from "../proxies.js";
import { constructMap, constructSet, constructWeakMap, constructWeakSet } from "./collections/construct.js";
import { constructError } from "./construct/errors.js";
import {
  constructBuffer,
  constructDataView,
  constructDate,
  constructNumber,
  constructRegExp,
  constructSharedBuffer,
  constructString,
} from "./construct/simple.js";
import { constructTyped } from "./construct/typed.js";

/** `new fn(...args)` with that `new.target`. May suspend. */
export type Construct = (args: readonly unknown[], newTarget: unknown) => object;

type Table = Map<unknown, Construct>;

const MapNative = Map;
const PAIRS: readonly (readonly [Function, Construct])[] = [
  [Map, (args, newTarget) => constructMap(args, newTarget)],
  [Set, (args, newTarget) => constructSet(args, newTarget)],
  [WeakMap, (args, newTarget) => constructWeakMap(args, newTarget)],
  [WeakSet, (args, newTarget) => constructWeakSet(args, newTarget)],
  [Proxy, (args) => constructProxy(args[0] as object, args[1] as object)],
  [String, (args, newTarget) => constructString(args, newTarget)],
  [Number, (args, newTarget) => constructNumber(args, newTarget)],
  [Date, (args, newTarget) => constructDate(args, newTarget)],
  [RegExp, (args, newTarget) => constructRegExp(args, newTarget)],
  [ArrayBuffer, (args, newTarget) => constructBuffer(args, newTarget)],
  [SharedArrayBuffer, (args, newTarget) => constructSharedBuffer(args, newTarget)],
  [DataView, (args, newTarget) => constructDataView(args, newTarget)],
];

let table: Table | undefined;

/** The suspendable version of a constructor, `undefined` when it has none. */
export function constructorVersion(fn: unknown): Construct | undefined {
  table ??= build();
  return table.get(fn);
}

function build(): Table {
  const entries: Table = new MapNative();
  // Asked at every `new`: the program may have replaced Map.prototype.get.
  createData(entries, "get", MAP["get"]);
  createData(entries, "set", MAP["set"]);
  for (let at = 0; at < PAIRS.length; at++) entries.set(PAIRS[at]![0], PAIRS[at]![1]);
  for (let at = 0; at < TYPED_KINDS.length; at++) addTyped(entries, TYPED_KINDS[at]!);
  for (let at = 0; at < ERROR_KINDS.length; at++) addError(entries, ERROR_KINDS[at]!);
  return entries;
}

function addTyped(entries: Table, kind: string): void {
  entries.set(typedConstructor(kind), (args, newTarget) => constructTyped(kind, args, newTarget));
}

function addError(entries: Table, kind: string): void {
  entries.set(errorConstructor(kind), (args, newTarget) => constructError(kind, args, newTarget));
}
