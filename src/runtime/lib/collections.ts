/** `forEach` of Map and Set as ordinary code, compiled by flowc so that the callback may suspend. Entries added meanwhile are visited. */
import { mapIterator, setIterator } from "../iterate.js";

type Callback = (this: unknown, ...args: unknown[]) => unknown;

export function mapForEach(this: unknown, callback: Callback, thisArg?: unknown): void {
  const self = this as Map<unknown, unknown>;
  const entries = mapIterator(self, "entries");
  if (typeof callback !== "function") throw new TypeError(`${String(callback)} is not a function`);
  for (let step = entries.next(); !step.done; step = entries.next()) {
    const [key, value] = step.value as [unknown, unknown];
    Reflect.apply(callback, thisArg, [value, key, self]);
  }
}

export function setForEach(this: unknown, callback: Callback, thisArg?: unknown): void {
  const self = this as Set<unknown>;
  const values = setIterator(self, "values");
  if (typeof callback !== "function") throw new TypeError(`${String(callback)} is not a function`);
  for (let step = values.next(); !step.done; step = values.next()) {
    Reflect.apply(callback, thisArg, [step.value, step.value, self]);
  }
}
