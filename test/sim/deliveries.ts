/** Checks of hooks: each end of a run, and each pause, is told to each hook at least once, under one key, and a delivery goes only when the handler has ended well. */
import type { RunEvent } from "../../dist/runtime/hooks/hooks.js";
import type { Commit, Delivery, HookEvent, StoredHook } from "../../dist/runtime/store/store.js";
import type { World } from "./world.ts";

interface Expected {
  readonly run: string;
  readonly status: string;
  isTold: boolean;
}

const ENDS: readonly string[] = ["completed", "failed", "cancelled", "timed-out", "crashed"] satisfies HookEvent[];

export class Deliveries {
  /** By idempotency key. */
  readonly #expected = new Map<string, Expected>();
  readonly #hooks = new Map<string, readonly HookEvent[]>();
  /** Keys by the number of the delivery. */
  readonly #keys = new Map<number, string>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** What nobody has been told yet. */
  get open(): readonly string[] {
    return [...this.#expected].flatMap(([key, { isTold }]) => (isTold ? [] : [key]));
  }

  get isDone(): boolean {
    for (const { isTold } of this.#expected.values()) if (!isTold) return false;
    return true;
  }

  hook({ name, events }: StoredHook): void {
    this.#hooks.set(name, events);
  }

  committed({ run, status, version, journal }: Commit): void {
    const isPause = journal.some(({ kind }) => kind === "run.paused") && status === "paused";
    if (!ENDS.includes(status) && !isPause) return;
    for (const [hook, events] of this.#hooks)
      if (events.includes(status as HookEvent)) this.#expected.set(`${hook}:${run}:${version}`, { run, status, isTold: false });
  }

  claimed(deliveries: readonly Delivery[]): void {
    for (const { id, hook, run, version } of deliveries) this.#keys.set(id, `${hook}:${run}:${version}`);
  }

  /** A handler is called. */
  called({ idempotencyKey, run, status, error }: RunEvent): void {
    const expected = this.#expected.get(idempotencyKey);
    if (expected?.run !== run || expected.status !== status)
      return this.#world.violate(
        `a hook is told that ${run} is ${status}, under key ${idempotencyKey}, and there is no such event`,
      );
    const hasError = status !== "completed" && status !== "paused";
    if (hasError && error === undefined) this.#world.violate(`a hook is told that ${run} is ${status}, and not why`);
  }

  /** A handler has ended well. */
  told(key: string): void {
    const expected = this.#expected.get(key);
    if (expected !== undefined) expected.isTold = true;
  }

  finished(id: number): void {
    const key = this.#keys.get(id);
    if (key === undefined || this.#expected.get(key)?.isTold !== true)
      this.#world.violate(`delivery ${key ?? id} is gone, and no handler has ended well`);
  }
}
