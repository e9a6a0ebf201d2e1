/**
 * Runs one strand on the native stack until it waits or ends. Only the innermost frame is resumed; when it returns, the frame below gets the value,
 * when it throws, the frame below gets the error, and when it suspends, its new frames are put on top of those below, which nobody touched (I7).
 */
import { RESUME_NEXT, RESUME_THROW, type ResumeMode } from "../shared/abi.js";
import type { ForeignFrameError } from "../shared/errors.js";
import type { Request, Strand } from "./strand.js";
import { checkWayOut, enter, lostSuspension, SUSPEND, type Execution } from "./suspend.js";

/** How an execution came to rest. */
export type Rest =
  | { readonly kind: "waits"; readonly request: Request }
  | { readonly kind: "returned"; readonly value: unknown }
  | { readonly kind: "threw"; readonly error: unknown }
  /** The stack can no longer be captured; the strand is in no state to go on (I8). */
  | { readonly kind: "broken"; readonly error: ForeignFrameError };

/** Calls the strand's own function for the first time. */
export function startStrand(execution: Execution, strand: Strand, fn: Function, args: readonly unknown[], self?: unknown): Rest {
  const before = enter(execution);
  try {
    let value: unknown;
    try {
      value = Reflect.apply(fn, self, args as unknown[]);
      if (value === SUSPEND) checkWayOut(fn);
    } catch (error) {
      return unwind(execution, strand, RESUME_THROW, error);
    }
    if (value === SUSPEND) return suspended(execution, strand);
    return unwind(execution, strand, RESUME_NEXT, value);
  } finally {
    enter(before);
  }
}

/** Goes on from where the strand waits, with the value or the error it waited for. */
export function resumeStrand(execution: Execution, strand: Strand, mode: ResumeMode, value: unknown): Rest {
  const before = enter(execution);
  try {
    return unwind(execution, strand, mode, value);
  } finally {
    enter(before);
  }
}

/** Hands a value or error down the frames until one suspends or none is left. */
function unwind(execution: Execution, strand: Strand, mode: ResumeMode, value: unknown): Rest {
  for (;;) {
    if (execution.request !== undefined || execution.broken !== undefined) return broken(execution);
    const frame = strand.frames.pop();
    if (frame === undefined) return mode === RESUME_THROW ? { kind: "threw", error: value } : { kind: "returned", value };
    try {
      value = frame.code.resume!.call(frame.self, frame, mode, value);
      mode = RESUME_NEXT;
    } catch (error) {
      value = error;
      mode = RESUME_THROW;
      continue;
    }
    if (value === SUSPEND) return suspended(execution, strand);
  }
}

function suspended(execution: Execution, strand: Strand): Rest {
  const { request, stack } = execution;
  if (execution.broken !== undefined || request === undefined) return broken(execution);
  execution.request = undefined;
  execution.stack = undefined;
  // Both are outermost first.
  for (let at = stack; at !== undefined; at = at.inner) strand.frames.push(at.frame);
  return { kind: "waits", request };
}

function broken(execution: Execution): Rest {
  const error = lostSuspension(execution);
  execution.request = undefined;
  execution.broken = undefined;
  execution.stack = undefined;
  return { kind: "broken", error };
}

/**
 * Names of the functions that enter code of the program, as stacks show them: given to them here, so that they are still theirs when the code is minified.
 */
export const ENTRANCES: ReadonlySet<string> = new Set(
  [startStrand, unwind].map((entrance, index) => {
    const name = `flowc entrance ${index}`;
    Object.defineProperty(entrance, "name", { value: name, configurable: true });
    return name;
  }),
);
