import type { OutcomeRow } from "../rows.js";

/** The columns of a `SummaryRow`, of the table `runs`. */
export const SUMMARY_COLUMNS =
  "runs.id, runs.workflow, runs.status, runs.created_at, runs.updated_at, runs.wake_at, runs.owner, runs.waiting_since, runs.waiting_for, runs.version, " +
  "(SELECT p.id FROM runs p WHERE p.n = runs.parent) AS parent, " +
  "(SELECT json_group_object(key, json(value)) FROM notes WHERE notes.run = runs.n) AS notes";

export interface RunRow extends OutcomeRow {
  readonly n: number;
  readonly fence: number;
  readonly losses: number;
  readonly image: Uint8Array;
}
