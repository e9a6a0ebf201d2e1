/** Steps of destructuring: an iterator that is done is not asked again. */
import { type IteratorRecord, rest, step } from "./operations/iteration.js";

/** Whether there is another value, which is then `record.value`. */
export function advance(record: IteratorRecord): boolean {
  return record.done ? false : step(record);
}

/** The values that are left. */
export function remaining(record: IteratorRecord): unknown[] {
  return record.done ? [] : rest(record);
}
