/**
 * What `map`, `filter`, `take`, `drop`, `flatMap` of an iterator and `Iterator.from` answer with: iterators whose state can be saved. The methods are compiled
 * by flowc and come from `lib/iterator`. They inherit from the engine's own prototypes, which name them.
 */
import { registerHandler } from "./codec/handlers.js";
import { prototypeOf } from "./intrinsics.js";
import { call, ITERATOR, ITERATOR_STATIC } from "./natives.js";
import type { IteratorRecord } from "./lib/operations/iteration.js";

/** Where a lazy iterator stands. */
export interface HelperState {
  readonly kind: "map" | "filter" | "take" | "drop" | "flatMap" | "wrap";
  /** The iterator underneath. */
  readonly source: IteratorRecord;
  readonly callback: unknown;
  /** How many values the callback has seen, or how many are still to be taken or dropped. */
  count: number;
  /** flatMap: the iterator whose values are being given. */
  inner: IteratorRecord | undefined;
  started: boolean;
  running: boolean;
  done: boolean;
}

class Holder {
  #state: HelperState | undefined;

  static stateOf(value: unknown): HelperState | undefined {
    return typeof value === "object" && value !== null && #state in value ? value.#state : undefined;
  }

  hold(state: HelperState): this {
    this.#state = state;
    return this;
  }
}

class IteratorHelper extends Holder {}
class IteratorWrapper extends Holder {}

const { setPrototypeOf, defineProperty } = Object;
const { hold } = Holder.prototype;

/** An empty iterator is enough to see what the engine's look like. */
const nothing = { next: () => ({ done: true, value: undefined }) };
adopt(IteratorHelper.prototype, prototypeOf(call(ITERATOR["take"], nothing, [0]) as object));
adopt(IteratorWrapper.prototype, prototypeOf(call(ITERATOR_STATIC["from"], undefined, [nothing]) as object));

function adopt(prototype: object, parent: object | null): void {
  setPrototypeOf(prototype, parent);
  delete (prototype as { constructor?: unknown }).constructor;
}

/** Gives the iterators their methods. */
export function installHelperMethods(
  helper: Readonly<Record<string, Function>>,
  wrapper: Readonly<Record<string, Function>>,
): void {
  for (const [owner, methods] of [
    [IteratorHelper.prototype, helper],
    [IteratorWrapper.prototype, wrapper],
  ] as const)
    for (const [name, value] of Object.entries(methods))
      defineProperty(owner, name, { value, writable: true, enumerable: false, configurable: true });
}

/** A new iterator in that state. */
export function helperOf(state: HelperState): object {
  const helper = state.kind === "wrap" ? new IteratorWrapper() : new IteratorHelper();
  call(hold, helper, [state]);
  return helper;
}

/** The state of one of these iterators, `undefined` for any other value. */
export const helperState = Holder.stateOf;

for (const type of [IteratorHelper, IteratorWrapper]) {
  registerHandler<Holder>({
    name: type.name,
    prototype: type.prototype,
    isVisible: true,
    fields: ["state"],
    save: (holder) => [Holder.stateOf(holder)],
    create: () => new type(),
    restore: (holder, [state]) => void call(hold, holder, [state]),
  });
}
