/**
 * Unique symbols that a run made. They belong to it: a checkpoint may make them anew, and what was one symbol stays one. A symbol of anybody else (a library, a module
 * that is loaded) is the same one in no other process, so a checkpoint must not pretend to hold it.
 */
import { call, members } from "./natives.js";
import { insideRun } from "./suspend.js";

const known = new WeakSet<symbol>();
const { has, add } = members(WeakSet.prototype);

/** Emitted around `Symbol(…)`: notes that the run made it. Returns it. */
export function $symbol<T>(value: T): T {
  if (typeof value === "symbol" && insideRun()) ownSymbol(value);
  return value;
}

/** Whether a run made that symbol. */
export function isOwnSymbol(symbol: symbol): boolean {
  return call(has, known, [symbol]) === true;
}

/** Notes that a symbol belongs to a run. Returns it. */
export function ownSymbol(symbol: symbol): symbol {
  call(add, known, [symbol]);
  return symbol;
}
