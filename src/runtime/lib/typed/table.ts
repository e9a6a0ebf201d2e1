/** The versions of the built-ins of typed arrays by name. */
import { at, copyWithin, fill, includes, indexOf, join, lastIndexOf, set, toLocaleString, withElement } from "./access.js";
import { filter, from, map, of, slice, sort, subarray, toSorted } from "./transform.js";
import { every, find, findIndex, findLast, findLastIndex, forEach, reduce, reduceRight, some } from "./visit.js";

/** Of %TypedArray%.prototype. `toString` is that of arrays. */
export function typedMethods(): Record<string, Function> {
  return {
    at, copyWithin, every, fill, filter, find, findIndex, findLast, findLastIndex, forEach, includes, indexOf, join, lastIndexOf, map, reduce,
    reduceRight, set, slice, some, sort, subarray, toLocaleString, toSorted, with: withElement,
  }; // prettier-ignore
}

/** Of %TypedArray%. */
export function typedStatics(): Record<string, Function> {
  return { from, of };
}
