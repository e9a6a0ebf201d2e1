/** Iteration (ECMA-262 7.4), as calls that may suspend. Iterators of the engine whose position can be saved take the place of those that hide it. */
import { apply } from "../../apply.js";
import { append, isArray, isProxy, isTypedArray } from "../../intrinsics.js";
import { arrayCursor, type ArrayPosition, arrayLength, builtInIterator, isStringIterator } from "../../iterate.js";
import { getMethod, isCallable, isObject, lengthOf, toStr } from "./conversion.js";
import { get } from "./property.js";

/** An Iterator Record, with the last value it gave. */
export interface IteratorRecord {
  iterator: object;
  next: unknown;
  /** No more values are to be asked for, and the iterator is not to be closed. */
  done: boolean;
  value: unknown;
}

const ITERATOR: typeof Symbol.iterator = Symbol.iterator;

/** GetIterator(iterable, sync). */
export function open(iterable: unknown): IteratorRecord {
  if (iterable === undefined || iterable === null) throw notIterable(iterable);
  const method = get(iterable, ITERATOR);
  if (!isCallable(method)) throw notIterable(iterable);
  return openWith(iterable, method);
}

/** GetIteratorFromMethod. */
export function openWith(iterable: unknown, method: Function): IteratorRecord {
  // %String.prototype[Symbol.iterator]% converts its receiver.
  const self = isStringIterator(method) && isObject(iterable) ? toStr(iterable) : iterable;
  const iterator = builtInIterator(self, method) ?? apply(method, self, []);
  if (!isObject(iterator)) throw new TypeError("Result of the Symbol.iterator method is not an object");
  return direct(iterator);
}

/** GetIteratorDirect. */
export function direct(iterator: object): IteratorRecord {
  const next = get(iterator, "next");
  return { iterator, next, done: false, value: undefined };
}

/** IteratorStepValue: whether there is a value, which is then `record.value`. */
export function step(record: IteratorRecord): boolean {
  try {
    const cursor = arrayCursor(record.iterator, record.next);
    if (cursor !== undefined) return stepArray(record, cursor);
    const result = apply(record.next, record.iterator, []);
    if (!isObject(result)) throw new TypeError(`Iterator result ${String(result)} is not an object`);
    const done = get(result, "done");
    record.value = done ? undefined : get(result, "value");
    if (done) record.done = true;
    return !done;
  } catch (error) {
    record.done = true;
    throw error;
  }
}

/** %ArrayIteratorPrototype%.next: the elements may be accessors, and what is iterated may be any object. */
function stepArray(record: IteratorRecord, cursor: ArrayPosition): boolean {
  const target = cursor.target;
  const index = cursor.index;
  const length = target === undefined ? 0 : isNative(target) ? arrayLength(target) : lengthOf(target);
  if (index >= length) {
    cursor.target = undefined;
    record.value = undefined;
    record.done = true;
    return false;
  }
  cursor.index = index + 1;
  const value = cursor.kind === "keys" ? index : get(target, index);
  record.value = cursor.kind === "entries" ? [index, value] : value;
  return true;
}

/** Whether the length is to be had without entering code of the program. */
function isNative(target: object): boolean {
  return !isProxy(target) && (isArray(target) || isTypedArray(target));
}

/** IteratorClose after a normal, return or break completion. */
export function close(record: IteratorRecord): void {
  record.done = true;
  const method = getMethod(record.iterator, "return");
  if (method === undefined) return;
  const result = apply(method, record.iterator, []);
  if (!isObject(result)) throw new TypeError(`${String(result)} is not an object`);
}

/** IteratorClose after a throw completion, which wins over everything that happens here. */
export function closeQuietly(record: IteratorRecord): void {
  record.done = true;
  try {
    const method = getMethod(record.iterator, "return");
    if (method !== undefined) apply(method, record.iterator, []);
  } catch {
    // The error under way is the one that counts.
  }
}

/** `[...iterable]` (IteratorToList). */
export function items(iterable: unknown): unknown[] {
  const record = open(iterable);
  return rest(record);
}

/** The values that remain, as a new array: `[a, ...rest] = …`. */
export function rest(record: IteratorRecord): unknown[] {
  const values: unknown[] = [];
  while (step(record)) append(values, record.value);
  return values;
}

function notIterable(value: unknown): TypeError {
  const text = typeof value === "string" ? JSON.stringify(value) : isObject(value) ? typeof value : String(value);
  return new TypeError(`${text} is not iterable`);
}
