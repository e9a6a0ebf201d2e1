/**
 * Cron expressions, read by a library that only programs with such schedules load. The runtime does not import it by name, so a bundle does not carry it unless
 * the program imports `flowc/cron`, which hands it over.
 */
import { UsageError } from "../../shared/errors.js";
import type { Calendar } from "./calendar.js";

/** What is used of the class `Cron` of croner. */
interface CronTimes {
  nextRun(after: Date): Date | null;
  previousRuns(count: number, before: Date): Date[];
}
export type CronClass = new (
  pattern: string,
  options: { readonly timezone: string; readonly paused: true; readonly mode: "5-or-6-parts" },
) => CronTimes;

type ReadCron = (pattern: string, timeZone: string) => Calendar;

const LIBRARY = "croner";
let read: ReadCron | undefined;

/** Hands the library over. */
export function provideCron(library: CronClass): void {
  read = (pattern, timeZone) => readCron(library, pattern, timeZone);
}

/** Throws UsageError when the library is not there. */
export async function loadCron(): Promise<ReadCron> {
  if (read === undefined) {
    try {
      provideCron(((await import(LIBRARY)) as { Cron: CronClass }).Cron);
    } catch (error) {
      throw new UsageError(
        'A schedule with a cron expression needs the package "croner", which is not found from here. In a bundle, `import "flowc/cron"` in the program puts it in.',
        { cause: error },
      );
    }
  }
  return read!;
}

function readCron(Cron: CronClass, pattern: string, timeZone: string): Calendar {
  let times: CronTimes;
  try {
    times = new Cron(pattern, { timezone: timeZone, paused: true, mode: "5-or-6-parts" });
    // It looks at the time zone when it is first asked.
    times.nextRun(new Date(0));
  } catch (error) {
    throw new UsageError(`${JSON.stringify(pattern)} in time zone ${timeZone} is no schedule: ${(error as Error).message}`);
  }
  return {
    after: (time) => times.nextRun(new Date(time))?.getTime(),
    before: (time) => times.previousRuns(1, new Date(time))[0]?.getTime(),
  };
}
