/** What a person says about a schedule, checked. */
import { UsageError } from "../../shared/errors.js";
import { milliseconds, type Duration } from "../effects/duration.js";
import type { Spec } from "./calendar.js";
import type { CatchUp, Definition, Overlap } from "./plan.js";

/** A cron expression of five fields, or six with seconds first; or a fixed interval, counted from the epoch, so that `{ every: "1 hour" }` is on the hour. */
export type ScheduleSpec = string | { readonly every: Duration; readonly offset?: Duration };

export interface ScheduleOptions {
  /** The time zone of a cron expression: `"Europe/Berlin"`. Default: `"UTC"`. */
  readonly timeZone?: string;
  /** Each occurrence begins up to this much later, by an amount that is its own and the same on every machine. Default: none. */
  readonly jitter?: Duration;
  /**
   * What happens with an occurrence while the run of an earlier one is under way. `skip` (default): nothing. `buffer`: it waits for its end. `cancel`: the earlier
   * one is cancelled, and it begins when that has ended. `allow`: both run.
   */
  readonly overlap?: Overlap;
  /**
   * What happens with occurrences that no worker took for a minute. `last` (default): the last one of them runs. `all`: all of them run, one after the other (together
   * with `overlap: "allow"`). `none`: none does.
   */
  readonly catchUp?: CatchUp;
  /** Occurrences longer ago than this are not made up for. Default: one day. */
  readonly catchUpWindow?: Duration;
  /** Of each run, counted from its start: see `StartOptions`. */
  readonly deadline?: Duration;
  /** Of each run: see `StartOptions`. */
  readonly pauseOnFailure?: boolean;
}

const WHAT = "flow.schedule";
const OVERLAPS: readonly Overlap[] = ["skip", "buffer", "cancel", "allow"];
const CATCH_UPS: readonly CatchUp[] = ["none", "last", "all"];
const SHORTEST_MS = 1_000;
const DAY_MS = 86_400_000;

/** Throws UsageError. Whether a cron expression is one is found out when it is read. */
export function definitionOf(spec: ScheduleSpec, options: ScheduleOptions): Definition {
  const { overlap = "skip", catchUp = "last", catchUpWindow = DAY_MS, jitter = 0, deadline, pauseOnFailure } = options;
  return {
    spec: specOf(spec, options.timeZone),
    overlap: oneOf(OVERLAPS, overlap, "overlap"),
    catchUp: oneOf(CATCH_UPS, catchUp, "catchUp"),
    windowMs: milliseconds(catchUpWindow, `${WHAT}: catchUpWindow`),
    jitterMs: milliseconds(jitter, `${WHAT}: jitter`),
    deadlineMs: deadline === undefined ? undefined : milliseconds(deadline, `${WHAT}: deadline`),
    pauseOnFailure,
  };
}

function specOf(spec: ScheduleSpec, timeZone: string | undefined): Spec {
  if (typeof spec === "string") return { kind: "cron", cron: spec, timeZone: timeZone ?? "UTC" };
  if (timeZone !== undefined)
    throw new UsageError(`${WHAT}: timeZone is for cron expressions; an interval is the same in every time zone.`);
  if (typeof spec !== "object" || spec === null || !("every" in spec))
    throw new UsageError(`${WHAT} takes a cron expression such as "0 9 * * 1-5", or { every: "15 minutes" }.`);
  const everyMs = milliseconds(spec.every, `${WHAT}: every`);
  if (everyMs < SHORTEST_MS || !Number.isInteger(everyMs))
    throw new UsageError(`${WHAT}: every is ${everyMs} ms; it has to be at least one second, in whole milliseconds.`);
  return { kind: "every", everyMs, offsetMs: milliseconds(spec.offset ?? 0, `${WHAT}: offset`) };
}

function oneOf<T extends string>(values: readonly T[], value: T, option: string): T {
  if (values.includes(value)) return value;
  throw new UsageError(
    `${WHAT}: ${option} is ${JSON.stringify(value)}; it is one of ${values.map((each) => `"${each}"`).join(", ")}.`,
  );
}
