/**
 * join, toString, toLocaleString (ECMA-262 23.1.3). Engines give "" for an array that is being joined already. Which ones are is not kept in a variable of
 * the module, which would not survive a checkpoint, but handed from one join to the next where an array is an element of another.
 */
import { apply } from "../../apply.js";
import { append, isArray } from "../../intrinsics.js";
import { ARRAY } from "../../natives.js";
import { $method } from "../../suspend.js";
import { isCallable, toStr } from "../operations/conversion.js";
import { get } from "./elements.js";
import { objectToString } from "../object/text.js";
import { lengthOf, receiver } from "./common.js";

/** Array.prototype.join. */
export function join(this: unknown, separator?: unknown): string {
  const self = receiver(this, "join");
  return joinWithin(self, separator, []);
}

/** Array.prototype.toString. */
export function toString(this: unknown): unknown {
  const self = receiver(this, "toString");
  const method = get(self, "join");
  return isCallable(method) ? apply(method, self, []) : apply(objectToString, self, []);
}

/** Array.prototype.toLocaleString. */
export function toLocaleString(this: unknown, locales?: unknown, options?: unknown): string {
  const self = receiver(this, "toLocaleString");
  return localeTextWithin(self, [locales, options], []);
}

function joinWithin(self: object, separator: unknown, outer: readonly object[]): string {
  const length = lengthOf(self);
  const between = separator === undefined ? "," : toStr(separator);
  if (isAmong(outer, self)) return "";
  const inner = extended(outer, self);
  let text = "";
  for (let k = 0; k < length; k++) {
    if (k > 0) text += between;
    const element = get(self, k);
    if (element === undefined || element === null) continue;
    text += joinsItself(element) ? joinWithin(element, undefined, inner) : toStr(element);
  }
  return text;
}

function localeTextWithin(self: object, args: readonly unknown[], outer: readonly object[]): string {
  const length = lengthOf(self);
  if (isAmong(outer, self)) return "";
  const inner = extended(outer, self);
  let text = "";
  for (let k = 0; k < length; k++) {
    if (k > 0) text += ",";
    const element = get(self, k);
    if (element === undefined || element === null) continue;
    if (isArray(element) && $method(element, "toLocaleString") === ARRAY["toLocaleString"])
      text += localeTextWithin(element as object, args, inner);
    else text += toStr(apply(get(element, "toLocaleString"), element, args));
  }
  return text;
}

/** Whether converting an element to a string is nothing else than joining it; asks the program nothing. */
function joinsItself(element: unknown): boolean {
  if (!isArray(element) || $method(element, "toString") !== ARRAY["toString"]) return false;
  return $method(element, "join") === ARRAY["join"] && !(Symbol.toPrimitive in (element as object));
}

function isAmong(list: readonly object[], object: object): boolean {
  for (let k = 0; k < list.length; k++) if (list[k] === object) return true;
  return false;
}

function extended(list: readonly object[], object: object): object[] {
  const longer: object[] = [];
  for (let k = 0; k < list.length; k++) append(longer, list[k]);
  append(longer, object);
  return longer;
}
