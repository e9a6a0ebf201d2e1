/** Bound functions that compiled code created. The engine does not tell what they are bound to, so that the target could not be entered as a suspendable call. */
import { note, noted } from "./notes.js";
import { call, FUNCTION, listOf } from "./natives.js";

/** [[BoundTargetFunction]], [[BoundThis]] and [[BoundArguments]]. */
export interface BoundParts {
  readonly target: Function;
  readonly self: unknown;
  readonly args: readonly unknown[];
}

const known = new WeakMap<object, BoundParts>();

/** `target.bind(self, ...args)`, remembered. Throws TypeError unless `target` is callable. */
export function bindFunction(target: unknown, self: unknown, args: readonly unknown[]): Function {
  const bound = call(FUNCTION["bind"], target, listOf([self], args)) as Function;
  note(known, bound, { target: target as Function, self, args });
  return bound;
}

/** What a function is bound to, `undefined` when it is not bound or nobody knows. */
export function boundParts(fn: object): BoundParts | undefined {
  return noted(known, fn);
}
