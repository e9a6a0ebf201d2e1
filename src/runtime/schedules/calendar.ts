/** When a schedule has its occurrences. Times are milliseconds since the epoch. */
import { loadCron } from "./cron.js";

export type Spec =
  | { readonly kind: "cron"; readonly cron: string; readonly timeZone: string }
  /** At `offsetMs` past the epoch and every `everyMs` from there: the same times on every machine, whenever the schedule was made. */
  | { readonly kind: "every"; readonly everyMs: number; readonly offsetMs: number };

export interface Calendar {
  /** The first occurrence later than `time`; `undefined` when there is none any more. */
  after(time: number): number | undefined;
  /** The last occurrence earlier than `time`. */
  before(time: number): number | undefined;
}

/** Throws UsageError for what is no cron expression or no time zone, and when the cron library is not there. */
export async function calendarOf(spec: Spec): Promise<Calendar> {
  switch (spec.kind) {
    case "every":
      return interval(spec.everyMs, spec.offsetMs);
    case "cron":
      return (await loadCron())(spec.cron, spec.timeZone);
  }
}

function interval(everyMs: number, offsetMs: number): Calendar {
  return {
    after: (time) => (Math.floor((time - offsetMs) / everyMs) + 1) * everyMs + offsetMs,
    before: (time) => (Math.ceil((time - offsetMs) / everyMs) - 1) * everyMs + offsetMs,
  };
}

/** Occurrences later than `from` and not later than `to`, at most `limit`. */
export function* between(calendar: Calendar, from: number, to: number, limit: number): Generator<number> {
  let at = calendar.after(from);
  for (let count = 0; at !== undefined && at <= to && count < limit; count++) {
    yield at;
    at = calendar.after(at);
  }
}
