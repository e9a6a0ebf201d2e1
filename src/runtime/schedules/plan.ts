/**
 * What a schedule does at a time: a pure function of its definition, its state and which of its runs are still under way. The answer is written in one conditional
 * transaction together with the runs it starts, so that one occurrence leads to one run however many workers look (I4, I5).
 *
 *     occurrences up to now ──▶ missed? catch up ──▶ overlap policy ──▶ start │ wait in line │ skip
 */
import { unreachable } from "../../shared/assert.js";
import { between, type Calendar, type Spec } from "./calendar.js";

/** What happens with an occurrence while a run of an earlier one is under way. */
export type Overlap = "skip" | "buffer" | "cancel" | "allow";
/** Which of the occurrences that nobody was there for are made up for. */
export type CatchUp = "none" | "last" | "all";

/** What a person has said. */
export interface Definition {
  readonly spec: Spec;
  readonly overlap: Overlap;
  readonly catchUp: CatchUp;
  /** Occurrences longer ago than this are not made up for. */
  readonly windowMs: number;
  readonly jitterMs: number;
  /** Of each run, counted from its start. */
  readonly deadlineMs: number | undefined;
  readonly pauseOnFailure: boolean | undefined;
}

/** A run that is to be started. */
export interface Occurrence {
  /** Id of its run. */
  readonly id: string;
  /** When it was to happen. */
  readonly at: number;
  /** Asked for by a person, or made up for: it waits for its turn and is never skipped. */
  readonly isExtra: boolean;
}

/** What has become of it so far. */
export interface State {
  /** What happens up to this time is decided. */
  readonly cursor: number;
  readonly paused: { readonly reason: string } | undefined;
  /** Occurrences that wait for the end of an earlier run, in order. */
  readonly line: readonly Occurrence[];
  /** Runs it has started whose end it has not seen. */
  readonly running: readonly string[];
  readonly started: number;
  readonly skipped: number;
  /** The last run it has started. */
  readonly last: string | undefined;
}

export interface Plan {
  readonly state: State;
  readonly starts: readonly Occurrence[];
  /** Runs to cancel, and because of which occurrence. */
  readonly cancels: readonly { readonly run: string; readonly because: string }[];
  /** When it has to be looked at next; `undefined`: never. Not later than now while something waits in line. */
  readonly dueAt: number | undefined;
}

/** An occurrence is missed when no worker took it for this long. */
export const MISSED_AFTER_MS = 60_000;
/** More than this many wait in line only when somebody asked for them. */
const LONGEST_LINE = 100;
/** Most occurrences decided at once. */
const MOST_AT_ONCE = 1_000;

export function newState(now: number): State {
  return { cursor: now, paused: undefined, line: [], running: [], started: 0, skipped: 0, last: undefined };
}

/** The id of the run of an occurrence: the same for everybody, so that it is started once. */
export function occurrenceId(name: string, at: number): string {
  return `${name}@${new Date(at).toISOString()}`;
}

/** When an occurrence begins: up to `jitterMs` later than it should, by as much on every machine. */
export function beginsAt(name: string, at: number, jitterMs: number): number {
  return jitterMs === 0 ? at : at + Math.floor(fraction(occurrenceId(name, at)) * jitterMs);
}

/** @param running those of `state.running` that have not ended */
export function plan(
  name: string,
  definition: Definition,
  before: State,
  calendar: Calendar,
  now: number,
  running: readonly string[],
): Plan {
  const decision = new Decision(definition, before, running);
  let { cursor } = before;
  if (before.paused === undefined) {
    const due = dueOccurrences(name, definition, cursor, calendar, now);
    cursor = due.cursor;
    for (const occurrence of due.occurrences) decision.take(occurrence);
  }
  decision.drain();
  const state = { ...before, cursor, ...decision.state };
  return { state, starts: decision.starts, cancels: decision.cancels, dueAt: nextLook(name, definition, state, calendar, now) };
}

/** When a schedule in this state has to be looked at. */
export function nextLook(
  name: string,
  definition: Definition,
  state: State,
  calendar: Calendar,
  now: number,
): number | undefined {
  if (state.line.length > 0) return now;
  const next = state.paused === undefined ? calendar.after(state.cursor) : undefined;
  return next === undefined ? undefined : beginsAt(name, next, definition.jitterMs);
}

/** What is to be done about the time since `cursor`. */
function dueOccurrences(
  name: string,
  { catchUp, windowMs, jitterMs }: Definition,
  cursor: number,
  calendar: Calendar,
  now: number,
): { cursor: number; occurrences: Occurrence[] } {
  const missedBefore = now - MISSED_AFTER_MS - jitterMs;
  const occurrence = (at: number, isExtra: boolean): Occurrence => ({ id: occurrenceId(name, at), at, isExtra });
  const occurrences: Occurrence[] = [];
  const windowStart = Math.max(cursor, now - windowMs - 1);
  let from = cursor;
  if (missedBefore > cursor) {
    switch (catchUp) {
      case "none":
        from = missedBefore - 1;
        break;
      case "last": {
        from = Math.max(cursor, missedBefore - 1);
        const last = calendar.before(from + 1);
        if (last !== undefined && last > windowStart) occurrences.push(occurrence(last, false));
        break;
      }
      case "all":
        from = Math.max(cursor, Math.min(windowStart, missedBefore - 1));
        break;
      default:
        unreachable(catchUp);
    }
  }
  for (const at of between(calendar, from, now, MOST_AT_ONCE)) {
    if (beginsAt(name, at, jitterMs) > now) break;
    occurrences.push(occurrence(at, at < missedBefore));
    from = at;
  }
  return { cursor: from, occurrences };
}

/** Applies the overlap policy to one occurrence after the other. */
class Decision {
  readonly starts: Occurrence[] = [];
  readonly cancels: { run: string; because: string }[] = [];
  readonly #overlap: Overlap;
  readonly #state: State;
  #line: Occurrence[];
  #running: string[];
  #skipped: number;

  constructor({ overlap }: Definition, state: State, running: readonly string[]) {
    this.#overlap = overlap;
    this.#state = state;
    this.#line = [...state.line];
    this.#running = [...running];
    this.#skipped = state.skipped;
  }

  take(occurrence: Occurrence): void {
    if (occurrence.isExtra || this.#overlap === "allow") return void this.#line.push(occurrence);
    // What is waiting and can begin goes first.
    this.drain();
    const isFree = this.#running.length === 0 && this.#line.length === 0;
    if (isFree) return this.#start(occurrence);
    switch (this.#overlap) {
      case "skip":
        this.#skipped++;
        return;
      case "buffer":
        if (this.#line.length >= LONGEST_LINE) this.#skipped++;
        else this.#line.push(occurrence);
        return;
      case "cancel":
        return this.#replace(occurrence);
      default:
        unreachable(this.#overlap);
    }
  }

  /** It takes the place of those that wait, and of the run under way once that has ended. */
  #replace(occurrence: Occurrence): void {
    const extra = this.#line.filter((each) => each.isExtra);
    this.#skipped += this.#line.length - extra.length;
    this.#line = [...extra, occurrence];
    // A run that begins only now is not there yet, so nobody could cancel it.
    const begun = this.#running.filter((run) => this.#state.running.includes(run));
    for (const run of begun) this.cancels.push({ run, because: occurrence.id });
  }

  /** Starts those in line whose turn it is. */
  drain(): void {
    while (this.#line.length > 0 && (this.#overlap === "allow" || this.#running.length === 0)) this.#start(this.#line.shift()!);
  }

  #start(occurrence: Occurrence): void {
    this.starts.push(occurrence);
    this.#running.push(occurrence.id);
  }

  get state(): Pick<State, "line" | "running" | "skipped" | "started" | "last"> {
    const { started, last } = this.#state;
    return {
      line: this.#line,
      running: this.#running,
      skipped: this.#skipped,
      started: started + this.starts.length,
      last: this.starts.at(-1)?.id ?? last,
    };
  }
}

/** A number from 0 to 1 that depends on the text alone: FNV-1a, with its bits mixed once more because the texts differ in few characters. */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
