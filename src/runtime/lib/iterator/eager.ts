/** The methods of Iterator.prototype that use their iterator up (ECMA-262 27.1.4). */
import { apply } from "../../apply.js";
import { isObject } from "../operations/conversion.js";
import { close, closeQuietly, direct, type IteratorRecord, rest, step } from "../operations/iteration.js";
import { printed } from "../array/common.js";

/** The receiver as an iterator. Where `callback` is no function, it is closed before the TypeError. */
export function iterated(self: unknown, method: string, callback: unknown): IteratorRecord {
  const iterator = requireIterator(self, method);
  if (typeof callback !== "function") {
    closeQuietly({ iterator, next: undefined, done: false, value: undefined });
    throw new TypeError(`${printed(callback)} is not a function`);
  }
  return direct(iterator);
}

/** Throws TypeError unless the receiver is an object. */
export function requireIterator(self: unknown, method: string): object {
  if (!isObject(self)) throw new TypeError(`Iterator.prototype.${method} called on non-object`);
  return self;
}

/** `callback(value, index)`; where it throws, the iterator is closed. */
export function ask(record: IteratorRecord, callback: unknown, args: readonly unknown[]): unknown {
  try {
    return apply(callback, undefined, args);
  } catch (error) {
    closeQuietly(record);
    throw error;
  }
}

/** Iterator.prototype.toArray. */
export function toArray(this: unknown): unknown[] {
  const record = direct(requireIterator(this, "toArray"));
  return rest(record);
}

/** Iterator.prototype.forEach. */
export function forEach(this: unknown, callback: unknown): void {
  const record = iterated(this, "forEach", callback);
  for (let k = 0; step(record); k++) ask(record, callback, [record.value, k]);
}

/** Iterator.prototype.some. */
export function some(this: unknown, callback: unknown): boolean {
  const record = iterated(this, "some", callback);
  for (let k = 0; step(record); k++) {
    if (!ask(record, callback, [record.value, k])) continue;
    close(record);
    return true;
  }
  return false;
}

/** Iterator.prototype.every. */
export function every(this: unknown, callback: unknown): boolean {
  const record = iterated(this, "every", callback);
  for (let k = 0; step(record); k++) {
    if (ask(record, callback, [record.value, k])) continue;
    close(record);
    return false;
  }
  return true;
}

/** Iterator.prototype.find. */
export function find(this: unknown, callback: unknown): unknown {
  const record = iterated(this, "find", callback);
  for (let k = 0; step(record); k++) {
    const value = record.value;
    if (!ask(record, callback, [value, k])) continue;
    close(record);
    return value;
  }
  return undefined;
}

/** Iterator.prototype.reduce. */
export function reduce(this: unknown, callback: unknown, ...initial: unknown[]): unknown {
  const record = iterated(this, "reduce", callback);
  let k = 0;
  let total: unknown;
  if (initial.length > 0) total = initial[0];
  else {
    if (!step(record)) throw new TypeError("Reduce of a done iterator with no initial value");
    total = record.value;
    k = 1;
  }
  for (; step(record); k++) total = ask(record, callback, [total, record.value, k]);
  return total;
}
