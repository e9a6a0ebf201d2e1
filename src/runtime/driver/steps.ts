/** What comes of attempts: a result goes to whoever waits for it, a failure leads to the next attempt or to an exception. */
import { RESUME_NEXT, RESUME_THROW } from "../../shared/abi.js";
import { assert } from "../../shared/assert.js";
import { NotSaveableError, StepError } from "../../shared/errors.js";
import { strandName } from "../describe.js";
import { backoffAfter, type StepPolicy } from "../effects/retry.js";
import { definitionOf } from "../effects/step.js";
import { oneLine, restore, saveableError } from "../saved.js";
import type { Strand, StepWait } from "../strand.js";
import type { AttemptEvent } from "../transition.js";
import { pause } from "./pauses.js";
import type { Turn } from "./turn.js";

/** Results that were kept in the image reach those who wait for them. */
export function deliverKept(turn: Turn): void {
  if (turn.isPaused) return;
  const { kept } = turn;
  turn.kept = [];
  for (const { strand, wait } of kept) if (strand.wait === wait) turn.strands.wake(strand, RESUME_NEXT, wait.kept!.value);
  turn.strands.drain();
}

export function stepEvent(turn: Turn, event: AttemptEvent): void {
  const { strands } = turn;
  const strand = strands.waiting.forCall(event.call);
  // Nobody waits any more (it was cancelled), or a later attempt is under way.
  if (strand === undefined) return;
  const wait = strand.wait as StepWait;
  if (wait.attempt !== event.attempt) return;
  if (event.kind === "progress") return stepProgress(turn, wait, event.details);
  strands.started.delete(wait.call);
  if (event.kind === "stepFailed") return stepFailed(turn, strand, wait, event.error, event.final);
  if (event.cached !== undefined) strands.outward.cached.push(event.cached);
  turn.log("step.completed", { ...facts(strand, wait), ms: turn.now - wait.since });
  const value = restore(event.result, turn.ports.codec);
  if (turn.isPaused) keep(turn, strand, wait, value);
  else strands.wake(strand, RESUME_NEXT, value);
}

/** Details of a heartbeat, which the next attempt is given. */
export function stepProgress({ strands }: Turn, wait: StepWait, details: Uint8Array): void {
  wait.extra = { ...wait.extra, details };
  strands.touched.add(wait);
}

/** For when the run is resumed. */
function keep(turn: Turn, strand: Strand, wait: StepWait, value: unknown): void {
  wait.kept = { value };
  turn.strands.touched.add(wait);
  turn.kept.push({ strand, wait });
}

/** `final`: another attempt would not help, whatever the policy says. */
export function stepFailed(turn: Turn, strand: Strand, wait: StepWait, error: unknown, final: boolean): void {
  const policy = definitionOf(wait)?.policy;
  if (!final && policy !== undefined && wait.attempt < policy.attempts) {
    const verdict = isRetryable(policy, error);
    if (verdict.again) return retry(turn, strand, wait, policy, error);
    error = verdict.error;
  }
  turn.log("step.failed", { ...facts(strand, wait), error: oneLine(error) });
  const name = nameOf(wait);
  if (turn.isPaused || turn.image.rare?.pauseOnFailure) {
    wait.attempt = 1;
    wait.notBefore = 0;
    takeUp(turn, wait);
    return pause(turn, `step ${name} failed: ${oneLine(error)}`);
  }
  turn.strands.wake(strand, RESUME_THROW, stepError(turn, name, wait, error));
}

/** What the policy's own function says of an error; when it throws, that is the error. */
function isRetryable(policy: StepPolicy, error: unknown): { readonly again: boolean; readonly error: unknown } {
  try {
    return { again: policy.retryable(error), error };
  } catch (problem) {
    return { again: false, error: problem };
  }
}

function retry(turn: Turn, strand: Strand, wait: StepWait, policy: StepPolicy, error: unknown): void {
  wait.notBefore = turn.now + backoffAfter(policy, wait.attempt, turn.ports.random());
  turn.log("step.retrying", { ...facts(strand, wait), error: oneLine(error), nextAttemptAt: wait.notBefore });
  wait.attempt++;
  takeUp(turn, wait);
}

/** An attempt is to be made. */
function takeUp({ strands }: Turn, wait: StepWait): void {
  strands.touched.add(wait);
  strands.waiting.attempt(wait);
}

/** What the call throws: a result that could not be saved is the program's own matter, everything else is a StepError. */
function stepError(turn: Turn, name: string, wait: StepWait, error: unknown): unknown {
  if (error instanceof NotSaveableError) return error;
  const times = wait.attempt === 1 ? "" : ` after ${wait.attempt} attempts`;
  const cause = saveableError(error, turn.ports.codec);
  const step = wait.step === "" ? name : wait.step;
  return new StepError(`step ${name} failed${times}: ${oneLine(error)}`, step, wait.attempt, { cause });
}

/** The name people know the step by. */
export function nameOf(wait: StepWait): string {
  return definitionOf(wait)?.name ?? wait.step;
}

/** What the journal tells of a step; `strand` unless it is main that called it. */
function facts(strand: Strand, wait: StepWait): { step: string; call: number; attempt: number; strand?: string } {
  assert(wait.call > 0, "a step event for a request the driver never took");
  const known = { step: nameOf(wait), call: wait.call, attempt: wait.attempt };
  const who = strandName(strand);
  return who === "" ? known : { ...known, strand: who };
}
