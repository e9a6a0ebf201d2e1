/**
 * `withTimeout` as a hand-written pair of fast copy and resume copy, the shape the compiler would emit for
 *
 *     const $scope = open(duration); try { return fn(); } finally { close($scope); }
 *
 * The deadline belongs to the strand: when it passes, the driver raises TimeoutError at the strand's suspension point, somewhere inside `fn`.
 */
import { ABI_VERSION, RESUME_THROW, type FrameShape, type ResumeMode } from "../../shared/abi.js";
import { UsageError } from "../../shared/errors.js";
import { $module } from "../registry.js";
import type { TimeoutScope } from "../strand.js";
import { $save, runPort, SUSPEND } from "../suspend.js";
import { formatDuration, milliseconds, type Duration } from "./duration.js";

const runtime = $module(ABI_VERSION, "flowc:runtime");
const code = runtime.code("withTimeout", {
  name: "withTimeout",
  hash: "1",
  resume,
  points: [[1, 1, "withTimeout(duration, fn)"]],
});

/**
 * Calls `fn`; when it has not ended within `duration`, TimeoutError is raised inside it, at the point where it waits, so that its `catch` and
 * `finally` blocks run (and may wait themselves; the timeout is raised once). Answers what `fn` answers. Throws UsageError when `duration` is none.
 */
export function withTimeout<T>(duration: Duration, fn: () => T): T {
  if (typeof fn !== "function") throw new UsageError(`withTimeout() takes a duration and a function, not ${typeof fn}.`);
  const limit = milliseconds(duration, "withTimeout");
  const port = runPort("withTimeout");
  const $scope = port.openScope(typeof duration === "string" ? duration : formatDuration(limit), limit);
  let value: T;
  try {
    value = fn();
  } catch (error) {
    port.closeScope($scope);
    throw error;
  }
  if ((value as unknown) === SUSPEND) return $save(code, 0, { $scope }, undefined, fn) as never;
  port.closeScope($scope);
  return value;
}
runtime.bind(code, withTimeout);

function resume(this: unknown, frame: FrameShape, mode: ResumeMode, value: unknown): unknown {
  runPort("withTimeout").closeScope(frame.slots["$scope"] as TimeoutScope);
  if (mode === RESUME_THROW) throw value;
  return value;
}
