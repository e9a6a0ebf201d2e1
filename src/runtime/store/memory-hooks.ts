/** The hooks of a store in memory, and what they have not been told yet. */
import { hookEventOf, type Commit, type Delivery, type Store, type StoredHook } from "./store.js";

interface Row {
  delivery: Delivery;
  dueAt: number;
  owner: string | undefined;
}

export class MemoryHooks {
  readonly #hooks = new Map<string, StoredHook>();
  readonly #rows = new Map<number, Row>();
  #lastId = 0;

  put({ name, events }: StoredHook): void {
    this.#hooks.set(name, { name, events: [...events].sort() });
  }

  list(): StoredHook[] {
    return [...this.#hooks.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  delete(name: string): boolean {
    for (const [id, { delivery }] of this.#rows) if (delivery.hook === name) this.#rows.delete(id);
    return this.#hooks.delete(name);
  }

  /** A commit was made. */
  tell(commit: Commit): void {
    const event = hookEventOf(commit);
    if (event === undefined) return;
    const { run, at, version } = commit;
    const outcome = event === "completed" ? undefined : commit.outcome?.slice();
    for (const { name, events } of this.#hooks.values()) {
      if (!events.includes(event)) continue;
      const id = ++this.#lastId;
      this.#rows.set(id, {
        delivery: { id, hook: name, run, event, at, version, attempt: 0, outcome },
        dueAt: at,
        owner: undefined,
      });
    }
  }

  claim({ workerId, now, hooks, limit, holds }: Parameters<Store["claimDeliveries"]>[0]): Delivery[] {
    if (holds !== undefined) this.release(workerId, holds);
    const due = [...this.#rows.values()]
      .filter(({ owner, dueAt, delivery }) => owner === undefined && dueAt <= now && hooks.includes(delivery.hook))
      .sort((a, b) => a.dueAt - b.dueAt || a.delivery.id - b.delivery.id)
      .slice(0, limit);
    return due.map((row) => {
      row.owner = workerId;
      row.delivery = { ...row.delivery, attempt: row.delivery.attempt + 1 };
      return row.delivery;
    });
  }

  finish(id: number, workerId: string): boolean {
    return this.#rows.get(id)?.owner === workerId && this.#rows.delete(id);
  }

  defer(id: number, workerId: string, dueAt: number): boolean {
    const row = this.#rows.get(id);
    if (row?.owner !== workerId) return false;
    Object.assign(row, { owner: undefined, dueAt });
    return true;
  }

  /** Takes from a worker what it holds, but not `kept`. */
  release(workerId: string, kept: readonly number[] = []): void {
    for (const [id, row] of this.#rows) if (row.owner === workerId && !kept.includes(id)) row.owner = undefined;
  }
}
