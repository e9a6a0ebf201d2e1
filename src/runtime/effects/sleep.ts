import { primitive, suspend } from "../suspend.js";
import { milliseconds, type Duration } from "./duration.js";
import { timeOf, type Instant } from "./instant.js";

/**
 * Waits. The run is saved and uses no memory meanwhile; a worker that is down at the time resumes it when it is back.
 * Throws UsageError when `duration` is not one.
 */
export function sleep(duration: Duration): void {
  return waits(milliseconds(duration, "sleep"), 0);
}

/**
 * Waits until a point in time: a Date, milliseconds since the epoch, a Temporal.Instant or a Temporal.ZonedDateTime. One in the past ends at once, after a
 * checkpoint. Throws UsageError when it is none.
 */
export function sleepUntil(instant: Instant): void {
  return waits(undefined, timeOf(instant, "sleepUntil"));
}

function waits(duration: number | undefined, until: number): void {
  return suspend("sleep", { kind: "sleep", duration, until, since: 0 }) as never;
}

primitive(sleep);
primitive(sleepUntil);
