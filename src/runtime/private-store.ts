/**
 * Where objects keep the private members of classes that are written out: a map by private name, tied to the object through a private field of our own, so
 * that nothing can see it and a checkpoint can hold it.
 */
import { Identity } from "./identity.js";
import type { PrivateName } from "./classes.js";

export type PrivateStore = Map<PrivateName, unknown>;

/** The codec asks about every object; a process without private members answers without looking. */
let attached = 0;

class Holder extends Identity {
  readonly #store: PrivateStore;

  private constructor(target: object, store: PrivateStore) {
    super(target);
    this.#store = store;
  }

  static attach(target: object, store: PrivateStore): void {
    new Holder(target, store);
    attached++;
  }

  static storeOf(target: object): PrivateStore | undefined {
    return attached > 0 && #store in target ? target.#store : undefined;
  }
}

const { has, get, set } = Map.prototype;
const { apply } = Reflect;

/** How many objects have been given private members so far. While that has not changed, no object has that had none. */
export function attachedStores(): number {
  return attached;
}

/** The private members of an object, `undefined` when it has none. */
export const privateStore = Holder.storeOf;

/** Gives an object that was restored its private members. */
export const attachPrivates = Holder.attach;

export function hasPrivate(object: object, name: PrivateName): boolean {
  const store = Holder.storeOf(object);
  return store !== undefined && apply(has, store, [name]);
}

export function readPrivate(object: object, name: PrivateName): unknown {
  return apply(get, Holder.storeOf(object)!, [name]);
}

export function writePrivate(object: object, name: PrivateName, value: unknown): void {
  let store = Holder.storeOf(object);
  if (store === undefined) {
    store = new Map();
    Holder.attach(object, store);
  }
  apply(set, store, [name, value]);
}
