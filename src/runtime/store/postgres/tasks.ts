import type { CacheEntry, Task, TaskOptions } from "../store.js";
import { bigints, byteas, doubles, storable, texts } from "./arrays.js";
import type { Runner } from "./connect.js";
import { cacheKey } from "./outward.js";

interface TaskRow extends Omit<Task, "dueAt" | "key" | "details"> {
  readonly due_at: number;
  readonly key: string | null;
  readonly details: Uint8Array | null;
}

/** The tasks that workers of this store hold, and what becomes of them. */
export class Tasks {
  readonly #connections: Runner;
  readonly #schema: string;
  #claims = 0;
  /** By worker: what was handed over here and is not known to be gone. */
  readonly #held = new Map<string, Set<number>>();
  /** Workers for which claims may have happened whose answer did not arrive. */
  readonly #unsure = new Set<string>();

  constructor(connections: Runner, schema: string) {
    this.#connections = connections;
    this.#schema = schema;
  }

  async claim({ workerId, now, queues, steps, limit, holds }: TaskOptions): Promise<Task[]> {
    if (queues.length === 0) return [];
    const held = this.#heldBy(workerId);
    const values = [
      workerId,
      ++this.#claims,
      Math.trunc(now),
      limit,
      this.#unsure.has(workerId) || holds !== undefined ? bigints([...(holds ?? held)]) : null,
      texts(steps.map(storable)),
      texts(queues.map(({ queue }) => storable(queue))),
      bigints(queues.map(({ concurrency }) => concurrency)),
      bigints(queues.map(({ perKey }) => perKey)),
      doubles(queues.map(({ rate }) => rate?.limit)),
      doubles(queues.map(({ rate }) => rate?.perMs)),
    ];
    const text = `SELECT * FROM ${this.#schema}.claim_tasks(${values.map((_, at) => `$${at + 1}`).join()})`;
    try {
      const rows = await this.#connections.run<TaskRow>({ name: "claim_tasks", text, values });
      this.#unsure.delete(workerId);
      for (const { id } of rows) held.add(id);
      return rows.map(toTask);
    } catch (error) {
      this.#unsure.add(workerId);
      throw error;
    }
  }

  async held(worker: string): Promise<number[]> {
    const text = `SELECT id FROM ${this.#schema}.tasks WHERE owner = $1`;
    const known = this.#heldBy(worker);
    const before = [...known];
    const rows = await this.#connections.run<{ id: number }>({ name: "held_tasks", text, values: [worker] });
    const ids = rows.map(({ id }) => id);
    const still = new Set(ids);
    for (const id of before) if (!still.has(id)) known.delete(id);
    return ids;
  }

  async noteProgress(task: number, worker: string, details: Uint8Array): Promise<boolean> {
    const text = `UPDATE ${this.#schema}.tasks SET details = $3 WHERE id = $1 AND owner = $2 RETURNING 1`;
    return (await this.#connections.run({ name: "note_progress", text, values: [task, worker, details] })).length > 0;
  }

  /** Made again after its answer was lost, it finds no task any more and changes nothing. */
  async finish(task: number, worker: string, payload: Uint8Array, at: number, cached: CacheEntry | undefined): Promise<boolean> {
    const s = this.#schema;
    const finish = `${s}.finish_task($1, $2, $3, $4) AS f (ok)`;
    const values = [task, worker, payload, Math.trunc(at)];
    const [row] = await this.#connections.run<{ ok: boolean }>(
      cached === undefined
        ? { name: "finish_task", text: `SELECT f.ok FROM ${finish}`, values }
        : {
            name: "finish_task,put_cached",
            text: `SELECT f.ok, (SELECT ${s}.put_cached(NULL, ARRAY[NULL::bigint], $5, $6, $7, $4) WHERE f.ok) FROM ${finish}`,
            values: [...values, byteas([cacheKey(cached)]), byteas([cached.value]), bigints([cached.until])],
          },
    );
    this.#heldBy(worker).delete(task);
    return row!.ok;
  }

  async readCache(key: string, now: number): Promise<Uint8Array | undefined> {
    const text = `SELECT value FROM ${this.#schema}.cache WHERE key = $1 AND good_until > $2`;
    const values = [cacheKey({ key }), Math.trunc(now)];
    const [row] = await this.#connections.run<{ value: Uint8Array }>({ name: "cached", text, values });
    return row?.value;
  }

  /** A worker begins with nothing. What a claim of it may still take, the next one gives back. */
  forget(worker: string): void {
    this.#held.delete(worker);
  }

  #heldBy(worker: string): Set<number> {
    let held = this.#held.get(worker);
    if (held === undefined) this.#held.set(worker, (held = new Set()));
    return held;
  }
}

function toTask({ due_at: dueAt, key, details, ...row }: TaskRow): Task {
  return { ...row, dueAt, key: key ?? undefined, details: details ?? undefined };
}
