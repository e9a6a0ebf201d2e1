import { analyse, describe, ingest, report, save } from "./stages.js";

export interface Job {
  /** A CSV file: one header line, then rows of numbers. */
  readonly input: string;
  /** Folder for what the pipeline writes. */
  readonly output: string;
  /** The share of rows that may be unreadable. */
  readonly tolerance?: number;
}

/** ingest → analyse → check → save or describe → report. The branch is an `if`. */
export function pipeline({ input, output, tolerance = 0.1 }: Job): string {
  const rows = ingest(input);
  const analysis = analyse(rows);
  const good = analysis.unreadable <= rows.length * tolerance;
  const file = good ? save(output, analysis) : describe(output, analysis);
  return report(output, good ? "accepted" : "rejected", file);
}
