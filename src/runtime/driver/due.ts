/** What the passing of time does to a run: sleeps end, timeouts and deadlines raise TimeoutErrors, in the order in which they became due. */
import { RESUME_NEXT } from "../../shared/abi.js";
import { TimeoutError } from "../../shared/errors.js";
import { describeWait } from "../describe.js";
import { CALLBACK } from "../effects/callback.js";
import { closeCallback } from "../mailboxes.js";
import { formatDuration } from "../effects/duration.js";
import type { Strand, StepWait, TimeoutScope, Wait } from "../strand.js";
import { isLive, type Timer } from "../timers.js";
import { nameOf, stepFailed } from "./steps.js";
import type { Turn } from "./turn.js";

/** When time has something to do with the run next. */
export function nextTimer({ image, strands, isPaused }: Turn): number | undefined {
  if (isPaused) return undefined;
  const deadline = image.rare?.deadline;
  if (!image.begun && image.rare?.startAt !== undefined) return earliest(image.rare.startAt, deadline?.at);
  return earliest(strands.waiting.timers.next, deadline?.raised === undefined ? deadline?.at : undefined);
}

/** It has not begun, and its time has come: what wakes it before that does not begin it. */
export function canBegin({ image }: Turn, now: number): boolean {
  return !image.begun && (image.rare?.startAt ?? now) <= now;
}

/** Takes what is due; what comes into being meanwhile waits for the next transition. */
export function takeDue({ isPaused, strands, now }: Turn): readonly Timer[] {
  return isPaused ? [] : strands.waiting.timers.takeDue(now);
}

/** Fires one of them, if it still means something. No strand may be about to run: it could leave the `withTimeout` whose time is up. */
export function fireTimer(turn: Turn, due: Timer): void {
  if (turn.strands.outcome !== undefined || !isLive(due)) return;
  if (due.kind === "wait") waitOver(turn, due.strand, due.wait);
  else timeOut(turn, due.strand, due.scope, due.depth);
}

function waitOver(turn: Turn, strand: Strand, wait: Wait): void {
  if (wait.kind === "step") return stepOverdue(turn, strand, wait);
  if (wait.kind === "receive" && wait.channel.startsWith(CALLBACK)) closeCallback(turn.image, wait.channel);
  turn.strands.wake(strand, RESUME_NEXT, undefined);
}

function stepOverdue(turn: Turn, strand: Strand, wait: StepWait): void {
  turn.strands.giveUp(wait);
  const after = formatDuration(turn.now - wait.since);
  const error = new TimeoutError(`step ${nameOf(wait)} was given up after ${after} in all`);
  stepFailed(turn, strand, wait, error, true);
}

/** Raises TimeoutError in main when the run as a whole is over time. */
export function checkDeadline(turn: Turn): void {
  if (turn.isPaused) return;
  const { image, strands } = turn;
  const deadline = image.rare?.deadline;
  const main = image.strands.get(0);
  if (deadline === undefined || deadline.raised !== undefined || deadline.at > turn.now) return;
  if (main?.wait === undefined || strands.outcome !== undefined) return;
  const waitingFor = describeWait(main.wait);
  deadline.raised = new TimeoutError(`the run was over its deadline, waiting for ${waitingFor}`);
  turn.log("run.overdue", { waitingFor });
  strands.interrupt(main, deadline.raised);
}

function timeOut(turn: Turn, strand: Strand, scope: TimeoutScope, depth: number): void {
  scope.fired = true;
  turn.strands.touched.add(scope);
  const waitingFor = strand.wait ? describeWait(strand.wait) : "";
  turn.log("timeout", { after: scope.label, waitingFor });
  const message = `timed out after ${scope.label}${waitingFor === "" ? "" : `, waiting for ${waitingFor}`}`;
  turn.strands.interrupt(strand, new TimeoutError(message), depth);
}

/** The earlier of two times, either of which may be never. */
export function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}
