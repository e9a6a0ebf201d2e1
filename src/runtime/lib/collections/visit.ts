/** forEach of Map and Set (ECMA-262 24.1.3.5, 24.2.4.6). Entries added meanwhile are visited. */
import { apply } from "../../apply.js";
import { mapIterator, setIterator } from "../../iterate.js";
import { requireCallable } from "../array/common.js";

/** Map.prototype.forEach. */
export function mapForEach(this: unknown, callback: unknown, thisArg?: unknown): void {
  const self = this as Map<unknown, unknown>;
  const entries = mapIterator(self, "entries");
  requireCallable(callback);
  for (let step = entries.next(); !step.done; step = entries.next()) {
    const pair = step.value as [unknown, unknown];
    apply(callback, thisArg, [pair[1], pair[0], self]);
  }
}

/** Set.prototype.forEach. */
export function setForEach(this: unknown, callback: unknown, thisArg?: unknown): void {
  const self = this as Set<unknown>;
  const values = setIterator(self, "values");
  requireCallable(callback);
  for (let step = values.next(); !step.done; step = values.next()) {
    apply(callback, thisArg, [step.value, step.value, self]);
  }
}
