/** Who is on the native stack that is not compiled by flowc. For messages only: the stack is read when something has gone wrong already. */
import { allCodes } from "./registry.js";

/** A line of a stack trace, as V8 has it before it is text; its text is what `error.stack` shows. */
interface Site {
  getFunctionName(): string | null;
  toString(): string;
}

/** Deep enough for any call chain worth a message. */
const DEPTH = 200;

/** Built-ins that only hand a call through; the runtime and its host use them themselves. */
const TRANSPARENT: ReadonlySet<string> = new Set([
  "Reflect.apply",
  "Reflect.construct",
  "Function.call",
  "Function.apply",
  "Promise",
]);

/**
 * The name of the foreign function that called `below`: a function of the program that is not compiled, such as `once`, or one of the engine, such as
 * `String.replace`. `undefined` when the stack does not tell.
 */
export function callerOf(below: Function): string | undefined {
  const sites = sitesAbove(below);
  const first = sites[0];
  if (first === undefined) return undefined;
  return builtIn(first) ?? uncompiled(first.getFunctionName()) ?? innermostBuiltIn(sites);
}

/** The innermost function of the engine among the callers of `below`. */
export function builtInAbove(below: Function): string | undefined {
  return innermostBuiltIn(sitesAbove(below));
}

function innermostBuiltIn(sites: readonly Site[]): string | undefined {
  for (const site of sites) {
    const name = builtIn(site);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** The functions of the engine have a place in the stack but none in a file: `Array.map (<anonymous>)`. */
function builtIn(site: Site): string | undefined {
  const [, name] = /^(?:async |new )?(.+) \(<anonymous>\)$/.exec(site.toString()) ?? [];
  return name === undefined || TRANSPARENT.has(name) ? undefined : name;
}

function uncompiled(name: string | null): string | undefined {
  if (!name) return undefined;
  for (const code of allCodes()) if (code.name === name || code.name.endsWith(`.${name}`)) return undefined;
  return name;
}

function sitesAbove(below: Function): readonly Site[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = DEPTH;
    Error.prepareStackTrace = (_, sites) => sites;
    Error.captureStackTrace(holder, below);
    const sites = holder.stack;
    return Array.isArray(sites) ? (sites as Site[]) : [];
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}
