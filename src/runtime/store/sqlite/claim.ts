import type { StatementSync } from "node:sqlite";
import type { ClaimedRun, StoredImage } from "../store.js";
import type { Committer } from "./commit.js";
import { readContinuation } from "./continuation.js";
import { statusNumber, SUMMARY_COLUMNS, toMessage, toRun, type MessageRow, type RunRow } from "./rows.js";

export interface ClaimOptions {
  readonly workerId: string;
  readonly now: number;
  readonly leaseUntil: number;
  readonly limit: number;
  readonly workflows?: readonly string[];
}

const COLUMNS = `n, fence, losses, journal, ${SUMMARY_COLUMNS}, outcome, image`;
const RUNNING = statusNumber("running");

type Prepare = (sql: string) => StatementSync;

/** Claims due runs, inside a transaction. */
export function claimDue(prepare: Prepare, options: ClaimOptions, committer: Committer): ClaimedRun[] {
  const due = [...free(prepare, options), ...abandoned(prepare, options)];
  due.sort((a, b) => a.wake_at! - b.wake_at! || a.n - b.n);
  return due.slice(0, options.limit).map((row) => claim(prepare, row, options, committer));
}

function free(prepare: Prepare, { now, limit, workflows }: ClaimOptions): RunRow[] {
  return prepare(
    `SELECT ${COLUMNS} FROM runs WHERE owner IS NULL AND wake_at IS NOT NULL AND wake_at <= ?1${among(workflows)} ORDER BY wake_at, n LIMIT ?3`,
  ).all(now, JSON.stringify(workflows ?? null), limit) as unknown as RunRow[];
}

/** Due runs whose owner's lease has ended. Renewing touches the worker's row alone, so a run's lease ends when both its own and its worker's have. */
function abandoned(prepare: Prepare, { now, limit, workflows }: ClaimOptions): RunRow[] {
  const holder = prepare("SELECT id FROM worker WHERE lease_until >= ?").get(now) as { id: string } | undefined;
  const others = holder === undefined ? "owner IS NOT NULL" : "(owner < ?4 OR owner > ?4)";
  const sql = `SELECT ${COLUMNS} FROM runs WHERE ${others} AND lease_until < ?1 AND wake_at <= ?1${among(workflows)} ORDER BY wake_at, n LIMIT ?3`;
  const values = [now, JSON.stringify(workflows ?? null), limit];
  return prepare(sql).all(...values, ...(holder === undefined ? [] : [holder.id])) as unknown as RunRow[];
}

/** `?2` is the list as JSON; it is bound always, so that one statement text serves lists of any length. */
function among(workflows: readonly string[] | undefined): string {
  return workflows === undefined ? " AND ?2 = 'null'" : " AND workflow IN (SELECT value FROM json_each(?2))";
}

/** Whether all of a continuation is in the row of its run. */
function isWhole(row: RunRow, { parts, blobs }: StoredImage): boolean {
  return row.image.length > 0 && parts.length === 0 && blobs.size === 0;
}

function claim(prepare: Prepare, row: RunRow, { workerId, leaseUntil }: ClaimOptions, committer: Committer): ClaimedRun {
  // Its owner did not give it back.
  const losses = row.owner === null ? row.losses : row.losses + 1;
  prepare(`UPDATE runs SET owner = ?, lease_until = ?, status = ${RUNNING}, fence = fence + 1, losses = ? WHERE n = ?`).run(
    workerId,
    leaseUntil,
    losses,
    row.n,
  );
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
    losses,
    messages: messages.map((message) => toMessage(message, row.id)),
  };
}
