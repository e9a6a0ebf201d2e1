import { types } from "node:util";

/** The `prototype` object a function was born with, `undefined` when it has none, or another one by now. */
export function ownHome(fn: Function): object | undefined {
  const home: unknown = Object.getOwnPropertyDescriptor(fn, "prototype")?.value;
  if (typeof home !== "object" || home === null || types.isProxy(home)) return undefined;
  const constructor = Object.getOwnPropertyDescriptor(home, "constructor");
  // One that a program wrote, `{ constructor: f }`, is an object like any other.
  return constructor?.value === fn && !constructor.enumerable ? home : undefined;
}
