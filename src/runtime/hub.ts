/**
 * Notes passed between everything that uses the same store, so that nobody has to wait for the next poll: within this process, and from other processes when the
 * store can carry them. Only a shortcut: every note that is missed is made up for by polling.
 */
import type { Store } from "./store/store.js";

export class Hub {
  readonly #workers = new Set<() => void>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #store: Store;
  #watching = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** `listener` hears that a run may have become claimable or got a message. Returns how to stop listening. */
  onWork(listener: () => void): () => void {
    this.#workers.add(listener);
    this.#watch();
    return () => this.#workers.delete(listener);
  }

  /** The end of a run will most likely be heard of: a worker runs in this process, or notes come from others. */
  get hears(): boolean {
    return this.#workers.size > 0 || this.#watching;
  }

  /** A run was created, retried, or sent a message. */
  work(): void {
    for (const listener of this.#workers) listener();
  }

  /** `listener` hears that this run has ended. Returns how to stop listening. */
  onEnd(run: string, listener: () => void): () => void {
    let set = this.#waiting.get(run);
    if (set === undefined) this.#waiting.set(run, (set = new Set()));
    this.#watch();
    const listeners = set;
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#waiting.get(run) === listeners) this.#waiting.delete(run);
    };
  }

  ended(run: string): void {
    const listeners = this.#waiting.get(run);
    if (listeners !== undefined) for (const listener of Array.from(listeners)) listener();
  }

  /** From the first listener on until the store is closed. */
  #watch(): void {
    if (this.#watching || this.#store.watch === undefined) return;
    this.#watching = true;
    this.#store.watch((note) => (note.kind === "work" ? this.work() : this.ended(note.run)));
  }
}

const hubs = new WeakMap<Store, Hub>();

/** The hub of everything in this process that uses `store`. */
export function hubOf(store: Store): Hub {
  let hub = hubs.get(store);
  if (hub === undefined) hubs.set(store, (hub = new Hub(store)));
  return hub;
}
