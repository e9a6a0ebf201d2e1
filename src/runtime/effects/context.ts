/** What the body of a running step may know about itself. */
import { AsyncLocalStorage } from "node:async_hooks";
import { UsageError } from "../../shared/errors.js";
import type { ConsoleLevel } from "../console.js";
import type { Holder } from "./resource.js";

/** Facts about the attempt that is running; see `stepContext`. */
export interface StepContext {
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /**
   * Names this call of this run. The same over all attempts, crashes and retries: hand it to the service that is called, so that a repeated
   * attempt is recognised there.
   */
  readonly idempotencyKey: string;
  /** Aborted when the attempt times out, when the call is cancelled, and when this worker has to give the run up. */
  readonly signal: AbortSignal;
  readonly runId: string;
  /** Name of the step. */
  readonly step: string;
  /** What an earlier attempt last gave to `heartbeat`; `undefined` when there is none. */
  readonly details: unknown;
  /**
   * Says that the attempt is alive, and how far it has got. `details` are handed to the next attempt, also on another worker: the last ones, a second or less before
   * this one was lost. With `heartbeatTimeout` the attempt is given up when this is not called in time. Throws NotSaveableError.
   */
  heartbeat(details?: unknown): void;
}

/** An attempt as the runtime sees it. */
export interface RunningStep extends StepContext, Holder {
  /** Nobody is interested in it any more; what it started may go on. */
  readonly isOver: boolean;
  /** The body has written to the console. */
  say(level: ConsoleLevel, text: string): void;
}

const contexts = new AsyncLocalStorage<RunningStep>();

/** The context of the step that calls this, also after an `await`. Throws UsageError outside the body of a step. */
export function stepContext(): StepContext {
  const context = contexts.getStore();
  if (context === undefined)
    throw new UsageError("stepContext() was called outside the body of a step. Only the function given to step() has a context.");
  return context;
}

/** The attempt whose body calls this, `undefined` outside the body of a step. */
export function currentStep(): RunningStep | undefined {
  return contexts.getStore();
}

/** Calls a body with its context. For the worker. */
export function callWithContext(context: RunningStep, self: unknown, body: Function, args: readonly unknown[]): unknown {
  return contexts.run(context, Reflect.apply, body, self, args as unknown[]);
}
