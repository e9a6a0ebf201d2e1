import type { StatementSync } from "node:sqlite";
import { SUSPECT_LOSSES, type ClaimedRun, type ClaimOptions, type Store, type StoredImage } from "../store.js";
import type { Committer } from "./commit.js";
import { readContinuation } from "./continuation.js";
import { SUMMARY_COLUMNS, type RunRow } from "./columns.js";
import { statusNumber, toMessage, toRun, type MessageRow } from "../rows.js";

const COLUMNS = `n, fence, losses, ${SUMMARY_COLUMNS}, outcome, image`;
const RUNNING = statusNumber("running");

type Prepare = (sql: string) => StatementSync;

/** Claims due runs, inside a transaction. */
export function claimDue(prepare: Prepare, options: ClaimOptions, committer: Committer): ClaimedRun[] {
  if (prepare("SELECT 1 FROM worker WHERE id = ?").get(options.workerId) === undefined) return [];
  return [...lost(prepare, options), ...due(prepare, options)].map((row) => claim(prepare, row, options.workerId, committer));
}

/** What the worker holds without knowing. */
function lost(prepare: Prepare, { workerId, holds }: ClaimOptions): RunRow[] {
  if (holds === undefined) return [];
  return prepare(
    `SELECT ${COLUMNS} FROM runs WHERE owner = ?1 AND id NOT IN (SELECT value FROM json_each(?2)) ORDER BY wake_at, n`,
  ).all(workerId, JSON.stringify(holds)) as unknown as RunRow[];
}

function due(prepare: Prepare, options: ClaimOptions): RunRow[] {
  if (options.suspects === undefined) return dueThat(prepare, "", options);
  const [suspect] =
    options.suspects === "one" ? dueThat(prepare, ` AND losses >= ${SUSPECT_LOSSES}`, { ...options, limit: 1 }) : [];
  return suspect === undefined ? dueThat(prepare, ` AND losses < ${SUSPECT_LOSSES}`, options) : [suspect];
}

function dueThat(prepare: Prepare, condition: string, { now, limit, workflows }: ClaimOptions): RunRow[] {
  return prepare(
    `SELECT ${COLUMNS} FROM runs WHERE owner IS NULL AND wake_at IS NOT NULL AND wake_at <= ?1${condition}${among(workflows)} ORDER BY wake_at, n LIMIT ?3`,
  ).all(now, JSON.stringify(workflows ?? null), limit) as unknown as RunRow[];
}

/** `?2` is the list as JSON; it is bound always, so that one statement text serves lists of any length. */
function among(workflows: readonly string[] | undefined): string {
  return workflows === undefined ? " AND ?2 = 'null'" : " AND workflow IN (SELECT value FROM json_each(?2))";
}

/** Whether all of a continuation is in the row of its run. */
function isWhole(row: RunRow, { parts, blobs }: StoredImage): boolean {
  return row.image.length > 0 && parts.length === 0 && blobs.size === 0;
}

function claim(prepare: Prepare, row: RunRow, workerId: string, committer: Committer): ClaimedRun {
  prepare(`UPDATE runs SET owner = ?, status = ${RUNNING}, fence = fence + 1 WHERE n = ?`).run(workerId, row.n);
  const continuation = readContinuation(prepare, row.n, row.image);
  committer.remember(row.id, row.n, isWhole(row, continuation));
  const messages = prepare("SELECT seq, kind, topic, payload, sent_at FROM messages WHERE run = ? ORDER BY seq").all(
    row.n,
  ) as unknown as MessageRow[];
  return {
    ...toRun(row),
    ...continuation,
    owner: workerId,
    status: "running",
    fence: row.fence + 1,
    losses: row.losses,
    messages: messages.map((message) => toMessage(message, row.id)),
  };
}

/** See `Store.nextDue`. */
export function nextDue(prepare: Prepare, { now, workflows, queues }: Parameters<Store["nextDue"]>[0]): number | undefined {
  const run = prepare(
    `SELECT wake_at AS at FROM runs WHERE owner IS NULL AND wake_at IS NOT NULL AND wake_at > ?1${among(workflows)} ORDER BY wake_at LIMIT 1`,
  ).get(now, JSON.stringify(workflows ?? null)) as { at: number } | undefined;
  const times = run === undefined ? [] : [run.at];
  for (const queue of queues) {
    const task = prepare("SELECT min(due_at) AS at FROM tasks WHERE queue = ? AND owner IS NULL AND due_at > ?").get(
      queue,
      now,
    ) as { at: number | null };
    if (task.at !== null) times.push(task.at);
  }
  return times.length === 0 ? undefined : Math.min(...times);
}
