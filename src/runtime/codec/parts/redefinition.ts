/**
 * Whether code that can reach objects of a run may turn a data property that is there into an accessor or a constant. Compiled modules say so of themselves: it takes
 * `Object.defineProperty` or one of its kin. While none does, an object that had default data properties only can be read without looking at descriptors.
 */
let possible = false;

export function redefinitionIsPossible(): boolean {
  return possible;
}

/** From now on descriptors are looked at. */
export function expectRedefinition(): void {
  possible = true;
}
