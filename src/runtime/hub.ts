/**
 * Notes passed within one process between everything that uses the same store, so that nobody has to wait for the next poll. Only a shortcut: every
 * note that is missed (another process, another machine) is made up for by polling.
 */
import type { Store } from "./store/store.js";

export class Hub {
  readonly #workers = new Set<() => void>();
  readonly #waiting = new Map<string, Set<() => void>>();

  /** `listener` hears that a run may have become claimable or got a message. Returns how to stop listening. */
  onWork(listener: () => void): () => void {
    this.#workers.add(listener);
    return () => this.#workers.delete(listener);
  }

  /** A worker runs in this process, so the end of a run will most likely be heard of. */
  get hasWorker(): boolean {
    return this.#workers.size > 0;
  }

  /** A run was created, retried, or sent a message. */
  work(): void {
    for (const listener of this.#workers) listener();
  }

  /** `listener` hears that this run has ended. Returns how to stop listening. */
  onEnd(run: string, listener: () => void): () => void {
    let set = this.#waiting.get(run);
    if (set === undefined) this.#waiting.set(run, (set = new Set()));
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
}

const hubs = new WeakMap<Store, Hub>();

/** The hub of everything in this process that uses `store`. */
export function hubOf(store: Store): Hub {
  let hub = hubs.get(store);
  if (hub === undefined) hubs.set(store, (hub = new Hub()));
  return hub;
}
