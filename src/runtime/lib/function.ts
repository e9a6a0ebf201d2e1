/** Function.prototype.call, apply, bind, [Symbol.hasInstance] (ECMA-262 20.2.3), and functions that stand for others: bound ones and proxies. */
import { apply, construct } from "../apply.js";
import { bindFunction, type BoundParts } from "../bound.js";
import { append, isArray } from "../intrinsics.js";
import { listOf } from "../natives.js";
import type { ProxyParts } from "../proxies.js";
import { lengthOf } from "./array/common.js";
import { get as element } from "./array/elements.js";
import { getMethod, isObject } from "./operations/conversion.js";
import { ordinaryHasInstance } from "./operations/operators.js";
import { get } from "./operations/property.js";

/** Function.prototype.call. */
export function callFunction(this: unknown, self?: unknown, ...args: unknown[]): unknown {
  return apply(this, self, args);
}

/** Function.prototype.apply. */
export function applyFunction(this: unknown, self?: unknown, args?: unknown): unknown {
  if (typeof this !== "function") throw new TypeError("Function.prototype.apply was called on a value that is not a function");
  if (args === undefined || args === null) return apply(this, self, []);
  const list = listFrom(args);
  return apply(this, self, list);
}

/** Function.prototype.bind. What the bound function stands for is remembered. */
export function bind(this: unknown, self?: unknown, ...args: unknown[]): unknown {
  return bindFunction(this, self, args);
}

/** Function.prototype[Symbol.hasInstance]. */
export function hasInstance(this: unknown, value: unknown): boolean {
  return ordinaryHasInstance(this, value);
}

/** CreateListFromArrayLike. */
export function listFrom(source: unknown): unknown[] {
  if (!isObject(source)) throw new TypeError("CreateListFromArrayLike called on non-object");
  const length = lengthOf(source);
  const list: unknown[] = [];
  for (let k = 0; k < length; k++) append(list, isArray(source) ? element(source, k) : get(source, k));
  return list;
}

/** `bound.[[Call]](…)`. */
export function callBound(parts: BoundParts, args: readonly unknown[]): unknown {
  return apply(parts.target, parts.self, listOf(parts.args, args));
}

/** `bound.[[Construct]](…)`. */
export function constructBound(fn: unknown, parts: BoundParts, args: readonly unknown[], newTarget: unknown): unknown {
  return construct(parts.target, listOf(parts.args, args), newTarget === fn ? parts.target : newTarget);
}

/** `proxy.[[Call]](self, args)`. */
export function callProxy(parts: ProxyParts, self: unknown, args: readonly unknown[]): unknown {
  const trap = getMethod(parts.handler, "apply");
  return trap === undefined
    ? apply(parts.target, self, args)
    : apply(trap, parts.handler, [parts.target, self, listOf(args, [])]);
}

/** `proxy.[[Construct]](args, newTarget)`. */
export function constructProxied(parts: ProxyParts, args: readonly unknown[], newTarget: unknown): unknown {
  const trap = getMethod(parts.handler, "construct");
  if (trap === undefined) return construct(parts.target, args, newTarget);
  const made = apply(trap, parts.handler, [parts.target, listOf(args, []), newTarget]);
  if (!isObject(made)) throw new TypeError("proxy [[Construct]] must return an object");
  return made;
}
