/** Rows as SQL stores hold them, and what they mean. */
import type { JournalEntry, Message, MessageKind, Notes, RunStatus, RunSummary, StoredRun } from "./store.js";

/** Statuses by their number in a store: append only. */
export const STATUSES = [
  "ready",
  "running",
  "waiting",
  "completed",
  "failed",
  "cancelled",
  "scheduled",
  "retrying",
  "paused",
  "cancelling",
  "timed-out",
  "crashed",
] as const satisfies readonly RunStatus[];
const KINDS = ["send", "cancel", "pause", "resume", "ended", "orphaned", "step"] as const satisfies readonly MessageKind[];

export function statusNumber(status: RunStatus): number {
  return STATUSES.indexOf(status);
}

export function kindNumber(kind: MessageKind): number {
  return KINDS.indexOf(kind);
}

/** What a store selects of a run. */
export interface SummaryRow {
  readonly id: string;
  readonly workflow: string;
  readonly status: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly wake_at: number | null;
  readonly owner: string | null;
  readonly waiting_since: number;
  readonly waiting_for: string;
  readonly version: number;
  readonly parent: string | null;
  /** A JSON object. */
  readonly notes: string;
}

export interface OutcomeRow extends SummaryRow {
  readonly outcome: Uint8Array | null;
}

export interface MessageRow {
  readonly seq: number;
  readonly kind: number;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly sent_at: number;
}

const NONE: Notes = Object.freeze({});

export function toSummary(row: SummaryRow): RunSummary {
  return {
    id: row.id,
    workflow: row.workflow,
    status: STATUSES[row.status]!,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    wakeAt: row.wake_at ?? undefined,
    owner: row.owner ?? undefined,
    waitingFor: row.waiting_for,
    waitingSince: row.waiting_since,
    version: row.version,
    parent: row.parent ?? undefined,
    notes: row.notes === "{}" ? NONE : (JSON.parse(row.notes) as Notes),
  };
}

export function toRun(row: OutcomeRow): StoredRun {
  return { ...toSummary(row), outcome: row.outcome ?? undefined };
}

export function toMessage(row: MessageRow, run: string): Message {
  return { seq: row.seq, run, kind: KINDS[row.kind]!, topic: row.topic, payload: row.payload, sentAt: row.sent_at };
}

/** Entries of one commit as a store holds them: `[at, kind, data]`. */
export function toJson(entries: readonly JournalEntry[]): string {
  return JSON.stringify(entries.map(({ at, kind, data }) => [at, kind, data]));
}

export function fromJson(text: string): JournalEntry[] {
  const entries = JSON.parse(text) as [number, string, Record<string, unknown>][];
  return entries.map(([at, kind, data]) => ({ at, kind, data }));
}
