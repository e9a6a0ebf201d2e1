/** What reaches a run from outside, in the order in which it was sent: values for its channels, ends of other runs, and what people ask of it. */
import { RESUME_NEXT, RESUME_THROW } from "../../shared/abi.js";
import { assert } from "../../shared/assert.js";
import { CALLBACK } from "../effects/callback.js";
import { closeCallback, takeMessage } from "../mailboxes.js";
import { resultOf } from "../effects/child.js";
import type { Outcome } from "../image.js";
import type { Message } from "../store/store.js";
import type { AttemptEvent, DriverEvent, TaskEnd } from "../transition.js";
import { endPause, pause } from "./pauses.js";
import { deliverKept, stepProgress } from "./steps.js";
import type { Turn } from "./turn.js";

export function messageArrived(turn: Turn, message: Message): void {
  turn.consumed.push(message.seq);
  switch (message.kind) {
    case "cancel":
      return cancelRun(turn, message.topic);
    case "orphaned":
      return cancelRun(turn, "the run that started it is over");
    case "pause":
      return pause(turn, message.topic);
    case "resume":
      return resumeRun(turn);
    case "ended":
      return runEnded(turn, message.topic, message.payload);
    case "step":
      return assert(false, "the end of an attempt is a step event");
    case "send":
      return received(turn, message.topic, turn.ports.codec.decode(message.payload));
  }
}

/** The end of an attempt in a queue is told by a message; here it is what it is for attempts made in this process. */
export function unpackedEvent(turn: Turn, event: DriverEvent): DriverEvent {
  if (event.kind !== "message" || event.message.kind !== "step") return event;
  turn.consumedEnds.push(event.message.seq);
  return attemptEnded(turn, event.message);
}

function attemptEnded(turn: Turn, { topic, payload }: Message): AttemptEvent {
  const [call, attempt] = topic.split(":").map(Number) as [number, number];
  const end = turn.ports.codec.decode(payload) as TaskEnd;
  if (end.kind === "succeeded") return { kind: "stepSucceeded", call, attempt, result: { value: end.value } };
  const wait = turn.strands.waiting.forCall(call)?.wait;
  if (wait?.kind === "step" && wait.attempt === attempt && end.details !== undefined) stepProgress(turn, wait, end.details);
  return { kind: "stepFailed", call, attempt, error: end.error, final: end.final };
}

function received(turn: Turn, channel: string, value: unknown): void {
  const { image } = turn;
  const isAnswer = channel.startsWith(CALLBACK);
  if (isAnswer && !image.rare?.callbacks.has(channel)) return turn.log("callback.late", {});
  turn.log(isAnswer ? "callback.answered" : "message.received", isAnswer ? {} : { channel });
  const box = image.mailboxes.get(channel);
  if (box === undefined) image.mailboxes.set(channel, [value]);
  else box.push(value);
  deliver(turn, channel);
}

/** Hands messages of a channel to those who wait for one. */
function deliver(turn: Turn, channel: string): void {
  const { strands } = turn;
  while (!turn.isPaused && strands.outcome === undefined) {
    const receiver = strands.waiting.forMessage(channel);
    const taken = receiver && takeMessage(turn.image, channel);
    if (taken === undefined) return;
    if (channel.startsWith(CALLBACK)) closeCallback(turn.image, channel);
    strands.wake(receiver!, RESUME_NEXT, taken.value);
    strands.drain();
  }
}

/** Word of the end of a run that this one has started or waits for. */
function runEnded(turn: Turn, run: string, outcome: Uint8Array): void {
  turn.log("child.ended", { run });
  // The store may have cut it out of a larger buffer, which would be saved with it.
  turn.image.more.ends.set(run, new Uint8Array(outcome));
  deliverEnd(turn, run);
}

function deliverEnd(turn: Turn, run: string): void {
  if (turn.isPaused) return;
  const { strands } = turn;
  const { ends } = turn.image.more;
  const waiting = strands.waiting.forEndOfRun(run);
  const bytes = ends.get(run);
  if (waiting.length === 0 || bytes === undefined) return;
  ends.delete(run);
  for (const strand of waiting) {
    // Each gets a copy of its own, as two runs would.
    const outcome = bytes.length === 0 ? undefined : (turn.ports.codec.decode(bytes) as Outcome);
    try {
      strands.wake(strand, RESUME_NEXT, resultOf(run, outcome));
    } catch (error) {
      strands.wake(strand, RESUME_THROW, error);
    }
  }
  strands.drain();
}

/** Everything that came in the meantime is delivered now. */
function resumeRun(turn: Turn): void {
  if (!turn.isPaused) return;
  endPause(turn);
  const { image } = turn;
  if (!image.begun) return;
  for (const channel of Array.from(image.mailboxes.keys())) deliver(turn, channel);
  for (const run of Array.from(image.more.ends.keys())) deliverEnd(turn, run);
}

function cancelRun(turn: Turn, reason: string): void {
  const { image, strands } = turn;
  if (image.cancel !== undefined || image.ending !== undefined) return;
  resumeRun(turn);
  // What has been done is known to the program before it is told to end: it may have to undo it.
  deliverKept(turn);
  image.cancel = { reason };
  turn.log("run.cancelling", { reason });
  const main = image.strands.first;
  if (main !== undefined) strands.cancelStrand(main, `the run was cancelled${reason === "" ? "" : `: ${reason}`}`);
  strands.drain();
}
