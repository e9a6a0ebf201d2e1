/**
 * What code that can reach objects of a run may do to an object besides assigning and deleting properties. Compiled modules say so of themselves. While none does it,
 * an object that consisted of default data properties is compared without asking for descriptors, symbols and prototypes: a third of the work.
 */
import { Surgery } from "../../../shared/abi.js";

let expected = 0;

/** From now on the runtime looks out for it; `kinds` are bits of `Surgery`. */
export function expectSurgery(kinds: number): void {
  expected |= kinds;
}

/** A property that is there may have become an accessor or a constant. */
export function redefinitionIsPossible(): boolean {
  return (expected & Surgery.REDEFINE) !== 0;
}

/** An object may have got symbol keys, another prototype, or been closed to new properties. */
export function reshapingIsPossible(): boolean {
  return expected !== 0;
}
