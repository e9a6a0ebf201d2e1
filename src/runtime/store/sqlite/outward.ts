/** What a commit does beyond its own run: runs started, messages sent, ends told to whoever watches, facts noted. Inside the transaction of the commit. */
import type { StatementSync } from "node:sqlite";
import {
  FINAL_STATUSES,
  LIVE_STATUSES,
  RETRYABLE_STATUSES,
  type Commit,
  type NewMessage,
  type NewRun,
  type Notes,
} from "../store.js";
import { addPart, inRow, isLarge } from "./continuation.js";
import { putCached, putTasks, withdraw } from "./tasks.js";
import { kindNumber, statusList, statusNumber, statusOf } from "../rows.js";
import { tellHooks } from "./hooks.js";

type Prepare = (sql: string) => StatementSync;

const NOTHING = new Uint8Array(0);
const LIVE = statusList(LIVE_STATUSES);
const RETRYABLE = statusList(RETRYABLE_STATUSES);
/** One that has failed hears of the end of its parent when it is retried. */
const CAN_GO_ON = statusList([...LIVE_STATUSES, ...RETRYABLE_STATUSES]);

/** @param n number of the run that commits; its row is written already */
export function writeOutward(prepare: Prepare, n: number, commit: Commit): void {
  const { starts, sends, watches, notes, tasks, withdrawn, cached, status, at } = commit;
  if (starts !== undefined) for (const run of starts) insertRun(prepare, run);
  if (sends !== undefined) for (const message of sends) insertMessage(prepare, message);
  if (watches !== undefined) for (const target of watches) watch(prepare, n, target, at);
  if (notes !== undefined) putNotes(prepare, n, notes);
  if (withdrawn !== undefined) withdraw(prepare, n, withdrawn);
  if (tasks !== undefined) putTasks(prepare, n, tasks);
  if (cached !== undefined) for (const entry of cached) putCached(prepare, entry, at);
  if (!LIVE_STATUSES.has(status)) tellEnd(prepare, n, commit);
  tellHooks(prepare, n, commit);
}

/** False when there is a run of that id. */
export function insertRun(prepare: Prepare, run: NewRun): boolean {
  const { id, workflow, image, createdAt, startAt = createdAt, parent = null, endsWithParent = false } = run;
  const status = statusNumber(startAt > createdAt ? "scheduled" : "ready");
  const { changes, lastInsertRowid } = prepare(INSERT_RUN).run(
    id,
    workflow,
    status,
    createdAt,
    startAt,
    inRow(image),
    parent,
    endsWithParent ? 1 : 0,
  );
  if (changes === 1 && isLarge(image)) addPart(prepare, Number(lastInsertRowid), image);
  return changes === 1;
}

const INSERT_RUN = `INSERT INTO runs (id, workflow, status, created_at, updated_at, wake_at, waiting_since, waiting_for, image, parent, ends_with_parent)
  VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?4, '', ?6, (SELECT n FROM runs WHERE id = ?7), ?8) ON CONFLICT (id) DO NOTHING`;

/** See `Store.send`. */
export function insertMessage(prepare: Prepare, message: NewMessage): "sent" | "duplicate" | "unknown" | "ended" {
  const { id, kind, topic, payload, sentAt } = message;
  const run = prepare("SELECT n, status FROM runs WHERE id = ?").get(message.run) as { n: number; status: number } | undefined;
  if (run === undefined) return "unknown";
  if (id !== undefined && prepare("SELECT 1 FROM message_ids WHERE run = ? AND id = ?").get(run.n, id)) return "duplicate";
  if (!LIVE_STATUSES.has(statusOf(run.status))) return "ended";
  if (id !== undefined) prepare("INSERT INTO message_ids (run, id) VALUES (?, ?)").run(run.n, id);
  deliver(prepare, run.n, kindNumber(kind), topic, payload, sentAt);
  return "sent";
}

/** Puts a message into the box of a run, which is due with that. What is over and cannot go on gets none. */
export function deliver(prepare: Prepare, n: number, kind: number, topic: string, payload: Uint8Array, at: number): void {
  prepare(
    `INSERT INTO messages (run, kind, topic, payload, sent_at) SELECT n, ?2, ?3, ?4, ?5 FROM runs WHERE n = ?1 AND status IN (${LIVE}, ${RETRYABLE})`,
  ).run(n, kind, topic, payload, at);
  prepare(`UPDATE runs SET wake_at = ?1 WHERE n = ?2 AND (wake_at IS NULL OR wake_at > ?1) AND status IN (${LIVE})`).run(at, n);
}

function watch(prepare: Prepare, n: number, id: string, at: number): void {
  const found = prepare("SELECT n, status, outcome FROM runs WHERE id = ?").get(id);
  const target = found as { n: number; status: number; outcome: Uint8Array | null } | undefined;
  if (target !== undefined && LIVE_STATUSES.has(statusOf(target.status))) {
    prepare("INSERT INTO watches (target, run) VALUES (?, ?) ON CONFLICT DO NOTHING").run(target.n, n);
  } else deliver(prepare, n, ENDED, id, target?.outcome ?? NOTHING, at);
}

const ENDED = kindNumber("ended");
const ORPHANED = kindNumber("orphaned");

function tellEnd(prepare: Prepare, n: number, { run, outcome = NOTHING, status, at }: Commit): void {
  for (const { run: watcher } of prepare("SELECT run FROM watches WHERE target = ?").all(n) as { run: number }[])
    deliver(prepare, watcher, ENDED, run, outcome, at);
  prepare("DELETE FROM watches WHERE target = ?").run(n);
  prepare("DELETE FROM tasks WHERE run = ?").run(n);
  if (!FINAL_STATUSES.has(status)) return;
  const children = prepare(`SELECT n FROM runs WHERE parent = ? AND ends_with_parent = 1 AND status IN (${CAN_GO_ON})`).all(n);
  for (const child of children as { n: number }[]) deliver(prepare, child.n, ORPHANED, "", NOTHING, at);
}

function putNotes(prepare: Prepare, n: number, notes: Notes): void {
  for (const [key, value] of Object.entries(notes))
    prepare("INSERT INTO notes (run, key, value) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = ?3").run(
      n,
      key,
      JSON.stringify(value),
    );
}
