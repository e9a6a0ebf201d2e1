/** The attempts that are to be made once a transition is committed (I3): here, or by whoever serves the step's queue. */
import type { NewTask } from "../store/store.js";
import type { StepWait } from "../strand.js";
import type { StepStart } from "../transition.js";
import type { Turn } from "./turn.js";

/** Those to be made here; those for queues go to the outward effects. Each attempt is handed out once in a process. */
export function takeStarts(turn: Turn): StepStart[] {
  const start: StepStart[] = [];
  if (turn.isPaused) return start;
  const { strands } = turn;
  for (const wait of strands.waiting.takeAttempts()) {
    if (wait.extra?.queue !== undefined) {
      strands.outward.tasks.push(taskOf(turn, wait, wait.extra.queue));
      continue;
    }
    strands.started.add(wait.call);
    start.push({ call: wait.call, attempt: wait.attempt, notBefore: wait.notBefore, wait });
  }
  return start;
}

/** It has not begun in the process that was to make it. */
export function putOff({ strands }: Turn, { call, wait }: StepStart): void {
  strands.started.delete(call);
  if (strands.waiting.forCall(call)?.wait === wait) strands.waiting.attempt(wait);
}

function taskOf(turn: Turn, wait: StepWait, queue: string): NewTask {
  const { call, attempt, step, input, notBefore, extra } = wait;
  return {
    queue,
    call,
    attempt,
    step,
    key: extra?.key,
    priority: extra?.priority ?? 0,
    dueAt: notBefore || wait.since,
    payload: input instanceof Uint8Array ? input : turn.ports.codec.encode(input, "arguments"),
    details: extra?.details,
  };
}
