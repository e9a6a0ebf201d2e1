/**
 * `all`, `settle`, `race` and `any`: several functions at once, each as a strand of its own. Nothing of it outlives the call: whatever is still running when the
 * outcome is known is cancelled, and its `finally` blocks, which may wait, run to their end before the call ends. See docs/concurrency.md.
 */
import { UsageError } from "../../shared/errors.js";
import { allFailed, Group, type Combinator } from "../group.js";
import { registerValue } from "../registry.js";
import { primitive, suspend } from "../suspend.js";

/** What the functions of a list answer, place by place. */
export type Results<F extends readonly (() => unknown)[]> = {
  -readonly [K in keyof F]: F[K] extends () => infer R ? R : never;
};

/** How one function ended: what `settle` answers. */
export type Settled<T> =
  { readonly status: "fulfilled"; readonly value: T } | { readonly status: "rejected"; readonly reason: unknown };

/** What `settle` answers, place by place. */
export type SettledResults<F extends readonly (() => unknown)[]> = {
  -readonly [K in keyof F]: F[K] extends () => infer R ? Settled<R> : never;
};

/**
 * Runs all functions at once and answers their results, in the order of the functions:
 *
 *     const [flight, hotel] = all([() => bookFlight(trip), () => bookHotel(trip)]);
 *
 * When one throws, the others are cancelled (CancelledError is raised where they wait) and, once all have ended, the first error is thrown. Throws UsageError
 * when something in the list is no function.
 */
export function all<const F extends readonly (() => unknown)[]>(functions: F): Results<F> {
  return together("all", functions) ?? ([] as never);
}

/**
 * Runs all functions at once, to their end, and answers how each ended: `{ status: "fulfilled", value }` or `{ status: "rejected", reason }`. Cancels nothing, and throws only
 * when the caller itself is cancelled or timed out, and UsageError when something in the list is no function.
 */
export function settle<const F extends readonly (() => unknown)[]>(functions: F): SettledResults<F> {
  return together("settle", functions) ?? ([] as never);
}

/**
 * Runs all functions at once; the first to end decides: its result is answered or its error thrown. The others are cancelled before. Throws UsageError for an
 * empty list, which would wait for ever.
 */
export function race<const F extends readonly (() => unknown)[]>(functions: F): Results<F>[number] {
  const outcome = together("race", functions);
  if (outcome === undefined) throw new UsageError("race() was given an empty list: nothing could ever come first.");
  return outcome;
}

/**
 * Runs all functions at once and answers the first result; the others are cancelled before. When all of them throw: AggregateError with their errors, in the order
 * of the functions. Throws UsageError when something in the list is no function.
 */
export function any<const F extends readonly (() => unknown)[]>(functions: F): Results<F>[number] {
  const outcome = together("any", functions);
  if (outcome === undefined) throw allFailed([]);
  return outcome;
}

/** `undefined`: there is nothing to wait for. */
function together(combinator: Combinator, functions: readonly (() => unknown)[]): never | undefined {
  if (!Array.isArray(functions))
    throw new UsageError(`${combinator}() takes a list of functions: ${combinator}([() => …, () => …]).`);
  // A copy: what happens to the list later does not matter.
  const list: Function[] = [];
  for (let at = 0; at < functions.length; at++) {
    const fn: unknown = functions[at];
    if (typeof fn !== "function")
      throw new UsageError(
        `${combinator}() takes functions, but element ${at} is ${described(fn)}: write ${combinator}([() => …]).`,
      );
    list.push(fn);
  }
  if (list.length === 0) return undefined;
  return suspend(combinator, new Group(combinator, undefined, list, list.length, Infinity)) as never;
}

function described(value: unknown): string {
  return value === null ? "null" : typeof value === "object" ? "an object" : typeof value;
}

// They can be kept in variables.
for (const fn of [all, settle, race, any]) registerValue(`flowc:${fn.name}`, primitive(fn));
