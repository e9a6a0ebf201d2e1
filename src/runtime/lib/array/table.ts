/** The versions of array built-ins by name. */
import { from, of } from "./create.js";
import { concat, slice, toReversed, toSpliced, withElement } from "./copy.js";
import { find, findIndex, findLast, findLastIndex } from "./find.js";
import { copyWithin, fill, reverse, splice } from "./mutate.js";
import { reduce, reduceRight } from "./reduce.js";
import { at, includes, indexOf, lastIndexOf } from "./search.js";
import { sort, toSorted } from "./sort.js";
import { pop, push, shift, unshift } from "./stack.js";
import { join, toLocaleString, toString } from "./text.js";
import { filter, flat, flatMap, map } from "./transform.js";
import { every, forEach, some } from "./visit.js";

/** Of Array.prototype. */
export function arrayMethods(): Record<string, Function> {
  return {
    at, concat, copyWithin, every, fill, filter, find, findIndex, findLast, findLastIndex, flat, flatMap, forEach, includes, indexOf, join, lastIndexOf,
    map, pop, push, reduce, reduceRight, reverse, shift, slice, some, sort, splice, toLocaleString, toReversed, toSorted, toSpliced, toString, unshift,
    with: withElement,
  }; // prettier-ignore
}

/** Of Array. */
export function arrayStatics(): Record<string, Function> {
  return { from, of };
}
