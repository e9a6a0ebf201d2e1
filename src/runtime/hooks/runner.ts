/**
 * Tells the handlers of this process. Owns the deliveries under way.
 *
 *     commit that ends a run ──▶ a delivery for each hook, in its transaction (I4) ──▶ claimed ──▶ handler ──▶ finished │ put off
 *
 * A delivery goes only when its handler has ended well, so it is made at least once, also when the worker that saw the end is lost.
 */
import type { Codec, Outcome } from "../image.js";
import { isOutage, outlast } from "../outage.js";
import type { Ports } from "../ports.js";
import { oneLine } from "../saved.js";
import type { Delivery, Store } from "../store/store.js";
import type { Hooks, Registered, RunEvent } from "./hooks.js";

export type { Hooks } from "./hooks.js";

export interface HookRunnerOptions {
  readonly store: Store;
  readonly codec: Codec;
  readonly ports: Ports;
  readonly workerId: string;
  readonly hooks: Hooks;
  /** The store failed. */
  onCrash(error: unknown): void;
}

/** Handlers under way at once. */
const MOST_AT_ONCE = 100;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 3_600_000;

export class HookRunner {
  readonly #options: HookRunnerOptions;
  readonly #underWay = new Set<number>();
  /** A claim has not been answered: it may hold deliveries it does not know of. */
  #claimInDoubt = false;
  #stopping = false;
  #onQuiet: (() => void) | undefined;

  constructor(options: HookRunnerOptions) {
    this.#options = options;
  }

  /** Takes deliveries as far as there is room. */
  async poll(): Promise<void> {
    const { store, ports, workerId, hooks } = this.#options;
    const limit = MOST_AT_ONCE - this.#underWay.size;
    if (this.#stopping || limit <= 0 || hooks.names.length === 0) return;
    const holds = this.#claimInDoubt ? { holds: [...this.#underWay] } : undefined;
    this.#claimInDoubt = true;
    const now = ports.clock.now();
    const deliveries = await store.claimDeliveries({ workerId, now, hooks: hooks.names, limit, ...holds });
    this.#claimInDoubt = false;
    for (const delivery of deliveries) void this.#deliver(delivery);
  }

  async #deliver(delivery: Delivery): Promise<void> {
    this.#underWay.add(delivery.id);
    try {
      const problem = await this.#call(delivery);
      // Given up in the meantime: it is somebody else's.
      if (this.#underWay.has(delivery.id)) await this.#end(delivery, problem);
    } catch (error) {
      this.#options.onCrash(error);
    } finally {
      this.#underWay.delete(delivery.id);
      this.#checkQuiet();
    }
  }

  /** What the handler threw, if it did; `undefined` when all is well. */
  async #call(delivery: Delivery): Promise<{ readonly error: unknown } | undefined> {
    const registered = this.#options.hooks.get(delivery.hook);
    // Closed since it was claimed.
    if (registered === undefined) return { error: new Error("the handler was closed") };
    try {
      await this.#within(registered, await this.#eventOf(delivery));
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  #within({ handler, timeoutMs }: Registered, event: RunEvent): Promise<unknown> {
    const { timers } = this.#options.ports;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const handle = timers.after(timeoutMs, () => reject(new Error(`the handler was given up after ${timeoutMs} ms`)));
    // In a promise, so that a handler which throws at once is one that fails.
    new Promise((done) => done(handler(event))).then(resolve, reject);
    return promise.finally(() => timers.cancel(handle));
  }

  async #eventOf({ hook, run, event, at, version, attempt, outcome: bytes }: Delivery): Promise<RunEvent> {
    const { store, codec, ports } = this.#options;
    const stored = await outlast(ports, () => store.getRun(run));
    const outcome = bytes === undefined ? undefined : (codec.decode(bytes) as Outcome);
    return {
      run,
      workflow: stored?.workflow ?? "",
      status: event,
      ...(outcome !== undefined && outcome.kind !== "completed" && { error: outcome.error }),
      notes: stored?.notes ?? {},
      at: new Date(at),
      attempt,
      idempotencyKey: `${hook}:${run}:${version}`,
    };
  }

  async #end({ id, hook, run, attempt }: Delivery, problem: { readonly error: unknown } | undefined): Promise<void> {
    const { store, ports, workerId } = this.#options;
    if (problem === undefined) return void (await outlast(ports, () => store.finishDelivery(id, workerId)));
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempt - 1, 20), LONGEST_PAUSE_MS);
    ports.logger.warn("a hook has failed; it is called again", { hook, run, attempt, pauseMs, error: oneLine(problem.error) });
    const dueAt = ports.clock.now() + pauseMs;
    await outlast(ports, () => store.deferDelivery(id, workerId, dueAt));
  }

  /** Everything of this worker belongs to others now. */
  dropAll(): void {
    this.#underWay.clear();
    this.#checkQuiet();
  }

  /** Tells what there is to tell, waits for the handlers under way for `graceMs`, and gives the rest back. */
  async stop(graceMs: number): Promise<void> {
    try {
      await this.poll();
    } catch (error) {
      // The next worker tells it.
      if (!isOutage(error)) throw error;
    }
    this.#stopping = true;
    const { timers } = this.#options.ports;
    const quiet = new Promise<void>((resolve) => (this.#onQuiet = resolve));
    const handle = timers.after(graceMs, () => this.dropAll());
    this.#checkQuiet();
    await quiet;
    timers.cancel(handle);
  }

  #checkQuiet(): void {
    if (this.#underWay.size === 0) this.#onQuiet?.();
  }
}
