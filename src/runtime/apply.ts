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

/** `fn.apply(self, args)`. May suspend. Throws TypeError unless `fn` is callable, and ForeignFrameError when a suspension was lost in it. */
export function apply(fn: unknown, self: unknown, args: readonly unknown[]): unknown {
  if (typeof fn !== "function") throw new TypeError(`${describe(fn)} is not a function`);
  const version = $lib(fn);
  const value = reflectApply(version, self, args) as unknown;
  if (value === SUSPEND) checkWayOut(version);
  return value;
}

/** `Reflect.construct(fn, args, newTarget)`. May suspend. Throws TypeError unless `fn` is a constructor. */
export function construct(fn: unknown, args: readonly unknown[], newTarget: unknown = fn): unknown {
  const version = constructorVersion(fn);
  if (version !== undefined) return version(args, newTarget);
  const bound = typeof fn === "function" ? boundParts(fn) : undefined;
  if (bound !== undefined && isConstructor(fn)) return constructBound(fn, bound, args, newTarget);
  const parts = isProxy(fn) ? proxyParts(fn as object) : undefined;
  if (parts !== undefined && isConstructor(fn)) return constructProxied(parts, args, newTarget);
  return make(fn, args, newTarget);
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "symbol") return value.toString();
  if (typeof value === "object" && value !== null) return "object";
  return String(value);
}
