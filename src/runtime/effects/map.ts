/**
 * `map`: one function for many items, each in a strand of its own. A hand-written pair of fast copy and resume copy for
 *
 *     const list = Array.from(items); return group(list, fn);
 *
 * where `Array.from` suspends if the iterator of the items does.
 */
import { ABI_VERSION, RESUME_THROW, type FrameShape, type ResumeMode } from "../../shared/abi.js";
import { UsageError } from "../../shared/errors.js";
import { Group } from "../group.js";
import { from } from "../lib/array/create.js";
import { $module, registerValue } from "../registry.js";
import { $save, primitive, runPort, suspend, SUSPEND } from "../suspend.js";

export interface MapOptions {
  /** Most items under way at a time, a whole number from 1. Default: no limit; a strand that waits costs some hundred bytes, and a service has limits of its own. */
  readonly concurrency?: number;
}

const runtime = $module(ABI_VERSION, "flowc:runtime");
const code = runtime.code("map", { name: "map", hash: "1", resume, points: [[1, 1, "map(items, fn)"]] });

/**
 * Calls `fn` with each item and its index, all at once or `concurrency` at a time, and answers the results in the order of the items:
 *
 *     const receipts = map(orders, (order) => charge(order), { concurrency: 100 });
 *
 * Each item is a strand of its own, `map[17]` in `flowc inspect` and in the journal. The items are taken from their iterable once, before the first call. When a
 * call throws, no further item begins, the others are cancelled and, once they have ended, the error is thrown. Throws UsageError for a bad `concurrency`.
 */
export function map<T, R>(items: Iterable<T>, fn: (item: T, index: number) => R, options: MapOptions = {}): R[] {
  if (typeof fn !== "function") throw new UsageError(`map() takes items and a function, not ${typeof fn}.`);
  const { concurrency = Infinity } = options;
  if (!(concurrency >= 1) || (concurrency !== Infinity && !Number.isInteger(concurrency)))
    throw new UsageError(`map: concurrency is ${String(concurrency)}; it has to be a whole number from 1.`);
  runPort("map");
  const list = listOf(items);
  if ((list as unknown) === SUSPEND) return $save(code, 0, { fn, concurrency }) as never;
  return begin(list, fn, concurrency) as R[];
}
registerValue("flowc:map", primitive(map));

/** A list of our own. May suspend. */
function listOf(items: Iterable<unknown>): unknown[] {
  if (Array.isArray(items)) return Array.prototype.slice.call(items);
  if (typeof (items as { [Symbol.iterator]?: unknown } | undefined)?.[Symbol.iterator] !== "function")
    throw new UsageError(`map() takes an array or another iterable, not ${items === null ? "null" : typeof items}.`);
  return from.call(Array, items) as unknown[];
}

function begin(list: readonly unknown[], fn: Function, concurrency: number): unknown {
  if (list.length === 0) return [];
  return suspend("map", new Group("map", fn, list, list.length, concurrency));
}

function resume(this: unknown, frame: FrameShape, mode: ResumeMode, value: unknown): unknown {
  if (mode === RESUME_THROW) throw value;
  const { fn, concurrency } = frame.slots as { readonly fn: Function; readonly concurrency: number };
  return begin(value as unknown[], fn, concurrency);
}
