/** The versions of the built-ins of Map and Set by name. */
import { mapGroupBy } from "../object/entries.js";
import { difference, intersection, isDisjointFrom, isSubsetOf, isSupersetOf, symmetricDifference, union } from "./algebra.js";
import { mapForEach, setForEach } from "./visit.js";

/** Of Map.prototype. */
export function mapMethods(): Record<string, Function> {
  return { forEach: mapForEach };
}

/** Of Map. */
export function mapStatics(): Record<string, Function> {
  return { groupBy: mapGroupBy };
}

/** Of Set.prototype. */
export function setMethods(): Record<string, Function> {
  return {
    difference,
    forEach: setForEach,
    intersection,
    isDisjointFrom,
    isSubsetOf,
    isSupersetOf,
    symmetricDifference,
    union,
  };
}
