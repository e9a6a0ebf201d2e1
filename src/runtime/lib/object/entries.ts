/** The functions of Object that copy and list (ECMA-262 20.1.2), and the grouping of Object and Map. */
import { apply } from "../../apply.js";
import { append, createDataOrThrow, isProxy } from "../../intrinsics.js";
import { call, make, MAP, OBJECT_STATIC } from "../../natives.js";
import { requireCallable } from "../array/common.js";
import { isObject, toObject, toPropertyKey } from "../operations/conversion.js";
import { closeQuietly, open, step } from "../operations/iteration.js";
import { ownKeys, ownProperty } from "../operations/internal.js";
import { get, set } from "../operations/property.js";

/** Object.assign. */
export function assign(target: unknown, ...sources: unknown[]): unknown {
  const to = toObject(target);
  for (let at = 0; at < sources.length; at++) {
    const source = sources[at];
    if (source !== undefined && source !== null) assignFrom(to, toObject(source));
  }
  return to;
}

function assignFrom(to: object, from: object): void {
  const keys = ownKeys(from);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as string | symbol;
    const found = ownProperty(from, key);
    if (found !== undefined && found.enumerable === true) set(to, key, get(from, key));
  }
}

/** Object.keys. */
export function keys(object: unknown): unknown[] {
  const source = toObject(object);
  if (!isProxy(source)) return call(OBJECT_STATIC["keys"], undefined, [source]) as unknown[];
  return listed(source, "keys");
}

/** Object.values. */
export function values(object: unknown): unknown[] {
  return listed(toObject(object), "values");
}

/** Object.entries. */
export function entries(object: unknown): unknown[] {
  return listed(toObject(object), "entries");
}

/** EnumerableOwnProperties. */
function listed(source: object, kind: "keys" | "values" | "entries"): unknown[] {
  const names = ownKeys(source);
  const found: unknown[] = [];
  for (let at = 0; at < names.length; at++) {
    const key = names[at];
    if (typeof key !== "string" || ownProperty(source, key)?.enumerable !== true) continue;
    if (kind === "keys") append(found, key);
    else {
      const value = get(source, key);
      append(found, kind === "values" ? value : [key, value]);
    }
  }
  return found;
}

/** Object.fromEntries. */
export function fromEntries(iterable: unknown): object {
  requireCoercible(iterable);
  const out = {};
  const record = open(iterable);
  while (step(record)) {
    try {
      const pair = requireEntry(record.value);
      const key = get(pair, 0);
      const value = get(pair, 1);
      createDataOrThrow(out, toPropertyKey(key), value);
    } catch (error) {
      closeQuietly(record);
      throw error;
    }
  }
  return out;
}

/** Throws TypeError unless an iterator gave an object, to be read as a pair. */
export function requireEntry(value: unknown): object {
  if (!isObject(value))
    throw new TypeError(`Iterator value ${typeof value === "symbol" ? "Symbol()" : `${value as string}`} is not an entry object`);
  return value;
}

function requireCoercible(value: unknown): void {
  if (value === undefined || value === null) throw new TypeError(`${value === null ? "null" : "undefined"} is not iterable`);
}

/** Object.groupBy. */
export function groupBy(items: unknown, callback: unknown): object {
  const groups = call(OBJECT_STATIC["create"], undefined, [null]) as Record<PropertyKey, unknown[]>;
  requireCoercible(items);
  requireCallable(callback);
  const record = open(items);
  let k = 0;
  while (step(record)) {
    try {
      const key = toPropertyKey(apply(callback, undefined, [record.value, k]));
      const group = groups[key];
      if (group === undefined) groups[key] = [record.value];
      else append(group, record.value);
    } catch (error) {
      closeQuietly(record);
      throw error;
    }
    k++;
  }
  return groups;
}

const MapNative = Map;

/** Map.groupBy. */
export function mapGroupBy(items: unknown, callback: unknown): unknown {
  const groups = make(MapNative, []);
  requireCoercible(items);
  requireCallable(callback);
  const record = open(items);
  let k = 0;
  while (step(record)) {
    try {
      const key = apply(callback, undefined, [record.value, k]);
      const group = call(MAP["get"], groups, [key]) as unknown[] | undefined;
      if (group === undefined) call(MAP["set"], groups, [key, [record.value]]);
      else append(group, record.value);
    } catch (error) {
      closeQuietly(record);
      throw error;
    }
    k++;
  }
  return groups;
}
