/** What the observer knows about one run: its committed history, as the store was told it. */
import { codec } from "../../dist/runtime/checkpoint.js";
import type { RunImage } from "../../dist/runtime/image.js";
import { LIVE_STATUSES, type JournalEntry, type NewRun, type NoteValue } from "../../dist/runtime/store/store.js";

/** A step call that some committed continuation waited for. */
export interface Intent {
  readonly step: string;
  readonly input: readonly unknown[] | Uint8Array;
  readonly queue: string | undefined;
  /** Attempts that were committed to. */
  readonly attempts: Set<number>;
}

/** A call the stored continuation waits for. */
export interface Waited {
  /** The attempt that is under way. */
  readonly attempt: number;
  /** The result is there already. */
  readonly kept: boolean;
  /** What the attempts have said of themselves, encoded. */
  readonly details: Uint8Array | undefined;
}

/** Plain code that ran: number `n` of a lane. */
export interface Mark {
  readonly lane: string;
  readonly n: number;
  readonly what: string;
}

export class Track {
  /** Of the last claim. */
  fence = 0;
  /** The process that holds the run. */
  holder: string | undefined;
  version = 0;
  status = "ready";
  readonly journal: JournalEntry[] = [];
  readonly intents = new Map<number, Intent>();
  waits = new Map<number, Waited>();
  /** Calls whose result or final failure is committed. */
  readonly answered = new Set<number>();
  /** Numbers of plain code that is committed, by lane. */
  readonly lanes = new Map<string, number>();
  /** Of those, the open and closed `try` blocks. */
  readonly blocks = new Map<string, number>();
  /** What committed code did, and how often. */
  readonly words = new Map<string, number>();
  /** Plain code that ran and is not committed yet, by process and fence. */
  readonly pending = new Map<string, Mark[]>();
  readonly messageIds = new Set<string>();
  /** Messages the store took, by channel. */
  readonly sent = new Map<string, number[]>();
  /** Messages that committed code has received, by channel. */
  readonly got = new Map<string, number[]>();
  /** Number of messages of a channel that commits have consumed. */
  readonly consumed = new Map<string, number>();
  /** Messages that came with the claim, until the first commit under it: they are what it is about. */
  claimed: readonly number[] = [];
  /** How often the ends of other runs are to be told, and were. */
  readonly watches = new Map<string, number>();
  readonly told = new Map<string, number>();
  /** All ways in which it has ended so far: it may have failed and been retried. */
  readonly ends = new Set<string>();
  readonly notes: Record<string, NoteValue> = {};
  isPaused = false;
  /** Its deadline had passed with its last commit, and nothing was raised. */
  isOverdue = false;
  /** A cancellation, or word of the end of its parent, was consumed. */
  isCancelled = false;
  readonly id: string;
  readonly parent: string | undefined;
  readonly endsWithParent: boolean;
  /** Not before that, by the clock of whoever begins it; at once when nobody has said. */
  readonly startAt: number;
  readonly deadline: number | undefined;
  readonly workflow: string;

  constructor({ id, parent, endsWithParent, createdAt, startAt, image, workflow }: NewRun) {
    this.id = id;
    this.parent = parent;
    this.endsWithParent = endsWithParent ?? false;
    this.startAt = startAt !== undefined && startAt > createdAt ? startAt : -Infinity;
    this.workflow = workflow;
    this.deadline = (codec.decode(image) as RunImage).rare?.deadline?.at;
  }

  get isLive(): boolean {
    return (LIVE_STATUSES as ReadonlySet<string>).has(this.status);
  }
}

export function append(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

export function count<K>(map: Map<K, number>, key: K): number {
  const next = (map.get(key) ?? 0) + 1;
  map.set(key, next);
  return next;
}
