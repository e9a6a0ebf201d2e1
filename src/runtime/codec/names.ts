/** Names for messages, found without calling anything of the program's. */
import { types } from "node:util";

/** The function's own name, `undefined` when it has none that is a plain property. */
export function ownName(fn: Function): string | undefined {
  if (types.isProxy(fn)) return undefined;
  const name: unknown = Object.getOwnPropertyDescriptor(fn, "name")?.value;
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** The name of the class with that prototype. */
export function className(prototype: object | null): string {
  const constructor: unknown =
    prototype === null || types.isProxy(prototype) ? undefined : Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return (typeof constructor === "function" ? ownName(constructor) : undefined) ?? "object of an unknown class";
}

/** `a Socket`, `an Agent`. */
export function withArticle(name: string): string {
  return `${/^[AEIOU]/i.test(name) ? "an" : "a"} ${name}`;
}
