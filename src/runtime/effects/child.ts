/**
 * Runs started by runs. Starting one waits for nothing: the child is created with the next commit of its parent, or not at all (I4). Its end comes back as a
 * message, which the store writes with the child's last commit.
 */
import { RunFailedError, UnknownRunError, UsageError } from "../../shared/errors.js";
import type { Outcome } from "../image.js";
import { registerValue } from "../registry.js";
import { oneLine } from "../saved.js";
import { primitive, runPort, suspend } from "../suspend.js";
import { workflowId } from "../workflows.js";
import { Channel } from "./channel.js";
import { milliseconds, type Duration } from "./duration.js";

export interface ChildOptions {
  /** The child's id. Starting an id that exists starts nothing, and answers a handle to the run that is there. Default: the parent's id, a slash and a number. */
  readonly id?: string;
  /** `"cancel"`: when the parent is over (not when it has failed and may be retried), the child is cancelled. `"abandon"`: it goes on. Default `"cancel"`. */
  readonly onParentEnd?: "cancel" | "abandon";
  /** It begins that much later. */
  readonly delay?: Duration;
  /** TimeoutError is raised in it that long after its start. */
  readonly deadline?: Duration;
  /** A step of it that has used up its attempts pauses it instead of throwing. */
  readonly pauseOnFailure?: boolean;
}

/** A run that was started by this one. Can be kept in variables, passed around and saved. */
export class ChildRun<R = unknown> {
  /** For the runtime: its end is on its way here. */
  watched: boolean;

  constructor(
    readonly id: string,
    watched: boolean,
  ) {
    this.watched = watched;
  }

  /**
   * Waits until the run has ended; answers what its workflow returned. Throws RunFailedError with its error as `cause`, CancelledError when it was cancelled,
   * TimeoutError when it was over its deadline, UnknownRunError when there is no such run.
   */
  result(): R {
    const port = runPort("result");
    const end = port.endOf(this.id);
    const isComing = this.watched;
    this.watched = false;
    if (end !== undefined) return resultOf(this.id, end.outcome) as R;
    return suspend("result", { kind: "run", run: this.id, isComing, since: 0 }) as never;
  }

  /** Sends it a message, with the next commit. */
  send<T>(channel: Channel<T> | string, value: NoInfer<T>): void {
    send(this.id, channel, value);
  }

  /** Asks it to end, with the next commit. Waits for nothing; `result` does. */
  cancel(reason = ""): void {
    runPort("cancel").sendMessage("cancel", this.id, reason, undefined);
  }
}

/**
 * Starts a run of its own: with its own continuation, its own retries, on whatever worker takes it. `workflow` is an exported function of a compiled file. Throws
 * UsageError when it is not, NotSaveableError for an argument that cannot be saved.
 */
export function start<A extends unknown[], R>(
  workflow: (...args: A) => R,
  args: A,
  options: ChildOptions = {},
): ChildRun<Awaited<R>> {
  const name = workflowId(workflow, "start");
  if (!Array.isArray(args))
    throw new UsageError("start() takes a workflow and a list of its arguments: start(checkout, [order]).");
  const { id, onParentEnd = "cancel", delay, deadline, pauseOnFailure } = options;
  if (id !== undefined && (typeof id !== "string" || id === ""))
    throw new UsageError("start: a run id is a text of at least one character.");
  if (onParentEnd !== "cancel" && onParentEnd !== "abandon")
    throw new UsageError(`start: onParentEnd is ${String(onParentEnd)}; it can be "cancel" or "abandon".`);
  const port = runPort("start");
  const delayMs = delay === undefined ? 0 : milliseconds(delay, "start: delay");
  const isAttached = onParentEnd === "cancel";
  const child = port.startRun(name, workflow, args, {
    id,
    delayMs,
    deadlineMs: deadline === undefined ? undefined : milliseconds(deadline, "start: deadline"),
    pauseOnFailure,
    isAttached,
  });
  return new ChildRun<Awaited<R>>(child, isAttached);
}

/** Sends a message to a channel of any run, with the next commit. A message to a run that is unknown or over is lost. */
export function send<T>(run: string, channel: Channel<T> | string, value: NoInfer<T>): void {
  const topic = typeof channel === "string" ? channel : channel?.name;
  if (typeof run !== "string" || run === "") throw new UsageError("send: the first argument is the id of a run.");
  if (typeof topic !== "string" || topic === "") throw new UsageError("send: the second argument is a channel or its name.");
  runPort("send").sendMessage("send", run, topic, value);
}

/** What a run has come to, as `result` gives it: the value, or a throw. `outcome` is `undefined` for a run that does not exist. */
export function resultOf(run: string, outcome: Outcome | undefined): unknown {
  if (outcome === undefined) throw new UnknownRunError(`There is no run ${run}.`);
  switch (outcome.kind) {
    case "completed":
      return outcome.value;
    case "cancelled":
    case "timed-out":
      throw outcome.error;
    case "failed":
    case "crashed":
      throw new RunFailedError(`run ${run} ${outcome.kind}: ${oneLine(outcome.error)}`, { cause: outcome.error });
  }
}

registerValue("flowc:ChildRun.prototype", ChildRun.prototype);
registerValue("flowc:ChildRun.result", primitive(ChildRun.prototype.result));
registerValue("flowc:ChildRun.send", ChildRun.prototype.send);
registerValue("flowc:ChildRun.cancel", ChildRun.prototype.cancel);
