/**
 * The image: everything a run is, as one object graph, so that what two strands share stays shared after a restore (I6). Encoded with every commit.
 * Field names are part of the checkpoint format; `format` grows when their meaning changes.
 */
import {
  CancelledError,
  ForeignFrameError,
  NotSaveableError,
  OutsideRunError,
  ProgramChangedError,
  StepError,
  TimeoutError,
  UsageError,
} from "../shared/errors.js";
import { registerValue } from "./registry.js";
import { Strand, type TaskState } from "./strand.js";

/** What the driver needs of the checkpoint codec. */
export interface Codec {
  /** Throws NotSaveableError when something in the graph cannot be saved. */
  encode(root: unknown): Uint8Array;
  /** Throws CorruptCheckpointError or ProgramChangedError. */
  decode(bytes: Uint8Array): unknown;
}

/** How a run ended. Encoded into `Commit.outcome`. */
export type Outcome =
  | { readonly kind: "completed"; readonly value: unknown }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "cancelled"; readonly error: unknown };

export class RunImage {
  readonly format = 1;
  /** False until main has been entered. */
  begun = false;
  /** Strands that have not ended, main first while it lives. */
  strands: Strand[];
  /** Number of the next strand. */
  nextStrand = 1;
  /** Number of step calls made so far; the idempotency keys come from it. */
  calls = 0;
  /** Messages that arrived and were not received yet, by channel, oldest first. */
  readonly mailboxes = new Map<string, unknown[]>();
  /** Tasks that failed while nobody joined them. */
  uncaught: TaskState[] = [];
  /** The run was asked to end. */
  cancel: { readonly reason: string } | undefined;
  /** Main has ended this way; the other strands are being cancelled. */
  ending: Outcome | undefined;

  constructor(
    readonly run: string,
    /** Code id of the workflow. */
    readonly workflow: string,
    main: Strand,
  ) {
    this.strands = [main];
  }
}

/** The image of a run that has not begun. */
export function newImage(run: string, workflow: string, fn: Function, args: readonly unknown[], now: number): RunImage {
  return new RunImage(run, workflow, new Strand(0, undefined, { kind: "start", fn, args, since: now }));
}

registerValue("flowc:RunImage.prototype", RunImage.prototype);

// Errors of ours that a program can hold in a variable.
for (const type of [
  CancelledError,
  ForeignFrameError,
  NotSaveableError,
  OutsideRunError,
  ProgramChangedError,
  StepError,
  TimeoutError,
  UsageError,
]) {
  registerValue(`flowc:${type.name}`, type);
  registerValue(`flowc:${type.name}.prototype`, type.prototype);
}
