/** The schedules of a seed. */
import type { ScheduleOptions } from "../../dist/runtime/schedules/options.js";
import type { Random } from "../fuzz/random.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface Timetable {
  readonly name: string;
  readonly startAt: number;
  readonly everyMs: number;
  /** How long it is kept after the last disturbance. */
  readonly forMs: number;
  /** How long a run of it takes. */
  readonly restMs: number;
  readonly options: ScheduleOptions;
  readonly disturbances: readonly Disturbance[];
}

/** What a person does to a schedule, so long after the one before. */
export interface Disturbance {
  readonly afterMs: number;
  readonly what: "pause" | "resume" | "trigger" | "backfill";
}

export function timetablesOf(random: Random): Timetable[] {
  if (random.chance(0.75)) return [];
  return Array.from({ length: 1 + random.below(2) }, (_, index) => timetableOf(random, `s${index + 1}`));
}

function timetableOf(random: Random, name: string): Timetable {
  const everyMs = random.pick([20 * MINUTE, HOUR, 3 * HOUR]);
  const isDisturbed = random.chance(0.4);
  return {
    name,
    startAt: random.below(10 * HOUR),
    everyMs,
    forMs: everyMs * (2 + random.below(8)),
    restMs: random.pick([0, random.below(everyMs), random.below(3 * everyMs)]),
    options: {
      overlap: random.pick(["skip", "buffer", "cancel", "allow"]),
      catchUp: random.pick(["none", "last", "all", "all"]),
      catchUpWindow: "30 days",
      jitter: random.pick([0, 0, random.below(everyMs / 2)]),
    },
    disturbances: isDisturbed ? disturbancesOf(random, everyMs) : [],
  };
}

function disturbancesOf(random: Random, everyMs: number): Disturbance[] {
  const afterMs = (): number => random.below(3 * everyMs);
  const what = random.pick(["pause", "trigger", "backfill"] as const);
  const rest: Disturbance[] = what === "pause" ? [{ afterMs: afterMs(), what: "resume" }] : [];
  return [{ afterMs: afterMs(), what }, ...rest];
}
