/** Tasks: step attempts that any worker may make. Every function is called inside a transaction. */
import type { StatementSync } from "node:sqlite";
import { after, allowedAt } from "../rate.js";
import type { CacheEntry, NewTask, QueueLimits, Task, TaskOptions } from "../store.js";
import { deliver } from "./outward.js";
import { kindNumber, toTask, type TaskRow } from "../rows.js";

type Prepare = (sql: string) => StatementSync;

const STEP = kindNumber("step");

/** @param n number of the run */
export function putTasks(prepare: Prepare, n: number, tasks: readonly NewTask[]): void {
  for (const { call, attempt, queue, step, key = null, priority, dueAt, payload, details = null } of tasks)
    prepare(PUT).run(n, call, attempt, queue, step, key, priority, dueAt, payload, details, `${call}:${attempt}`);
}

const PUT = `INSERT INTO tasks (run, call, attempt, queue, step, key, priority, due_at, payload, details) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
  WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.run = ?1 AND m.kind = ${STEP} AND m.topic = ?11)
  ON CONFLICT (run, call) DO UPDATE SET attempt = ?3, queue = ?4, key = ?6, priority = ?7, due_at = ?8, payload = ?9, details = ?10, owner = NULL WHERE attempt < ?3`;

export function withdraw(prepare: Prepare, n: number, calls: readonly number[]): void {
  for (const call of calls) prepare("DELETE FROM tasks WHERE run = ? AND call = ?").run(n, call);
}

export function claimTasks(prepare: Prepare, { workerId, now, queues, steps, limit, holds }: TaskOptions): Task[] {
  const claimed: Task[] = [];
  if (prepare("SELECT 1 FROM worker WHERE id = ?").get(workerId) === undefined) return claimed;
  if (holds !== undefined) prepare(GIVE_BACK).run(workerId, JSON.stringify(holds));
  for (const limits of queues) {
    const room = Math.min(limit - claimed.length, roomOf(prepare, limits, now));
    if (room <= 0) continue;
    const rows = prepare(limits.perKey === undefined ? DUE : DUE_BY_KEY).all(
      limits.queue,
      now,
      JSON.stringify(steps),
      room,
      ...(limits.perKey === undefined ? [] : [limits.perKey]),
    ) as unknown as TaskRow[];
    for (const row of rows) prepare("UPDATE tasks SET owner = ? WHERE id = ?").run(workerId, row.id);
    if (limits.rate !== undefined && rows.length > 0) begin(prepare, limits, now, rows.length);
    claimed.push(...rows.map(toTask));
  }
  return claimed;
}

const GIVE_BACK = "UPDATE tasks SET owner = NULL WHERE owner = ? AND id NOT IN (SELECT value FROM json_each(?))";
const COLUMNS = "t.id, r.id AS run, t.call, t.attempt, t.queue, t.step, t.key, t.priority, t.due_at, t.payload, t.details";
const FREE = "t.queue = ?1 AND t.owner IS NULL AND t.due_at <= ?2 AND t.step IN (SELECT value FROM json_each(?3))";
const ORDER = "priority DESC, due_at, id";
const DUE = `SELECT ${COLUMNS} FROM tasks t JOIN runs r ON r.n = t.run WHERE ${FREE} ORDER BY t.priority DESC, t.due_at, t.id LIMIT ?4`;
/** Of each key as many as fit beside those under way. Tasks without a key have no limit of their own. */
const DUE_BY_KEY = `SELECT * FROM (
    SELECT ${COLUMNS}, row_number() OVER (PARTITION BY t.key ORDER BY t.priority DESC, t.due_at, t.id) AS place
    FROM tasks t JOIN runs r ON r.n = t.run WHERE ${FREE}
  ) f WHERE f.key IS NULL OR place <= ?5 - (SELECT count(*) FROM tasks h WHERE h.queue = ?1 AND h.key = f.key AND h.owner IS NOT NULL)
  ORDER BY ${ORDER} LIMIT ?4`;

/** How many tasks of the queue may begin now. */
function roomOf(prepare: Prepare, { queue, concurrency, rate }: QueueLimits, now: number): number {
  const held = (): number =>
    (prepare("SELECT count(*) AS n FROM tasks WHERE queue = ? AND owner IS NOT NULL").get(queue) as { n: number }).n;
  const room = concurrency === undefined ? Infinity : concurrency - held();
  return rate === undefined ? room : Math.min(room, allowedAt(rate, nextAt(prepare, queue), now));
}

function nextAt(prepare: Prepare, queue: string): number | undefined {
  return (prepare("SELECT next_at FROM queues WHERE name = ?").get(queue) as { next_at: number } | undefined)?.next_at;
}

function begin(prepare: Prepare, { queue, rate }: QueueLimits, now: number, count: number): void {
  const next = after(rate!, nextAt(prepare, queue), now, count);
  prepare("INSERT INTO queues (name, next_at) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET next_at = ?2").run(queue, next);
}

/** See `Store.finishTask`. */
export function finishTask(
  prepare: Prepare,
  task: number,
  workerId: string,
  payload: Uint8Array,
  at: number,
  cached: CacheEntry | undefined,
): "finished" | "superseded" {
  const row = prepare("DELETE FROM tasks WHERE id = ? AND owner = ? RETURNING run, call, attempt").get(task, workerId);
  if (row === undefined) return "superseded";
  const { run, call, attempt } = row as { run: number; call: number; attempt: number };
  deliver(prepare, run, STEP, `${call}:${attempt}`, payload, at);
  if (cached !== undefined) putCached(prepare, cached, at);
  return "finished";
}

export function putCached(prepare: Prepare, { key, value, until }: CacheEntry, now: number): void {
  prepare("INSERT INTO cache (key, value, until) VALUES (?1, ?2, ?3) ON CONFLICT (key) DO UPDATE SET value = ?2, until = ?3").run(
    key,
    value,
    until,
  );
  // A few at a time, so that what is over goes as fast as new things come.
  prepare("DELETE FROM cache WHERE key IN (SELECT key FROM cache WHERE until <= ? LIMIT 4)").run(now);
}
