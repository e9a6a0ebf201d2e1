/** The versions of the built-ins of Iterator by name. */
import { every, find, forEach, reduce, some, toArray } from "./eager.js";
import { drop, filter, flatMap, from, map, take } from "./lazy.js";

/** Of Iterator.prototype. */
export function iteratorMethods(): Record<string, Function> {
  return { drop, every, filter, find, flatMap, forEach, map, reduce, some, take, toArray };
}

/** Of Iterator. */
export function iteratorStatics(): Record<string, Function> {
  return { from };
}
