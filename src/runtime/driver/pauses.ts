/** A run that is paused stays as it is: what happens to it is noted in its image, and nothing goes on. */
import type { Turn } from "./turn.js";

/** Also a run whose main function has ended, while its other strands tidy up. A second reason does not replace the first. */
export function pause(turn: Turn, reason: string): void {
  if (!turn.isPaused) turn.log("run.paused", { reason });
  turn.image.more.paused ??= { reason };
}

/** A run that goes round and round is stopped before the step that is one too many begins. */
export function checkBudget(turn: Turn): void {
  const budget = turn.image.rare?.budget;
  if (budget === undefined || turn.image.calls <= budget.until || turn.isPaused) return;
  pause(turn, `it has called ${budget.until} steps, as many as its budget allows; resumed, it may call ${budget.steps} more`);
}

/** Ends a pause; a run that used up its budget gets another one. Delivering what came in the meantime is the caller's. */
export function endPause(turn: Turn): void {
  const { more } = turn.image;
  more.paused = undefined;
  if (more.budget !== undefined) more.budget.until = Math.max(more.budget.until, turn.image.calls + more.budget.steps);
  turn.log("run.resumed", {});
}
