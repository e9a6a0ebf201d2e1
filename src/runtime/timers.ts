/** When the strands of a run want to be looked at: ends of waits, and deadlines of `withTimeout`. */
import { LazyQueue } from "./queue.js";
import type { Strand, TimeoutScope, Wait } from "./strand.js";

/** A timer that is due: the wait that ends, or the scope whose time is up. */
export type Timer =
  | { readonly kind: "wait"; readonly at: number; readonly strand: Strand; readonly wait: Wait; readonly depth: -1 }
  | {
      readonly kind: "scope";
      readonly at: number;
      readonly strand: Strand;
      readonly scope: TimeoutScope;
      /** Its place among those of the strand, 0 the outermost. */
      readonly depth: number;
    };

export class Timers {
  readonly #queue = new LazyQueue<Timer>(comesFirst, isLive);

  /** The wait of a strand, if it ends by itself. */
  add(strand: Strand): void {
    const { wait } = strand;
    const at = endOf(wait);
    if (at !== undefined) this.#queue.push({ kind: "wait", at, strand, wait: wait!, depth: -1 });
  }

  /** The innermost `withTimeout` of a strand at the moment, or the one at `depth`. */
  addScope(strand: Strand, depth = strand.scopes.length - 1): void {
    const scope = strand.scopes[depth]!;
    if (!scope.fired) this.#queue.push({ kind: "scope", at: scope.deadline, strand, scope, depth });
  }

  /** The earliest timer of the run, `undefined` when there is none. */
  get next(): number | undefined {
    return this.#queue.peek()?.at;
  }

  /**
   * Takes everything that is due at `now`, earliest first. At the same time, what a strand waits for comes before a timeout around it, and an outer timeout before
   * an inner one, since it makes that superfluous. One may put an end to the next: ask `isLive` before firing it.
   */
  takeDue(now: number): Timer[] {
    const due: Timer[] = [];
    for (let first = this.#queue.peek(); first !== undefined && first.at <= now; first = this.#queue.peek())
      due.push(this.#queue.pop()!);
    return due;
  }
}

function endOf(wait: Wait | undefined): number | undefined {
  switch (wait?.kind) {
    case "sleep":
      return wait.until;
    case "receive":
      return wait.deadline;
    case "step":
      return wait.extra?.closeBy;
    default:
      return undefined;
  }
}

function comesFirst(a: Timer, b: Timer): boolean {
  if (a.at !== b.at) return a.at < b.at;
  return a.strand === b.strand ? a.depth < b.depth : a.strand.id < b.strand.id;
}

/** Whether the strand still waits for that, or the scope is still open. */
export function isLive(timer: Timer): boolean {
  const { strand } = timer;
  if (timer.kind === "wait") return strand.wait === timer.wait;
  return !timer.scope.fired && strand.scopes.includes(timer.scope);
}
