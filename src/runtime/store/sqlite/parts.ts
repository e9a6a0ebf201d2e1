/** Continuations that are written in parts: see `schema.ts`. */
import type { StatementSync } from "node:sqlite";

type Prepare = (sql: string) => StatementSync;

/** From this size on an image is not kept in the row of its run. A page holds 4,096 bytes, and what does not fit is a chain of pages. */
export const LARGE_BYTES = 4_096;

export function readParts(prepare: Prepare, run: number): Uint8Array[] {
  return (prepare("SELECT bytes FROM parts WHERE run = ? ORDER BY n").all(run) as { bytes: Uint8Array }[]).map(
    (row) => row.bytes,
  );
}

export function addPart(prepare: Prepare, run: number, bytes: Uint8Array): void {
  prepare("INSERT INTO parts (run, bytes) VALUES (?, ?)").run(run, bytes);
}

export function removeParts(prepare: Prepare, run: number): void {
  prepare("DELETE FROM parts WHERE run = ?").run(run);
}
