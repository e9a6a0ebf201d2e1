/**
 * One pass over all watches, and the hidden classes it meets. The first object of a class that is found unchanged, by looking at all there is to an object, leads: another one
 * of its class can differ from what it was in values and indices alone. No code of the program runs between the two, so the leader still is what was found.
 *
 *     first of a class ── compared in full ──▶ leads      others ── same class? ──▶ only values are compared
 *
 * What V8 says does not depend on what code can reach an object, so this also serves programs with foreign code, of which everything is expected.
 */
import { haveSameClass, speaksForItsClass } from "../hidden-classes.js";

/** A pass that meets more classes than this gains little. */
const MOST = 24;

interface Leader {
  readonly node: object;
  readonly prototype: object | null;
  readonly hasPrivates: boolean;
}

export class Pass {
  readonly #known: Leader[] = [];

  /** @param privatesCame some object has been given private members since the last pass */
  constructor(readonly privatesCame: boolean) {}

  /** Whether an object that had this prototype, and private members or not, still is of a class that leads with the same. */
  covers(node: object, prototype: object | null, hasPrivates: boolean): boolean {
    const known = this.#known;
    for (let i = 0; i < known.length; i++) {
      const leader = known[i]!;
      if (!haveSameClass(node, leader.node)) continue;
      if (i > 0) {
        known[i] = known[i - 1]!;
        known[i - 1] = leader;
      }
      return leader.prototype === prototype && leader.hasPrivates === hasPrivates;
    }
    return false;
  }

  /** `node` has been found to be what it was. */
  leads(node: object, prototype: object | null, hasPrivates: boolean): void {
    if (this.#known.length < MOST && speaksForItsClass(node)) this.#known.push({ node, prototype, hasPrivates });
  }
}
