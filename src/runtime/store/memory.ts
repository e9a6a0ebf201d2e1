import { StoreError } from "../../shared/errors.js";
import {
  LIVE_STATUSES,
  type ClaimedRun,
  type Commit,
  type CommitResult,
  type JournalEntry,
  type Message,
  type NewMessage,
  type NewRun,
  type RunQuery,
  type RunStatus,
  type RunSummary,
  type Store,
  type StoredImage,
  type StoredRun,
  type WorkerRecord,
} from "./store.js";

interface Row {
  readonly id: string;
  readonly workflow: string;
  readonly createdAt: number;
  /** Position in order of creation; breaks ties between runs of the same millisecond. */
  readonly position: number;
  status: RunStatus;
  updatedAt: number;
  wakeAt: number | undefined;
  owner: string | undefined;
  leaseUntil: number;
  fence: number;
  waitingFor: string;
  waitingSince: number;
  version: number;
  image: Uint8Array;
  parts: Uint8Array[];
  /** Ids of the blobs that image and parts refer to. */
  readonly blobs: Set<string>;
  outcome: Uint8Array | undefined;
  readonly journal: JournalEntry[];
  /** Waiting messages, oldest first. */
  messages: Message[];
  readonly messageIds: Set<string>;
}

const DEFAULT_LIMIT = 100;

export interface MemoryOptions {
  /** How many workers it takes at a time. With `"many"`, each run belongs to the worker whose lease on it lasts. Default `"one"`. */
  readonly workers?: "one" | "many";
}

/** A store in this process's memory: for tests and for programs that need no durability. Its runs end with the process. */
export class MemoryStore implements Store {
  readonly url = "memory:";
  readonly #runs = new Map<string, Row>();
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #workers = new Map<string, WorkerRecord>();
  readonly #takesMany: boolean;
  #seq = 0;
  #closed = false;

  constructor(options: MemoryOptions = {}) {
    this.#takesMany = options.workers === "many";
  }

  createRun(run: NewRun): Promise<"created" | "exists"> {
    return this.#transaction(() => {
      if (this.#runs.has(run.id)) return "exists";
      this.#runs.set(run.id, newRow(run, this.#runs.size));
      return "created";
    });
  }

  getImage(id: string): Promise<StoredImage | undefined> {
    return this.#transaction(() => {
      const row = this.#runs.get(id);
      return row && this.#imageOf(row);
    });
  }

  getRun(id: string): Promise<StoredRun | undefined> {
    return this.#transaction(() => {
      const row = this.#runs.get(id);
      return row && stored(row);
    });
  }

  listRuns(query: RunQuery): Promise<RunSummary[]> {
    return this.#transaction(() => {
      const before = query.after === undefined ? Infinity : (this.#runs.get(query.after)?.position ?? -1);
      return [...this.#runs.values()]
        .filter((row) => row.position < before && matches(row, query))
        .sort((a, b) => b.position - a.position)
        .slice(0, query.limit ?? DEFAULT_LIMIT)
        .map(summary);
    });
  }

  readJournal(run: string): Promise<JournalEntry[]> {
    return this.#transaction(() => (this.#runs.get(run)?.journal ?? []).map((entry) => structuredClone(entry)));
  }

  send(message: NewMessage): Promise<"sent" | "duplicate" | "unknown" | "ended"> {
    return this.#transaction(() => {
      const row = this.#runs.get(message.run);
      if (row === undefined) return "unknown";
      const { id, ...rest } = message;
      if (id !== undefined && row.messageIds.has(id)) return "duplicate";
      if (!LIVE_STATUSES.has(row.status)) return "ended";
      if (id !== undefined) row.messageIds.add(id);
      row.messages.push({ ...rest, payload: rest.payload.slice(), seq: ++this.#seq });
      makeDue(row, message.sentAt);
      return "sent";
    });
  }

  pollMessages(workerId: string, after: number): Promise<Message[]> {
    return this.#transaction(() =>
      [...this.#runs.values()]
        .filter((row) => row.owner === workerId)
        .flatMap((row) => row.messages.filter((message) => message.seq > after))
        .sort((a, b) => a.seq - b.seq),
    );
  }

  retryRun(id: string, at: number, journal: JournalEntry): Promise<"ready" | "not-failed" | "unknown"> {
    return this.#transaction(() => {
      const row = this.#runs.get(id);
      if (row === undefined) return "unknown";
      if (row.status !== "failed") return "not-failed";
      Object.assign(row, { status: "ready", outcome: undefined, wakeAt: at, updatedAt: at, waitingSince: at, waitingFor: "" });
      row.version++;
      row.journal.push(structuredClone(journal));
      return "ready";
    });
  }

  registerWorker(
    worker: WorkerRecord,
    now: number,
    isAlive: (other: WorkerRecord) => boolean,
  ): Promise<"registered" | WorkerRecord> {
    return this.#transaction(() => {
      for (const holder of this.#workers.values()) {
        if (holder.id === worker.id) continue;
        const lives = holder.leaseUntil > now && isAlive(holder);
        if (lives && this.#takesMany) continue;
        if (lives) return { ...holder };
        this.#workers.delete(holder.id);
        this.#release(holder.id, now);
      }
      this.#workers.set(worker.id, { ...worker });
      return "registered";
    });
  }

  renew(workerId: string, leaseUntil: number): Promise<boolean> {
    return this.#transaction(() => {
      const worker = this.#workers.get(workerId);
      if (worker === undefined) return false;
      this.#workers.set(workerId, { ...worker, leaseUntil });
      for (const row of this.#runs.values()) if (row.owner === workerId) row.leaseUntil = leaseUntil;
      return true;
    });
  }

  unregisterWorker(workerId: string, now: number): Promise<void> {
    return this.#transaction(() => {
      this.#workers.delete(workerId);
      this.#release(workerId, now);
    });
  }

  claim(options: {
    workerId: string;
    now: number;
    leaseUntil: number;
    limit: number;
    workflows?: readonly string[];
  }): Promise<ClaimedRun[]> {
    const { workerId, now, leaseUntil, limit, workflows } = options;
    return this.#transaction(() => {
      const due = [...this.#runs.values()]
        .filter((row) => isDue(row, now) && (workflows === undefined || workflows.includes(row.workflow)))
        .sort((a, b) => a.wakeAt! - b.wakeAt! || a.position - b.position)
        .slice(0, limit);
      return due.map((row) => {
        Object.assign(row, { owner: workerId, leaseUntil, status: "running" });
        row.fence++;
        return {
          ...stored(row),
          ...this.#imageOf(row),
          fence: row.fence,
          messages: row.messages.map((message) => ({ ...message })),
        };
      });
    });
  }

  commit(commits: readonly Commit[]): Promise<CommitResult[]> {
    return this.#transaction(() => commits.map((commit) => this.#commit(commit)));
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #commit(commit: Commit): CommitResult {
    const row = this.#runs.get(commit.run);
    // I5: a worker that lost the run changes nothing.
    if (row === undefined || row.owner === undefined || row.fence !== commit.fence) return "superseded";
    const ended = !LIVE_STATUSES.has(commit.status);
    const gone = new Set(commit.consumed);
    row.messages = row.messages.filter((message) => !gone.has(message.seq));
    if (commit.waitingFor !== row.waitingFor) row.waitingSince = commit.at;
    row.status = commit.status;
    row.updatedAt = commit.at;
    row.wakeAt = ended ? undefined : commit.wakeAt;
    row.waitingFor = commit.waitingFor;
    row.version++;
    this.#write(row, commit);
    if (commit.outcome !== undefined) row.outcome = commit.outcome.slice();
    row.journal.push(...structuredClone(commit.journal));
    if (ended || commit.release) {
      row.owner = undefined;
      if (!ended && row.messages.length > 0) makeDue(row, commit.at);
    }
    return "committed";
  }

  #write(row: Row, { image, part, blobs = [], refers = [] }: Commit): void {
    if (image !== undefined) {
      Object.assign(row, { image: image.slice(), parts: [] });
      const kept = new Set(refers);
      for (const id of row.blobs) if (!kept.has(id)) row.blobs.delete(id);
    }
    if (part !== undefined) row.parts.push(part.slice());
    for (const { id, bytes } of blobs) {
      row.blobs.add(id);
      if (!this.#blobs.has(id)) this.#blobs.set(id, bytes.slice());
    }
    if (image !== undefined) this.#collect();
  }

  /** Blobs that no run refers to go. */
  #collect(): void {
    const used = new Set([...this.#runs.values()].flatMap((row) => [...row.blobs]));
    for (const id of this.#blobs.keys()) if (!used.has(id)) this.#blobs.delete(id);
  }

  #imageOf(row: Row): StoredImage {
    const blobs = new Map([...row.blobs].map((id) => [id, this.#blobs.get(id)!.slice()]));
    return { image: row.image.slice(), parts: row.parts.map((part) => part.slice()), blobs };
  }

  #release(workerId: string, now: number): void {
    for (const row of this.#runs.values()) {
      if (row.owner !== workerId) continue;
      row.owner = undefined;
      if (row.status === "running") row.status = "ready";
      makeDue(row, now);
    }
  }

  /** One call, one transaction: everything in it is synchronous. */
  async #transaction<T>(work: () => T): Promise<T> {
    if (this.#closed) throw new StoreError("The store was closed.", "closed");
    return work();
  }
}

function newRow(run: NewRun, position: number): Row {
  return {
    id: run.id,
    workflow: run.workflow,
    createdAt: run.createdAt,
    position,
    status: "ready",
    updatedAt: run.createdAt,
    wakeAt: run.createdAt,
    owner: undefined,
    leaseUntil: 0,
    fence: 0,
    waitingFor: "",
    waitingSince: run.createdAt,
    version: 0,
    image: run.image.slice(),
    parts: [],
    blobs: new Set(),
    outcome: undefined,
    journal: [],
    messages: [],
    messageIds: new Set(),
  };
}

function summary(row: Row): RunSummary {
  const { id, workflow, status, createdAt, updatedAt, wakeAt, owner, waitingFor, waitingSince, version } = row;
  return { id, workflow, status, createdAt, updatedAt, wakeAt, owner, waitingFor, waitingSince, version };
}

function stored(row: Row): StoredRun {
  return { ...summary(row), outcome: row.outcome?.slice() };
}

function matches(row: Row, query: RunQuery): boolean {
  return (query.status?.includes(row.status) ?? true) && (query.workflow === undefined || row.workflow === query.workflow);
}

function isDue(row: Row, now: number): boolean {
  return row.wakeAt !== undefined && row.wakeAt <= now && (row.owner === undefined || row.leaseUntil < now);
}

function makeDue(row: Row, at: number): void {
  row.wakeAt = Math.min(row.wakeAt ?? Infinity, at);
}

/** A new, empty store in memory. */
export function memory(options?: MemoryOptions): MemoryStore {
  return new MemoryStore(options);
}
