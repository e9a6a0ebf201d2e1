/** Whether a stack can be captured: every function of the program on it was entered by compiled code that hands a suspension on. */

/** The name under which the runtime's script is run. */
export const RUNTIME = "flowc-runtime.js";

/** Functions of the runtime that are not compiled, enter code of the program, and leave nothing behind when a suspension passes. */
const DOORS = new Set(["apply", "construct", "enterBody"]);

/** Where the driver begins: see `ENTRANCES` in execute.ts. */
const ENDS = new Set(["flowc entrance 0", "flowc entrance 1"]);

/**
 * @param filename of the program's script
 * @param runtime text of the runtime's script
 * @returns a function that looks at the stack it is called on
 */
export function stackChecker(filename, runtime) {
  const lines = runtime.split("\n");
  const known = new Map();
  const isDoor = (site) => {
    if (DOORS.has(site.getFunctionName())) return true;
    const line = site.getLineNumber();
    const column = site.getColumnNumber();
    const place = line * 1000 + column;
    if (!known.has(place)) known.set(place, handsOn(lines, line - 1, column - 1));
    return known.get(place);
  };
  return () => isCapturable(stack(), filename, isDoor);
}

function isCapturable(sites, filename, isDoor) {
  let index = sites.findIndex((site) => site.getFileName() === filename);
  for (let inProgram = false; index >= 0 && index < sites.length; index++) {
    const site = sites[index];
    const file = site.getFileName();
    if (file === RUNTIME) {
      if (ENDS.has(site.getFunctionName())) return true;
      if (!isDoor(site)) return false;
      // What the engine asks a proxy before it constructs looks as if it were called from there, too.
      if (inProgram && site.getFunctionName() === "construct" && !sites[index - 1].isConstructor()) return false;
    } else if (file !== filename || inProgram) return false;
    inProgram = file === filename;
  }
  return false;
}

/**
 * Whether a suspension that comes out of the call there goes on: the compiled runtime asks for it, or hands the result back as it is.
 *
 *     const $1 = callback.call(thisArg, self[k]);        return apply(body, this, args);
 *     if ($1 === SUSPEND)                                (...args) => callBound(bound, args)
 *
 * Reading `self[k]` stands in the same line, but is not what the line is about.
 */
function handsOn(lines, line, column) {
  const before = /(= |return |=> )[\w$.]*$/.exec(lines[line].slice(0, column))?.[1];
  const isWhole = isOneCall(lines[line].slice(column));
  return isWhole && (before === "= " ? /=== SUSPEND\d*\)/.test(lines[line + 1]) : before !== undefined);
}

/** Whether there is nothing but a call up to the end of the expression: `f(a, g(b));`. */
function isOneCall(text) {
  let at = /^[\w$.]+(?=\()/.exec(text)?.[0].length;
  if (at === undefined) return false;
  for (let depth = 0; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")" && --depth === 0) return /^\)*;$/.test(text.slice(at + 1));
  }
  return false;
}

/** The sites of the stack, innermost first. */
function stack() {
  const before = Error.prepareStackTrace;
  const limit = Error.stackTraceLimit;
  Error.prepareStackTrace = (_, sites) => sites;
  Error.stackTraceLimit = Infinity;
  const holder = {};
  Error.captureStackTrace(holder, stack);
  const sites = holder.stack;
  Error.prepareStackTrace = before;
  Error.stackTraceLimit = limit;
  return sites;
}
