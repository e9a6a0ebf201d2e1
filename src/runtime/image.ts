/**
 * The image: everything a run is, as one object graph, so that what two strands share stays shared after a restore (I6). Encoded with every commit.
 * The lists of fields given to
 * the codec are part of the checkpoint format.
 */
import {
  CancelledError,
  ForeignFrameError,
  NotSaveableError,
  OutsideRunError,
  ProgramChangedError,
  RunFailedError,
  StepError,
  TimeoutError,
  UnknownRunError,
  UsageError,
} from "../shared/errors.js";
import type { Blobs } from "./codec/blobs.js";
import type { HeapReport } from "./codec/heap.js";
import type { Written } from "./codec/parts/writer.js";
import { registerHandler } from "./codec/handlers.js";
import { registerValue } from "./registry.js";
import { packed, Strand, unpacked, type TaskState } from "./strand.js";
import { Strands } from "./strands.js";

/** What the driver needs of the checkpoint codec. */
export interface Codec {
  /** Throws NotSaveableError when something in the graph cannot be saved; `rootName` names the root in its message. */
  encode(root: unknown, rootName?: string): Uint8Array;
  /** `parts`: what was written after the image, `blobs`: what it refers to. Throws CorruptCheckpointError or ProgramChangedError. */
  decode(bytes: Uint8Array, parts?: readonly Uint8Array[], blobs?: Blobs): unknown;
  /** What a graph consists of, by size. */
  heap(root: unknown, limit?: number): HeapReport;
  /** A writer for the commits of one run, whose continuation refers to these blobs. */
  writer(blobs: Iterable<string>): ImageWriter;
}

/** Writes an image whole or, once it is large, what changed in it. */
export interface ImageWriter {
  /** `touched`: the runtime's own objects that may have changed since the last call. Throws NotSaveableError; then the next call writes everything. */
  write(image: RunImage, touched?: Iterable<object>): Written;
}

/** How a run ended. Encoded into `Commit.outcome`. */
export type Outcome =
  | { readonly kind: "completed"; readonly value: unknown }
  | { readonly kind: "failed" | "crashed"; readonly error: unknown }
  | { readonly kind: "cancelled" | "timed-out"; readonly error: unknown };

export class RunImage {
  /** False until main has been entered. */
  begun = false;
  /** Number of the next strand. */
  nextStrand = 1;
  /** Number of step calls made so far; the idempotency keys come from it. */
  calls = 0;
  /** Messages that arrived and were not received yet, by channel, oldest first. */
  mailboxes = new Map<string, unknown[]>();
  /** Tasks that failed while nobody joined them. */
  uncaught: TaskState[] = [];
  /** The run was asked to end. */
  cancel: { readonly reason: string } | undefined;
  /** Main has ended this way; the other strands are being cancelled. */
  ending: Outcome | undefined;
  /** What most runs have nothing of. */
  rare: Rare | undefined;
  #strands: Strands | undefined;

  constructor(
    public run: string,
    /** Code id of the workflow. */
    public workflow: string,
    /** The strands as they are saved: the only one, or all of them by number. */
    public saved: Strand | Map<number, Strand> | undefined,
  ) {}

  /** Strands that have not ended, main first while it lives. Not before the image has been decoded as a whole. */
  get strands(): Strands {
    this.#strands ??= linked(this.saved);
    return this.#strands;
  }

  /** `rare`, made when it is not there. */
  get more(): Rare {
    this.rare ??= {
      children: 0,
      ends: new Map(),
      callbacks: new Set(),
      paused: undefined,
      deadline: undefined,
      pauseOnFailure: false,
      budget: undefined,
      startAt: undefined,
    };
    return this.rare;
  }
}

/** A plain object, so that fields can be added without changing what older checkpoints mean. */
export interface Rare {
  /** Number of runs started so far; the ids of those without one of their own come from it. */
  children: number;
  /** Encoded outcomes of runs that have ended and that nobody has asked for yet, by id. */
  readonly ends: Map<string, Uint8Array>;
  /** Channels of the callbacks that wait for an answer. */
  readonly callbacks: Set<string>;
  /** Nothing of the run goes on until it is resumed. */
  paused: { readonly reason: string } | undefined;
  deadline: Deadline | undefined;
  /** A step that has used up its attempts pauses the run instead of throwing. */
  pauseOnFailure: boolean;
  /** How many steps may be called until the run is paused, and at which number that is. */
  budget: { readonly steps: number; until: number } | undefined;
  /** It does not begin before that time, whatever wakes it. */
  startAt: number | undefined;
}

/** When the run as a whole is over time. */
export interface Deadline {
  readonly at: number;
  /** What was raised in main because of it. */
  raised: TimeoutError | undefined;
}

/** What a run is given besides its arguments. */
export interface RunSettings {
  /** It begins then, milliseconds since the epoch. Default: at once. */
  readonly startAt?: number | undefined;
  /** When TimeoutError is raised in it, milliseconds since the epoch. */
  readonly deadline?: number | undefined;
  readonly pauseOnFailure?: boolean | undefined;
  /** It is paused when it has called so many steps. */
  readonly stepBudget?: number | undefined;
}

/** Tells groups their strands. */
function linked(saved: RunImage["saved"]): Strands {
  const strands = new Strands(saved instanceof Strand ? new Map([[saved.id, saved]]) : saved);
  for (const strand of strands) {
    strand.group?.children.add(strand);
    if (strand.wait?.kind === "group") strand.wait.parent = strand;
  }
  return strands;
}

/** Grows when the meaning of a field changes. */
const FORMAT = 1;

registerHandler<RunImage>({
  name: "Run",
  prototype: RunImage.prototype,
  fields: [
    "format",
    "run",
    "workflow",
    "strands",
    "begun",
    "nextStrand",
    "calls",
    "mailboxes",
    "uncaught",
    "cancel",
    "ending",
    "rare",
  ],
  save(image) {
    const { run, workflow, strands, begun, nextStrand, calls, mailboxes, uncaught, cancel, ending } = image;
    const boxes = mailboxes.size === 0 ? undefined : mailboxes;
    const saved = strands.size > 1 ? strands.map : strands.first;
    return [FORMAT, run, workflow, saved, begun, nextStrand, calls, boxes, packed(uncaught), cancel, ending, image.rare];
  },
  parts: ({ strands }) => [{ node: strands.map, watch: (id) => strands.watch(id) }],
  create: () => new RunImage("", "", undefined),
  restore(image, [format, run, workflow, saved, begun, nextStrand, calls, mailboxes, uncaught, cancel, ending, rare]) {
    if (format !== FORMAT)
      throw new ProgramChangedError(
        `The run was saved in format ${String(format)}; this version of flowc reads format ${FORMAT}.`,
      );
    const fields = { run, workflow, begun, nextStrand, calls, cancel, ending, rare };
    Object.assign(image, fields, { saved, mailboxes: mailboxes ?? new Map(), uncaught: unpacked(uncaught) });
  },
});

/** The image of a run that has not begun. */
export function newImage(
  run: string,
  workflow: string,
  fn: Function,
  args: readonly unknown[],
  now: number,
  { startAt = now, deadline, pauseOnFailure, stepBudget }: RunSettings = {},
): RunImage {
  const image = new RunImage(run, workflow, new Strand(0, undefined, { kind: "start", fn, args, since: now }));
  if (startAt > now) image.more.startAt = startAt;
  if (deadline !== undefined) image.more.deadline = { at: deadline, raised: undefined };
  if (pauseOnFailure === true) image.more.pauseOnFailure = true;
  if (stepBudget !== undefined) image.more.budget = { steps: stepBudget, until: stepBudget };
  return image;
}

// Errors of ours that a program can hold in a variable.
for (const type of [
  CancelledError,
  ForeignFrameError,
  NotSaveableError,
  OutsideRunError,
  ProgramChangedError,
  RunFailedError,
  StepError,
  TimeoutError,
  UnknownRunError,
  UsageError,
]) {
  registerValue(`flowc:${type.name}`, type);
  registerValue(`flowc:${type.name}.prototype`, type.prototype);
}
