/**
 * Preemption: what loops of compiled functions ask now and then. A strand that has computed for longer than its slice gives way to whatever else the
 * worker has to do and goes on later; nothing is saved for that, since nothing has been committed to.
 *
 *     $tick()  ◀── workflow ◀── the driver                          gives way: nobody else is on the stack
 *     $tick(1) ◀── sum ◀── workflow ◀── the driver                  gives way: the compiler says that `sum` is only called by compiled code
 *     $tick(1) ◀── sum ◀── workflow ◀── library ◀── … the driver    does not: the library's frame cannot be captured
 */
import { ENTRANCES } from "./execute.js";
import { mayYield, primitive, suspend, type SUSPEND } from "./suspend.js";

/** Emitted in loops, every thousand rounds or so. `depth`: so many callers of the function that ticks are surely compiled code at a suspension point. */
export const $tick = primitive((depth = 0): typeof SUSPEND | undefined =>
  mayYield() && isEntered(depth) ? suspend("yield", { kind: "yield", since: 0 }) : undefined,
);

/** Built-ins that hand a call through; the runtime enters functions with them. */
const TRANSPARENT = new Set(["Reflect.apply", "call", "apply"]);
/** The function that ticks, who called it, and a built-in between the two. */
const DEPTH = 3;

/** Whether the driver called the function that ticks, or one that the next `depth` callers lead to. */
function isEntered(depth: number): boolean {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = DEPTH + depth;
    Error.prepareStackTrace = (_, sites) => sites.map((site) => site.getFunctionName() ?? "");
    Error.captureStackTrace(holder, $tick);
    const [, ...callers] = holder.stack as string[];
    return callers
      .filter((name) => !TRANSPARENT.has(name))
      .slice(0, depth + 1)
      .some((name) => ENTRANCES.has(name));
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}
