/**
 * The one door through which library code compiled by flowc enters functions it does not know: a built-in that has a suspendable version is replaced by it,
 * and a suspension of the callee passes straight through, since nothing is left to do here when it returns.
 */
import { $lib } from "./lib/table.js";

/** `fn.apply(self, args)`. May suspend. Throws TypeError unless `fn` is callable. */
export function apply(fn: unknown, self: unknown, args: readonly unknown[]): unknown {
  if (typeof fn !== "function") throw new TypeError(`${describe(fn)} is not a function`);
  return Reflect.apply($lib(fn), self, args as unknown[]);
}

/** A member that is assigned, since what `Reflect.construct` enters is known to suspend nothing only as long as it is called by that name. */
const door: { construct: (fn: Function, args: unknown[], newTarget: Function) => unknown } = { construct: Reflect.construct };

/** `Reflect.construct(fn, args, newTarget)`. May suspend. Throws TypeError unless `fn` is a constructor. */
export function construct(fn: unknown, args: readonly unknown[], newTarget: unknown = fn): unknown {
  return door.construct($lib(fn) as Function, args as unknown[], newTarget as Function);
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "symbol") return value.toString();
  if (typeof value === "object" && value !== null) return "object";
  return String(value);
}
