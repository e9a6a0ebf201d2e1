/** What the observer knows about one run: its committed history, as the store was told it. */
import type { JournalEntry } from "../../dist/runtime/store/store.js";

/** A step call that some committed continuation waited for. */
export interface Intent {
  readonly step: string;
  readonly input: readonly unknown[] | Uint8Array;
  /** Attempts that were committed to. */
  readonly attempts: Set<number>;
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
  /** Calls the stored continuation waits for, with the attempt that is under way, and whether the result is there already. */
  waits = new Map<number, { readonly attempt: number; readonly kept: boolean }>();
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
  /** Number of messages that commits have consumed, cancellations included. */
  consumed = 0;
  cancelsSent = 0;
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

export function append(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
