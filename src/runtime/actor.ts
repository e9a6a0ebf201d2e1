/** One run in the memory of a worker: its driver, what has happened to it since its last transition, and the attempts that run for it. */
import { ProgramChangedError, UsageError } from "../shared/errors.js";
import { attemptFacts, StepAttempt, type AttemptOwner } from "./attempt.js";
import { show, type ConsoleLevel } from "./console.js";
import type { Driver } from "./driver/driver.js";
import { definitionOf, type StepDefinition } from "./effects/step.js";
import type { Codec } from "./image.js";
import type { Ports, TimerHandle } from "./ports.js";
import { oneLine, save, unsaveable } from "./saved.js";
import { cacheEntry, runCached } from "./step-cache.js";
import type { ClaimedRun, Message, Store } from "./store/store.js";
import type { AttemptTelemetry } from "./telemetry.js";
import { TransactionBody } from "./transaction-body.js";
import type { DriverEvent, StepStart } from "./transition.js";

/** What an actor needs of the engine it lives in. */
export interface ActorHost {
  readonly workerId: string;
  readonly ports: Ports;
  readonly codec: Codec;
  readonly store: Store;
  /** The actor has something to advance with. */
  enqueue(actor: Actor): void;
  /** Makes an attempt that takes part in the commit of its result. */
  transact(actor: Actor, attempt: StepAttempt, made: TransactionBody): void;
}

export class Actor implements AttemptOwner {
  /** What happened since the last transition. */
  inbox: DriverEvent[] = [];
  /** `idle`: nothing to do; `queued`: will be advanced in this turn; `yielded`: in the middle of a transition that takes long; `committing`: its transition is on the way to the store; `gone`: dropped. */
  phase: "idle" | "queued" | "yielded" | "committing" | "gone" = "idle";
  /** A reason outside the program for which the run cannot go on. */
  failure: Error | undefined;

  readonly #host: ActorHost;
  readonly #attempts = new Map<number, StepAttempt>();
  /** Attempts that wait for their backoff. */
  readonly #delayed = new Map<number, TimerHandle>();
  /** Of those, the ones whose backoff ended while a transition was on its way, which may have given them up. */
  #overdue: StepStart[] = [];
  /** Attempts whose results were looked for in the cache until a transition was on its way. */
  readonly #sought: StepAttempt[] = [];
  #timer: TimerHandle | undefined;
  #timerAt: number | undefined;
  #lastSeq = 0;
  /** Transactions that wait to commit for this run when its transition under way is durable. */
  #turns: ((isTheirs: boolean) => void)[] = [];

  constructor(
    host: ActorHost,
    readonly run: string,
    readonly fence: number,
    /** Number of the last commit that was made. */
    public version: number,
    readonly driver: Driver,
    /** What is told of the run besides. */
    readonly origin: Pick<ClaimedRun, "workflow" | "parent" | "createdAt">,
  ) {
    this.#host = host;
  }

  /** Bodies are running. */
  get busy(): boolean {
    return this.#attempts.size > 0;
  }

  /** What happened since the last transition, for the next one. */
  takeInbox(): DriverEvent[] {
    const events = this.inbox;
    this.inbox = [];
    return events;
  }

  /** Takes messages that were not taken before; true when there were any. */
  receive(messages: readonly Message[]): boolean {
    let any = false;
    for (const message of messages) {
      if (message.seq <= this.#lastSeq) continue;
      this.#lastSeq = message.seq;
      this.inbox.push({ kind: "message", message });
      any = true;
    }
    return any;
  }

  /** A message in the inbox that asks the run to end. */
  takeCancel(): Message | undefined {
    const index = this.inbox.findIndex((event) => event.kind === "message" && event.message.kind === "cancel");
    const [event] = index < 0 ? [] : this.inbox.splice(index, 1);
    return event?.kind === "message" ? event.message : undefined;
  }

  /** Starts attempts whose intent is committed (I3), now or after their backoff; no transition is on its way. */
  start(starts: readonly StepStart[], now: number): void {
    const overdue = this.#overdue.filter((start) => this.#delayed.delete(start.call));
    this.#overdue = [];
    for (const attempt of this.#sought.splice(0)) this.#begin(attempt);
    for (const start of overdue) this.#startAt(start, this.#host.ports.clock.now());
    for (const start of starts) this.#startAt(start, now);
  }

  #startAt(start: StepStart, now: number): void {
    if (start.notBefore <= now) return this.#startNow(start);
    const { clock, timers } = this.#host.ports;
    const handle = timers.after(start.notBefore - now, () => {
      if (this.phase === "committing") return void this.#overdue.push(start);
      this.#delayed.delete(start.call);
      // Timers may fire early by the clock that counts, and cut long waits short.
      this.#startAt(start, clock.now());
    });
    this.#delayed.set(start.call, handle);
  }

  #startNow(start: StepStart): void {
    if (this.driver.isPaused) return this.#putOff(start);
    const definition = definitionOf(start.wait);
    if (definition === undefined) {
      this.failure = new ProgramChangedError(
        `run ${this.run} waits for step ${start.wait.step}, which no module loaded here declares. Load the module, or give the step back its name; ` +
          "then `flowc retry` goes on from where the run is.",
      );
      return this.#host.enqueue(this);
    }
    if (definition.isTx) return this.#transact(start, definition);
    const attempt = new StepAttempt(this.run, start, definition, this, this.#told(start, definition));
    this.#attempts.set(start.call, attempt);
    const { ports, codec, store } = this.#host;
    if (definition.policy.cache === undefined) return attempt.run(ports.timers, codec);
    void runCached(attempt, { store, codec, ports }, () => this.#begin(attempt));
  }

  /** Its result was not in the cache. The transition on its way may have given it up, or paused the run. */
  #begin(attempt: StepAttempt): void {
    if (!this.wants(attempt)) return;
    if (this.phase === "committing") return void this.#sought.push(attempt);
    if (!this.driver.isPaused) return attempt.run(this.#host.ports.timers, this.#host.codec);
    this.finish(attempt);
    this.#putOff(attempt.start);
  }

  /** A backoff has ended in a pause. With nothing else under way, the run is given back. */
  #putOff(start: StepStart): void {
    this.driver.putOff(start);
    this.#host.enqueue(this);
  }

  #transact(start: StepStart, definition: StepDefinition): void {
    if (this.#host.store.transaction === undefined) {
      const error = new UsageError(
        `step ${definition.name} was made with step.tx(), which needs a store whose transactions steps can take part in; ${this.#host.store.url} is none. ` +
          "Open the flow with postgres(), or make it with step().",
      );
      const { call, attempt } = start;
      this.inbox.push({ kind: "stepFailed", call, attempt, error, final: true });
      return this.#host.enqueue(this);
    }
    const body = new TransactionBody(this, this.#host.codec);
    const attempt = new StepAttempt(this.run, start, definition, body, this.#told(start, definition));
    this.#attempts.set(start.call, attempt);
    this.#host.transact(this, attempt, body);
  }

  #told(start: StepStart, definition: StepDefinition): AttemptTelemetry | undefined {
    const { telemetry } = this.#host.ports;
    if (telemetry === undefined) return undefined;
    return telemetry.attempt(attemptFacts(this.run, this.origin.workflow, start, definition, this.#host.workerId));
  }

  /** Somebody waits for this attempt. */
  wants(attempt: StepAttempt): boolean {
    return this.#attempts.get(attempt.start.call) === attempt;
  }

  /** The attempt is over. */
  finish(attempt: StepAttempt): void {
    if (this.wants(attempt)) this.#attempts.delete(attempt.start.call);
  }

  /** The same attempt once more, since nothing of it has happened. */
  startAgain(attempt: StepAttempt, at: number): void {
    if (!this.wants(attempt)) return;
    this.#attempts.delete(attempt.start.call);
    this.#startAt({ ...attempt.start, notBefore: at }, this.#host.ports.clock.now());
  }

  /** True as soon as no transition is on its way, and none begins before the turn is passed on; false when the run has left memory. */
  takeTurn(): Promise<boolean> {
    if (this.phase === "gone") return Promise.resolve(false);
    if (this.phase === "idle") {
      this.phase = "committing";
      return Promise.resolve(true);
    }
    return new Promise((resolve) => this.#turns.push(resolve));
  }

  /** Whoever has waited longest goes on, if anybody has. */
  passTurn(): boolean {
    const next = this.#turns.shift();
    if (next === undefined) return false;
    this.phase = "committing";
    next(true);
    return true;
  }

  attemptProgressed({ start: { call, attempt } }: StepAttempt, details: Uint8Array): void {
    this.inbox.push({ kind: "progress", call, attempt, details });
    this.#host.enqueue(this);
  }

  attemptSucceeded(attempt: StepAttempt, value: unknown): void {
    const { call, attempt: number } = attempt.start;
    this.#attempts.delete(call);
    try {
      const result = save(value, this.#host.codec, "result");
      const cached = cacheEntry(attempt, value, this.#host.codec, this.#host.ports.clock.now());
      this.inbox.push({ kind: "stepSucceeded", call, attempt: number, result, cached });
    } catch (error) {
      this.inbox.push({
        kind: "stepFailed",
        call,
        attempt: number,
        error: unsaveable(`the result of step ${attempt.step}`, error),
        final: true,
      });
    }
    this.#host.enqueue(this);
  }

  attemptFailed(attempt: StepAttempt, error: unknown, final = false): void {
    const { call, attempt: number } = attempt.start;
    this.#attempts.delete(call);
    this.inbox.push({ kind: "stepFailed", call, attempt: number, error, final });
    this.#host.enqueue(this);
  }

  attemptSaid({ runId: run, step, attempt }: StepAttempt, level: ConsoleLevel, text: string): void {
    show(this.#host.ports.logger, { run, step, attempt, level, text });
  }

  notClosed(error: unknown): void {
    this.#host.ports.logger.warn("a resource could not be closed", { run: this.run, error: oneLine(error) });
  }

  /** Nobody waits for these calls any more. */
  abort(calls: readonly number[], reason: string): void {
    const { timers } = this.#host.ports;
    for (const call of calls) {
      this.#attempts.get(call)?.abort(reason, timers);
      this.#attempts.delete(call);
      const delayed = this.#delayed.get(call);
      if (delayed !== undefined) timers.cancel(delayed);
      this.#delayed.delete(call);
    }
  }

  /** Has the run looked at again at `at`; `undefined`: only when something happens. */
  arm(at: number | undefined): void {
    if (at === this.#timerAt) return;
    this.disarm();
    if (at === undefined) return;
    const { clock, timers } = this.#host.ports;
    this.#timerAt = at;
    this.#timer = timers.after(at - clock.now(), () => {
      this.#timerAt = undefined;
      this.#timer = undefined;
      // Timers may fire a little early by the clock that counts.
      if (clock.now() < at) this.arm(at);
      else this.#host.enqueue(this);
    });
  }

  disarm(): void {
    if (this.#timer !== undefined) this.#host.ports.timers.cancel(this.#timer);
    this.#timer = undefined;
    this.#timerAt = undefined;
  }

  /** Leaves memory: timers stop, bodies are told, late answers are ignored. */
  drop(reason: string): void {
    this.phase = "gone";
    for (const turn of this.#turns.splice(0)) turn(false);
    this.disarm();
    this.driver.leave((error) => this.notClosed(error));
    if (this.#attempts.size + this.#delayed.size > 0) this.abort([...this.#attempts.keys(), ...this.#delayed.keys()], reason);
  }
}
