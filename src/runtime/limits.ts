/** How large continuations may become, and what is said when one does. */
import { CheckpointTooLargeError, UsageError } from "../shared/errors.js";
import type { HeapReport } from "./codec/heap.js";

/** Sizes in bytes: of the image, its parts and the blobs they refer to. */
export interface CheckpointLimits {
  /** Beyond this the worker's log and the run's journal say so once, with what takes the most. Default 16 MiB. */
  readonly warnBytes?: number;
  /** A commit beyond this is refused with CheckpointTooLargeError: the run fails where it was, and `retry` goes on from there. Default 1 GiB. */
  readonly maxBytes?: number;
}

const WARN_BYTES = 16 * 1024 * 1024;
const MAX_BYTES = 1024 * 1024 * 1024;

/** The limits with their defaults. Throws UsageError. */
export function checkLimits({ warnBytes = WARN_BYTES, maxBytes = MAX_BYTES }: CheckpointLimits = {}): Required<CheckpointLimits> {
  for (const [name, value] of Object.entries({ warnBytes, maxBytes }))
    if (typeof value !== "number" || !(value > 0))
      throw new UsageError(`checkpoints.${name} is ${String(value)}; it has to be a number of bytes greater than 0.`);
  return { warnBytes, maxBytes };
}

/** `19.1 MiB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB"];
  let value = bytes / 1024;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${value.toFixed(1)} ${units[unit]!}`;
}

/** What takes the most, one line each: `` `items` 11.0 MiB in checkout at src/checkout.ts:12 ``. */
export function largest(report: HeapReport, count = 3): string[] {
  return [...report.variables, ...report.shared, ...report.largest]
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, count)
    .map(({ path, frame, bytes }) => `\`${path}\` ${sizeText(bytes)}${frame === "" ? "" : ` in ${frame}`}`);
}

export function tooLarge(bytes: number, limit: number, report: HeapReport): CheckpointTooLargeError {
  const culprits = largest(report);
  const message =
    `The continuation takes ${sizeText(bytes)}, more than the limit of ${sizeText(limit)}. Most of it: ${culprits.join("; ")}. ` +
    "Let what is large go out of scope, or keep it outside and hold its key; or raise checkpoints.maxBytes and retry the run.";
  return new CheckpointTooLargeError(message, bytes, culprits);
}
