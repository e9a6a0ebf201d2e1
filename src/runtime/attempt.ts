/** One attempt of one step call in this process: its context, its timeout, its abort signal. */
import { CancelledError, TimeoutError } from "../shared/errors.js";
import { callWithContext, type RunningStep } from "./effects/context.js";
import type { ConsoleLevel } from "./console.js";
import { formatDuration } from "./effects/duration.js";
import { releaseAll, type Held } from "./effects/resource.js";
import type { StepDefinition } from "./effects/step.js";
import { restoreInput } from "./saved.js";
import type { Codec } from "./image.js";
import type { Timers, TimerHandle } from "./ports.js";
import type { AttemptFacts, AttemptTelemetry } from "./telemetry.js";
import type { StepStart } from "./transition.js";

/** Who is told how an attempt ended. Exactly one of the first two is called, at most once. */
export interface AttemptOwner {
  attemptSucceeded(attempt: StepAttempt, value: unknown): void;
  attemptFailed(attempt: StepAttempt, error: unknown): void;
  /** What the body says of itself, encoded; not more often than once a second. */
  attemptProgressed(attempt: StepAttempt, details: Uint8Array): void;
  /** The body has written to the console. */
  attemptSaid(attempt: StepAttempt, level: ConsoleLevel, text: string): void;
  /** A resource that the body had used could not be closed. */
  notClosed(error: unknown): void;
}

/** What a body says of itself is written no more often than this. */
const PROGRESS_MS = 1_000;

export class StepAttempt implements RunningStep {
  #controller: AbortController | undefined;
  #timer: TimerHandle | undefined;
  #over = false;
  /** The result was there already; the body did not run. */
  wasAnswered = false;
  #held: Set<Held> | undefined;
  #beat: TimerHandle | undefined;
  /** What the body has said of itself and nobody has been told yet. */
  #unsaid: Uint8Array | undefined;
  #pause: TimerHandle | undefined;
  #world: { readonly timers: Timers; readonly codec: Codec } | undefined;

  constructor(
    readonly runId: string,
    readonly start: StepStart,
    readonly definition: StepDefinition,
    readonly owner: AttemptOwner,
    /** Who traces it. */
    readonly told?: AttemptTelemetry | undefined,
  ) {}

  get attempt(): number {
    return this.start.attempt;
  }

  get step(): string {
    return this.definition.name;
  }

  get isOver(): boolean {
    return this.#over;
  }

  say(level: ConsoleLevel, text: string): void {
    this.owner.attemptSaid(this, level, text);
  }

  get idempotencyKey(): string {
    return idempotencyKey(this.runId, this.start);
  }

  /** The resources the body has open. Most bodies have none. */
  get held(): Set<Held> {
    this.#held ??= new Set();
    return this.#held;
  }

  /** Made when somebody asks: most bodies never do. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  get details(): unknown {
    const details = this.start.wait.extra?.details;
    return details === undefined ? undefined : this.#world?.codec.decode(details);
  }

  heartbeat(details?: unknown): void {
    const world = this.#world;
    if (this.#over || world === undefined) return;
    this.#awaitBeat(world.timers);
    if (details === undefined) return;
    this.#unsaid = world.codec.encode(details, "details");
    if (this.#pause === undefined) this.#say(world.timers);
  }

  /** Hands on what was said last, and then nothing for a while. */
  #say(timers: Timers): void {
    this.#pause = undefined;
    if (this.#unsaid === undefined || this.#over) return;
    this.owner.attemptProgressed(this, this.#unsaid);
    this.#unsaid = undefined;
    this.#pause = timers.after(PROGRESS_MS, () => this.#say(timers));
  }

  #awaitBeat(timers: Timers): void {
    const { heartbeatMs } = this.definition.policy;
    if (heartbeatMs === undefined) return;
    if (this.#beat !== undefined) timers.cancel(this.#beat);
    this.#beat = timers.after(heartbeatMs, () => {
      this.#expire(timers, `had no heartbeat for ${formatDuration(heartbeatMs)}`);
    });
  }

  /** Calls the body, whose intent is durable (I3), with these before its arguments. A body that answers no promise is over when this returns. */
  run(timers: Timers, codec: Codec, leading: readonly unknown[] = []): void {
    // Given up while it was looked for in the cache.
    if (this.#over) return;
    const { policy, self, body } = this.definition;
    const { timeoutMs } = policy;
    this.#world = { timers, codec };
    this.#awaitBeat(timers);
    if (timeoutMs !== undefined)
      this.#timer = timers.after(timeoutMs, () => this.#expire(timers, `was given up after ${formatDuration(timeoutMs)}`));
    let result: unknown;
    try {
      // Every attempt is given a copy of its own, so that none sees what an earlier one did to its arguments.
      const args = [...leading, ...restoreInput(this.start.wait.input, codec)];
      result =
        this.told === undefined
          ? callWithContext(this, self, body, args)
          : this.told.around(() => callWithContext(this, self, body, args));
      if (!isThenable(result)) {
        this.#letGo();
        return this.#succeed(result, timers);
      }
    } catch (error) {
      this.#letGo();
      return this.#fail(error, timers);
    }
    result.then(
      (value) => {
        this.#letGo();
        this.#succeed(value, timers);
      },
      (error: unknown) => {
        this.#letGo();
        this.#fail(error, timers);
      },
    );
  }

  /** Ends the attempt with a result that was there already. */
  answer(value: unknown, timers: Timers): void {
    this.wasAnswered = true;
    this.#succeed(value, timers);
  }

  /** Ends the attempt before its body runs. */
  refuse(error: unknown, timers: Timers): void {
    this.#fail(error, timers);
  }

  /** The body has ended, also one that was given up before: it may have used its resources until now. */
  #letGo(): void {
    if (this.#held !== undefined) releaseAll(this, (error) => this.owner.notClosed(error));
  }

  /** Nobody wants the outcome any more. The body is told through its signal; whatever it still answers is ignored. */
  abort(reason: string, timers: Timers): void {
    if (!this.#finish(timers)) return;
    this.told?.ended({ kind: "aborted", reason });
    this.#controller?.abort(new CancelledError(reason));
  }

  #expire(timers: Timers, why: string): void {
    if (!this.#finish(timers)) return;
    const error = new TimeoutError(`step ${this.step}: attempt ${this.attempt} ${why}`);
    this.told?.ended({ kind: "failed", error });
    this.owner.attemptFailed(this, error);
    this.#controller?.abort(error);
  }

  #succeed(value: unknown, timers: Timers): void {
    if (!this.#finish(timers)) return;
    this.told?.ended({ kind: "succeeded", isCached: this.wasAnswered });
    this.owner.attemptSucceeded(this, value);
  }

  #fail(error: unknown, timers: Timers): void {
    if (!this.#finish(timers)) return;
    this.told?.ended({ kind: "failed", error });
    this.owner.attemptFailed(this, error);
  }

  /** False when it was over already. */
  #finish(timers: Timers): boolean {
    if (this.#over) return false;
    this.#over = true;
    for (const timer of [this.#timer, this.#beat, this.#pause]) if (timer !== undefined) timers.cancel(timer);
    return true;
  }
}

/** The same for all attempts of a call. */
function idempotencyKey(run: string, { call }: StepStart): string {
  return `${run}:${call}`;
}

/** What is told of an attempt that begins. `workflow`: where it is known. */
export function attemptFacts(
  run: string,
  workflow: string | undefined,
  start: StepStart,
  { name, policy: { queue } }: StepDefinition,
  worker: string,
): AttemptFacts {
  return { run, workflow, step: name, attempt: start.attempt, queue, idempotencyKey: idempotencyKey(run, start), worker };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function"
  );
}
