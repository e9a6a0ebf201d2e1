import type { JournalEntry } from "../runtime/store/store.js";
import { clock, oneLine, table } from "./text.js";

/** The journal of a run as a table: when, what, and the facts; what the program has written to the console as it wrote it, line by line. */
export function journalLines(journal: readonly JournalEntry[]): string[] {
  return table(journal.flatMap(rowsOf));
}

function rowsOf({ at, kind, data }: JournalEntry): string[][] {
  if (kind !== "log") return [[clock(at), kind, oneLine(data)]];
  const [first = "", ...others] = String(data["text"]).split("\n");
  const level = data["level"] === "info" ? "" : ` ${String(data["level"])}`;
  return [[clock(at), kind + level, first], ...others.map((line) => ["", "", line])];
}
