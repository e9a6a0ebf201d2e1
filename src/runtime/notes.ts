/** What is known of objects, kept beside them in a WeakMap. The program may have replaced the methods of WeakMap. */
import { call, WEAK_MAP } from "./natives.js";

/** What was noted of `object`. */
export function noted<T>(notes: WeakMap<object, T>, object: object): T | undefined {
  return call(WEAK_MAP["get"], notes, [object]) as T | undefined;
}

/** Notes something of `object`. */
export function note<T>(notes: WeakMap<object, T>, object: object, what: T): void {
  call(WEAK_MAP["set"], notes, [object, what]);
}
