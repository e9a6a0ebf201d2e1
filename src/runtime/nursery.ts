/**
 * Carries out what groups decide: starts children, cancels those that are not needed any more, and wakes the parent when the last has ended. Part of the
 * scheduler, which owns the strands.
 */
import { CancelledError } from "../shared/errors.js";
import { RESUME_NEXT, RESUME_THROW, type ResumeMode } from "../shared/abi.js";
import { strandName } from "./describe.js";
import type { End, Group } from "./group.js";
import type { RunImage } from "./image.js";
import { oneLine } from "./saved.js";
import { Strand, type Interrupt } from "./strand.js";

/** What it needs of the scheduler. */
export interface NurseryHost {
  readonly image: RunImage;
  readonly now: number;
  readonly touched: Set<object>;
  /** A new strand: it begins in its turn. */
  begin(strand: Strand): void;
  wake(strand: Strand, mode: ResumeMode, value: unknown): void;
  cancelStrand(strand: Strand, message: string): void;
  /** The end of a strand as others may be given it: refused where it cannot be saved. */
  saveable(strand: Strand, end: End): End;
  /** Raises an error in a strand that joins, in the end, itself. */
  breakCircle(strand: Strand): void;
  log(kind: string, data: Readonly<Record<string, unknown>>): void;
}

export class Nursery {
  readonly #host: NurseryHost;

  constructor(host: NurseryHost) {
    this.#host = host;
  }

  /** Begins as many children as there is room for. */
  start(group: Group): void {
    const { image, now, touched } = this.#host;
    touched.add(group);
    while (group.hasRoom) {
      const { index, fn, args } = group.take();
      const strand = new Strand(image.nextStrand++, group, { kind: "start", fn, args, since: now });
      strand.index = index;
      group.children.add(strand);
      this.#host.begin(strand);
    }
  }

  /** A child has ended. */
  ended(strand: Strand, group: Group, end: End): void {
    group.children.delete(strand);
    this.#host.touched.add(group);
    const { isDecided } = group;
    const told = isDecided ? end : this.#host.saveable(strand, end);
    const isHeard = group.childEnded(strand.index, told);
    // No error is lost: what nobody is told of is in the journal.
    if (told.kind === "threw" && !isOwnCancel(strand, told) && (!isHeard || group.combinator === "any"))
      this.#logFailure(strandName(strand), told.error);
    if (group.isDecided && !isDecided) this.#cancelChildren(group, whyDecided(group));
    else this.start(group);
    if (group.isOver) this.#over(group);
    else if (group.combinator === "any" && group.children.size === 1) this.#checkLast(group);
  }

  /** The parent gets an error where it waits for the group, once all children have ended. False when one from as far out is on its way. */
  interrupt(group: Group, interrupt: Interrupt): boolean {
    if (outranks(group.interrupt, interrupt)) return false;
    group.interrupt = interrupt;
    this.#host.touched.add(group);
    this.#cancelChildren(group, interrupt.error.message);
    return true;
  }

  #over(group: Group): void {
    const { parent, interrupt, verdict } = group;
    // The last of those that had not begun ended within the cancellation of all.
    if (parent?.wait !== group) return;
    this.#host.touched.delete(group);
    if (interrupt === undefined) {
      const end = group.end();
      return end.kind === "returned"
        ? this.#host.wake(parent, RESUME_NEXT, end.value)
        : this.#host.wake(parent, RESUME_THROW, end.error);
    }
    if (verdict?.kind === "threw") this.#logFailure(`${group.combinator}[${verdict.by}]`, verdict.error);
    this.#host.wake(parent, RESUME_THROW, interrupt.error);
  }

  /** Those that had not begun end at once. */
  #cancelChildren(group: Group, why: string): void {
    for (const child of group.children) this.#host.cancelStrand(child, why);
  }

  /** With the others gone, what was a choice may have become a circle. */
  #checkLast(group: Group): void {
    for (const child of group.children) if (child.wait?.kind === "join") this.#host.breakCircle(child);
  }

  #logFailure(strand: string, error: unknown): void {
    this.#host.log("strand.failed", { strand, error: oneLine(error) });
  }
}

/** Whether an interrupt that is on its way comes from as far out as another one. */
export function outranks(pending: Interrupt | undefined, other: Interrupt): boolean {
  return pending !== undefined && pending.depth <= other.depth;
}

/** It was asked to end, and did. */
export function isOwnCancel(strand: Strand, end: End): boolean {
  return strand.cancelled && end.kind === "threw" && end.error instanceof CancelledError;
}

function whyDecided({ combinator, verdict }: Group): string {
  const who = `${combinator}[${verdict!.by}]`;
  return verdict!.kind === "returned" ? `${who} came first` : `${who} failed: ${oneLine(verdict!.error)}`;
}
