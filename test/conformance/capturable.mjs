/** Whether a stack can be captured: every function of the program on it was entered by compiled code that hands a suspension on. */

/** The name under which the runtime's script is run. */
export const RUNTIME = "flowc-runtime.js";

/** Functions of the runtime that are not compiled, enter code of the program, and leave nothing behind when a suspension passes. */
const DOORS = new Set(["apply", "construct", "method", "enterBody"]);

/** Where the driver begins. */
const ENDS = new Set(["startStrand", "unwind"]);

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
    } else if (file !== filename || inProgram) return false;
    inProgram = file === filename;
  }
  return false;
}

/**
 * Whether the call there is one after which the compiled runtime asks for a suspension:
 *
 *     const $1 = callback.call(thisArg, self[k]);
 *     if ($1 === SUSPEND)
 *
 * Reading `self[k]` stands in the same line, but within the parentheses. Neither is anything left behind by `return callback()`, under whatever name the program
 * knows the function around it.
 */
function handsOn(lines, line, column) {
  if (lines[line].slice(0, column).trim() === "return") return true;
  const assigned = lines[line].indexOf("= ");
  return assigned >= 0 && column > assigned && !lines[line].slice(assigned, column).includes("(") && /=== SUSPEND\d*\)/.test(lines[line + 1]);
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
