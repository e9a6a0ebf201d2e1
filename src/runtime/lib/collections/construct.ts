/** The constructors of Map, Set, WeakMap, WeakSet (ECMA-262 24). */
import { apply } from "../../apply.js";
import { call, make, SET } from "../../natives.js";
import { requireEntry } from "../object/entries.js";
import { closeQuietly, open, step } from "../operations/iteration.js";
import { get } from "../operations/property.js";

const MapNative = Map;
const SetNative = Set;
const WeakMapNative = WeakMap;
const WeakSetNative = WeakSet;

/** Map. */
export function constructMap(args: readonly unknown[], newTarget: unknown): object {
  return withEntries(make(MapNative, [], newTarget), args[0]);
}

/** WeakMap. */
export function constructWeakMap(args: readonly unknown[], newTarget: unknown): object {
  return withEntries(make(WeakMapNative, [], newTarget), args[0]);
}

/** Set. */
export function constructSet(args: readonly unknown[], newTarget: unknown): object {
  return withValues(make(SetNative, [], newTarget), args[0]);
}

/** WeakSet. */
export function constructWeakSet(args: readonly unknown[], newTarget: unknown): object {
  return withValues(make(WeakSetNative, [], newTarget), args[0]);
}

/** AddEntriesFromIterable. */
function withEntries(map: object, iterable: unknown): object {
  if (iterable === undefined || iterable === null) return map;
  const adder = adderOf(map, "set");
  const record = open(iterable);
  while (step(record)) {
    try {
      const pair = requireEntry(record.value);
      const key = get(pair, 0);
      const value = get(pair, 1);
      apply(adder, map, [key, value]);
    } catch (error) {
      closeQuietly(record);
      throw error;
    }
  }
  return map;
}

function withValues(set: object, iterable: unknown): object {
  if (iterable === undefined || iterable === null) return set;
  const adder = adderOf(set, "add");
  const record = open(iterable);
  while (step(record)) {
    try {
      apply(adder, set, [record.value]);
    } catch (error) {
      closeQuietly(record);
      throw error;
    }
  }
  return set;
}

function adderOf(collection: object, name: string): unknown {
  const adder = get(collection, name);
  if (typeof adder !== "function")
    throw new TypeError(`'${typeof adder}' returned for property '${name}' of object is not a function`);
  return adder;
}

/** A Set of ours with what `set` has now. */
export function copied(set: unknown): object {
  const copy = make(SetNative, []);
  // The native iterator is drained before anything of the program runs.
  call(SET["forEach"], set, [(value: unknown): unknown => call(SET["add"], copy, [value])]);
  return copy;
}
