/**
 * A strand is a green thread inside a run: a stack of saved frames and the one thing it waits for. Everything in this file is plain
 * data that goes into the image as it is, so field names are part of the checkpoint format.
 *
 * Invariants: whenever an image is encoded, every strand in it waits (I2: what ran before the wait never runs again), and `frames`
 * are ordered outermost → innermost; only the innermost one is ever resumed (I7).
 */
import { type Part, registerHandler } from "./codec/handlers.js";
import { ArrayWatch } from "./codec/parts/arrays.js";
import type { StepOptions } from "./effects/retry.js";
import type { Frame } from "./frame.js";
import { Group } from "./group.js";
import type { OverlapScope } from "./overlap.js";
import type { Pending } from "./pending.js";

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
  /** What few steps have. */
  extra: StepExtra | undefined = undefined;

  constructor(
    /** Id in the step table, `""` for `perform`. */
    readonly step: string,
    /** What the body is called with: the arguments of a step, or the closure of `perform` alone. Encoded as soon as the driver has taken the request, unless all are primitives. */
    public input: readonly unknown[] | Uint8Array,
    /** Options given to `perform` at the call; the options of a step of the table are code and live there. */
    readonly options: StepOptions | undefined,
  ) {}
}

/** Replaced as a whole when something of it changes. */
export interface StepExtra {
  /** The queue whose workers make the attempts. */
  readonly queue?: string;
  readonly key?: string;
  readonly priority?: number;
  /** All attempts are given up at this time. */
  readonly closeBy?: number;
  /** What the last attempt said of itself, encoded. */
  readonly details?: Uint8Array;
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
  /** It only wants to know that the task has ended: an error is not thrown, and somebody still has to be given it. */
  readonly isQuiet?: true;
  since: number;
}

/** A call of an `overlap` block that has not begun: results among its arguments are not there yet. */
export interface ArgumentsWait {
  readonly kind: "arguments";
  /** What is called, for people. */
  readonly name: string;
  readonly fn: Function;
  readonly self: unknown;
  /** With the pending calls among them, and in the lists and objects of `scope`. */
  readonly args: readonly unknown[];
  readonly on: readonly Pending[];
  readonly scope: OverlapScope;
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

/** A strand that gives way: it goes on by itself, and is never in an image like this. */
export interface YieldWait {
  readonly kind: "yield";
  since: number;
}

/** A strand that has not run yet: the function and its arguments. */
export interface StartWait {
  readonly kind: "start";
  readonly fn: Function;
  readonly self?: unknown;
  readonly args: readonly unknown[];
  since: number;
}

export type Wait = StepWait | SleepWait | ReceiveWait | JoinWait | RunWait | StartWait | ArgumentsWait | Group;
/** What a suspending primitive asks for. */
export type Request = Exclude<Wait, StartWait | ArgumentsWait> | YieldWait;

/** How a spawned strand stands; shared by the strand, the handles the program holds and the strands that join it. */
export class TaskState {
  state: "running" | "completed" | "failed" | "cancelled" = "running";
  /** The result, or the error. */
  value: unknown = undefined;
  /** Somebody has been given the outcome. A failed task nobody joined fails the run when main ends. */
  joined = false;

  constructor(readonly id: number) {}
}

/** An error to be raised where a strand waits. */
export interface Interrupt {
  readonly error: Error;
  /** How far out its reason is: the place of the `withTimeout` that fired among those of the strand, -1 for what is outside of them all. */
  readonly depth: number;
}

/** An open `withTimeout` of a strand. Scopes of a strand are a stack, innermost last. */
export class TimeoutScope {
  /** Raised already, or an error from further out has been (or the scope's function has ended): it does not fire any more. */
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
  /** Its place among the strands of its group. */
  index = 0;

  constructor(
    /** Number in the run; 0 is main. */
    public id: number,
    /** The task it was spawned as, the group it belongs to; `undefined` for main. */
    public owner: TaskState | Group | undefined,
    /** `undefined` only while the strand is runnable, never in an image. */
    public wait: Wait | undefined,
  ) {}

  /** The task it was spawned as. */
  get task(): TaskState | undefined {
    return this.owner instanceof Group ? undefined : this.owner;
  }

  /** The group it belongs to. */
  get group(): Group | undefined {
    return this.owner instanceof Group ? this.owner : undefined;
  }
}

// Every commit writes these, so they are saved field by field: a third of the time and half the bytes of going through their properties.

registerHandler<Strand>({
  name: "Strand",
  prototype: Strand.prototype,
  fields: ["id", "owner", "index", "wait", "frames", "scopes", "cancelled"],
  save: ({ id, owner, index, wait, frames, scopes, cancelled }) => [
    id,
    owner,
    index,
    wait,
    packed(frames),
    packed(scopes),
    cancelled,
  ],
  parts({ wait, frames, scopes }) {
    const parts: Part[] = [];
    if (frames.length > 1) parts.push({ node: frames, watch: (id) => new ArrayWatch(id, frames) });
    if (scopes.length > 1) parts.push({ node: scopes, watch: (id) => new ArrayWatch(id, scopes) });
    // Once it is accepted, a wait of these kinds stays what it is.
    if (wait !== undefined && wait.kind !== "step" && wait.kind !== "group") parts.push({ node: wait });
    return parts;
  },
  create: () => new Strand(0, undefined, undefined),
  restore(strand, [id, owner, index, wait, frames, scopes, cancelled]) {
    strand.id = id as number;
    strand.owner = owner as Strand["owner"];
    strand.index = index as number;
    strand.wait = wait as Wait;
    strand.frames = unpacked<Frame>(frames);
    strand.scopes = unpacked<TimeoutScope>(scopes);
    strand.cancelled = cancelled as boolean;
  },
});

registerHandler<TaskState>({
  name: "TaskState",
  prototype: TaskState.prototype,
  fields: ["id", "state", "value", "joined"],
  save: ({ id, state, value, joined }) => [id, state, value, joined],
  parts: () => [],
  create: () => new TaskState(0),
  restore: (task, [id, state, value, joined]) => void Object.assign(task, { id, state, value, joined }),
});

registerHandler<TimeoutScope>({
  name: "TimeoutScope",
  prototype: TimeoutScope.prototype,
  fields: ["label", "deadline", "fired"],
  save: ({ label, deadline, fired }) => [label, deadline, fired],
  parts: () => [],
  create: () => new TimeoutScope("", 0),
  restore: (scope, [label, deadline, fired]) => void Object.assign(scope, { label, deadline, fired }),
});

registerHandler<StepWait>({
  name: "StepWait",
  prototype: StepWait.prototype,
  fields: ["step", "input", "options", "call", "attempt", "notBefore", "since", "kept", "extra"],
  save: (wait) => {
    const input = wait.input.length === 0 ? undefined : wait.input;
    return [wait.step, input, wait.options, wait.call, wait.attempt, wait.notBefore, wait.since, wait.kept, wait.extra];
  },
  parts: ({ input }) => (input instanceof Uint8Array ? [{ node: input }, { node: input.buffer }] : [{ node: input }]),
  create: () => new StepWait("", [], undefined),
  restore(wait, [step, input, options, call, attempt, notBefore, since, kept, extra]) {
    const fields = { step, input: input ?? [], options, call, attempt, notBefore, since, kept, extra };
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
