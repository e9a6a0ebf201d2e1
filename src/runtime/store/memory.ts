import { StoreError } from "../../shared/errors.js";
import { MemoryHooks } from "./memory-hooks.js";
import { MemoryTasks } from "./memory-tasks.js";
import {
  FINAL_STATUSES,
  LIVE_STATUSES,
  RETRYABLE_STATUSES,
  SUSPECT_LOSSES,
  type CacheEntry,
  type ClaimedRun,
  type ClaimOptions,
  type Commit,
  type CommitResult,
  type Delivery,
  type JournalEntry,
  type Message,
  type NewMessage,
  type NewRun,
  type Notes,
  type NewWorker,
  type RunQuery,
  type RunStatus,
  type RunSummary,
  type Store,
  type StoredHook,
  type StoredImage,
  type StoredRun,
  type StoredSchedule,
  type Task,
  type TaskOptions,
  type WorkerRecord,
} from "./store.js";

interface Row {
  readonly id: string;
  readonly workflow: string;
  readonly createdAt: number;
  readonly parent: string | undefined;
  readonly endsWithParent: boolean;
  /** Position in order of creation; breaks ties between runs of the same millisecond. */
  readonly position: number;
  status: RunStatus;
  updatedAt: number;
  wakeAt: number | undefined;
  owner: string | undefined;
  fence: number;
  losses: number;
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
  notes: Notes;
  /** Runs that want to hear of its end. */
  readonly watchers: Set<string>;
  /** Runs it started that end with it. */
  readonly children: Set<string>;
}

const DEFAULT_LIMIT = 100;

/** A store in this process's memory: for tests and for programs that need no durability. Its runs end with the process. Any number of workers. */
export class MemoryStore implements Store {
  readonly url = "memory:";
  readonly #runs = new Map<string, Row>();
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #workers = new Map<string, WorkerRecord>();
  readonly #tasks = new MemoryTasks();
  readonly #hooks = new MemoryHooks();
  readonly #schedules = new Map<string, StoredSchedule>();
  #seq = 0;
  #closed = false;

  createRun(run: NewRun): Promise<"created" | "exists"> {
    return this.#transaction(() => (this.#create(run) ? "created" : "exists"));
  }

  #create(run: NewRun): boolean {
    if (this.#runs.has(run.id)) return false;
    this.#runs.set(run.id, newRow(run, this.#runs.size));
    if (run.parent !== undefined && run.endsWithParent) this.#runs.get(run.parent)?.children.add(run.id);
    return true;
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
    return this.#transaction(() => this.#send(message));
  }

  #send(message: NewMessage): "sent" | "duplicate" | "unknown" | "ended" {
    const row = this.#runs.get(message.run);
    if (row === undefined) return "unknown";
    const { id, ...rest } = message;
    if (id !== undefined && row.messageIds.has(id)) return "duplicate";
    if (!LIVE_STATUSES.has(row.status)) return "ended";
    if (id !== undefined) row.messageIds.add(id);
    this.#deliver(row, rest);
    return "sent";
  }

  #deliver(row: Row, message: Omit<Message, "seq">): void {
    row.messages.push({ ...message, payload: message.payload.slice(), seq: ++this.#seq });
    if (LIVE_STATUSES.has(row.status)) makeDue(row, message.sentAt);
  }

  pollMessages(workerId: string): Promise<Message[]> {
    return this.#transaction(() =>
      [...this.#runs.values()]
        .filter((row) => row.owner === workerId)
        .flatMap((row) => row.messages)
        .sort((a, b) => a.seq - b.seq),
    );
  }

  retryRun(id: string, at: number, journal: JournalEntry): Promise<"ready" | "not-failed" | "unknown"> {
    return this.#transaction(() => {
      const row = this.#runs.get(id);
      if (row === undefined) return "unknown";
      if (!RETRYABLE_STATUSES.has(row.status)) return "not-failed";
      Object.assign(row, { status: "ready", outcome: undefined, wakeAt: at, updatedAt: at, waitingSince: at, waitingFor: "" });
      row.losses = 0;
      row.version++;
      row.journal.push(structuredClone(journal));
      return "ready";
    });
  }

  registerWorker(
    worker: NewWorker,
    now: number,
    isAlive: (other: WorkerRecord) => boolean,
  ): Promise<"registered" | WorkerRecord> {
    return this.#transaction(() => {
      this.#releaseDead(worker.id, now, isAlive);
      const { leaseMs, ...record } = worker;
      this.#workers.set(worker.id, { ...record, leaseUntil: now + leaseMs });
      return "registered";
    });
  }

  renew(workerId: string, now: number, leaseMs: number): Promise<boolean> {
    return this.#transaction(() => {
      const worker = this.#workers.get(workerId);
      if (worker !== undefined) this.#workers.set(workerId, { ...worker, leaseUntil: now + leaseMs });
      return worker !== undefined;
    });
  }

  releaseDead(workerId: string, now: number, isAlive: (other: WorkerRecord) => boolean): Promise<boolean> {
    return this.#transaction(() => this.#releaseDead(workerId, now, isAlive));
  }

  unregisterWorker(workerId: string, now: number): Promise<void> {
    return this.#transaction(() => this.#release(workerId, now));
  }

  nextDue({ now, workflows, queues }: Parameters<Store["nextDue"]>[0]): Promise<number | undefined> {
    return this.#transaction(() => {
      let next = this.#tasks.nextDue(now, queues);
      for (const { owner, wakeAt, workflow } of this.#runs.values())
        if (owner === undefined && wakeAt !== undefined && wakeAt > now && (workflows?.includes(workflow) ?? true))
          next = Math.min(next, wakeAt);
      return next === Infinity ? undefined : next;
    });
  }

  claimTasks(options: TaskOptions): Promise<Task[]> {
    return this.#transaction(() => (this.#workers.has(options.workerId) ? this.#tasks.claim(options) : []));
  }

  heldTasks(workerId: string): Promise<number[]> {
    return this.#transaction(() => this.#tasks.held(workerId));
  }

  noteProgress(task: number, workerId: string, details: Uint8Array): Promise<boolean> {
    return this.#transaction(() => this.#tasks.noteProgress(task, workerId, details));
  }

  finishTask(
    id: number,
    workerId: string,
    payload: Uint8Array,
    at: number,
    cached?: CacheEntry,
  ): Promise<"finished" | "superseded"> {
    return this.#transaction(() => {
      const task = this.#tasks.finish(id, workerId);
      if (task === undefined) return "superseded";
      this.#tell(task.run, "step", `${task.call}:${task.attempt}`, payload, at);
      if (cached !== undefined) this.#tasks.cache(cached, at);
      return "finished";
    });
  }

  readCache(key: string, now: number): Promise<Uint8Array | undefined> {
    return this.#transaction(() => this.#tasks.cached(key, now));
  }

  claim({ workerId, now, limit, workflows, holds, suspects }: ClaimOptions): Promise<ClaimedRun[]> {
    return this.#transaction(() => {
      if (!this.#workers.has(workerId)) return [];
      const due = [...this.#runs.values()]
        .filter((row) => isDue(row, now) && (workflows === undefined || workflows.includes(row.workflow)))
        .sort((a, b) => a.wakeAt! - b.wakeAt! || a.position - b.position);
      const taken = suspects === undefined ? due.slice(0, limit) : apart(due, suspects, limit);
      const lost =
        holds === undefined ? [] : [...this.#runs.values()].filter(({ id, owner }) => owner === workerId && !holds.includes(id));
      return [...lost, ...taken].map((row) => {
        Object.assign(row, { owner: workerId, status: "running" });
        row.fence++;
        return {
          ...stored(row),
          ...this.#imageOf(row),
          fence: row.fence,
          losses: row.losses,
          messages: row.messages.map((message) => ({ ...message })),
        };
      });
    });
  }

  commit(commits: readonly Commit[]): Promise<CommitResult[]> {
    return this.#transaction(() => commits.map((commit) => this.#commit(commit)));
  }

  putHook(hook: StoredHook): Promise<void> {
    return this.#transaction(() => this.#hooks.put(hook));
  }

  listHooks(): Promise<StoredHook[]> {
    return this.#transaction(() => this.#hooks.list());
  }

  deleteHook(name: string): Promise<boolean> {
    return this.#transaction(() => this.#hooks.delete(name));
  }

  claimDeliveries(options: Parameters<Store["claimDeliveries"]>[0]): Promise<Delivery[]> {
    return this.#transaction(() => (this.#workers.has(options.workerId) ? this.#hooks.claim(options) : []));
  }

  finishDelivery(id: number, workerId: string): Promise<boolean> {
    return this.#transaction(() => this.#hooks.finish(id, workerId));
  }

  deferDelivery(id: number, workerId: string, dueAt: number): Promise<boolean> {
    return this.#transaction(() => this.#hooks.defer(id, workerId, dueAt));
  }

  putSchedule(
    schedule: StoredSchedule,
    expected: string | undefined,
    { starts, sends }: Parameters<Store["putSchedule"]>[2] = { starts: [], sends: [] },
  ): Promise<"written" | "superseded"> {
    return this.#transaction(() => {
      if (this.#schedules.get(schedule.name)?.version !== expected) return "superseded";
      this.#schedules.set(schedule.name, { ...schedule, args: schedule.args.slice() });
      for (const run of starts) this.#create(run);
      for (const message of sends) this.#send(message);
      return "written";
    });
  }

  getSchedule(name: string): Promise<StoredSchedule | undefined> {
    return this.#transaction(() => this.#schedules.get(name));
  }

  listSchedules(): Promise<StoredSchedule[]> {
    return this.#transaction(() => [...this.#schedules.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  deleteSchedule(name: string): Promise<boolean> {
    return this.#transaction(() => this.#schedules.delete(name));
  }

  dueSchedules({ now, workflows, limit }: Parameters<Store["dueSchedules"]>[0]): ReturnType<Store["dueSchedules"]> {
    return this.#transaction(() => {
      const waiting = [...this.#schedules.values()]
        .filter(({ workflow, dueAt }) => dueAt !== undefined && workflows.includes(workflow))
        .sort((a, b) => a.dueAt! - b.dueAt!);
      const due = waiting.filter(({ dueAt }) => dueAt! <= now);
      return { due: due.slice(0, limit), nextAt: waiting[due.length]?.dueAt };
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #commit(commit: Commit): CommitResult {
    const row = this.#runs.get(commit.run);
    // I5: a worker that lost the run changes nothing.
    if (row === undefined || row.fence !== commit.fence) return "superseded";
    if (row.version >= commit.version) return "committed";
    if (row.owner === undefined || row.version + 1 !== commit.version) return "superseded";
    const ended = !LIVE_STATUSES.has(commit.status);
    const gone = new Set(commit.consumed);
    row.messages = row.messages.filter((message) => !gone.has(message.seq));
    if (commit.waitingFor !== row.waitingFor) row.waitingSince = commit.at;
    row.status = commit.status;
    row.updatedAt = commit.at;
    row.wakeAt = ended ? undefined : commit.wakeAt;
    row.waitingFor = commit.waitingFor;
    row.version++;
    row.losses = 0;
    this.#write(row, commit);
    if (commit.outcome !== undefined) row.outcome = commit.outcome.slice();
    row.journal.push(...structuredClone(commit.journal));
    this.#outward(row, commit, ended);
    this.#hooks.tell(commit);
    if (ended || commit.release) {
      row.owner = undefined;
      if (!ended && row.messages.length > 0) makeDue(row, commit.at);
    }
    return "committed";
  }

  /** What the commit does beyond its own run. */
  #outward(row: Row, commit: Commit, ended: boolean): void {
    const { starts = [], sends = [], watches = [], notes, tasks = [], withdrawn = [], cached = [], status, at } = commit;
    for (const run of starts) this.#create(run);
    for (const message of sends) this.#send(message);
    for (const id of watches) {
      const target = this.#runs.get(id);
      if (target !== undefined && LIVE_STATUSES.has(target.status)) target.watchers.add(row.id);
      else this.#tell(row.id, "ended", id, target?.outcome, at);
    }
    if (notes !== undefined) row.notes = { ...row.notes, ...notes };
    this.#tasks.withdraw(row.id, withdrawn);
    const told = new Set(row.messages.flatMap(({ kind, topic }) => (kind === "step" ? [topic] : [])));
    this.#tasks.put(
      row.id,
      tasks.filter(({ call, attempt }) => !told.has(`${call}:${attempt}`)),
    );
    for (const entry of cached) this.#tasks.cache(entry, at);
    if (!ended) return;
    this.#tasks.forget(row.id);
    for (const id of row.watchers) this.#tell(id, "ended", row.id, row.outcome, at);
    row.watchers.clear();
    if (!FINAL_STATUSES.has(status)) return;
    for (const id of row.children) this.#tell(id, "orphaned", "", undefined, at);
  }

  #tell(run: string, kind: "ended" | "orphaned" | "step", topic: string, outcome: Uint8Array | undefined, at: number): void {
    const row = this.#runs.get(run);
    // A run that can be retried hears of it then.
    if (row !== undefined && (LIVE_STATUSES.has(row.status) || RETRYABLE_STATUSES.has(row.status)))
      this.#deliver(row, { run, kind, topic, payload: outcome ?? new Uint8Array(0), sentAt: at });
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

  #releaseDead(asker: string, now: number, isAlive: (other: WorkerRecord) => boolean): boolean {
    const dead = [...this.#workers.values()].filter(
      (other) => other.id !== asker && (other.leaseUntil <= now || !isAlive({ ...other })),
    );
    for (const { id } of dead) {
      for (const row of this.#runs.values()) if (row.owner === id) row.losses++;
      this.#release(id, now);
    }
    return dead.length > 0;
  }

  #release(workerId: string, now: number): void {
    this.#workers.delete(workerId);
    this.#tasks.release(workerId);
    this.#hooks.release(workerId);
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
    parent: run.parent,
    endsWithParent: run.endsWithParent ?? false,
    position,
    status: (run.startAt ?? run.createdAt) > run.createdAt ? "scheduled" : "ready",
    updatedAt: run.createdAt,
    wakeAt: run.startAt ?? run.createdAt,
    owner: undefined,
    fence: 0,
    losses: 0,
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
    notes: {},
    watchers: new Set(),
    children: new Set(),
  };
}

function summary(row: Row): RunSummary {
  const { id, workflow, status, createdAt, updatedAt, wakeAt, owner, waitingFor, waitingSince, version } = row;
  const { parent, notes } = row;
  return { id, workflow, status, createdAt, updatedAt, wakeAt, owner, waitingFor, waitingSince, version, parent, notes };
}

function stored(row: Row): StoredRun {
  return { ...summary(row), outcome: row.outcome?.slice() };
}

function matches(row: Row, query: RunQuery): boolean {
  const { status, workflow, since, parent, note = {} } = query;
  return (
    (status?.includes(row.status) ?? true) &&
    (workflow === undefined || row.workflow === workflow) &&
    (since === undefined || row.createdAt >= since) &&
    (parent === undefined || row.parent === parent) &&
    Object.entries(note).every(([key, value]) => Object.hasOwn(row.notes, key) && row.notes[key] === value)
  );
}

function isDue(row: Row, now: number): boolean {
  return row.wakeAt !== undefined && row.wakeAt <= now && row.owner === undefined;
}

/** A suspect by itself, or others. */
function apart(due: readonly Row[], suspects: "one" | "none", limit: number): Row[] {
  const suspect = suspects === "one" ? due.find(({ losses }) => losses >= SUSPECT_LOSSES) : undefined;
  return suspect === undefined ? due.filter(({ losses }) => losses < SUSPECT_LOSSES).slice(0, limit) : [suspect];
}

function makeDue(row: Row, at: number): void {
  row.wakeAt = Math.min(row.wakeAt ?? Infinity, at);
}

/** A new, empty store in memory. */
export function memory(): MemoryStore {
  return new MemoryStore();
}
