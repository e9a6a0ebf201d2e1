import type { Code } from "../../shared/abi.js";
import { Writer } from "./writer.js";

/** A function as images name it. */
export interface CodeEntry {
  /** Id and hash, as written. */
  readonly bytes: Uint8Array;
  /** The image it was last written to, and its number there. */
  epoch: number;
  index: number;
}

/** A process has as many of these as functions, so they are kept. */
const entries = new WeakMap<Code, CodeEntry>();
const scratch = new Writer();

export function codeEntry(code: Code): CodeEntry {
  let entry = entries.get(code);
  if (entry === undefined) {
    scratch.reset();
    scratch.text(code.id);
    scratch.text(code.hash);
    entry = { bytes: scratch.finish().slice(), epoch: 0, index: 0 };
    entries.set(code, entry);
  }
  return entry;
}
