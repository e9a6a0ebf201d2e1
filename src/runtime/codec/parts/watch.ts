/**
 * How it is found out that a node has changed since it was last written: its contents are compared with a copy. One watch for each node whose contents can
 * change; frames, and what goes by reference, have none.
 */
import type { Encoder } from "../encoder.js";

/** A change that only a new image can express. */
export class Unpatchable extends Error {}

export abstract class Watch {
  /** @param id the number of the node */
  constructor(readonly id: number) {}

  /** Whether the node is what was last written. Runs no code of the program. */
  abstract isSame(out: unknown): boolean;
  /** Writes the difference, which there is, and takes it over. Throws Unpatchable, or what the encoder throws. */
  abstract patch(out: Encoder): void;
}

/** SameValue (ECMA-262) of two values of a graph: `-0` is not `0`, NaN is NaN. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return a !== 0 || 1 / (a as number) === 1 / (b as number);
  return a !== a && b !== b;
}
