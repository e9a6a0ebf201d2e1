/**
 * Stable sort with a comparator that may suspend. The order in which a comparator is called is up to the implementation (ECMA-262 23.1.3.30);
 * programs see it all the same, so up to 63 elements it is asked in the order of Tim Peters' list sort ("listsort.txt" in CPython), which engines use:
 * one natural run, extended by binary insertion. Longer inputs are cut into such runs, which are merged pairwise.

 */
import { apply } from "../apply.js";
import { append } from "../intrinsics.js";
import { isObject, toNumber, toStr } from "./operations/conversion.js";
import { ARRAY, call } from "../natives.js";

/** Inputs up to this length are one run. */
const RUN = 63;

/** A new array with the elements of `values` in order (by SortCompare); `undefined` goes last without being compared. */
export function stableSort(values: readonly unknown[], comparator: unknown): unknown[] {
  let sorted: unknown[] = [];
  for (let i = 0; i < values.length; i++) if (values[i] !== undefined) append(sorted, values[i]);
  const undefinedCount = values.length - sorted.length;
  if (comparator === undefined && !hasObject(sorted)) call(ARRAY["sort"], sorted, []);
  else {
    for (let low = 0; low < sorted.length; low += RUN) sortRun(sorted, low, least(low + RUN, sorted.length), comparator);
    for (let width = RUN; width < sorted.length; width *= 2) sorted = mergeRuns(sorted, width, comparator);
  }
  for (let i = 0; i < undefinedCount; i++) append(sorted, undefined);
  return sorted;
}

/** Primitives are compared by the engine. */
function hasObject(values: readonly unknown[]): boolean {
  for (let i = 0; i < values.length; i++) if (isObject(values[i])) return true;
  return false;
}

function least(a: number, b: number): number {
  return a < b ? a : b;
}

/** SortCompare of values that are not `undefined`. */
function compare(comparator: unknown, a: unknown, b: unknown): number {
  if (comparator !== undefined) return toNumber(apply(comparator, undefined, [a, b]));
  const first = toStr(a);
  const second = toStr(b);
  return first < second ? -1 : first > second ? 1 : 0;
}

/** Sorts `[low, high)`: the run at its start is kept (turned round when it descends), the rest inserted. */
function sortRun(items: unknown[], low: number, high: number, comparator: unknown): void {
  const start = naturalRun(items, low, high, comparator);
  for (let next = start; next < high; next++) {
    const pivot = items[next];
    let left = low;
    let right = next;
    while (left < right) {
      const middle = left + ((right - left) >> 1);
      if (compare(comparator, pivot, items[middle]) < 0) right = middle;
      else left = middle + 1;
    }
    for (let at = next; at > left; at--) items[at] = items[at - 1];
    items[left] = pivot;
  }
}

/** End of the longest run that begins at `low`, ascending or strictly descending; a descending one is reversed. */
function naturalRun(items: unknown[], low: number, high: number, comparator: unknown): number {
  if (high - low < 2) return high;
  let end = low + 2;
  const descends = compare(comparator, items[low + 1], items[low]) < 0;
  while (end < high) {
    const goesDown = compare(comparator, items[end], items[end - 1]) < 0;
    if (goesDown !== descends) break;
    end++;
  }
  if (!descends) return end;
  for (let left = low, right = end - 1; left < right; left++, right--) {
    const kept = items[left];
    items[left] = items[right];
    items[right] = kept;
  }
  return end;
}

/** Merges neighbours of `width` elements; of equal ones the left goes first. */
function mergeRuns(from: readonly unknown[], width: number, comparator: unknown): unknown[] {
  const to: unknown[] = [];
  for (let start = 0; start < from.length; start += 2 * width) {
    const middle = least(start + width, from.length);
    const end = least(start + 2 * width, from.length);
    let left = start;
    let right = middle;
    while (left < middle && right < end) {
      const rightFirst = compare(comparator, from[right], from[left]) < 0;
      append(to, rightFirst ? from[right++] : from[left++]);
    }
    while (left < middle) append(to, from[left++]);
    while (right < end) append(to, from[right++]);
  }
  return to;
}
