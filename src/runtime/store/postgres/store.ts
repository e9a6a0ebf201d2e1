import { UsageError } from "../../../shared/errors.js";
import { LIVE_STATUSES, type Store } from "../store.js";
import type {
  CacheEntry,
  ClaimedRun,
  ClaimOptions,
  Commit,
  CommitResult,
  Delivery,
  JournalEntry,
  Message,
  NewMessage,
  NewRun,
  NewWorker,
  RunQuery,
  RunSummary,
  StoredHook,
  StoredImage,
  StoredRun,
  StoredSchedule,
  StoreNote,
  Task,
  TaskOptions,
  WorkerRecord,
} from "../store.js";
import { fromJson, kindNumber, statusNumber, toJson, toMessage, toRun, toSummary } from "../rows.js";
import type { MessageRow, OutcomeRow, SummaryRow } from "../rows.js";
import { bigints, storable, texts } from "./arrays.js";
import { Claimer, continuationColumns, summaryColumns, toContinuation, type ContinuationRow } from "./claim.js";
import { Committer, type Committed } from "./commit.js";
import { Connections, type Statement } from "./connect.js";
import { PostgresHooks } from "./hooks.js";
import { Notes } from "./notes.js";
import { listStatement } from "./list.js";
import { PostgresSchedules } from "./schedules.js";
import { Tasks } from "./tasks.js";
import { Transactions } from "./transaction.js";
import { settingsOf, type PostgresOptions } from "./options.js";

const READY = statusNumber("ready");
const SCHEDULED = statusNumber("scheduled");
/** Longer than anything here takes. */
const LONG_MS = 3_600_000;
const EXPIRED = (s: string): string => `greatest(lease_until, ${s}.up_since_ms() + lease_ms) <= ${s}.now_ms()`;

interface WorkerRow {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  readonly started_at: number;
  readonly lease_until: number;
  readonly expired: boolean;
}

/**
 * A store in a schema of a PostgreSQL database, for any number of workers on any number of machines. Leases go by the clock of the database, and a lease does not
 * run out while the database is away. Every method is one statement, so one transaction and one round trip; `claim` reads what it has taken in a second one.
 */
class PostgresStore implements Store {
  readonly url: string;
  readonly #connections: Connections;
  readonly #committer: Committer;
  readonly #claimer: Claimer;
  readonly #tasks: Tasks;
  readonly #hooks: PostgresHooks;
  readonly #schedules: PostgresSchedules;
  readonly #transactions: Transactions;
  readonly #notes: Notes;
  /** The schema, quoted. */
  readonly #s: string;
  /** Number of the last claim of any kind. */
  #claims = 0;

  constructor(url: string, options: PostgresOptions) {
    const settings = settingsOf(url, options);
    this.url = settings.shown;
    this.#s = `"${settings.schema}"`;
    this.#connections = new Connections(settings);
    this.#committer = new Committer(this.#connections, this.#s);
    const nextClaim = (): number => ++this.#claims;
    this.#claimer = new Claimer(this.#connections, this.#s, this.#committer, nextClaim);
    this.#tasks = new Tasks(this.#connections, this.#s, nextClaim);
    this.#hooks = new PostgresHooks(this.#connections, this.#s, nextClaim);
    this.#schedules = new PostgresSchedules(this.#connections, this.#s);
    this.#transactions = new Transactions(this.#connections, this.#committer, {
      wereCommitted: (commits, committed) => this.#wereCommitted(commits, committed),
      letGo: (commits) => this.#committer.letGo(commits.map(({ run }) => run)),
    });
    this.#notes = new Notes(this.#connections, settings.schema);
  }

  async createRun(run: NewRun): Promise<"created" | "exists"> {
    const { id, workflow, createdAt, startAt = createdAt, image, parent = null, endsWithParent = false } = run;
    checkText(id, "a run id");
    const status = startAt > createdAt ? SCHEDULED : READY;
    const rows = await this.#all(
      "create",
      `INSERT INTO ${this.#s}.runs (id, workflow, status, created_at, updated_at, wake_at, due_at, waiting_since, image, parent, ends_with_parent)
         VALUES ($1, $2, $3, $4, $4, $5, $5, $4, $6, (SELECT n FROM ${this.#s}.runs WHERE id = $7), $8) ON CONFLICT (id) DO NOTHING RETURNING n`,
      [id, workflow, status, Math.trunc(createdAt), Math.trunc(startAt), image, parent, endsWithParent],
    );
    if (rows.length === 0) return "exists";
    this.#notes.work();
    return "created";
  }

  async getRun(id: string): Promise<StoredRun | undefined> {
    const text = `SELECT ${summaryColumns(this.#s)}, r.outcome FROM ${this.#s}.runs r WHERE r.id = $1`;
    const [row] = await this.#all<OutcomeRow>("run", text, [id]);
    return row && toRun(row);
  }

  async getImage(id: string): Promise<StoredImage | undefined> {
    const text = `SELECT ${continuationColumns(this.#s)} FROM ${this.#s}.runs r WHERE r.id = $1`;
    const [row] = await this.#all<ContinuationRow>("image", text, [id]);
    return row && toContinuation(row);
  }

  async listRuns(query: RunQuery): Promise<RunSummary[]> {
    return (await this.#connections.run<SummaryRow>(listStatement(this.#s, query))).map(toSummary);
  }

  async readJournal(run: string): Promise<JournalEntry[]> {
    const rows = await this.#all<{ entries: string }>(
      "journal",
      `SELECT j.entries FROM ${this.#s}.runs r JOIN ${this.#s}.journal j ON j.run = r.n WHERE r.id = $1 ORDER BY j.version`,
      [run],
    );
    return rows.flatMap((row) => fromJson(row.entries));
  }

  async send({ run, id, kind, topic, payload, sentAt }: NewMessage): Promise<"sent" | "duplicate" | "unknown" | "ended"> {
    checkText(topic, "the name of a channel, or the reason of a cancellation,");
    if (id !== undefined) checkText(id, "a message id");
    const values = [run, id ?? null, kindNumber(kind), topic, payload, Math.trunc(sentAt)];
    const answer = await this.#call<"sent" | "duplicate" | "unknown" | "ended">("send", values);
    if (answer === "sent") this.#notes.work();
    return answer;
  }

  async pollMessages(workerId: string): Promise<Message[]> {
    const rows = await this.#all<MessageRow & { run: string }>(
      "poll",
      `SELECT m.seq, r.id AS run, m.kind, m.topic, m.payload, m.sent_at FROM ${this.#s}.runs r JOIN ${this.#s}.messages m ON m.run = r.n
         WHERE r.owner = $1 ORDER BY m.seq`,
      [workerId],
    );
    return rows.map((row) => toMessage(row, row.run));
  }

  async retryRun(id: string, at: number, journal: JournalEntry): Promise<"ready" | "not-failed" | "unknown"> {
    const answer = await this.#call<"ready" | "not-failed" | "unknown">("retry_run", [id, at, toJson([journal])]);
    if (answer === "ready") this.#notes.work();
    return answer;
  }

  async registerWorker(worker: NewWorker, now: number, isAlive: (other: WorkerRecord) => boolean): Promise<"registered"> {
    const { id, pid, host, startedAt, leaseMs } = worker;
    await this.#releaseDead(id, host, now, isAlive);
    const [row] = await this.#all<{ is_new: boolean }>(
      "register",
      `INSERT INTO ${this.#s}.workers AS w (id, pid, host, started_at, lease_ms, lease_until, claims, task_claims, delivery_claims)
         VALUES ($1, $2, $3, $4, $5::bigint, ${this.#s}.now_ms() + $5::bigint, $6, $6, $6)
         ON CONFLICT (id) DO UPDATE SET lease_ms = EXCLUDED.lease_ms, lease_until = EXCLUDED.lease_until RETURNING xmax = 0 AS is_new`,
      [id, pid, host, startedAt, leaseMs, ++this.#claims],
    );
    if (row!.is_new) this.#committer.forget(id);
    return "registered";
  }

  async renew(workerId: string, _now: number, leaseMs: number): Promise<boolean> {
    const text = `UPDATE ${this.#s}.workers SET lease_ms = $2::bigint, lease_until = ${this.#s}.now_ms() + $2::bigint WHERE id = $1 RETURNING 1`;
    return (await this.#all("renew", text, [workerId, leaseMs])).length > 0;
  }

  releaseDead(workerId: string, now: number, isAlive: (other: WorkerRecord) => boolean): Promise<boolean> {
    return this.#releaseDead(workerId, null, now, isAlive);
  }

  /** Of workers elsewhere only the lease says whether they live. @param host that of `workerId`, where it is not known yet */
  async #releaseDead(
    workerId: string,
    host: string | null,
    now: number,
    isAlive: (other: WorkerRecord) => boolean,
  ): Promise<boolean> {
    const rows = await this.#all<WorkerRow>(
      "suspects",
      `SELECT id, pid, host, started_at, lease_until, ${EXPIRED(this.#s)} AS expired FROM ${this.#s}.workers
         WHERE id <> $1 AND (${EXPIRED(this.#s)} OR host = coalesce($2, (SELECT host FROM ${this.#s}.workers WHERE id = $1)))`,
      [workerId, host],
    );
    const dead = rows.filter((row) => row.expired || !isAlive(toWorker(row)));
    if (dead.length === 0) return false;
    const values = [texts(dead.map(({ id }) => id)), bigints(dead.map(({ lease_until }) => lease_until)), now, true];
    if ((await this.#call<number>("release_workers", values)) === 0) return false;
    this.#notes.work();
    return true;
  }

  async unregisterWorker(workerId: string, now: number): Promise<void> {
    if ((await this.#call<number>("release_workers", [texts([workerId]), bigints([undefined]), now, false])) > 0)
      this.#notes.work();
    this.#committer.forget(workerId);
  }

  claim(options: ClaimOptions): Promise<ClaimedRun[]> {
    return this.#claimer.claim(options);
  }

  async commit(commits: readonly Commit[]): Promise<CommitResult[]> {
    if (commits.length === 0) return [];
    const committed = await this.#committer.commit(commits);
    this.#wereCommitted(commits, committed);
    return committed.results;
  }

  /** Takes note of commits that are durable now, and tells others of them. */
  #wereCommitted(commits: readonly Commit[], { results, concernsOthers }: Committed): void {
    this.#committer.keep(commits, results);
    if (concernsOthers) this.#notes.work();
    const ended = commits.filter(({ status }, at) => results[at] === "committed" && !LIVE_STATUSES.has(status));
    if (ended.length > 0) this.#notes.ended(ended.map(({ run }) => run));
  }

  async nextDue({ now, workflows, queues }: Parameters<Store["nextDue"]>[0]): Promise<number | undefined> {
    const [row] = await this.#all<{ next: number | null }>(
      "next",
      `SELECT least(
         (SELECT r.due_at FROM ${this.#s}.runs r WHERE r.due_at > $1 AND ($2::text[] IS NULL OR r.workflow = ANY ($2)) ORDER BY r.due_at LIMIT 1),
         (SELECT min(x.due_at) FROM unnest($3::text[]) AS q (name) CROSS JOIN LATERAL
           (SELECT t.due_at FROM ${this.#s}.tasks t WHERE t.queue = q.name AND t.owner IS NULL AND t.due_at > $1 ORDER BY t.due_at LIMIT 1) x)
       ) AS next`,
      [Math.floor(now), workflows ?? null, texts(queues.map(storable))],
    );
    return row!.next ?? undefined;
  }

  claimTasks(options: TaskOptions): Promise<Task[]> {
    return this.#tasks.claim(options);
  }

  heldTasks(workerId: string): Promise<number[]> {
    return this.#tasks.held(workerId);
  }

  noteProgress(task: number, workerId: string, details: Uint8Array): Promise<boolean> {
    return this.#tasks.noteProgress(task, workerId, details);
  }

  async finishTask(
    task: number,
    workerId: string,
    payload: Uint8Array,
    at: number,
    cached?: CacheEntry,
  ): Promise<"finished" | "superseded"> {
    if (!(await this.#tasks.finish(task, workerId, payload, at, cached))) return "superseded";
    this.#notes.work();
    return "finished";
  }

  readCache(key: string, now: number): Promise<Uint8Array | undefined> {
    return this.#tasks.readCache(key, now);
  }

  transaction<T>(
    body: (client: unknown) => Promise<T>,
    commits: (value: T) => Promise<readonly Commit[]>,
  ): Promise<CommitResult[]> {
    return this.#transactions.run(body, commits);
  }

  watch(listener: (note: StoreNote) => void): () => void {
    return this.#notes.watch(listener);
  }

  async putHook(hook: StoredHook): Promise<void> {
    checkText(hook.name, "the name of a hook");
    await this.#hooks.put(hook);
  }

  listHooks(): Promise<StoredHook[]> {
    return this.#hooks.list();
  }

  deleteHook(name: string): Promise<boolean> {
    return this.#hooks.delete(name);
  }

  claimDeliveries(options: Parameters<Store["claimDeliveries"]>[0]): Promise<Delivery[]> {
    return this.#hooks.claim(options);
  }

  finishDelivery(id: number, workerId: string): Promise<boolean> {
    return this.#hooks.finish(id, workerId);
  }

  deferDelivery(id: number, workerId: string, dueAt: number): Promise<boolean> {
    return this.#hooks.defer(id, workerId, dueAt);
  }

  async putSchedule(
    schedule: StoredSchedule,
    expected: string | undefined,
    outward?: Parameters<Store["putSchedule"]>[2],
  ): Promise<"written" | "superseded"> {
    checkText(schedule.name, "the name of a schedule");
    const answer = await this.#schedules.put(schedule, expected, outward);
    if (answer === "written") this.#notes.work();
    return answer;
  }

  getSchedule(name: string): Promise<StoredSchedule | undefined> {
    return this.#schedules.get(name);
  }

  listSchedules(): Promise<StoredSchedule[]> {
    return this.#schedules.list();
  }

  deleteSchedule(name: string): Promise<boolean> {
    return this.#schedules.delete(name);
  }

  dueSchedules(options: Parameters<Store["dueSchedules"]>[0]): ReturnType<Store["dueSchedules"]> {
    return this.#schedules.due(options);
  }

  async close(): Promise<void> {
    if (this.#connections.closed) return;
    // Idle connections do not keep the process; that they are closed is worth waiting for, or a program would end in the middle of its last await.
    const busy = setInterval(() => undefined, LONG_MS);
    try {
      await this.#notes.close();
      await this.#connections.close();
    } finally {
      clearInterval(busy);
    }
  }

  #all<R extends object>(name: string, text: string, values: Statement["values"]): Promise<R[]> {
    return this.#connections.run<R>({ name, text, values });
  }

  /** What a function of `functions.ts` answers. */
  async #call<R>(name: string, values: Statement["values"]): Promise<R> {
    const text = `SELECT ${this.#s}.${name}(${values.map((_, at) => `$${at + 1}`).join()}) AS answer`;
    const [row] = await this.#connections.run<{ answer: R }>({ name, text, values });
    return row!.answer;
  }
}

/** Throws UsageError for a text that would not come back as it was. */
function checkText(text: string, what: string): void {
  if (text.includes("\0") || !text.isWellFormed())
    throw new UsageError(
      `${JSON.stringify(text)}: ${what} holds a NUL character or half a surrogate pair, which PostgreSQL cannot store.`,
    );
}

function toWorker({ id, pid, host, started_at, lease_until }: WorkerRow): WorkerRecord {
  return { id, pid, host, startedAt: started_at, leaseUntil: lease_until };
}

/**
 * A store in the PostgreSQL database that the URL names, `postgres://user:password@host/database`, for many workers on many machines. Costs nothing: it connects, and creates
 * its tables, when it is first used; then StoreError says why it cannot. Needs the package `pg`. Throws UsageError for anything but such a URL.
 */
export function postgres(url: string, options: PostgresOptions = {}): Store {
  return new PostgresStore(url, options);
}
