import type { CacheEntry, Task, TaskOptions } from "../store.js";
import { toTask, type TaskRow } from "../rows.js";
import { bigints, byteas, doubles, storable, texts } from "./arrays.js";
import type { Runner } from "./connect.js";
import { cacheKey } from "./outward.js";

/** What is asked of tasks. */
export class Tasks {
  readonly #connections: Runner;
  readonly #schema: string;
  readonly #nextClaim: () => number;

  constructor(connections: Runner, schema: string, nextClaim: () => number) {
    this.#connections = connections;
    this.#schema = schema;
    this.#nextClaim = nextClaim;
  }

  async claim({ workerId, now, queues, steps, limit, holds }: TaskOptions): Promise<Task[]> {
    const values = [
      workerId,
      this.#nextClaim(),
      Math.trunc(now),
      limit,
      holds === undefined ? null : bigints(holds),
      texts(steps.map(storable)),
      texts(queues.map(({ queue }) => storable(queue))),
      bigints(queues.map(({ concurrency }) => concurrency)),
      bigints(queues.map(({ perKey }) => perKey)),
      doubles(queues.map(({ rate }) => rate?.limit)),
      doubles(queues.map(({ rate }) => rate?.perMs)),
    ];
    const text = `SELECT * FROM ${this.#schema}.claim_tasks(${values.map((_, at) => `$${at + 1}`).join()})`;
    return (await this.#connections.run<TaskRow>({ name: "claim_tasks", text, values })).map(toTask);
  }

  async held(worker: string): Promise<number[]> {
    const text = `SELECT id FROM ${this.#schema}.tasks WHERE owner = $1`;
    const rows = await this.#connections.run<{ id: number }>({ name: "held_tasks", text, values: [worker] });
    return rows.map(({ id }) => id);
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
    return row!.ok;
  }

  async readCache(key: string, now: number): Promise<Uint8Array | undefined> {
    const text = `SELECT value FROM ${this.#schema}.cache WHERE key = $1 AND good_until > $2`;
    const values = [cacheKey({ key }), Math.trunc(now)];
    const [row] = await this.#connections.run<{ value: Uint8Array }>({ name: "cached", text, values });
    return row?.value;
  }
}
