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

/** What a run is doing. `ready`: can be advanced now. `running`: a worker holds it. `waiting`: for a timer, a message. The rest are ends; a `failed` run can be retried. */
export type RunStatus = "ready" | "running" | "waiting" | "completed" | "failed" | "cancelled";

/** Statuses in which a run can still advance. */
export const LIVE_STATUSES: ReadonlySet<RunStatus> = new Set<RunStatus>(["ready", "running", "waiting"]);

export interface NewRun {
  readonly id: string;
  /** Code id of the workflow function: `src/checkout.ts#checkout`. */
  readonly workflow: string;
  /** Encoded continuation to begin with. */
  readonly image: Uint8Array;
  readonly createdAt: number;
}

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

export type MessageKind = "send" | "cancel";

/** Something from outside for a run, kept until a commit consumes it. */
export interface Message {
  /** Store-wide, growing in order of arrival. */
  readonly seq: number;
  readonly run: string;
  readonly kind: MessageKind;
  /** Channel name of a `send`, the reason of a `cancel`. */
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly sentAt: number;
}

export type NewMessage = Omit<Message, "seq"> & {
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
}

export interface RunQuery {
  readonly status?: readonly RunStatus[];
  readonly workflow?: string;
  /** At most this many, newest first. Default 100. */
  readonly limit?: number;
  /** Only runs created before this run id's position: the `id` of the last row of the page before. */
  readonly after?: string;
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

  /** Makes a failed run claimable again from the continuation it kept. `"not-failed"` when it is in another state. */
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
  /** Applies all commits, of different runs, in one transaction (group commit), each conditional on its own fence. Answers in the same order. */
  commit(commits: readonly Commit[]): Promise<CommitResult[]>;

  /** Hears from other processes until the answer is called. A store without it can only be polled. */
  watch?(listener: (note: StoreNote) => void): () => void;

  close(): Promise<void>;
}
