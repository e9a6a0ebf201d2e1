/**
 * Makes step attempts of queues: for runs that other workers may hold, or nobody. Owns the attempts under way in this process.
 *
 *     store.claimTasks ──▶ attempt ──▶ store.finishTask: the task is gone and its run has a message, in one transaction
 *
 * Upholds: I3, a task is in the store before anybody can claim it; I5, a task of a lost worker goes to another one, and the lost one's answer changes nothing.
 */
import { attemptFacts, type AttemptOwner, StepAttempt } from "./attempt.js";
import { show, type ConsoleLevel } from "./console.js";
import { allSteps, definitionOf } from "./effects/step.js";
import { queueLimits } from "./effects/queue.js";
import type { Codec } from "./image.js";
import { isOutage, outlast } from "./outage.js";
import type { Ports } from "./ports.js";
import { oneLine, saveableError, unsaveable } from "./saved.js";
import { cacheEntry, runCached } from "./step-cache.js";
import type { Store, Task } from "./store/store.js";
import { StepWait } from "./strand.js";
import type { StepStart, TaskEnd } from "./transition.js";

export interface TaskRunnerOptions {
  readonly store: Store;
  readonly codec: Codec;
  readonly ports: Ports;
  readonly workerId: string;
  /** The queues to serve; `undefined`: those of all steps that are loaded. */
  readonly queues: readonly string[] | undefined;
  /** Most tasks under way at once. */
  readonly limit: number;
  /** A run has got a message. */
  onFinished(): void;
  /** The store failed. */
  onCrash(error: unknown): void;
}

export class TaskRunner implements AttemptOwner {
  readonly #options: TaskRunnerOptions;
  readonly #attempts = new Map<number, StepAttempt>();
  readonly #tasks = new WeakMap<StepAttempt, Task>();
  readonly #details = new WeakMap<StepAttempt, Uint8Array>();
  /** Attempts that are saying how far they have got. */
  readonly #saying = new WeakSet<StepAttempt>();
  #onQuiet: (() => void) | undefined;
  #stopping = false;
  /** Tasks whose answers are on their way to the store. */
  readonly #finishing = new Set<number>();
  /** A claim has not been answered: it may hold tasks it does not know of. */
  #claimInDoubt = false;

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
  }

  /** Number of attempts under way. */
  get size(): number {
    return this.#attempts.size;
  }

  /** Takes tasks as far as there is room, and gives up those that nobody wants any more. */
  async poll(): Promise<void> {
    const { store, ports, workerId, limit } = this.#options;
    const { queues, steps } = this.#served();
    if (queues.length === 0 || this.#stopping) return;
    if (this.size > 0) await this.#dropWithdrawn();
    const room = limit - this.size;
    if (room <= 0) return;
    const limits = queues.map(queueLimits);
    const holds = this.#claimInDoubt ? { holds: [...this.#attempts.keys(), ...this.#finishing] } : undefined;
    this.#claimInDoubt = true;
    const now = ports.clock.now();
    const tasks = await store.claimTasks({ workerId, now, queues: limits, steps, limit: room, ...holds });
    this.#claimInDoubt = false;
    for (const task of tasks) this.#start(task);
  }

  /** The queues that are served. */
  get queues(): readonly string[] {
    return this.#served().queues;
  }

  /** Queues to ask for, and the steps that can be made here. */
  #served(): { readonly queues: string[]; readonly steps: string[] } {
    const { queues } = this.#options;
    const steps = allSteps().filter(({ policy }) => policy.queue !== undefined && (queues?.includes(policy.queue) ?? true));
    return { queues: [...new Set(steps.map(({ policy }) => policy.queue!))], steps: steps.map(({ id }) => id) };
  }

  async #dropWithdrawn(): Promise<void> {
    const before = Array.from(this.#attempts.keys());
    const held = new Set(await this.#options.store.heldTasks(this.#options.workerId));
    for (const id of before) {
      if (held.has(id)) continue;
      this.#attempts.get(id)?.abort("nobody waits for this step any more", this.#options.ports.timers);
      this.#attempts.delete(id);
    }
  }

  #start(task: Task): void {
    const { store, codec, ports } = this.#options;
    const wait = new StepWait(task.step, task.payload, undefined);
    const { call, attempt: number, details, queue } = task;
    Object.assign(wait, { call, attempt: number, extra: { queue, ...(details !== undefined && { details }) } });
    const definition = definitionOf(wait)!;
    const start: StepStart = { call, attempt: number, notBefore: 0, wait };
    const told = ports.telemetry?.attempt(attemptFacts(task.run, undefined, start, definition, this.#options.workerId));
    const attempt = new StepAttempt(task.run, start, definition, this, told);
    this.#attempts.set(task.id, attempt);
    this.#tasks.set(attempt, task);
    if (definition.policy.cache === undefined) attempt.run(ports.timers, codec);
    else void runCached(attempt, { store, codec, ports }, () => attempt.run(ports.timers, codec));
  }

  attemptSucceeded(attempt: StepAttempt, value: unknown): void {
    const { codec, ports } = this.#options;
    try {
      const payload = codec.encode({ kind: "succeeded", value } satisfies TaskEnd, "result");
      this.#finish(attempt, payload, cacheEntry(attempt, value, codec, ports.clock.now()));
    } catch (error) {
      this.#fail(attempt, unsaveable(`the result of step ${attempt.step}`, error), true);
    }
  }

  attemptFailed(attempt: StepAttempt, error: unknown): void {
    this.#fail(attempt, error, false);
  }

  #fail(attempt: StepAttempt, error: unknown, final: boolean): void {
    const { codec } = this.#options;
    const details = this.#details.get(attempt) ?? attempt.start.wait.extra?.details;
    const end: TaskEnd = { kind: "failed", error: saveableError(error, codec), final, details };
    this.#finish(attempt, codec.encode(end), undefined);
  }

  #finish(attempt: StepAttempt, payload: Uint8Array, cached: ReturnType<typeof cacheEntry>): void {
    const { store, ports, workerId, onFinished, onCrash } = this.#options;
    const { id } = this.#tasks.get(attempt)!;
    this.#attempts.delete(id);
    this.#finishing.add(id);
    // What was done although the answer was lost is not done again.
    outlast(ports, () => store.finishTask(id, workerId, payload, ports.clock.now(), cached))
      .then(() => onFinished(), onCrash)
      .finally(() => {
        this.#finishing.delete(id);
        this.#checkQuiet();
      });
  }

  attemptProgressed(attempt: StepAttempt, details: Uint8Array): void {
    this.#details.set(attempt, details);
    if (this.#saying.has(attempt)) return;
    this.#saying.add(attempt);
    void this.#say(attempt);
  }

  /** One after the other: what was said before must not come after what was said later. */
  async #say(attempt: StepAttempt): Promise<void> {
    const { store, workerId, onCrash } = this.#options;
    const { id } = this.#tasks.get(attempt)!;
    try {
      let said: Uint8Array | undefined;
      for (let next = this.#details.get(attempt); next !== said; next = this.#details.get(attempt)) {
        said = next;
        await store.noteProgress(id, workerId, next!);
      }
    } catch (error) {
      // It will say more.
      if (!isOutage(error)) onCrash(error);
    } finally {
      this.#saying.delete(attempt);
    }
  }

  attemptSaid({ runId: run, step, attempt }: StepAttempt, level: ConsoleLevel, text: string): void {
    show(this.#options.ports.logger, { run, step, attempt, level, text });
  }

  notClosed(error: unknown): void {
    this.#options.ports.logger.warn("a resource could not be closed", { error: oneLine(error) });
  }

  /** Everything of this worker belongs to others now. */
  dropAll(reason: string): void {
    for (const attempt of this.#attempts.values()) attempt.abort(reason, this.#options.ports.timers);
    this.#attempts.clear();
    this.#checkQuiet();
  }

  /** Takes no more tasks; resolves when those under way have ended, or after `graceMs`, when they are aborted. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    const { timers } = this.#options.ports;
    const quiet = new Promise<void>((resolve) => (this.#onQuiet = resolve));
    const handle = timers.after(graceMs, () => this.dropAll("the worker is stopping"));
    this.#checkQuiet();
    await quiet;
    timers.cancel(handle);
  }

  #checkQuiet(): void {
    if (this.#attempts.size + this.#finishing.size === 0) this.#onQuiet?.();
  }
}
