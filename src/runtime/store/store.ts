/**
 * The store: where runs live while nothing executes them. Every method is one transaction and conditional on what it expects to
 * find; losing a race is a value (`"superseded"`, `"exists"`), never an exception. `test/store/suite.ts` is the specification and
 * every store passes it. Methods throw StoreError when the medium fails; then nothing of the call has happened, unless its reason is "unavailable": then
 * the call may have happened or not, and may be made again (`commit` and `createRun` find out by themselves that they have happened already).
 *
 * All times are milliseconds since the epoch by the caller's clock. Leases are durations in milliseconds: a store that workers on several machines use counts
 * them by the clock of its database, the others by the caller's (they read no clock of their own).
 */
import type { Blob, Blobs } from "../codec/blobs.js";

/**
 * What a run is doing.
 *
 *     scheduled   begins at a later time            completed   its function returned
 *     ready       can be advanced now               failed      its function threw; keeps its place, can be retried
 *     running     a worker holds it                 cancelled   it was asked to end, and did
 *     waiting     for a timer, a message, a run     timed-out   its deadline passed, and it ended because of that
 *     retrying    for the next attempt of a step    crashed     it took workers down with it, several times in the same place; can be retried
 *     paused      until it is resumed
 *     cancelling  it was asked to end and still tidies up
 */
export type RunStatus = (typeof STATUSES)[number];

export const STATUSES = [
  "scheduled",
  "ready",
  "running",
  "waiting",
  "retrying",
  "paused",
  "cancelling",
  "completed",
  "failed",
  "cancelled",
  "timed-out",
  "crashed",
] as const;

/** Statuses in which a run can still advance. */
export const LIVE_STATUSES: ReadonlySet<RunStatus> = new Set<RunStatus>([
  "scheduled",
  "ready",
  "running",
  "waiting",
  "retrying",
  "paused",
  "cancelling",
]);

/** Statuses of runs that have kept their continuation and can be made to go on with it. */
export const RETRYABLE_STATUSES: ReadonlySet<RunStatus> = new Set<RunStatus>(["failed", "crashed"]);

/** Statuses at which a run leaves nothing to go on with: its children are cancelled with it. */
export const FINAL_STATUSES: ReadonlySet<RunStatus> = new Set<RunStatus>(["completed", "cancelled", "timed-out"]);

export interface NewRun {
  readonly id: string;
  /** Code id of the workflow function: `src/checkout.ts#checkout`. */
  readonly workflow: string;
  /** Encoded continuation to begin with. */
  readonly image: Uint8Array;
  readonly createdAt: number;
  /** It begins then, and is `scheduled` until. Default: at once. */
  readonly startAt?: number;
  /** The run that started it. */
  readonly parent?: string;
  /** With a parent: it is sent a cancellation when that one is over. Default: it goes on. */
  readonly endsWithParent?: boolean;
}

/** What can be searched for: a fact about a run. */
export type NoteValue = string | number | boolean | null;
export type Notes = Readonly<Record<string, NoteValue>>;

/** A run as listed: everything but its payloads. */
export interface RunSummary {
  readonly id: string;
  readonly workflow: string;
  readonly status: RunStatus;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When it next has to be looked at, `undefined` when only a message can wake it. */
  readonly wakeAt: number | undefined;
  readonly owner: string | undefined;
  /** What it waits for, one short sentence: `step charge, attempt 2`. Empty when ended. */
  readonly waitingFor: string;
  /** Since when it waits for that. */
  readonly waitingSince: number;
  /** Number of commits so far. */
  readonly version: number;
  /** The run that started it, `undefined` when the host did. */
  readonly parent: string | undefined;
  readonly notes: Notes;
}

/** A run as it is asked for: with its outcome, without its continuation. */
export interface StoredRun extends RunSummary {
  /** The encoded outcome of an ended run: its result, or its error. */
  readonly outcome: Uint8Array | undefined;
}

/** A continuation. */
export interface StoredImage {
  /** The encoded continuation. A failed run keeps the one it failed from. */
  readonly image: Uint8Array;
  /** What has changed in it since, oldest first. */
  readonly parts: readonly Uint8Array[];
  /** What image and parts refer to. */
  readonly blobs: Blobs;
}

/**
 * `ended`: a run that was watched has ended; its outcome is the payload, which is empty when there is no such run. `orphaned`: the run's parent is over, and it
 * was to end with it. These two come from the store itself. `step`: how an attempt in a queue has ended; it comes with `finishTask`.
 */
export type MessageKind = "send" | "cancel" | "pause" | "resume" | "step" | "ended" | "orphaned";

/** Something from outside for a run, kept until a commit consumes it. */
export interface Message {
  /** Store-wide, growing in order of arrival. */
  readonly seq: number;
  readonly run: string;
  readonly kind: MessageKind;
  /** Channel name of a `send`, the reason of a `cancel`, the id of the run that `ended`, call and attempt of a `step`: `7:1`. */
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly sentAt: number;
}

export type NewMessage = Omit<Message, "seq" | "kind"> & {
  readonly kind: Exclude<MessageKind, "ended" | "orphaned" | "step">;
  /** With an id, the same message sent twice is kept once. */
  readonly id?: string;
};

/** One line of the readable history of a run. Never needed to recover. */
export interface JournalEntry {
  readonly at: number;
  /** `run.started`, `step.completed`, … */
  readonly kind: string;
  /** Facts for a person, JSON-safe. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A run handed to a worker: nobody else may advance it until the lease ends. */
export interface ClaimedRun extends StoredRun, StoredImage {
  /** Fencing token: grows with every claim of the run. Every commit names it (I5). */
  readonly fence: number;
  /** Messages that wait for it, oldest first. */
  readonly messages: readonly Message[];
  /** How many workers in a row were lost while they held it, with no commit in between. */
  readonly losses: number;
}

/** One transition of one run: all of it or nothing (I4). */
export interface Commit {
  readonly run: string;
  /** The fencing token of the claim. A commit with an older one changes nothing and is `"superseded"` (I5). */
  readonly fence: number;
  /** The number of the commit: one more than the version of the run before it. One that the run has already is answered `"committed"` and changes nothing, so that a commit whose answer was lost is made again (I4). */
  readonly version: number;
  readonly at: number;
  readonly status: RunStatus;
  /** The new continuation, which takes the place of the stored one and of its parts; absent: they stay (a failed run keeps its continuation). */
  readonly image?: Uint8Array;
  /** What has changed in the stored continuation: comes after its other parts. Never together with `image`. */
  readonly part?: Uint8Array;
  /** Blobs that this run did not refer to before. Each is kept once, however many runs refer to it, and goes when none does. */
  readonly blobs?: readonly Blob[];
  /** With `image`: all blobs it refers to; the run gives back the others. */
  readonly refers?: readonly string[];
  /** Result or error of an ended run. */
  readonly outcome?: Uint8Array;
  /** When it next has to be looked at; `undefined`: only on a message. */
  readonly wakeAt: number | undefined;
  readonly waitingFor: string;
  /** Sequence numbers of the messages this transition consumed; they are gone with the commit. */
  readonly consumed: readonly number[];
  readonly journal: readonly JournalEntry[];
  /** Give the lease back with this commit. When unconsumed messages wait for the run, it is claimable at once whatever `wakeAt` says. Ended runs are always released. */
  readonly release: boolean;
  /** Runs to create; one whose id exists stays as it is. */
  readonly starts?: readonly NewRun[];
  /** Messages to runs. To one that is unknown or over: lost. */
  readonly sends?: readonly NewMessage[];
  /** Runs whose end this one wants to hear of, by a message of kind `ended`: at once when that has happened. */
  readonly watches?: readonly string[];
  /** Facts to add or replace. */
  readonly notes?: Notes;
  /**
   * Attempts for other workers. There is one task of a call: a later attempt takes the place of an earlier one, and the same one again changes nothing, also when it has
   * ended and the run has not consumed the message that says so.
   */
  readonly tasks?: readonly NewTask[];
  /** Calls whose tasks nobody wants any more. Those of a run that has ended go in any case. */
  readonly withdrawn?: readonly number[];
  /** Results to be found by other runs. */
  readonly cached?: readonly CacheEntry[];
}

/** An attempt of a step that any worker may make that serves its queue. */
export interface NewTask {
  readonly queue: string;
  /** Number of the call in its run. */
  readonly call: number;
  readonly attempt: number;
  /** Id in the step table. */
  readonly step: string;
  /** Tasks of one key share the limit per key. */
  readonly key?: string | undefined;
  /** Higher ones first. */
  readonly priority: number;
  /** Not before this time. */
  readonly dueAt: number;
  /** What the attempt is made with, encoded. */
  readonly payload: Uint8Array;
  /** What the attempt before it last said of itself, encoded. */
  readonly details?: Uint8Array | undefined;
}

/** A task in the hands of a worker. */
export interface Task extends NewTask {
  /** Store-wide. */
  readonly id: number;
  readonly run: string;
  /** What this attempt, or the one before, last said of itself. */
  readonly details: Uint8Array | undefined;
}

/** How much of a queue may be under way at once, over all workers. Absent: no limit. */
export interface QueueLimits {
  readonly queue: string;
  readonly concurrency?: number | undefined;
  readonly perKey?: number | undefined;
  /** `limit` tasks begin in `perMs` milliseconds; see `rate.ts`. */
  readonly rate?: { readonly limit: number; readonly perMs: number } | undefined;
}

export interface TaskOptions {
  readonly workerId: string;
  readonly now: number;
  readonly queues: readonly QueueLimits[];
  /** Only tasks of these steps. */
  readonly steps: readonly string[];
  readonly limit: number;
  /** The tasks the worker knows it holds, those included that it is about to finish. Given when the answer to a claim was lost: others that it holds are given back first. */
  readonly holds?: readonly number[];
}

export interface CacheEntry {
  readonly key: string;
  readonly value: Uint8Array;
  /** It is not answered any more from then on. */
  readonly until: number;
}

export type CommitResult = "committed" | "superseded";

export interface NewWorker {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  readonly startedAt: number;
  /** How long it counts as alive without a sign of life. */
  readonly leaseMs: number;
}

export interface WorkerRecord extends Omit<NewWorker, "leaseMs"> {
  /** By the clock the store counts leases by. */
  readonly leaseUntil: number;
}

/** Word from another process. A hint: notes may be lost, doubled or late. `work`: a run was created, retried, released, or sent a message. */
export type StoreNote = { readonly kind: "work" } | { readonly kind: "ended"; readonly run: string };

export interface ClaimOptions {
  readonly workerId: string;
  readonly now: number;
  readonly limit: number;
  /** Only runs of these. Default: of any. */
  readonly workflows?: readonly string[];
  /** The runs the worker knows it holds. Given when the answer to a claim, or to a transaction, was lost: others that it holds are handed over again, first and beyond the limit. */
  readonly holds?: readonly string[];
  /** What becomes of suspects, runs with `SUSPECT_LOSSES` or more. `one`: when one is due it is handed over, by itself. `none`: none is. Default: they are like the others. */
  readonly suspects?: "one" | "none";
}

/**
 * From so many losses on a run is a suspect: it may be what the workers were lost with. Runs that were only beside it get so many, too, and then each is tried by itself, which
 * tells them apart. Fewer are no reason: workers are lost because machines are switched off.
 */
export const SUSPECT_LOSSES = 3;

export interface RunQuery {
  readonly status?: readonly RunStatus[];
  readonly workflow?: string;
  /** Only runs with all of these notes. */
  readonly note?: Notes;
  /** Only runs created at or after this time. */
  readonly since?: number;
  /** Only runs that this run started. */
  readonly parent?: string;
  /** At most this many, newest first. Default 100. */
  readonly limit?: number;
  /** Only runs created before this run id's position: the `id` of the last row of the page before. */
  readonly after?: string;
}

/** What hooks hear of: a run has ended, in which way, or has been paused. */
export type HookEvent = (typeof HOOK_EVENTS)[number];

export const HOOK_EVENTS = [
  "completed",
  "failed",
  "cancelled",
  "timed-out",
  "crashed",
  "paused",
] as const satisfies readonly RunStatus[];

/** Somebody who is to be told what happens to runs, whether they are there at the time or not. */
export interface StoredHook {
  readonly name: string;
  readonly events: readonly HookEvent[];
}

/** Word for a hook, in the hands of a worker. */
export interface Delivery {
  /** Store-wide. */
  readonly id: number;
  readonly hook: string;
  readonly run: string;
  readonly event: HookEvent;
  readonly at: number;
  /** Number of the commit of the run that it is about. */
  readonly version: number;
  /** How often it was handed over, this time included. */
  readonly attempt: number;
  /** How the run ended, encoded; of a completed run it is not kept here. */
  readonly outcome: Uint8Array | undefined;
}

/** What a commit has to tell hooks. */
export function hookEventOf({ status, journal }: Pick<Commit, "status" | "journal">): HookEvent | undefined {
  switch (status) {
    case "completed":
    case "failed":
    case "cancelled":
    case "timed-out":
    case "crashed":
      return status;
    case "paused":
      // A paused run may commit again, for instance the results of steps that were under way.
      return journal.some(({ kind }) => kind === "run.paused") ? "paused" : undefined;
    default:
      return undefined;
  }
}

/** A schedule: when runs of a workflow are to be started. */
export interface StoredSchedule {
  readonly name: string;
  /** Code id of the workflow. */
  readonly workflow: string;
  /** A new id with everything that is written, so that a schedule which was deleted and made again is not taken for the old one. */
  readonly version: string;
  /** When a worker has to look at it next; `undefined`: never. */
  readonly dueAt: number | undefined;
  /** JSON: when its occurrences are, and what has become of those before. */
  readonly definition: string;
  /** The arguments of its runs, encoded. */
  readonly args: Uint8Array;
}

export interface Store {
  /** For messages to people: `sqlite:flow.db`, `memory:`. */
  readonly url: string;

  /** `"exists"` when a run of that id is there already, whatever its state; then nothing changes. */
  createRun(run: NewRun): Promise<"created" | "exists">;
  getRun(id: string): Promise<StoredRun | undefined>;
  /** The continuation of a run, of one moment. */
  getImage(id: string): Promise<StoredImage | undefined>;
  listRuns(query: RunQuery): Promise<RunSummary[]>;
  /** Oldest first. */
  readJournal(run: string): Promise<JournalEntry[]>;

  /** `"unknown"`: no such run. `"ended"`: the run can no longer receive. `"duplicate"`: a message of that id was sent already. Makes the run claimable now. */
  send(message: NewMessage): Promise<"sent" | "duplicate" | "unknown" | "ended">;
  /** All messages that wait for runs this worker holds, oldest first. */
  pollMessages(workerId: string): Promise<Message[]>;

  /** Makes a failed or crashed run claimable again from the continuation it kept. `"not-failed"` when it is in another state. */
  retryRun(id: string, at: number, journal: JournalEntry): Promise<"ready" | "not-failed" | "unknown">;

  /**
   * Announces a worker, and takes out those that have died, as `releaseDead` does. A store for one worker at a time answers with the living holder instead.
   */
  registerWorker(worker: NewWorker, now: number, isAlive: (other: WorkerRecord) => boolean): Promise<"registered" | WorkerRecord>;
  /** Extends the worker's lease, which is that of all runs it holds. `false` when the worker is no longer registered: then it holds nothing any more. */
  renew(workerId: string, now: number, leaseMs: number): Promise<boolean>;
  /** Takes out workers whose lease has ended or that `isAlive` denies (it is asked about those on the host of `workerId` at least), and releases what they hold. `true` when there was any. */
  releaseDead(workerId: string, now: number, isAlive: (other: WorkerRecord) => boolean): Promise<boolean>;
  /** Takes the worker out and releases what it holds. */
  unregisterWorker(workerId: string, now: number): Promise<void>;

  /**
   * Hands over up to `limit` runs that are due: not ended, `wakeAt` reached, and held by nobody. Oldest `wakeAt` first. Nothing to a worker that is not registered. A worker
   * claims and commits through the store it registered with.
   */
  claim(options: ClaimOptions): Promise<ClaimedRun[]>;
  /** When the first run of these workflows that nobody holds, or the first task of these queues, is due after `now`; `undefined` when there is none. */
  nextDue(options: {
    readonly now: number;
    readonly workflows?: readonly string[];
    readonly queues: readonly string[];
  }): Promise<number | undefined>;
  /** Applies all commits, of different runs, in one transaction (group commit), each conditional on its own fence. Answers in the same order. */
  commit(commits: readonly Commit[]): Promise<CommitResult[]>;

  /** Hears from other processes until the answer is called. A store without it can only be polled. */
  watch?(listener: (note: StoreNote) => void): () => void;

  /** Hands over tasks that are due, as far as the limits allow: of each queue by priority, then by age. */
  claimTasks(options: TaskOptions): Promise<Task[]>;
  /** Ids of the tasks that this worker holds. One that is missing was withdrawn, or taken over. */
  heldTasks(workerId: string): Promise<number[]>;
  /** Keeps what an attempt says of itself. `false` when the worker no longer holds the task. */
  noteProgress(task: number, workerId: string, details: Uint8Array): Promise<boolean>;
  /** Takes the task out and tells its run how it ended, by a message of kind `step`. `"superseded"` when the worker no longer holds it; then nothing changes. */
  finishTask(
    task: number,
    workerId: string,
    payload: Uint8Array,
    at: number,
    cached?: CacheEntry,
  ): Promise<"finished" | "superseded">;
  /** A result that was put there by `cached` and is good at `now`. */
  readCache(key: string, now: number): Promise<Uint8Array | undefined>;

  /**
   * Does `body`, gets the commits for what it answered, and makes them, in one transaction on one connection, which `body` is given as the kind of client this store
   * has. Answers as `commit` does; when one commit is superseded, or there are none, nothing of it has happened. Rejects with what `body` or `commits` reject with,
   * or with what the database says to what `body` did: nothing has happened then. Rejects with StoreError "unavailable" when the connection was lost: then nothing
   * has happened if `commits` was not called; otherwise a claim with `holds` hands the runs over as they have become, unless they have been released.
   * A store without it has no steps that take part in commits.
   */
  transaction?<T>(
    body: (client: unknown) => Promise<T>,
    commits: (value: T) => Promise<readonly Commit[]>,
  ): Promise<CommitResult[]>;
  /** From now on each commit that leads to one of these events leaves a delivery for the hook, in its transaction (I4). Replaces the one of that name. */
  putHook(hook: StoredHook): Promise<void>;
  /** By name. */
  listHooks(): Promise<StoredHook[]>;
  /** Takes it out, with what was not delivered. `false` when there is none. */
  deleteHook(name: string): Promise<boolean>;
  /** Hands over deliveries of these hooks that are due and that nobody holds, the longest due first. They are held until they are finished or put off, or the worker is gone. */
  claimDeliveries(options: {
    readonly workerId: string;
    readonly now: number;
    readonly hooks: readonly string[];
    readonly limit: number;
    /** The deliveries the worker knows it holds. Given when the answer to a claim was lost: others that it holds are given back first. */
    readonly holds?: readonly number[];
  }): Promise<Delivery[]>;
  /** Takes it out. `false` when the worker no longer holds it. */
  finishDelivery(id: number, workerId: string): Promise<boolean>;
  /** Lets go of it; nobody is given it before `dueAt`. `false` when the worker no longer holds it. */
  deferDelivery(id: number, workerId: string, dueAt: number): Promise<boolean>;

  /**
   * Writes a schedule, if its version is `expected` (`undefined`: if there is none of that name), and with it, in the same transaction, runs that it starts and messages
   * that it sends, as a commit does. Otherwise `"superseded"`, and nothing of it happens.
   */
  putSchedule(
    schedule: StoredSchedule,
    expected: string | undefined,
    outward?: { readonly starts: readonly NewRun[]; readonly sends: readonly NewMessage[] },
  ): Promise<"written" | "superseded">;
  getSchedule(name: string): Promise<StoredSchedule | undefined>;
  /** By name. */
  listSchedules(): Promise<StoredSchedule[]>;
  /** `false` when there is none. */
  deleteSchedule(name: string): Promise<boolean>;
  /** Schedules of these workflows that are due, at most `limit`, the longest due first, and when the next of them is. */
  dueSchedules(options: {
    readonly now: number;
    readonly workflows: readonly string[];
    readonly limit: number;
  }): Promise<{ readonly due: StoredSchedule[]; readonly nextAt: number | undefined }>;

  close(): Promise<void>;
}
