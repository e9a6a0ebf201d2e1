/** Rows as SQL stores hold them, and what they mean. */
import type {
  JournalEntry,
  Message,
  MessageKind,
  Notes,
  RunStatus,
  RunSummary,
  StoredRun,
  StoredSchedule,
  Task,
} from "./store.js";

/** Statuses as numbers: those that are there stay. */
const STATUS_NUMBERS: Readonly<Record<RunStatus, number>> = {
  ready: 0,
  running: 1,
  waiting: 2,
  completed: 3,
  failed: 4,
  cancelled: 5,
  scheduled: 6,
  retrying: 7,
  paused: 8,
  cancelling: 9,
  "timed-out": 10,
  crashed: 11,
};
const KIND_NUMBERS: Readonly<Record<MessageKind, number>> = {
  send: 0,
  cancel: 1,
  pause: 2,
  resume: 3,
  ended: 4,
  orphaned: 5,
  step: 6,
};
const STATUSES = byNumber(STATUS_NUMBERS);
const KINDS = byNumber(KIND_NUMBERS);

function byNumber<K extends string>(numbers: Readonly<Record<K, number>>): ReadonlyMap<number, K> {
  return new Map((Object.keys(numbers) as K[]).map((key) => [numbers[key], key]));
}

export function statusNumber(status: RunStatus): number {
  return STATUS_NUMBERS[status];
}

export function statusOf(number: number): RunStatus {
  return STATUSES.get(number)!;
}

/** For `status IN (…)`. */
export function statusList(statuses: Iterable<RunStatus>): string {
  return [...statuses].map(statusNumber).join(", ");
}

export function kindNumber(kind: MessageKind): number {
  return KIND_NUMBERS[kind];
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
    status: statusOf(row.status),
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
  return { seq: row.seq, run, kind: KINDS.get(row.kind)!, topic: row.topic, payload: row.payload, sentAt: row.sent_at };
}

export interface TaskRow extends Omit<Task, "dueAt" | "key" | "details"> {
  readonly due_at: number;
  readonly key: string | null;
  readonly details: Uint8Array | null;
}

export function toTask({ due_at: dueAt, key, details, ...row }: TaskRow): Task {
  return { ...row, dueAt, key: key ?? undefined, details: details ?? undefined };
}

export interface ScheduleRow extends Omit<StoredSchedule, "dueAt"> {
  readonly due_at: number | null;
}

export function toSchedule({ name, workflow, version, due_at: dueAt, definition, args }: ScheduleRow): StoredSchedule {
  return { name, workflow, version, dueAt: dueAt ?? undefined, definition, args };
}

/** Entries of one commit as a store holds them: `[at, kind, data]`. */
export function toJson(entries: readonly JournalEntry[]): string {
  return JSON.stringify(entries.map(({ at, kind, data }) => [at, kind, data]));
}

export function fromJson(text: string): JournalEntry[] {
  const entries = JSON.parse(text) as [number, string, Record<string, unknown>][];
  return entries.map(([at, kind, data]) => ({ at, kind, data }));
}
