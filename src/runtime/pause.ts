/** A suspension that waits for nothing: emitted at the start of every function that is compiled to suspend everywhere. */
import { primitive, suspend, type SUSPEND } from "./suspend.js";

/** Suspends the strand, to be resumed at once. Does nothing where the stack could not be captured. */
export const $pause = primitive((): typeof SUSPEND | undefined =>
  mayPause() ? suspend("pause", { kind: "sleep", duration: 0, until: 0, since: 0 }) : undefined,
);

let ask: () => boolean = () => false;

/** Whether a pause may suspend is for the driver to say; nobody asked means no. */
function mayPause(): boolean {
  return ask();
}

/**
 * Lets `decide` say at each pause whether it suspends. Returns what decided before.
 *
 * @public
 */
export function decidePauses(decide: () => boolean): () => boolean {
  const before = ask;
  ask = decide;
  return before;
}
