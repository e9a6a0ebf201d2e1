import type { StatementSync } from "node:sqlite";
import type { ClaimedRun, ClaimOptions, StoredImage } from "../store.js";
import type { Committer } from "./commit.js";
import { readContinuation } from "./continuation.js";
import { statusNumber, SUMMARY_COLUMNS, toMessage, toRun, type MessageRow, type OutcomeRow } from "../rows.js";

export interface RunRow extends OutcomeRow {
  readonly n: number;
  readonly fence: number;
  readonly image: Uint8Array;
}

const COLUMNS = `n, fence, ${SUMMARY_COLUMNS}, outcome, image`;
const RUNNING = statusNumber("running");

type Prepare = (sql: string) => StatementSync;

/** Claims due runs, inside a transaction. */
export function claimDue(prepare: Prepare, options: ClaimOptions, committer: Committer): ClaimedRun[] {
  if (prepare("SELECT 1 FROM worker WHERE id = ?").get(options.workerId) === undefined) return [];
  return due(prepare, options).map((row) => claim(prepare, row, options.workerId, committer));
}

function due(prepare: Prepare, { now, limit, workflows }: ClaimOptions): RunRow[] {
  return prepare(
    `SELECT ${COLUMNS} FROM runs WHERE owner IS NULL AND wake_at IS NOT NULL AND wake_at <= ?1${among(workflows)} ORDER BY wake_at, n LIMIT ?3`,
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
    messages: messages.map((message) => toMessage(message, row.id)),
  };
}
