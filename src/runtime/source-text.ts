/** `Function.prototype.toString` of functions whose source was kept. */
import { closureOf } from "./registry.js";

export const nativeText = Function.prototype.toString;

export function sourceText(this: unknown): string {
  const text = typeof this === "function" ? closureOf(this)?.code.text : undefined;
  return text ?? (Reflect.apply(nativeText, this, []) as string);
}
