/** The methods of Iterator.prototype that answer with another iterator, and Iterator.from (ECMA-262 27.1.3, 27.1.4). */
import { apply } from "../../apply.js";
import { helperOf, type HelperState, helperState, installHelperMethods } from "../../iterator-helper.js";
import { IteratorPrototype } from "../../natives.js";
import { getPrototype } from "../operations/internal.js";
import { getMethod, isObject, toIntegerOrInfinity, toNumber } from "../operations/conversion.js";
import { close, closeQuietly, direct, type IteratorRecord, openWith, step } from "../operations/iteration.js";
import { get } from "../operations/property.js";
import { ask, iterated, requireIterator } from "./eager.js";

const ITERATOR: typeof Symbol.iterator = Symbol.iterator;

/** Iterator.prototype.map. */
export function map(this: unknown, callback: unknown): object {
  const source = iterated(this, "map", callback);
  return lazy("map", source, callback, 0);
}

/** Iterator.prototype.filter. */
export function filter(this: unknown, callback: unknown): object {
  const source = iterated(this, "filter", callback);
  return lazy("filter", source, callback, 0);
}

/** Iterator.prototype.flatMap. */
export function flatMap(this: unknown, callback: unknown): object {
  const source = iterated(this, "flatMap", callback);
  return lazy("flatMap", source, callback, 0);
}

/** Iterator.prototype.take. */
export function take(this: unknown, limit: unknown): object {
  const iterator = requireIterator(this, "take");
  const count = countOf(iterator, limit);
  return lazy("take", direct(iterator), undefined, count);
}

/** Iterator.prototype.drop. */
export function drop(this: unknown, limit: unknown): object {
  const iterator = requireIterator(this, "drop");
  const count = countOf(iterator, limit);
  return lazy("drop", direct(iterator), undefined, count);
}

function countOf(iterator: object, limit: unknown): number {
  try {
    const given = toNumber(limit);
    const count = toIntegerOrInfinity(given);
    if (given !== given || count < 0) throw new RangeError(`${given} must be positive`);
    return count;
  } catch (error) {
    closeQuietly({ iterator, next: undefined, done: false, value: undefined });
    throw error;
  }
}

function lazy(kind: HelperState["kind"], source: IteratorRecord, callback: unknown, count: number): object {
  return helperOf({ kind, source, callback, count, inner: undefined, started: false, running: false, done: false });
}

/** Iterator.from. */
export function from(value: unknown): object {
  const record = flattenable(value, true);
  for (let at = getPrototype(record.iterator); at !== null; at = getPrototype(at))
    if (at === IteratorPrototype) return record.iterator;
  return lazy("wrap", record, undefined, 0);
}

/** GetIteratorFlattenable. */
function flattenable(value: unknown, takesStrings: boolean): IteratorRecord {
  if (!isObject(value) && !(takesStrings && typeof value === "string")) throw new TypeError("called on non-object");
  const method = getMethod(value, ITERATOR);
  return method === undefined ? direct(requireIterator(value, "flatMap")) : openWith(value, method);
}

/** %IteratorHelperPrototype%.next. */
function next(this: unknown): object {
  const state = stateOf(this, "next");
  if (state.done) return { value: undefined, done: true };
  state.started = true;
  state.running = true;
  try {
    const hasValue = advance(state);
    state.running = false;
    if (!hasValue) state.done = true;
    return hasValue ? { value: state.source.value, done: false } : { value: undefined, done: true };
  } catch (error) {
    state.running = false;
    state.done = true;
    throw error;
  }
}

function stateOf(self: unknown, method: string): HelperState {
  const state = helperState(self);
  if (state === undefined) throw new TypeError(`Iterator Helper.prototype.${method} called on incompatible receiver`);
  if (state.running) throw new TypeError("Generator is already running");
  return state;
}

/** Whether there is another value, which is then `state.source.value`. */
function advance(state: HelperState): boolean {
  switch (state.kind) {
    case "map":
      return mapped(state);
    case "filter":
      return filtered(state);
    case "take":
      return taken(state);
    case "drop":
      return dropped(state);
    default:
      return flattened(state);
  }
}

function mapped(state: HelperState): boolean {
  const source = state.source;
  if (!step(source)) return false;
  source.value = ask(source, state.callback, [source.value, state.count]);
  state.count++;
  return true;
}

function filtered(state: HelperState): boolean {
  const source = state.source;
  while (step(source)) {
    const isWanted = ask(source, state.callback, [source.value, state.count]);
    state.count++;
    if (isWanted) return true;
  }
  return false;
}

function taken(state: HelperState): boolean {
  if (state.count > 0) {
    state.count--;
    return step(state.source);
  }
  close(state.source);
  return false;
}

function dropped(state: HelperState): boolean {
  for (; state.count > 0; state.count--) if (!skip(state.source)) return false;
  return step(state.source);
}

/** IteratorStep: the value is not asked for. */
function skip(record: IteratorRecord): boolean {
  const result = apply(record.next, record.iterator, []);
  if (!isObject(result)) throw new TypeError("Iterator result is not an object");
  return !get(result, "done");
}

function flattened(state: HelperState): boolean {
  const source = state.source;
  for (;;) {
    if (state.inner !== undefined && stepInner(source, state.inner)) {
      source.value = state.inner.value;
      return true;
    }
    state.inner = undefined;
    if (!step(source)) return false;
    const values = ask(source, state.callback, [source.value, state.count]);
    state.inner = openInner(source, values);
    state.count++;
  }
}

function openInner(source: IteratorRecord, values: unknown): IteratorRecord {
  try {
    return flattenable(values, false);
  } catch (error) {
    closeQuietly(source);
    throw error;
  }
}

function stepInner(source: IteratorRecord, inner: IteratorRecord): boolean {
  try {
    return step(inner);
  } catch (error) {
    closeQuietly(source);
    throw error;
  }
}

/** %IteratorHelperPrototype%.return. */
function end(this: unknown): object {
  const state = stateOf(this, "return");
  const isOpen = !state.done;
  state.done = true;
  if (isOpen) {
    state.running = true;
    try {
      if (state.inner !== undefined) closeInner(state.source, state.inner);
      close(state.source);
    } finally {
      state.running = false;
    }
  }
  return { value: undefined, done: true };
}

function closeInner(source: IteratorRecord, inner: IteratorRecord): void {
  try {
    close(inner);
  } catch (error) {
    closeQuietly(source);
    throw error;
  }
}

/** %WrapForValidIteratorPrototype%.next. */
function nextOfWrapped(this: unknown): unknown {
  const { source } = wrapped(this, "next");
  return apply(source.next, source.iterator, []);
}

/** %WrapForValidIteratorPrototype%.return. */
function endOfWrapped(this: unknown): unknown {
  const { source } = wrapped(this, "return");
  const method = getMethod(source.iterator, "return");
  return method === undefined ? { value: undefined, done: true } : apply(method, source.iterator, []);
}

function wrapped(self: unknown, method: string): HelperState {
  const state = helperState(self);
  if (state === undefined) throw new TypeError(`%WrapForValidIteratorPrototype%.${method} called on incompatible receiver`);
  return state;
}

installHelperMethods({ next, return: end }, { next: nextOfWrapped, return: endOfWrapped });
