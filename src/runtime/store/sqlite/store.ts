import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { StoreError } from "../../../shared/errors.js";
import {
  RETRYABLE_STATUSES,
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
  type NewWorker,
  type RunQuery,
  type RunSummary,
  type Store,
  type StoredHook,
  type StoredImage,
  type StoredRun,
  type StoredSchedule,
  type Task,
  type TaskOptions,
  type WorkerRecord,
} from "../store.js";
import { claimDue, nextDue } from "./claim.js";
import { SUMMARY_COLUMNS, type RunRow } from "./columns.js";
import { Committer } from "./commit.js";
import { connect, type SqliteOptions } from "./connect.js";
import { storeError } from "./failures.js";
import { readContinuation } from "./continuation.js";
import * as hooks from "./hooks.js";
import { insertMessage, insertRun } from "./outward.js";
import * as schedules from "./schedules.js";
import { claimTasks, finishTask } from "./tasks.js";
import {
  fromJson,
  statusNumber,
  statusOf,
  toJson,
  toMessage,
  toRun,
  toSummary,
  type MessageRow,
  type OutcomeRow,
  type SummaryRow,
} from "../rows.js";

const DEFAULT_LIMIT = 100;
const READY = statusNumber("ready");
const RUNNING = statusNumber("running");

/**
 * A store in one SQLite file, through node:sqlite. Several processes may use the file at once; one of them may be its worker. Calls are answered
 * synchronously under the promise: SQLite has no other way, and one commit costs microseconds besides the sync to disk.
 */
export class SqliteStore implements Store {
  readonly url: string;
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #committer: Committer;
  #dataVersion: number;

  /** Opens the file, and creates it when it is not there. Throws StoreError. */
  constructor(path: string, options: SqliteOptions = {}) {
    this.url = `sqlite:${path}`;
    this.#path = path;
    this.#db = connect(path, options);
    this.#committer = new Committer((sql) => this.#prepare(sql));
    this.#dataVersion = this.#readDataVersion();
  }

  createRun(run: NewRun): Promise<"created" | "exists"> {
    return this.#transaction(() => (insertRun((sql) => this.#prepare(sql), run) ? "created" : "exists"));
  }

  getRun(id: string): Promise<StoredRun | undefined> {
    return this.#run(() => {
      const row = this.#get<OutcomeRow>(`SELECT ${SUMMARY_COLUMNS}, outcome FROM runs WHERE id = ?`, id);
      return row && toRun(row);
    });
  }

  getImage(id: string): Promise<StoredImage | undefined> {
    return this.#reading(() => {
      const row = this.#get<RunRow>("SELECT n, image FROM runs WHERE id = ?", id);
      return row && readContinuation((sql) => this.#prepare(sql), row.n, row.image);
    });
  }

  listRuns(query: RunQuery): Promise<RunSummary[]> {
    const { status, workflow, note, since, parent, after, limit = DEFAULT_LIMIT } = query;
    const conditions: string[] = [];
    const values: SQLInputValue[] = [];
    if (status !== undefined) conditions.push(`status IN (${status.map(statusNumber).join(", ")})`);
    if (workflow !== undefined) {
      conditions.push("workflow = ?");
      values.push(workflow);
    }
    if (since !== undefined) {
      conditions.push("created_at >= ?");
      values.push(since);
    }
    if (parent !== undefined) {
      conditions.push("parent = (SELECT n FROM runs WHERE id = ?)");
      values.push(parent);
    }
    for (const [key, value] of Object.entries(note ?? {})) {
      conditions.push("n IN (SELECT run FROM notes WHERE key = ? AND value = ?)");
      values.push(key, JSON.stringify(value));
    }
    if (after !== undefined) {
      conditions.push("n < (SELECT n FROM runs WHERE id = ?)");
      values.push(after);
    }
    const where = conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
    return this.#run(() =>
      this.#all<SummaryRow>(`SELECT ${SUMMARY_COLUMNS} FROM runs ${where} ORDER BY n DESC LIMIT ?`, ...values, limit).map(
        toSummary,
      ),
    );
  }

  readJournal(run: string): Promise<JournalEntry[]> {
    return this.#run(() =>
      this.#all<{ entries: string }>(
        `WITH RECURSIVE chain (n, prev, entries) AS (
           SELECT j.n, j.prev, j.entries FROM runs r JOIN journal j ON j.n = r.journal WHERE r.id = ?
           UNION ALL SELECT j.n, j.prev, j.entries FROM chain c JOIN journal j ON j.n = c.prev
         ) SELECT entries FROM chain ORDER BY n`,
        run,
      ).flatMap((row) => fromJson(row.entries)),
    );
  }

  send(message: NewMessage): Promise<"sent" | "duplicate" | "unknown" | "ended"> {
    return this.#transaction(() => insertMessage((sql) => this.#prepare(sql), message));
  }

  pollMessages(workerId: string): Promise<Message[]> {
    return this.#run(() =>
      this.#all<MessageRow & { run: string }>(
        "SELECT m.seq, r.id AS run, m.kind, m.topic, m.payload, m.sent_at FROM messages m JOIN runs r ON r.n = m.run WHERE r.owner = ? ORDER BY m.seq",
        workerId,
      ).map((row) => toMessage(row, row.run)),
    );
  }

  retryRun(id: string, at: number, journal: JournalEntry): Promise<"ready" | "not-failed" | "unknown"> {
    return this.#transaction(() => {
      const run = this.#get<{ n: number; status: number; journal: number | null }>(
        "SELECT n, status, journal FROM runs WHERE id = ?",
        id,
      );
      if (run === undefined) return "unknown";
      if (!RETRYABLE_STATUSES.has(statusOf(run.status))) return "not-failed";
      const { lastInsertRowid } = this.#prepare("INSERT INTO journal (prev, entries) VALUES (?, ?)").run(
        run.journal,
        toJson([journal]),
      );
      this.#prepare(
        "UPDATE runs SET status = ?1, outcome = NULL, wake_at = ?2, updated_at = ?2, waiting_since = ?2, waiting_for = '', version = version + 1, losses = 0, journal = ?3 WHERE n = ?4",
      ).run(READY, at, lastInsertRowid, run.n);
      return "ready";
    });
  }

  registerWorker(
    worker: NewWorker,
    now: number,
    isAlive: (other: WorkerRecord) => boolean,
  ): Promise<"registered" | WorkerRecord> {
    return this.#transaction(() => {
      const holder = this.#get<WorkerRecord>(
        "SELECT id, pid, host, started_at AS startedAt, lease_until AS leaseUntil FROM worker",
      );
      if (holder !== undefined && holder.id !== worker.id && holder.leaseUntil > now && isAlive({ ...holder }))
        return { ...holder };
      if (holder?.id !== worker.id) this.#releaseAllBut(worker.id, now);
      this.#prepare("INSERT OR REPLACE INTO worker (one, id, pid, host, started_at, lease_until) VALUES (1, ?, ?, ?, ?, ?)").run(
        worker.id,
        worker.pid,
        worker.host,
        worker.startedAt,
        now + worker.leaseMs,
      );
      return "registered";
    });
  }

  renew(workerId: string, now: number, leaseMs: number): Promise<boolean> {
    return this.#run(
      () => this.#prepare("UPDATE worker SET lease_until = ? WHERE id = ?").run(now + leaseMs, workerId).changes === 1,
    );
  }

  /** There is one worker at a time, and the next one takes out the one before. */
  releaseDead(): Promise<boolean> {
    return Promise.resolve(false);
  }

  unregisterWorker(workerId: string, now: number): Promise<void> {
    return this.#transaction(() => {
      this.#prepare("DELETE FROM worker WHERE id = ?").run(workerId);
      this.#prepare(`${RELEASE} WHERE owner = ?2`).run(now, workerId);
      this.#prepare("UPDATE tasks SET owner = NULL WHERE owner = ?").run(workerId);
      this.#prepare("UPDATE deliveries SET owner = NULL WHERE owner = ?").run(workerId);
    });
  }

  claim(options: ClaimOptions): Promise<ClaimedRun[]> {
    return this.#transaction(() => claimDue((sql) => this.#prepare(sql), options, this.#committer));
  }

  commit(commits: readonly Commit[]): Promise<CommitResult[]> {
    return this.#transaction(() => this.#committer.commit(commits));
  }

  nextDue(options: Parameters<Store["nextDue"]>[0]): Promise<number | undefined> {
    return this.#run(() => nextDue((sql) => this.#prepare(sql), options));
  }

  claimTasks(options: TaskOptions): Promise<Task[]> {
    return this.#transaction(() => claimTasks((sql) => this.#prepare(sql), options));
  }

  heldTasks(workerId: string): Promise<number[]> {
    return this.#run(() => this.#all<{ id: number }>("SELECT id FROM tasks WHERE owner = ?", workerId).map(({ id }) => id));
  }

  noteProgress(task: number, workerId: string, details: Uint8Array): Promise<boolean> {
    return this.#transaction(
      () => this.#prepare("UPDATE tasks SET details = ? WHERE id = ? AND owner = ?").run(details, task, workerId).changes === 1,
    );
  }

  finishTask(
    task: number,
    workerId: string,
    payload: Uint8Array,
    at: number,
    cached?: CacheEntry,
  ): Promise<"finished" | "superseded"> {
    return this.#transaction(() => finishTask((sql) => this.#prepare(sql), task, workerId, payload, at, cached));
  }

  readCache(key: string, now: number): Promise<Uint8Array | undefined> {
    return this.#run(
      () => this.#get<{ value: Uint8Array }>("SELECT value FROM cache WHERE key = ? AND until > ?", key, now)?.value,
    );
  }

  putHook(hook: StoredHook): Promise<void> {
    return this.#transaction(() => hooks.put((sql) => this.#prepare(sql), hook));
  }

  listHooks(): Promise<StoredHook[]> {
    return this.#run(() => hooks.list((sql) => this.#prepare(sql)));
  }

  deleteHook(name: string): Promise<boolean> {
    return this.#transaction(() => hooks.remove((sql) => this.#prepare(sql), name));
  }

  claimDeliveries(options: Parameters<Store["claimDeliveries"]>[0]): Promise<Delivery[]> {
    return this.#transaction(() => hooks.claim((sql) => this.#prepare(sql), options));
  }

  finishDelivery(id: number, workerId: string): Promise<boolean> {
    return this.#run(() => this.#prepare("DELETE FROM deliveries WHERE id = ? AND owner = ?").run(id, workerId).changes === 1);
  }

  deferDelivery(id: number, workerId: string, dueAt: number): Promise<boolean> {
    return this.#run(
      () =>
        this.#prepare("UPDATE deliveries SET owner = NULL, due_at = ? WHERE id = ? AND owner = ?").run(dueAt, id, workerId)
          .changes === 1,
    );
  }

  putSchedule(
    schedule: StoredSchedule,
    expected: string | undefined,
    outward?: Parameters<Store["putSchedule"]>[2],
  ): Promise<"written" | "superseded"> {
    return this.#transaction(() => schedules.put((sql) => this.#prepare(sql), schedule, expected, outward));
  }

  getSchedule(name: string): Promise<StoredSchedule | undefined> {
    return this.#run(() => schedules.get((sql) => this.#prepare(sql), name));
  }

  listSchedules(): Promise<StoredSchedule[]> {
    return this.#run(() => schedules.list((sql) => this.#prepare(sql)));
  }

  deleteSchedule(name: string): Promise<boolean> {
    return this.#run(() => this.#prepare("DELETE FROM schedules WHERE name = ?").run(name).changes === 1);
  }

  dueSchedules(options: Parameters<Store["dueSchedules"]>[0]): ReturnType<Store["dueSchedules"]> {
    return this.#reading(() => schedules.due((sql) => this.#prepare(sql), options));
  }

  /**
   * Whether another connection has changed the file since the last call. Costs no transaction, so pollers may ask it often and look for work only
   * when the answer is yes; changes made through this store do not count.
   */
  changed(): boolean {
    const version = this.#readDataVersion();
    if (version === this.#dataVersion) return false;
    this.#dataVersion = version;
    return true;
  }

  close(): Promise<void> {
    return this.#db.isOpen ? this.#run(() => this.#db.close()) : Promise.resolve();
  }

  /** What another worker held when it was lost. */
  #releaseAllBut(workerId: string, now: number): void {
    this.#prepare(`${RELEASE}, losses = losses + 1 WHERE owner IS NOT NULL AND owner <> ?2`).run(now, workerId);
    this.#prepare("UPDATE tasks SET owner = NULL WHERE owner <> ?").run(workerId);
    this.#prepare("UPDATE deliveries SET owner = NULL WHERE owner <> ?").run(workerId);
  }

  #readDataVersion(): number {
    return this.#get<{ data_version: number }>("PRAGMA data_version")!.data_version;
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #get<R>(sql: string, ...values: SQLInputValue[]): R | undefined {
    return this.#prepare(sql).get(...values) as R | undefined;
  }

  #all<R>(sql: string, ...values: SQLInputValue[]): R[] {
    return this.#prepare(sql).all(...values) as R[];
  }

  /** All of `work` or nothing of it, by itself at the file. */
  #transaction<T>(work: () => T): Promise<T> {
    return this.#run(() => {
      this.#prepare("BEGIN IMMEDIATE").run();
      try {
        const result = work();
        this.#prepare("COMMIT").run();
        return result;
      } catch (error) {
        this.#committer.forget();
        // SQLite itself rolls back on some errors (a full disk).
        if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
        throw error;
      }
    });
  }

  /** Several reads of one moment. */
  #reading<T>(work: () => T): Promise<T> {
    return this.#run(() => {
      this.#prepare("BEGIN").run();
      try {
        return work();
      } finally {
        if (this.#db.isTransaction) this.#prepare("COMMIT").run();
      }
    });
  }

  /** `work` runs at once, before the promise is there. */
  async #run<T>(work: () => T): Promise<T> {
    if (!this.#db.isOpen) throw new StoreError(`The store ${this.#path} was closed.`, "closed");
    try {
      return work();
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }
}

/** Takes runs from their owner; `?1` is the time. What was running is ready, all of it is due. */
const RELEASE = `UPDATE runs SET owner = NULL, wake_at = min(coalesce(wake_at, ?1), ?1), status = iif(status = ${RUNNING}, ${READY}, status)`;

/** A store in the file at `path`. Throws StoreError when the file cannot be used. */
export function sqlite(path: string, options?: SqliteOptions): SqliteStore {
  return new SqliteStore(path, options);
}
