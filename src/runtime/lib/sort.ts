/**
 * Stable sort with a comparator that may suspend. The order in which a comparator is called is up to the implementation (ECMA-262 23.1.3.30);
 * programs see it all the same, so up to 63 elements it is asked in the order of Tim Peters' list sort ("listsort.txt" in CPython), which engines use:
 * one natural run, extended by binary insertion. Longer inputs are cut into such runs, which are merged pairwise.
 */
type Comparator = (a: unknown, b: unknown) => unknown;

/** Inputs up to this length are one run. */
const RUN = 63;

/** A new array with the elements of `values` in order; `undefined` goes last without being compared. */
export function stableSort(values: readonly unknown[], comparator: Comparator): unknown[] {
  let sorted: unknown[] = [];
  for (let i = 0; i < values.length; i++) if (values[i] !== undefined) sorted[sorted.length] = values[i];
  const undefinedCount = values.length - sorted.length;
  for (let low = 0; low < sorted.length; low += RUN) sortRun(sorted, low, Math.min(low + RUN, sorted.length), comparator);
  for (let width = RUN; width < sorted.length; width *= 2) sorted = mergeRuns(sorted, width, comparator);
  for (let i = 0; i < undefinedCount; i++) sorted[sorted.length] = undefined;
  return sorted;
}

function compare(comparator: Comparator, a: unknown, b: unknown): number {
  // Unary plus, not Number(): a BigInt throws.
  return +(comparator.call(undefined, a, b) as number);
}

/** Sorts `[low, high)`: the run at its start is kept (turned round when it descends), the rest inserted. */
function sortRun(items: unknown[], low: number, high: number, comparator: Comparator): void {
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
function naturalRun(items: unknown[], low: number, high: number, comparator: Comparator): number {
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
function mergeRuns(from: readonly unknown[], width: number, comparator: Comparator): unknown[] {
  const to: unknown[] = [];
  for (let start = 0; start < from.length; start += 2 * width) {
    const middle = Math.min(start + width, from.length);
    const end = Math.min(start + 2 * width, from.length);
    let left = start;
    let right = middle;
    while (left < middle && right < end) {
      const rightFirst = compare(comparator, from[right], from[left]) < 0;
      to[to.length] = rightFirst ? from[right++] : from[left++];
    }
    while (left < middle) to[to.length] = from[left++];
    while (right < end) to[to.length] = from[right++];
  }
  return to;
}
