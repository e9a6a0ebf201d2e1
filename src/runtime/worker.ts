/**
 * The worker: claims runs, keeps their leases, and lets the engine advance them. Owns the registration with the store and everything periodic.
 *
 * Upholds I5: it advances only what it has claimed, renews its leases in time, and forgets all runs as soon as it learns that it lost them.
 * When the store fails, the worker stops with that error; what was committed is in the store, what was not will be done again by whoever claims the run.
 */
import { hostname } from "node:os";
import { StoreError, UsageError } from "../shared/errors.js";
import { Engine } from "./engine.js";
import { attributeConsole } from "./console.js";
import type { Hub } from "./hub.js";
import { HookRunner, type Hooks } from "./hooks/runner.js";
import type { Codec } from "./image.js";
import type { CheckpointLimits } from "./limits.js";
import type { Ports, TimerHandle } from "./ports.js";
import { isOutage, pauseAfter } from "./outage.js";
import { oneLine } from "./saved.js";
import { ScheduleKeeper } from "./schedules/keeper.js";
import { SUSPECT_LOSSES, type NewWorker, type Store, type WorkerRecord } from "./store/store.js";
import { TaskRunner } from "./task-runner.js";
import { loadedWorkflows } from "./workflows.js";

/** Options of `flow.worker`. All times in milliseconds. */
export interface WorkerOptions {
  /** How many runs it keeps in memory at once. Runs that wait for a far timer or a message are not in memory. Default 1,000. */
  readonly concurrency?: number;
  /** The queues it serves. Default: those of all steps whose modules are loaded. */
  readonly queues?: readonly string[];
  /** Most steps of queues under way at once. Default 100. */
  readonly taskConcurrency?: number;
  /** `false`: it advances no runs, and makes steps of queues only. Default `true`. */
  readonly runs?: boolean;
  /** A run that computes for longer than this gives way to others, where it was compiled with `preempt`. Default 20. */
  readonly sliceMs?: number;
  /** How often it looks for work that nobody announced. Default 250, and 1,000 when the store carries word between processes. */
  readonly pollIntervalMs?: number;
  /** After a crash its runs are taken over by workers on other machines once this time has passed without a sign of life, and on this machine within about a second. Default 10,000. */
  readonly leaseMs?: number;
  /** A run whose next timer is nearer than this stays in memory. Default 1,000. */
  readonly parkAfterMs?: number;
  /**
   * A run that took so many workers with it in a row, in the same place, is not tried again: its status is `crashed`, and it can be retried. From the third on it is tried by
   * itself, so that no run is taken for it that was only beside it. Default 10.
   */
  readonly maxLosses?: number;
  /** `false`: what runs write to the console goes there as it is, also in transitions that are lost. Default: it is attributed to them; see docs/operations.md. */
  readonly console?: boolean;
  /** How long `stop` lets running steps finish. Default 5,000. */
  readonly graceMs?: number;
}

export interface WorkerParts {
  readonly store: Store;
  readonly codec: Codec;
  readonly ports: Ports;
  readonly hub: Hub;
  /** The handlers of this process. */
  readonly hooks: Hooks;
  readonly limits: Required<CheckpointLimits>;
  readonly options: WorkerOptions;
}

/** How many runs are claimed in one transaction. */
const CLAIM_AT_ONCE = 256;

/** So long a suspect is by itself: nothing else is begun that could be what takes the worker down. It goes on after that, but no other suspect begins before it has committed. */
const TRIAL_MS = 2_000;

/** How often it looks for workers that have died. */
const INSPECT_INTERVAL_MS = 1_000;

export class Worker {
  /** Identifies it in the store: the `owner` of the runs it holds. */
  readonly id: string;
  /** Resolves when the worker has stopped; rejects with the StoreError when the store failed. */
  readonly done: Promise<void>;

  readonly #parts: WorkerParts;
  readonly #engine: Engine;
  readonly #tasks: TaskRunner;
  readonly #schedules: ScheduleKeeper;
  readonly #hooks: HookRunner;
  readonly #startedAt: number;
  #settleDone!: { resolve(): void; reject(error: unknown): void };
  #running = true;
  #stopped: Promise<void> | undefined;
  #loop: Promise<void> = Promise.resolve();
  #renewal: TimerHandle | undefined;
  /** A renewal that is on its way. */
  #renewing: Promise<void> | undefined;
  #leaseUntil = 0;
  #unlisten: () => void;
  #unattribute: () => void = () => undefined;
  #uncount: () => void = () => undefined;
  /** The sleeping claim loop, when it sleeps. */
  #nap: { wake(): void } | undefined;
  #woken = false;
  /** When the earliest run this worker parked wants to be looked at. */
  #parkedUntil = Infinity;
  /** The last claim left more behind. */
  #backlog = false;
  /** When it last looked for workers that have died. */
  #inspectedAt = -Infinity;
  /** Until then the suspect it holds is left by itself. */
  #trialUntil = -Infinity;
  /** A claim has not been answered: it may hold runs it does not know of. */
  #claimInDoubt = false;
  /** The end of a transaction has not been answered, and its run was dropped, which it may hold. */
  #runInDoubt = false;
  /** How often in a row the store could not be reached. */
  #outages = 0;

  private constructor(parts: WorkerParts) {
    const { ports, options } = parts;
    this.#parts = parts;
    this.id = ports.newId();
    this.#startedAt = ports.clock.now();
    this.done = new Promise((resolve, reject) => (this.#settleDone = { resolve, reject }));
    // Whoever wants to know awaits it; the log tells everybody else.
    this.done.catch((error: unknown) => ports.logger.warn("the worker has stopped", { error: oneLine(error) }));
    this.#engine = new Engine({
      store: parts.store,
      codec: parts.codec,
      ports,
      workerId: this.id,
      limits: parts.limits,
      parkAfterMs: positive(options.parkAfterMs ?? 1_000, "parkAfterMs"),
      onEnded: (run) => this.#ended(run),
      sliceMs: positive(options.sliceMs ?? 20, "sliceMs"),
      maxLosses: positive(options.maxLosses ?? 10, "maxLosses"),
      onTrialOver: () => this.#wakeSoon(),
      onDoubt: () => {
        this.#runInDoubt = true;
        this.#wakeSoon();
      },
      onOutward: () => parts.hub.work(),
      onParked: (wakeAt) => this.#parked(wakeAt),
      onCrash: (error) => this.#crash(error),
    });
    this.#tasks = new TaskRunner({
      store: parts.store,
      codec: parts.codec,
      ports,
      workerId: this.id,
      queues: options.queues,
      limit: positive(options.taskConcurrency ?? 100, "taskConcurrency"),
      onFinished: () => parts.hub.work(),
      onCrash: (error) => this.#crash(error),
    });
    this.#schedules = new ScheduleKeeper({ store: parts.store, codec: parts.codec, ports, onOutward: () => parts.hub.work() });
    this.#hooks = new HookRunner({
      store: parts.store,
      codec: parts.codec,
      ports,
      workerId: this.id,
      hooks: parts.hooks,
      onCrash: (error) => this.#crash(error),
    });
    this.#unlisten = parts.hub.onWork(() => this.#wakeSoon());
  }

  /** Registers a worker and starts it. Throws StoreError "busy-worker" when the store takes one worker at a time and another one lives. */
  static async start(parts: WorkerParts): Promise<Worker> {
    positive(parts.options.concurrency ?? 1, "concurrency");
    positive(parts.options.leaseMs ?? 1, "leaseMs");
    positive(parts.options.pollIntervalMs ?? 1, "pollIntervalMs");
    const worker = new Worker(parts);
    try {
      await worker.#register();
    } catch (error) {
      worker.#unlisten();
      worker.done.catch(() => undefined);
      throw error;
    }
    if (parts.options.console !== false) worker.#unattribute = attributeConsole();
    const { telemetry } = parts.ports;
    if (telemetry !== undefined) worker.#uncount = telemetry.worker(worker.id, () => worker.#engine.size);
    worker.#scheduleRenewal();
    worker.#loop = worker.#work();
    return worker;
  }

  get #pollIntervalMs(): number {
    const { store, options } = this.#parts;
    return options.pollIntervalMs ?? (store.watch === undefined ? 250 : 1_000);
  }

  get #leaseMs(): number {
    return this.#parts.options.leaseMs ?? 10_000;
  }

  async #register(): Promise<void> {
    const { store, ports } = this.#parts;
    const now = ports.clock.now();
    const leaseMs = this.#leaseMs;
    const record: NewWorker = { id: this.id, pid: process.pid, host: hostname(), startedAt: this.#startedAt, leaseMs };
    this.#leaseUntil = now + leaseMs;
    const answer = await store.registerWorker(record, now, isAlive);
    if (answer === "registered") return void ownWorkers.add(this.id);
    const since = new Date(answer.startedAt).toISOString();
    throw new StoreError(
      `${store.url} already has a worker: process ${answer.pid} on ${answer.host}, since ${since}. It takes one worker at a time; stop that one first.`,
      "busy-worker",
    );
  }

  // claiming

  async #work(): Promise<void> {
    try {
      while (this.#running) {
        this.#woken = false;
        await this.#look();
        if (this.#running && !this.#woken) await this.#sleep();
      }
    } catch (error) {
      this.#crash(error);
    }
  }

  /** Looks for what there is to do. A store that cannot be reached is asked again later. */
  async #look(): Promise<void> {
    const { logger, clock } = this.#parts.ports;
    // Whatever comes of it, also when there is no room for what was parked: the loop would sleep for no time at all.
    if (this.#parkedUntil <= clock.now()) this.#parkedUntil = Infinity;
    try {
      await this.#inspect();
      if (this.#running && this.#parts.options.runs !== false) await this.#schedules.look();
      if (this.#running && this.#parts.options.runs !== false) await this.#claim();
      if (this.#running && this.#engine.size > 0) await this.#pollMessages();
      if (this.#running && !this.#isTrying) await this.#tasks.poll();
      if (this.#running) await this.#hooks.poll();
      if (this.#running && !this.#woken) await this.#lookAhead();
      if (this.#outages > 0) logger.info("the store can be reached again", { attempts: this.#outages });
      this.#outages = 0;
    } catch (error) {
      if (!isOutage(error)) throw error;
      if (this.#outages++ === 0) logger.warn("the store cannot be reached; trying again", { error: oneLine(error) });
      this.#woken = false;
    }
  }

  /** What is due before the next poll is taken when it is due, whoever parked it. */
  async #lookAhead(): Promise<void> {
    const { store, ports, options } = this.#parts;
    const now = ports.clock.now();
    const workflows = options.runs === false ? [] : loadedWorkflows();
    const next = await store.nextDue({ now, workflows, queues: this.#tasks.queues });
    if (next !== undefined && next < this.#parkedUntil) this.#parkedUntil = next;
    if (options.runs !== false) this.#parkedUntil = Math.min(this.#parkedUntil, this.#schedules.dueAt);
  }

  /** The runs of workers that have died are for the living. */
  async #inspect(): Promise<void> {
    const { store, ports } = this.#parts;
    const now = ports.clock.now();
    if (now - this.#inspectedAt < INSPECT_INTERVAL_MS) return;
    this.#inspectedAt = now;
    if (await store.releaseDead(this.id, now, isAlive)) this.#parts.hub.work();
  }

  async #claim(): Promise<void> {
    const { store, ports, options } = this.#parts;
    const now = ports.clock.now();
    if (this.#isTrying) return this.#comeBack();
    const room = (options.concurrency ?? 1_000) - this.#engine.size;
    if (room <= 0) {
      this.#backlog = true;
      return;
    }
    // This process was held up for so long that its runs may be somebody else's: the sooner it knows, the better.
    if (now >= this.#leaseUntil) await this.#renew();
    const limit = Math.min(room, CLAIM_AT_ONCE);
    const isInDoubt = this.#claimInDoubt || this.#runInDoubt;
    const holds = isInDoubt ? { holds: this.#engine.runs } : undefined;
    // What a claim in doubt has taken may be a suspect.
    const suspects = isInDoubt || this.#engine.isTrying ? "none" : "one";
    this.#claimInDoubt = true;
    this.#runInDoubt = false;
    const claimed = await store.claim({ workerId: this.id, now, limit, workflows: loadedWorkflows(), suspects, ...holds });
    this.#claimInDoubt = false;
    if (!this.#running) return;
    for (const run of claimed) this.#engine.admit(run);
    if (claimed.some(({ losses }) => losses >= SUSPECT_LOSSES)) {
      this.#trialUntil = now + TRIAL_MS;
      this.#comeBack();
    }
    this.#backlog = claimed.length === limit;
    if (this.#backlog && this.#engine.size < (options.concurrency ?? 1_000)) this.#wakeSoon();
  }

  /** A suspect has just begun. */
  get #isTrying(): boolean {
    return this.#engine.isTrying && this.#parts.ports.clock.now() < this.#trialUntil;
  }

  /** When the trial is over for the others, at the latest. */
  #comeBack(): void {
    this.#parkedUntil = Math.min(this.#parkedUntil, this.#trialUntil);
  }

  async #pollMessages(): Promise<void> {
    this.#engine.deliver(await this.#parts.store.pollMessages(this.id));
  }

  /** Until there is word of work, the poll interval has passed, or a parked run is due. */
  #sleep(): Promise<void> {
    const { ports } = this.#parts;
    const parked = Math.max(this.#parkedUntil - ports.clock.now(), 0);
    const until = this.#outages > 0 ? pauseAfter(this.#outages) : Math.min(this.#pollIntervalMs, parked);
    return new Promise((resolve) => {
      const handle = ports.timers.after(until, () => this.#nap?.wake());
      this.#nap = {
        wake: () => {
          this.#nap = undefined;
          ports.timers.cancel(handle);
          resolve();
        },
      };
    });
  }

  /** In the next tick, so that many announcements in this one lead to one claim. */
  #wakeSoon(): void {
    if (this.#woken) return;
    this.#woken = true;
    this.#parts.ports.timers.soon(() => this.#nap?.wake());
  }

  #ended(run: string): void {
    this.#parts.hub.ended(run);
    // A quarter of the places at once: one claim for many runs.
    if (this.#backlog && this.#engine.size <= (this.#parts.options.concurrency ?? 1_000) * 0.75) this.#wakeSoon();
  }

  #parked(wakeAt: number | undefined): void {
    if (wakeAt === undefined || wakeAt >= this.#parkedUntil) return;
    this.#parkedUntil = wakeAt;
    // A sleeping loop has a later time in mind.
    this.#wakeSoon();
  }

  // leases

  #scheduleRenewal(): void {
    if (!this.#running) return;
    this.#renewal = this.#parts.ports.timers.after(this.#leaseMs / 3, () => {
      this.#renew().then(
        () => this.#scheduleRenewal(),
        // The loop above says so and asks on, and the lease of a store that is away does not run out before it is back.
        (error: unknown) => (isOutage(error) ? this.#scheduleRenewal() : this.#crash(error)),
      );
    });
  }

  /** One at a time: the answer of an older one, come late, would make it drop what it has claimed since, and hold it for ever. */
  #renew(): Promise<void> {
    this.#renewing ??= this.#renewNow().finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  async #renewNow(): Promise<void> {
    const { store, ports } = this.#parts;
    const now = ports.clock.now();
    if (await store.renew(this.id, now, this.#leaseMs)) {
      this.#leaseUntil = now + this.#leaseMs;
      return;
    }
    if (!this.#running) return;
    // Declared dead, for instance after the machine slept: everything it held may be somebody else's by now (I5).
    ports.logger.warn("the worker lost its registration; it drops its runs and registers again", { worker: this.id });
    this.#engine.dropAll("the worker lost its lease");
    this.#tasks.dropAll("the worker lost its lease");
    this.#hooks.dropAll();
    await this.#register();
    this.#wakeSoon();
  }

  // ending

  /**
   * Stops: claims nothing more, lets running steps finish within `graceMs` and commits them, aborts the rest, and gives its runs back. What was cut off is
   * started again by the next worker, with the same idempotency keys.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    if (!this.#quit()) return;
    const { store, ports, options } = this.#parts;
    try {
      await this.#loop;
      const graceMs = options.graceMs ?? 5_000;
      await Promise.all([this.#engine.stop(graceMs), this.#tasks.stop(graceMs)]);
      // After the runs: the last of them may have ended only now.
      await this.#hooks.stop(graceMs);
      await store.unregisterWorker(this.id, ports.clock.now());
      this.#leave();
      this.#settleDone.resolve();
    } catch (error) {
      this.#leave();
      this.#settleDone.reject(error);
    }
  }

  #crash(error: unknown): void {
    if (!this.#quit()) return this.#settleDone.reject(error);
    this.#engine.dropAll("the worker has stopped");
    this.#tasks.dropAll("the worker has stopped");
    this.#hooks.dropAll();
    this.#leave();
    const { store, ports } = this.#parts;
    const report = (): void => this.#settleDone.reject(error);
    // So that nobody has to wait for the lease to end. A store that is broken may refuse this too.
    store.unregisterWorker(this.id, ports.clock.now()).then(report, report);
  }

  /** Undoes what a worker does to its process. */
  #leave(): void {
    this.#unattribute();
    this.#uncount();
  }

  /** Ends everything periodic. False when that has happened already. */
  #quit(): boolean {
    if (!this.#running) return false;
    this.#running = false;
    ownWorkers.delete(this.id);
    this.#unlisten();
    if (this.#renewal !== undefined) this.#parts.ports.timers.cancel(this.#renewal);
    this.#nap?.wake();
    return true;
  }
}

/** Ids of the workers of this process, whichever copy of this package started them. */
const OWN = Symbol.for("flowc.workers");
const ownWorkers = ((globalThis as { [OWN]?: Set<string> })[OWN] ??= new Set<string>());

/** False only when the process is certainly gone: it was on this machine, and its number is free or, as often in containers, that of this process. */
function isAlive(other: WorkerRecord): boolean {
  if (other.host !== hostname()) return true;
  if (other.pid === process.pid) return ownWorkers.has(other.id);
  try {
    process.kill(other.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function positive(value: number, option: string): number {
  if (!(value > 0)) throw new UsageError(`worker: ${option} is ${value}; it has to be more than 0.`);
  return value;
}
