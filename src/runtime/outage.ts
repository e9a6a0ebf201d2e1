/** A store that cannot be reached for a while: what was begun is tried again, since an outage ends. Every other failure is final. */
import { StoreError } from "../shared/errors.js";
import type { Ports } from "./ports.js";

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/** True when the call may succeed later, as it is. */
export function isOutage(error: unknown): boolean {
  return error instanceof StoreError && error.reason === "unavailable";
}

/** The pause before the next attempt, in milliseconds, after so many in a row have failed. Doubles up to a second. */
export function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10), LONGEST_PAUSE_MS);
}

/**
 * What `call` answers once the store can be reached. `call` may have happened although it failed, and happens again. Throws its error when that is no outage, or
 * when `givesUp` says so.
 */
export async function outlast<T>({ timers }: Ports, call: () => Promise<T>, givesUp: () => boolean = () => false): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await call();
    } catch (error) {
      if (!isOutage(error) || givesUp()) throw error;
      await new Promise<void>((resolve) => void timers.after(pauseAfter(failures), resolve));
      if (givesUp()) throw error;
    }
  }
}
