/** `Function.prototype.toString` of functions whose source was kept. */
import { call } from "./natives.js";
import { closureOf } from "./registry.js";

export const nativeText = Function.prototype.toString;

export function sourceText(this: unknown): string {
  const text = typeof this === "function" ? closureOf(this)?.code.text : undefined;
  return text ?? (call(nativeText, this, []) as string);
}
