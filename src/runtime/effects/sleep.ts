import { UsageError } from "../../shared/errors.js";
import { primitive, suspend } from "../suspend.js";
import { milliseconds, type Duration } from "./duration.js";

/**
 * Waits. The run is saved and uses no memory meanwhile; a worker that is down at the time resumes it when it is back.
 * Throws UsageError when `duration` is not one.
 */
export function sleep(duration: Duration): void {
  return waits(milliseconds(duration, "sleep"), 0);
}

/** Waits until a date (or milliseconds since the epoch). A date in the past ends at once, after a checkpoint. Throws UsageError for an invalid date. */
export function sleepUntil(date: Date | number): void {
  const until = typeof date === "number" ? date : date instanceof Date ? date.getTime() : Number.NaN;
  if (!Number.isFinite(until))
    throw new UsageError(`sleepUntil: ${String(date)} is not a valid date. Give a Date or milliseconds since the epoch.`);
  return waits(undefined, until);
}

function waits(duration: number | undefined, until: number): void {
  return suspend("sleep", { kind: "sleep", duration, until, since: 0 }) as never;
}

primitive(sleep);
primitive(sleepUntil);
