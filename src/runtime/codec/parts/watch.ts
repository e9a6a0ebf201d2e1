/**
 * How it is found out that a node has changed since it was last written: its contents are compared with a copy. One watch for each node whose contents can
 * change, or one for many of them; frames, and what goes by reference, have none.
 */
import type { Encoder } from "../encoder.js";

/** A change that only a new image can express. */
export class Unpatchable extends Error {}

/** What a part says about one node. */
export interface Change {
  /** The number of the node. */
  readonly id: number;
  /** Writes the difference, which there is, and takes it over. Throws Unpatchable, or what the encoder throws. */
  patch(out: Encoder): void;
}

export abstract class Watch implements Change {
  constructor(readonly id: number) {}

  /** Whether the node is what was last written. Runs no code of the program. */
  abstract isSame(out: unknown): boolean;
  abstract patch(out: Encoder): void;
}

/** SameValue (ECMA-262): `-0` is not `0`, NaN is NaN. V8 compiles this to a comparison of pointers before it asks further, which it does not do for `===`. */
export const isSameValue: (a: unknown, b: unknown) => boolean = Object.is;
