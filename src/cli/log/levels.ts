import type { JournalEntry } from "../../runtime/store/store.js";

/** From the least important on. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof LEVELS)[number];

/** Whether something of level `level` is shown where `least` is the least that is. */
export function isShown(level: Level, least: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

/** How important an entry of the journal is; what programs write to the console says so itself. */
export function levelOf({ kind, data }: JournalEntry): Level {
  switch (kind) {
    case "log":
      return LEVELS.find((level) => level === data["level"]) ?? "info";
    case "run.failed":
    case "run.crashed":
      return "error";
    case "run.timed-out":
    case "run.overdue":
    case "step.failed":
    case "step.retrying":
    case "strand.failed":
    case "checkpoint.large":
      return "warn";
    default:
      return "info";
  }
}
