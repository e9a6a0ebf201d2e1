/**
 * Advances many runs at once and commits them in groups.
 *
 *     results, messages, timers ──▶ inboxes ──▶ advance (encode) ──▶ pending ──▶ store.commit([...]) ──▶ start effects
 *
 * Owns the runs in memory (actors). Upholds: I3, effects start in `#settle`, after their commit; I4, one transition of a run is one Commit, and a run
 * has at most one on the way; I5, a superseded run is dropped and its steps are aborted. While one group is being written the next one gathers.
 *
 * Cost: a step whose body answers no promise costs no timer, no macrotask and no promise of its own: all of them share the one awaited per group.
 */
import { Actor, type ActorHost } from "./actor.js";
import { show, type ConsoleLevel } from "./console.js";
import { Driver } from "./driver/driver.js";
import type { Codec, Outcome } from "./image.js";
import type { CheckpointLimits } from "./limits.js";
import type { Ports } from "./ports.js";
import type { StepAttempt } from "./attempt.js";
import { CipherError, StoreError } from "../shared/errors.js";
import { isOutage, outlast } from "./outage.js";
import { oneLine, saveableError, type Saved } from "./saved.js";
import {
  LIVE_STATUSES,
  SUSPECT_LOSSES,
  type ClaimedRun,
  type Commit,
  type CommitResult,
  type Message,
  type Store,
} from "./store/store.js";
import { commitFacts, tellRun } from "./telemetry.js";
import { BodyFailure, type TransactionBody } from "./transaction-body.js";
import type { DriverEvent, Transition } from "./transition.js";

export interface EngineOptions {
  readonly store: Store;
  readonly codec: Codec;
  readonly ports: Ports;
  readonly limits: Required<CheckpointLimits>;
  readonly workerId: string;
  /** A run that only waits for a timer further away than this, or for a message, is given back to the store. */
  readonly parkAfterMs: number;
  /** How long a run may compute before it gives way to others. */
  readonly sliceMs: number;
  /** A run that took so many workers with it in a row, without a commit in between, is crashed. */
  readonly maxLosses: number;
  /** A run has ended. */
  onEnded(run: string): void;
  /** A run has left memory and wants to be looked at again at that time. */
  onParked(wakeAt: number | undefined): void;
  /** The suspect has shown that it can be advanced, or is gone. */
  onTrialOver(): void;
  /** A run was dropped that this worker may hold still. */
  onDoubt(): void;
  /** Something was written that concerns other runs. */
  onOutward(): void;
  /** The store failed: nothing is committed any more. */
  onCrash(error: unknown): void;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A transition on its way to the store. */
interface Pending {
  readonly actor: Actor;
  readonly transition: Transition;
  readonly commit: Commit;
}

/**
 * Most transitions in a group. Sharing one disk flush pays up to a few hundred (measured on SQLite, null steps: 22 µs a step in groups of 32, 12.6 in groups
 * of 256, 11.5 from 512 on); more would only make one turn longer.
 */
const LARGEST_GROUP = 512;

/** A transaction whose connection was lost is tried again after this. */
const OUTAGE_PAUSE_MS = 500;

/** Time spent without letting timers and I/O events through. */
const LONGEST_TURN_MS = 8;

export class Engine implements ActorHost {
  readonly ports: Ports;
  readonly codec: Codec;
  readonly store: Store;
  readonly workerId: string;
  readonly #options: EngineOptions;
  readonly #actors = new Map<string, Actor>();
  #ready: Actor[] = [];
  #pending: Pending[] = [];
  /** A group is on its way to the store. */
  #committing = false;
  /** A turn is scheduled, or this code is running in one. */
  #scheduled = false;
  /** Steps under way that take part in the commit of their result. */
  #transactions = 0;
  /** A suspect of which nothing has been committed yet. */
  #trial: string | undefined;
  #lastBreath = 0;
  #stopping = false;
  #dead = false;
  /** Nobody waits any longer for a store that is away. */
  #abandoned = false;
  #onQuiet: (() => void) | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.ports = options.ports;
    this.codec = options.codec;
    this.store = options.store;
    this.workerId = options.workerId;
  }

  /** Number of runs in memory. */
  get size(): number {
    return this.#actors.size;
  }

  /** Ids of the runs in memory. */
  get runs(): string[] {
    return [...this.#actors.keys()];
  }

  /** A suspect is here, and it may yet take the worker with it. */
  get isTrying(): boolean {
    return this.#trial !== undefined;
  }

  /** Takes a run this worker holds now. */
  admit(claimed: ClaimedRun): void {
    const now = this.ports.clock.now();
    if (claimed.losses >= SUSPECT_LOSSES) this.#trial = claimed.id;
    if (claimed.losses >= this.#options.maxLosses) return this.#stopPoison(claimed, now);
    let driver: Driver;
    try {
      driver = new Driver(claimed, {
        codec: this.codec,
        random: this.ports.random,
        newId: this.ports.newId,
        limits: this.#options.limits,
      });
    } catch (error) {
      return error instanceof CipherError ? this.#leaveAlone(claimed.id, error) : this.#refuse(claimed, error, now);
    }
    // Left over from a lease that was lost without this worker noticing; the new fence is the one that counts (I5).
    this.#actors.get(claimed.id)?.drop("this worker lost the run");
    const { workflow, parent, createdAt } = claimed;
    const actor = new Actor(this, claimed.id, claimed.fence, claimed.version, driver, { workflow, parent, createdAt });
    this.#actors.set(claimed.id, actor);
    if (actor.receive(claimed.messages) || driver.isDue(now)) return this.enqueue(actor);
    const starts = driver.takeStarts();
    actor.start(starts, now);
    actor.arm(driver.timerAt());
    // Nothing to do after all: one commit gives it back.
    if (starts.length === 0) this.enqueue(actor);
  }

  /** A continuation that cannot be loaded: the run fails where it is; it goes on with a retry once it can be loaded (I8). */
  #refuse(claimed: ClaimedRun, error: unknown, at: number): void {
    this.ports.logger.warn("a run cannot be loaded", { run: claimed.id, error: oneLine(error) });
    this.#end(claimed, "failed", error, at);
  }

  /** It keeps its place: it goes on with a retry once the reason is gone. */
  #stopPoison(claimed: ClaimedRun, at: number): void {
    const error = new Error(
      `${claimed.losses} workers in a row were lost while they held this run, waiting for ${claimed.waitingFor || "its beginning"}`,
    );
    this.ports.logger.warn("a run is not tried again", { run: claimed.id, error: error.message });
    this.#end(claimed, "crashed", error, at);
  }

  #end({ id: run, fence, version, ...origin }: ClaimedRun, status: "failed" | "crashed", error: unknown, at: number): void {
    const outcome: Outcome = { kind: status, error: saveableError(error, this.codec) };
    const commit: Commit = {
      run,
      fence,
      version: version + 1,
      at,
      status,
      outcome: this.codec.encode(outcome),
      wakeAt: undefined,
      waitingFor: "",
      consumed: [],
      journal: [{ at, kind: `run.${status}`, data: { error: oneLine(error) } }],
      release: true,
    };
    this.#write([commit]).then(
      ([result]) => {
        this.#endTrial(run);
        if (result === "committed" && this.ports.telemetry !== undefined)
          tellRun(this.ports.telemetry, { ...origin, run }, commit, this.workerId);
        this.#options.onOutward();
        this.#options.onEnded(run);
      },
      (problem: unknown) => this.#crash(problem),
    );
  }

  /**
   * A run of which something cannot be decrypted stays as it is, and belongs to this worker until it stops: giving it back would make it due at once. Nothing is
   * written, so whoever has the key goes on with it.
   */
  #leaveAlone(run: string, error: CipherError): void {
    this.ports.logger.warn("a run cannot be decrypted and is left alone", { run, error: oneLine(error) });
    this.#endTrial(run);
  }

  /** Hands messages to the runs they are for. Messages of runs that are not here are left to whoever claims them. */
  deliver(messages: readonly Message[]): void {
    for (const message of messages) {
      const actor = this.#actors.get(message.run);
      if (actor?.receive([message])) this.enqueue(actor);
    }
  }

  enqueue(actor: Actor): void {
    if (actor.phase !== "idle") return;
    actor.phase = "queued";
    this.#ready.push(actor);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // After the I/O events of this tick, so that what finishes together is committed together.
    this.ports.timers.soon(this.#turn);
  }

  /**
   * I4: what the body has written, its result and the continuation after it are one transaction. It waits for the transition under way, and no other one of the run
   * begins before it has ended.
   */
  transact(actor: Actor, attempt: StepAttempt, body: TransactionBody): void {
    let pending: Pending | undefined;
    let hasAdvanced = false;
    let written: (() => void) | undefined;
    const commits = async (result: Saved): Promise<readonly Commit[]> => {
      hasAdvanced = (await actor.takeTurn()) && this.#isWanted(actor, attempt);
      if (hasAdvanced) pending = await this.#advanceWith(actor, attempt, result);
      if (pending === undefined) return [];
      written = this.ports.telemetry?.commit(commitFacts([pending.commit]));
      return [pending.commit];
    };
    this.#transactions++;
    this.store.transaction!((client) => body.run(attempt, client, this.ports.timers), commits)
      .then(
        ([result]) => {
          written?.();
          if (pending !== undefined) this.#settle(pending, result === "committed");
        },
        (error: unknown) => this.#rolledBack(actor, attempt, error, hasAdvanced),
      )
      .catch((error: unknown) => this.#crash(error))
      .finally(() => {
        this.#transactions--;
        this.#checkQuiet();
      });
  }

  /** Whose turn it is. It is given back when nobody waits for the attempt any more. */
  #isWanted(actor: Actor, attempt: StepAttempt): boolean {
    const isWanted = actor.wants(attempt);
    if (!isWanted && actor.phase !== "gone") this.#resume(actor);
    return isWanted;
  }

  async #advanceWith(actor: Actor, attempt: StepAttempt, result: Saved): Promise<Pending | undefined> {
    actor.finish(attempt);
    const { call, attempt: number } = attempt.start;
    const events: DriverEvent[] = [{ kind: "stepSucceeded", call, attempt: number, result }];
    const now = this.ports.clock.now();
    let transition = this.#slice(actor, events, now, false);
    while (transition === "goes on") {
      await this.#breathe();
      // Dropped meanwhile.
      if (this.#actors.get(actor.run) !== actor) return undefined;
      transition = this.#slice(actor, [], now, true);
    }
    return transition && this.#pendingOf(actor, transition, now);
  }

  #rolledBack(actor: Actor, attempt: StepAttempt, error: unknown, hasAdvanced: boolean): void {
    if (actor.phase === "gone") return;
    // The continuation in memory is ahead of the store, or they are equal and nobody knows: it goes on with what is in the store.
    if (hasAdvanced) {
      if (!isOutage(error)) throw error;
      this.#remove(actor, "the store could not be reached");
      return this.#options.onDoubt();
    }
    if (!actor.wants(attempt)) return;
    if (error instanceof BodyFailure) actor.attemptFailed(attempt, error.error, error.final);
    else if (isOutage(error)) actor.startAgain(attempt, this.ports.clock.now() + OUTAGE_PAUSE_MS);
    else if (error instanceof StoreError) throw error;
    else actor.attemptFailed(attempt, error);
  }

  /** No transition of the run is on its way. */
  #resume(actor: Actor): void {
    actor.phase = "idle";
    if (!actor.passTurn() && (actor.inbox.length > 0 || actor.failure !== undefined)) this.enqueue(actor);
  }

  readonly #turn = (): void => {
    this.#lastBreath = this.ports.clock.now();
    this.#advanceReady();
    this.#scheduled = false;
    if (!this.#committing && this.#pending.length > 0) void this.#commitAll();
    this.#scheduleRest();
  };

  /** Runs that compute on want another turn, unless the group is full: then it comes with the commit. */
  #scheduleRest(): void {
    if (this.#ready.length > 0 && this.#pending.length < LARGEST_GROUP && !this.#dead) this.#schedule();
  }

  /** Advances what is ready, as far as it fits into the next group. */
  #advanceReady(): void {
    const room = LARGEST_GROUP - this.#pending.length;
    if (this.#ready.length === 0 || room <= 0 || this.#dead) return;
    const ready = this.#ready.splice(0, room);
    const now = this.ports.clock.now();
    for (const actor of ready) {
      const isReady = actor.phase === "queued" || actor.phase === "yielded";
      const pending = isReady ? this.#advance(actor, now) : undefined;
      if (pending !== undefined) this.#pending.push(pending);
    }
  }

  #advance(actor: Actor, now: number): Pending | undefined {
    const goesOn = actor.phase === "yielded";
    const events = goesOn ? [] : actor.takeInbox();
    const transition = this.#slice(actor, events, now, goesOn);
    if (transition === "goes on") return this.#goesOnLater(actor);
    return transition && this.#pendingOf(actor, transition, now);
  }

  /** Advances the run as far as one slice of time takes it. `undefined`: it is left alone. */
  #slice(actor: Actor, events: readonly DriverEvent[], now: number, goesOn: boolean): Transition | "goes on" | undefined {
    const { clock } = this.ports;
    const end = clock.now() + this.#options.sliceMs;
    const isOver = (): boolean => clock.now() >= end;
    actor.phase = "committing";
    try {
      if (goesOn) return actor.driver.goOn(isOver, actor.takeCancel()) ?? "goes on";
      if (actor.failure !== undefined) return actor.driver.fail(actor.failure, events, now);
      return actor.driver.advance(events, now, isOver) ?? "goes on";
    } catch (error) {
      if (error instanceof CipherError) {
        this.#remove(actor, "a message of the run cannot be decrypted");
        this.#leaveAlone(actor.run, error);
        return undefined;
      }
      // A message or result this process cannot read, or a bug of ours: the run stays where it was (I8).
      return actor.driver.fail(error, events, now);
    }
  }

  #pendingOf(actor: Actor, transition: Transition, now: number): Pending {
    return { actor, transition, commit: this.#commitOf(actor, transition, now) };
  }

  /** Behind everybody who is ready, and after the events that have happened meanwhile. What comes for it waits until its transition is over. */
  #goesOnLater(actor: Actor): undefined {
    actor.phase = "yielded";
    this.#ready.push(actor);
    this.#schedule();
  }

  #commitOf(actor: Actor, t: Transition, at: number): Commit {
    const { status, wakeAt, waitingFor, consumed, journal } = t;
    const parks = !t.isBusy && (wakeAt === undefined || wakeAt - at > this.#options.parkAfterMs);
    const release = parks || !LIVE_STATUSES.has(status) || (this.#stopping && !actor.busy);
    const { run, fence } = actor;
    const version = ++actor.version;
    const commit: Writable<Commit> = {
      run,
      fence,
      version,
      at,
      status,
      wakeAt,
      waitingFor,
      consumed,
      journal,
      release,
      ...t.outward,
    };
    if (t.image !== undefined) Object.assign(commit, { image: t.image, refers: t.refers });
    if (t.part !== undefined) commit.part = t.part;
    if (t.blobs.length > 0) commit.blobs = t.blobs;
    if (t.warning !== undefined) this.ports.logger.warn("a continuation has become large", { run, ...t.warning });
    if (t.outcome !== undefined) commit.outcome = t.outcome;
    return commit;
  }

  /** Group after group, until nothing is pending. What a group's effects lead to at once is the next group. */
  async #commitAll(): Promise<void> {
    this.#committing = true;
    try {
      while (this.#pending.length > 0 && !this.#dead) {
        const group = this.#pending;
        this.#pending = [];
        const commits = group.map((entry) => entry.commit);
        const written = this.ports.telemetry?.commit(commitFacts(commits));
        const results = await this.#write(commits);
        written?.();
        const scheduled = this.#scheduled;
        this.#scheduled = true;
        for (let i = 0; i < group.length; i++) this.#settle(group[i]!, results[i] === "committed");
        this.#advanceReady();
        this.#scheduled = scheduled;
        if (this.ports.clock.now() - this.#lastBreath >= LONGEST_TURN_MS) await this.#breathe();
      }
    } catch (error) {
      this.#crash(error);
    } finally {
      this.#committing = false;
      this.#scheduleRest();
      this.#checkQuiet();
    }
  }

  /** I4: a group whose answer was lost in an outage is sent again as it is, and each of its commits happens once. */
  #write(commits: readonly Commit[]): Promise<CommitResult[]> {
    return outlast(
      this.ports,
      () => this.#options.store.commit(commits),
      () => this.#abandoned,
    );
  }

  #breathe(): Promise<void> {
    return new Promise((resolve) =>
      this.ports.timers.soon(() => {
        this.#lastBreath = this.ports.clock.now();
        resolve();
      }),
    );
  }

  #settle({ actor, transition, commit }: Pending, committed: boolean): void {
    if (committed) {
      this.#show(commit);
      if (this.ports.telemetry !== undefined)
        tellRun(this.ports.telemetry, { ...actor.origin, run: actor.run }, commit, this.workerId);
    }
    if (actor.phase === "gone") return;
    if (!committed) return this.#remove(actor, "another worker has taken the run over");
    this.#endTrial(actor.run);
    if (concernsOthers(commit)) this.#options.onOutward();
    if (commit.release) {
      this.#remove(actor, "the run has ended");
      if (LIVE_STATUSES.has(transition.status)) this.#options.onParked(actor.inbox.length > 0 ? commit.at : transition.wakeAt);
      else this.#options.onEnded(actor.run);
      return;
    }
    actor.phase = "idle";
    if (transition.abort.length > 0) actor.abort(transition.abort, "nobody waits for this step any more");
    actor.arm(transition.timerAt);
    // Before anything starts: bodies that end at once would keep the run busy for ever.
    actor.passTurn();
    if (!this.#stopping) actor.start(transition.start, commit.at);
    if (actor.inbox.length > 0 || actor.failure !== undefined) this.enqueue(actor);
  }

  /** What the program has written to the console in a transition that has happened. */
  #show({ run, journal }: Commit): void {
    for (const { kind, data } of journal)
      if (kind === "log") show(this.ports.logger, { run, level: data["level"] as ConsoleLevel, text: String(data["text"]) });
  }

  #remove(actor: Actor, reason: string): void {
    actor.drop(reason);
    if (this.#actors.get(actor.run) === actor) this.#actors.delete(actor.run);
    this.#endTrial(actor.run);
  }

  #endTrial(run: string): void {
    if (this.#trial !== run) return;
    this.#trial = undefined;
    this.#options.onTrialOver();
  }

  /** Forgets all runs: somebody else owns them now. Their steps are aborted. */
  dropAll(reason: string): void {
    for (const actor of this.#actors.values()) this.#remove(actor, reason);
    this.#ready = [];
  }

  #crash(error: unknown): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#abandoned = true;
    this.#pending = [];
    this.dropAll("the worker has stopped");
    this.#options.onCrash(error);
    this.#checkQuiet();
  }

  /** Starts no more steps, lets running ones finish and commits them; after `graceMs` the rest is aborted. Resolves when nothing is on the way. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    const quiet = new Promise<void>((resolve) => (this.#onQuiet = resolve));
    const { timers } = this.ports;
    const handle = timers.after(graceMs, () => {
      this.#abandoned = true;
      this.dropAll("the worker is stopping");
      this.#checkQuiet();
    });
    this.#checkQuiet();
    await quiet;
    timers.cancel(handle);
    this.dropAll("the worker is stopping");
    this.#dead = true;
  }

  #checkQuiet(): void {
    if (this.#onQuiet === undefined || this.#committing || this.#transactions > 0 || (this.#pending.length > 0 && !this.#dead))
      return;
    if (!this.#dead)
      for (const actor of this.#actors.values()) if (actor.busy || actor.phase === "queued" || actor.phase === "yielded") return;
    this.#onQuiet();
  }
}

/** Whether others may have something to do because of it. */
function concernsOthers({ starts, sends, watches, tasks, status }: Commit): boolean {
  return (
    starts !== undefined || sends !== undefined || watches !== undefined || tasks !== undefined || !LIVE_STATUSES.has(status)
  );
}
