/** Runs that start runs, and questions to the outside world. */
import { callback, CancelledError, RunFailedError, sleep, start, TimeoutError } from "flowc";
import type { Child } from "./ops.ts";
import { act, Lane } from "./outside.ts";
import { script } from "./script.ts";
import type { Shared } from "./shared.ts";

export function startChild(op: Child, lane: Lane, shared: Shared): void {
  const number = ++shared.started;
  const id = op.hasId ? `${lane.run}+${number}` : `${lane.run}/${number}`;
  const { onParentEnd, delay, deadline, pauseOnFailure } = op;
  const child = start(script, [id, op.body], {
    ...(op.hasId && { id }),
    onParentEnd,
    pauseOnFailure,
    ...(delay !== undefined && { delay }),
    ...(deadline !== undefined && { deadline }),
  });
  simExpect(child.id === id, `the child of ${lane.run} is called ${child.id}, not ${id}`);
  shared.children.set(op.name, child);
}

/** Waits for the end of a child; one that has failed is asked again, since somebody will retry it. */
export function resultOf(name: string, isTimed: boolean, lane: Lane, seen: string[], shared: Shared): void {
  const child = shared.children.get(name);
  if (child === undefined) return;
  // A count of its own: how often it is asked is a matter of chance.
  const asking = new Lane(lane.run, `${lane.name}?${name}`);
  for (;;) {
    try {
      const result = child.result();
      asking.mark(`child ${child.id} completed`);
      seen.push(...result.seen);
      return;
    } catch (error) {
      const status = endOf(error, child.id, isTimed);
      if (status === undefined) throw error;
      asking.mark(`child ${child.id} ${status}`);
      if (status !== "failed" && status !== "crashed") return void seen.push(status);
    }
    sleep("1 hour");
  }
}

/** How the child ended; `undefined`: it is this run that is cancelled or over time. Whoever cancels a run names it. Of parent and child one at most has a deadline. */
function endOf(error: unknown, child: string, isTimed: boolean): string | undefined {
  if (error instanceof RunFailedError) return error.message.startsWith(`run ${child} crashed`) ? "crashed" : "failed";
  if (error instanceof CancelledError && error.message.endsWith(`cancelled: ${child}`)) return "cancelled";
  if (isTimed && error instanceof TimeoutError && error.message.startsWith("the run was over its deadline")) return "timed-out";
  return undefined;
}

export function ask(answers: readonly number[], timeout: number | undefined, lane: Lane, seen: string[]): void {
  let asked = "";
  const announce = (token: string): void => {
    asked = token;
    act(lane.label(), `ask ${token} ${answers.join()}`);
  };
  const answer = timeout === undefined ? callback<number>(announce) : callback<number>(announce, { timeout });
  lane.mark(answer === undefined ? `unanswered ${asked}` : `answered ${asked} ${answer}`);
  seen.push(answer === undefined ? "no answer" : "an answer");
}
