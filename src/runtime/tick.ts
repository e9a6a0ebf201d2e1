/**
 * Preemption: what loops of compiled functions ask now and then. A strand that has computed for longer than its slice gives way to whatever else the
 * worker has to do and goes on later; nothing is saved for that, since nothing has been committed to. It gives way only in a function that the driver itself has
 * entered: nobody else is on the stack then, so no foreign frame can be either.
 */
import { ENTRANCES } from "./execute.js";
import { mayYield, primitive, suspend, type SUSPEND } from "./suspend.js";

/** Emitted in loops, every thousand rounds or so. */
export const $tick = primitive((): typeof SUSPEND | undefined =>
  mayYield() && isEntered() ? suspend("yield", { kind: "yield", since: 0 }) : undefined,
);

/** Built-ins that hand a call through; the runtime enters functions with them. */
const TRANSPARENT = new Set(["Reflect.apply", "call", "apply"]);
/** The function that ticks, who called it, and a built-in between the two. */
const DEPTH = 3;

/** Whether the function that ticks was called by the driver. */
function isEntered(): boolean {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = DEPTH;
    Error.prepareStackTrace = (_, sites) => sites.map((site) => site.getFunctionName() ?? "");
    Error.captureStackTrace(holder, $tick);
    const [, ...callers] = holder.stack as string[];
    return ENTRANCES.has(callers.find((name) => !TRANSPARENT.has(name)) ?? "");
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}
