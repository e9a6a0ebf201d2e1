/** When the strands of an image want to be looked at. */
import type { RunImage } from "./image.js";
import type { Strand, TimeoutScope, Wait } from "./strand.js";

/** A timer that is due: the wait that ends, or the scope whose time is up. */
export interface DueTimer {
  readonly at: number;
  readonly strand: Strand;
  readonly wait: Wait | undefined;
  readonly scope: TimeoutScope | undefined;
}

/** The time at which a wait ends by itself. Steps have none: the worker starts their next attempt. */
function endOf(wait: Wait | undefined): number | undefined {
  if (wait?.kind === "sleep") return wait.until;
  if (wait?.kind === "receive") return wait.deadline;
  return undefined;
}

/** The earliest timer of the run, `undefined` when there is none. */
export function nextTimer(image: RunImage): number | undefined {
  const deadline = image.rare?.deadline;
  let next = deadline?.raised === undefined ? deadline?.at : undefined;
  for (const strand of image.strands) {
    const end = endOf(strand.wait);
    if (end !== undefined && (next === undefined || end < next)) next = end;
    for (const scope of strand.scopes) {
      if (!scope.fired && (next === undefined || scope.deadline < next)) next = scope.deadline;
    }
  }
  return next;
}

/**
 * Everything due at `now`, earliest first. At the same time, what a strand waits for comes before a timeout around it, and an outer timeout before an
 * inner one, since it makes that superfluous.
 */
export function dueTimers(image: RunImage, now: number): DueTimer[] {
  const earliest = nextTimer(image);
  if (earliest === undefined || earliest > now) return [];
  const due: DueTimer[] = [];
  for (const strand of image.strands) {
    const end = endOf(strand.wait);
    if (end !== undefined && end <= now) due.push({ at: end, strand, wait: strand.wait, scope: undefined });
    for (const scope of strand.scopes) {
      if (!scope.fired && scope.deadline <= now) due.push({ at: scope.deadline, strand, wait: undefined, scope });
    }
  }
  return due.sort((a, b) => a.at - b.at);
}
