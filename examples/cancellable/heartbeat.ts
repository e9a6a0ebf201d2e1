import { CancelledError, sleep, spawn, withTimeout } from "flowc";
import { beat, cleanUp } from "./monitor.js";

export interface Options {
  /** Where the beats are written. */
  readonly log: string;
  readonly every?: string;
  readonly cancelAfter?: string;
}

/** Lets a task run for three seconds under a five-minute timeout, then cancels it and sees how it ended. */
export function supervise({ log, every = "500 ms", cancelAfter = "3 seconds" }: Options): string {
  const task = spawn(() => withTimeout("5 minutes", () => heartbeats(log, every)));
  sleep(cancelAfter);
  task.cancel("the supervisor has seen enough");
  try {
    task.join();
    return "the task ended by itself";
  } catch (error) {
    if (error instanceof CancelledError) return `cancelled: ${error.message}`;
    throw error;
  }
}

function heartbeats(log: string, every: string): never {
  let beats = 0;
  try {
    for (;;) {
      beat(log, ++beats);
      sleep(every);
    }
  } catch (error) {
    if (error instanceof CancelledError) cleanUp(log, beats);
    throw error;
  }
}
