import { UsageError } from "../../shared/errors.js";
import { registerValue } from "../registry.js";
import type { TaskState } from "../strand.js";
import { primitive, runPort, suspend } from "../suspend.js";

/** A strand started with `spawn`. Can be kept in variables, passed around and saved. */
export class Task<T> {
  constructor(
    /** For the runtime. */
    readonly state: TaskState,
  ) {}

  /** Waits until the task has ended; answers its result or throws its error (CancelledError when it was cancelled). */
  join(): T {
    const state = this.state;
    if (state.state === "running") return suspend("join", { kind: "join", task: state, since: 0 }) as never;
    if (!state.joined) runPort("join").tellOutcome(state);
    if (state.state === "completed") return state.value as T;
    throw state.value;
  }

  /**
   * Asks the task to end: CancelledError is raised in it where it waits, so that its `catch` and `finally` blocks run, and these may wait themselves.
   * Does not wait for that; `join` does. Without effect on a task that has ended or was asked before.
   */
  cancel(reason?: string): void {
    runPort("cancel").cancelTask(this.state, reason);
  }
}

registerValue("flowc:Task.prototype", Task.prototype);
registerValue("flowc:Task.join", primitive(Task.prototype.join));
registerValue("flowc:Task.cancel", Task.prototype.cancel);

/**
 * Runs `fn` as a strand of its own, next to the caller. It begins when the caller next waits. A run ends when its main function has ended: tasks that
 * still run are cancelled then (their `finally` blocks run first), and the error of a task nobody joined fails the run.
 */
export function spawn<T>(fn: () => T): Task<T> {
  if (typeof fn !== "function") throw new UsageError(`spawn() takes a function, not ${typeof fn}.`);
  return new Task<T>(runPort("spawn").spawn(fn));
}
