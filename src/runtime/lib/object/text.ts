/** Object.prototype.toString, toLocaleString (ECMA-262 20.1.3). */
import { apply } from "../../apply.js";
import { isArray, objectFrom } from "../../intrinsics.js";
import { builtInTag } from "../../natives.js";
import { get } from "../operations/property.js";

/** Object.prototype.toString. */
export function objectToString(this: unknown): string {
  if (this === undefined) return "[object Undefined]";
  if (this === null) return "[object Null]";
  const self = objectFrom(this);
  const builtIn = isArray(self) ? "Array" : builtInTag(self);
  const tag = get(self, Symbol.toStringTag);
  return `[object ${typeof tag === "string" ? tag : builtIn}]`;
}

/** Object.prototype.toLocaleString. */
export function objectToLocaleString(this: unknown): unknown {
  const method = get(this, "toString");
  return apply(method, this, []);
}
