/**
 * A strand is a green thread inside a run: a stack of saved frames and the one thing it waits for. Everything in this file is plain
 * data that goes into the image as it is, so field names are part of the checkpoint format.
 *
 * Invariants: whenever an image is encoded, every strand in it waits (I2: what ran before the wait never runs again), and `frames`
 * are ordered outermost → innermost; only the innermost one is ever resumed (I7).
 */
import { registerHandler } from "./codec/handlers.js";
import type { StepOptions } from "./effects/retry.js";
import type { Frame } from "./frame.js";
import { registerValue } from "./registry.js";

/**
 * A step (or `perform`) call whose outcome the strand waits for. Its input is durable before its body starts (I3), and it is a snapshot: what another
 * strand changes while the step runs does not change what a repeated attempt is given.
 */
export class StepWait {
  readonly kind = "step";
  /** Number of the call in its run, from 1; the idempotency key is made of it. 0 until the driver has taken the request. */
  call = 0;
  /** Number of the attempt that is under way or comes next, from 1. */
  attempt = 1;
  /** The attempt does not start before this time. */
  notBefore = 0;
  /** When the call was made. */
  since = 0;
  /** A result that arrived in a transition in which the run failed: delivered again on retry, the body does not run again. */
  kept: { readonly value: unknown } | undefined = undefined;

  constructor(
    /** Id in the step table, `""` for `perform`. */
    readonly step: string,
    /** What the body is called with: the arguments of a step, or the closure of `perform` alone. Encoded as soon as the driver has taken the request, unless all are primitives. */
    public input: readonly unknown[] | Uint8Array,
    /** Options given to `perform` at the call; the options of a step of the table are code and live there. */
    readonly options: StepOptions | undefined,
  ) {}
}

/** `sleep` and `sleepUntil`. */
export interface SleepWait {
  readonly kind: "sleep";
  /** Milliseconds to sleep, counted from when the driver takes the request; `undefined` when `until` is given. */
  readonly duration: number | undefined;
  until: number;
  since: number;
}

/** `channel.receive`. */
export interface ReceiveWait {
  readonly kind: "receive";
  readonly channel: string;
  /** Milliseconds until it gives up and answers `undefined`; `undefined`: never. */
  readonly timeout: number | undefined;
  deadline: number | undefined;
  since: number;
}

/** `task.join`. */
export interface JoinWait {
  readonly kind: "join";
  readonly task: TaskState;
  since: number;
}

/** `result` of a run this one has started. */
export interface RunWait {
  readonly kind: "run";
  readonly run: string;
  /** Word of its end is on its way already. */
  readonly isComing: boolean;
  since: number;
}

/** A strand that has not run yet: the function and its arguments. */
export interface StartWait {
  readonly kind: "start";
  readonly fn: Function;
  readonly args: readonly unknown[];
  since: number;
}

export type Wait = StepWait | SleepWait | ReceiveWait | JoinWait | RunWait | StartWait;
/** What a suspending primitive asks for. */
export type Request = Exclude<Wait, StartWait>;

/** How a spawned strand stands; shared by the strand, the handles the program holds and the strands that join it. */
export interface TaskState {
  readonly id: number;
  state: "running" | "completed" | "failed" | "cancelled";
  /** The result, or the error. */
  value: unknown;
  /** Somebody has been given the outcome. A failed task nobody joined fails the run when main ends. */
  joined: boolean;
}

/** An open `withTimeout` of a strand. Scopes of a strand are a stack, innermost last. */
export class TimeoutScope {
  /** Raised already (or the scope's function has ended): it does not fire again. */
  fired = false;
  constructor(
    /** For the message: the duration as it was written. */
    readonly label: string,
    readonly deadline: number,
  ) {}
}

/** One strand of a run. */
export class Strand {
  /** Saved activations, outermost first. Empty before the first suspension, and when a primitive is the strand's own function. */
  frames: Frame[] = [];
  scopes: TimeoutScope[] = [];
  /** It was asked to end: CancelledError has been or is about to be raised in it. Asking twice does nothing. */
  cancelled = false;

  constructor(
    /** Number in the run; 0 is main. */
    public id: number,
    /** `undefined` for main. */
    public task: TaskState | undefined,
    /** `undefined` only while the strand is runnable, never in an image. */
    public wait: Wait | undefined,
  ) {}
}

registerValue("flowc:TimeoutScope.prototype", TimeoutScope.prototype);

// Every commit writes these two, so they are saved field by field: a third of the time and half the bytes of going through their properties.

registerHandler<Strand>({
  name: "Strand",
  prototype: Strand.prototype,
  fields: ["id", "task", "wait", "frames", "scopes", "cancelled"],
  save: ({ id, task, wait, frames, scopes, cancelled }) => [id, task, wait, packed(frames), packed(scopes), cancelled],
  create: () => new Strand(0, undefined, undefined),
  restore(strand, [id, task, wait, frames, scopes, cancelled]) {
    strand.id = id as number;
    strand.task = task as TaskState | undefined;
    strand.wait = wait as Wait;
    strand.frames = unpacked<Frame>(frames);
    strand.scopes = unpacked<TimeoutScope>(scopes);
    strand.cancelled = cancelled as boolean;
  },
});

registerHandler<StepWait>({
  name: "StepWait",
  prototype: StepWait.prototype,
  fields: ["step", "input", "options", "call", "attempt", "notBefore", "since", "kept"],
  save: (wait) => {
    const input = wait.input.length === 0 ? undefined : wait.input;
    return [wait.step, input, wait.options, wait.call, wait.attempt, wait.notBefore, wait.since, wait.kept];
  },
  create: () => new StepWait("", [], undefined),
  restore(wait, [step, input, options, call, attempt, notBefore, since, kept]) {
    const fields = { step, input: input ?? [], options, call, attempt, notBefore, since, kept };
    Object.assign(wait, fields);
  },
});

/** A list as it is saved: nothing for none, the element itself for one. Its elements are never arrays. */
export function packed<T extends object>(list: readonly T[]): readonly T[] | T | undefined {
  return list.length > 1 ? list : list[0];
}

/** What `packed` was given. The list may not be filled yet while a checkpoint is being decoded. */
export function unpacked<T extends object>(saved: unknown): T[] {
  return saved === undefined ? [] : Array.isArray(saved) ? (saved as T[]) : [saved as T];
}
