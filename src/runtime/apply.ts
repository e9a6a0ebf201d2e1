/**
 * The one door through which library code compiled by flowc enters functions it does not know: a built-in that has a suspendable version is replaced by it,
 * and a suspension of the callee passes straight through, since nothing is left to do here when it returns.
 */
import { boundParts } from "./bound.js";
import { isProxy, reflectApply } from "./intrinsics.js";
import { constructorVersion } from "./lib/constructors.js";
import { constructBound, constructProxied } from "./lib/function.js";
import { $lib } from "./lib/table.js";
import { isConstructor, make } from "./natives.js";
import { proxyParts } from "./proxies.js";
import { checkWayOut, SUSPEND } from "./suspend.js";

/** Members that are assigned, since what `Reflect.apply` enters is known to suspend nothing only as long as it is called by that name. */
const door: {
  apply: (fn: Function, self: unknown, args: readonly unknown[]) => unknown;
  construct: (fn: unknown, args: readonly unknown[], newTarget: unknown) => unknown;
} = { apply: reflectApply as never, construct: make };

/** `fn.apply(self, args)`. May suspend. Throws TypeError unless `fn` is callable, and ForeignFrameError when a suspension was lost in it. */
export function apply(fn: unknown, self: unknown, args: readonly unknown[]): unknown {
  if (typeof fn !== "function") throw new TypeError(`${describe(fn)} is not a function`);
  const version = $lib(fn);
  const value = door.apply(version, self, args);
  if (value === SUSPEND) checkWayOut(version);
  return value;
}

/** `fn.apply(self, args)` of a function of the engine that is to do its work itself, and may enter the program all the same. May suspend. */
export function applyNative(fn: Function, self: unknown, args: readonly unknown[]): unknown {
  return door.apply(fn, self, args);
}

/** `Reflect.construct(fn, args, newTarget)`. May suspend. Throws TypeError unless `fn` is a constructor. */
export function construct(fn: unknown, args: readonly unknown[], newTarget: unknown = fn): unknown {
  const version = constructorVersion(fn);
  if (version !== undefined) return version(args, newTarget);
  const bound = typeof fn === "function" ? boundParts(fn) : undefined;
  if (bound !== undefined && isConstructor(fn)) return constructBound(fn, bound, args, newTarget);
  const parts = isProxy(fn) ? proxyParts(fn as object) : undefined;
  if (parts !== undefined && isConstructor(fn)) return constructProxied(parts, args, newTarget);
  return door.construct(fn, args, newTarget);
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "symbol") return value.toString();
  if (typeof value === "object" && value !== null) return "object";
  return String(value);
}
