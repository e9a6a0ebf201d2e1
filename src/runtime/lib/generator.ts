/** `next`, `throw` and `return` of generators as ordinary code, so that the body may suspend (ECMA-262 27.5.3), and the rounds of `yield*`. */
import { apply } from "../apply.js";
import { enterBody, fail, generatorState, settle, skipsBody, type GeneratorState, type Sent } from "../generators.js";
import { call } from "../natives.js";
import { get } from "./operations/property.js";
import { getMethod, isObject } from "./operations/conversion.js";
import { close, type IteratorRecord } from "./operations/iteration.js";

const GeneratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())) as Generator;
const { next: nativeNext, throw: nativeThrow, return: nativeReturn } = GeneratorPrototype;

export const nativeMethods = { next: nativeNext, throw: nativeThrow, return: nativeReturn };

export function generatorNext(this: unknown, value?: unknown): unknown {
  const state = generatorState(this);
  return state === undefined ? call(nativeNext, this, [value]) : resume(state, "next", value);
}

export function generatorThrow(this: unknown, error?: unknown): unknown {
  const state = generatorState(this);
  return state === undefined ? call(nativeThrow, this, [error]) : resume(state, "throw", error);
}

export function generatorReturn(this: unknown, value?: unknown): unknown {
  const state = generatorState(this);
  return state === undefined ? call(nativeReturn, this, [value]) : resume(state, "return", value);
}

function resume(state: GeneratorState, mode: Sent["mode"], value: unknown): unknown {
  if (skipsBody(state, mode)) {
    if (mode === "throw") throw value;
    return { value: mode === "return" ? value : undefined, done: true };
  }
  let answer: unknown;
  try {
    answer = run(state, mode, value);
  } catch (error) {
    fail(state);
    throw error;
  }
  return settle(state, answer);
}

/** Through a member, since nobody knows at compile time whether the body suspends. */
const body: { enter: (state: GeneratorState, mode: Sent["mode"], value: unknown) => unknown } = { enter: enterBody };

function run(state: GeneratorState, mode: Sent["mode"], value: unknown): unknown {
  return body.enter(state, mode, value);
}

/** What a round of `yield*` comes to: done with a value, done because of `return`, or a result to hand out as it is. */
export interface Delegated {
  readonly done: boolean;
  readonly returns: boolean;
  readonly value: unknown;
}

/** One round of `yield*` (ECMA-262 15.5.5): passes on what the generator was sent. */
export function delegate(record: IteratorRecord, sent: Sent): Delegated {
  if (sent.mode === "next") return answered(apply(record.next, record.iterator, [sent.value]), false);
  if (sent.mode === "throw") {
    const method = getMethod(record.iterator, "throw");
    if (method !== undefined) return answered(apply(method, record.iterator, [sent.value]), false);
    close(record);
    throw new TypeError("The iterator does not provide a 'throw' method");
  }
  const method = getMethod(record.iterator, "return");
  if (method === undefined) return { done: true, returns: true, value: sent.value };
  return answered(apply(method, record.iterator, [sent.value]), true);
}

function answered(result: unknown, isReturn: boolean): Delegated {
  if (!isObject(result)) throw new TypeError(`Iterator result ${String(result)} is not an object`);
  if (!get(result, "done")) return { done: false, returns: false, value: result };
  return { done: true, returns: isReturn, value: get(result, "value") };
}
