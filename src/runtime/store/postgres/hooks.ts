import { statusNumber, statusOf } from "../rows.js";
import { HOOK_EVENTS, type Delivery, type HookEvent, type Store, type StoredHook } from "../store.js";
import { bigints, storable, texts } from "./arrays.js";
import type { Runner } from "./connect.js";

interface DeliveryRow extends Omit<Delivery, "event" | "outcome"> {
  readonly event: number;
  readonly outcome: Uint8Array | null;
}

/** The hooks of a store, and what they have not been told yet; commits leave it with `tell_hooks`. */
export class PostgresHooks {
  readonly #connections: Runner;
  readonly #schema: string;
  readonly #nextClaim: () => number;

  constructor(connections: Runner, schema: string, nextClaim: () => number) {
    this.#connections = connections;
    this.#schema = schema;
    this.#nextClaim = nextClaim;
  }

  async put({ name, events }: StoredHook): Promise<void> {
    const text = `INSERT INTO ${this.#schema}.hooks (name, events) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET events = EXCLUDED.events`;
    await this.#connections.run({ name: "put_hook", text, values: [name, toBits(events)] });
  }

  async list(): Promise<StoredHook[]> {
    const text = `SELECT name, events FROM ${this.#schema}.hooks ORDER BY name`;
    const rows = await this.#connections.run<{ name: string; events: number }>({ name: "hooks", text, values: [] });
    return rows.map(({ name, events }) => ({ name, events: fromBits(events) }));
  }

  async delete(name: string): Promise<boolean> {
    const text = `SELECT ${this.#schema}.delete_hook($1) AS existed`;
    const statement = { name: "delete_hook", text, values: [storable(name)] };
    return (await this.#connections.run<{ existed: boolean }>(statement))[0]!.existed;
  }

  async claim({ workerId, now, hooks, limit, holds }: Parameters<Store["claimDeliveries"]>[0]): Promise<Delivery[]> {
    const values = [
      workerId,
      this.#nextClaim(),
      Math.floor(now),
      limit,
      texts(hooks.map(storable)),
      holds === undefined ? null : bigints(holds),
    ];
    const text = `SELECT * FROM ${this.#schema}.claim_deliveries(${values.map((_, at) => `$${at + 1}`).join()})`;
    const rows = await this.#connections.run<DeliveryRow>({ name: "claim_deliveries", text, values });
    return rows.map(({ event, outcome, ...row }) => ({
      ...row,
      event: statusOf(event) as HookEvent,
      outcome: outcome ?? undefined,
    }));
  }

  /** Made again after its answer was lost, it finds no delivery any more. */
  async finish(id: number, worker: string): Promise<boolean> {
    const text = `DELETE FROM ${this.#schema}.deliveries WHERE id = $1 AND owner = $2 RETURNING 1`;
    return (await this.#connections.run({ name: "finish_delivery", text, values: [id, worker] })).length > 0;
  }

  async defer(id: number, worker: string, dueAt: number): Promise<boolean> {
    const text = `UPDATE ${this.#schema}.deliveries SET owner = NULL, due_at = $3 WHERE id = $1 AND owner = $2 RETURNING 1`;
    const values = [id, worker, Math.trunc(dueAt)];
    return (await this.#connections.run({ name: "defer_delivery", text, values })).length > 0;
  }
}

function toBits(events: readonly HookEvent[]): number {
  return events.reduce((bits, event) => bits | (1 << statusNumber(event)), 0);
}

function fromBits(bits: number): HookEvent[] {
  return HOOK_EVENTS.filter((event) => bits & (1 << statusNumber(event))).toSorted();
}
