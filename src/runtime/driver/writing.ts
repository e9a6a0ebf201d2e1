/** Turns the image into bytes. What cannot be saved is an exception in the strand that holds it, which may catch it and go on (I8). */
import { NotSaveableError } from "../../shared/errors.js";
import type { Written } from "../codec/parts/writer.js";
import type { ImageWriter } from "../image.js";
import type { Strand } from "../strand.js";
import type { Turn } from "./turn.js";

/** How often in a row NotSaveableError is raised in a run before the run is failed: a loop that catches it would never end. */
const MAX_SAVE_ATTEMPTS = 100;

/** The encoded image when the run goes on, `undefined` when it has ended. Raises NotSaveableError where it belongs and tries again. */
export function writeLive(turn: Turn, writer: ImageWriter): Written | undefined {
  const { image, strands } = turn;
  if (image.uncaught.length > 0) image.uncaught = image.uncaught.filter((task) => !task.joined);
  for (let attempt = 1; strands.outcome === undefined; attempt++) {
    try {
      const written = writer.write(image, strands.touched);
      strands.written();
      return written;
    } catch (error) {
      if (!(error instanceof NotSaveableError)) throw error;
      const culprit = attempt < MAX_SAVE_ATTEMPTS ? culpritOf(turn) : undefined;
      // One that waits for its own strands to end cannot be asked twice.
      const isTold = culprit !== undefined && strands.interrupt(culprit.strand, culprit.error);
      if (!isTold) strands.outcome = { kind: "failed", error };
      strands.drain();
    }
  }
  return undefined;
}

/** The strand that holds what cannot be saved. One that has run in this transition put it there, even when others can reach it too. */
function culpritOf({ image, strands, ports }: Turn): { strand: Strand; error: NotSaveableError } | undefined {
  for (const strand of new Set([...strands.ran, ...image.strands])) {
    if (!image.strands.has(strand)) continue;
    try {
      ports.codec.encode([strand.task, strand.frames]);
      ports.codec.encode(strand.wait, strand.wait?.kind === "group" ? strand.wait.combinator : "value");
    } catch (error) {
      if (error instanceof NotSaveableError) return { strand, error };
      throw error;
    }
  }
  return undefined;
}
