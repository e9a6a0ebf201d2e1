/** Continuations: the image, the parts that follow it, and the blobs both refer to. See `schema.ts` for where they are. */
import type { StatementSync } from "node:sqlite";
import type { Blob } from "../../codec/blobs.js";
import type { StoredImage } from "../store.js";

type Prepare = (sql: string) => StatementSync;

/** From this size on an image is not kept in the row of its run. A page holds 4,096 bytes, and what does not fit is a chain of pages. */
const LARGE_BYTES = 4_096;
const NOTHING = new Uint8Array(0);

/** What `runs.image` holds for an image. */
export function inRow(image: Uint8Array): Uint8Array {
  return isLarge(image) ? NOTHING : image;
}

export function isLarge(image: Uint8Array): boolean {
  return image.length >= LARGE_BYTES;
}

/** @param image what the row of the run holds */
export function readContinuation(prepare: Prepare, run: number, image: Uint8Array): StoredImage {
  const rows = prepare("SELECT bytes FROM parts WHERE run = ? ORDER BY n").all(run) as { bytes: Uint8Array }[];
  const parts = rows.map((row) => row.bytes);
  const blobs = readBlobs(prepare, run);
  return image.length > 0 ? { image, parts, blobs } : { image: parts[0]!, parts: parts.slice(1), blobs };
}

function readBlobs(prepare: Prepare, run: number): Map<string, Uint8Array> {
  const rows = prepare("SELECT hex(b.id) AS id, b.bytes FROM run_blobs r JOIN blobs b ON b.n = r.blob WHERE r.run = ?").all(
    run,
  ) as { id: string; bytes: Uint8Array }[];
  return new Map(rows.map(({ id, bytes }) => [id.toLowerCase(), bytes]));
}

export function addPart(prepare: Prepare, run: number, bytes: Uint8Array): void {
  prepare("INSERT INTO parts (run, bytes) VALUES (?, ?)").run(run, bytes);
}

export function removeParts(prepare: Prepare, run: number): void {
  prepare("DELETE FROM parts WHERE run = ?").run(run);
}

/** Keeps blobs for a run; one that is there already is not written again. */
export function addBlobs(prepare: Prepare, run: number, blobs: readonly Blob[]): void {
  for (const { id, bytes } of blobs) {
    const key = Buffer.from(id, "hex");
    prepare("INSERT INTO blobs (id, bytes) VALUES (?, ?) ON CONFLICT (id) DO NOTHING").run(key, bytes);
    prepare("INSERT INTO run_blobs (run, blob) SELECT ?, n FROM blobs WHERE id = ? ON CONFLICT DO NOTHING").run(run, key);
  }
}

/** Gives back the run's blobs but these, and deletes those that no other run refers to. */
export function keepBlobs(prepare: Prepare, run: number, ids: readonly string[]): void {
  const held = prepare("SELECT r.blob, hex(b.id) AS id FROM run_blobs r JOIN blobs b ON b.n = r.blob WHERE r.run = ?").all(
    run,
  ) as {
    blob: number;
    id: string;
  }[];
  const kept = new Set(ids);
  for (const { blob, id } of held) {
    if (kept.has(id.toLowerCase())) continue;
    prepare("DELETE FROM run_blobs WHERE run = ? AND blob = ?").run(run, blob);
    prepare("DELETE FROM blobs WHERE n = ?1 AND NOT EXISTS (SELECT 1 FROM run_blobs WHERE blob = ?1)").run(blob);
  }
}
