/** The methods of String that ask more of their arguments than a conversion (ECMA-262 22.1). */
import { apply, construct } from "../../apply.js";
import { append } from "../../intrinsics.js";
import { textIterator } from "../../iterate.js";
import { call, isRegExpObject, STRING } from "../../natives.js";
import { convert } from "../coerced.js";
import { isObject, lengthOf, toIntegerOrInfinity, toObject, toStr, getMethod } from "../operations/conversion.js";
import { get } from "../operations/property.js";
import { substitution } from "./substitution.js";

const RegExpNative = RegExp;
const MATCH: typeof Symbol.match = Symbol.match;
const MATCH_ALL: typeof Symbol.matchAll = Symbol.matchAll;
const REPLACE: typeof Symbol.replace = Symbol.replace;
const SEARCH: typeof Symbol.search = Symbol.search;
const SPLIT: typeof Symbol.split = Symbol.split;

/** Throws TypeError when the receiver is `undefined` or `null`. */
function requireCoercible(self: unknown, method: string): void {
  if (self === undefined || self === null) throw new TypeError(`String.prototype.${method} called on null or undefined`);
}

/** IsRegExp. */
export function isRegExp(value: unknown): boolean {
  if (!isObject(value)) return false;
  const matcher = get(value, MATCH);
  return matcher === undefined ? isRegExpObject(value) : !!matcher;
}

/** String.prototype.startsWith. */
export function startsWith(this: unknown, wanted?: unknown, position?: unknown): unknown {
  return searchedFor(this, "startsWith", wanted, position);
}

/** String.prototype.endsWith. */
export function endsWith(this: unknown, wanted?: unknown, end?: unknown): unknown {
  return searchedFor(this, "endsWith", wanted, end);
}

/** String.prototype.includes. */
export function includes(this: unknown, wanted?: unknown, position?: unknown): unknown {
  return searchedFor(this, "includes", wanted, position);
}

function searchedFor(self: unknown, method: string, wanted: unknown, position: unknown): unknown {
  requireCoercible(self, method);
  const text = toStr(self);
  if (isRegExp(wanted)) throw new TypeError(`First argument to String.prototype.${method} must not be a regular expression`);
  const sought = toStr(wanted);
  const at = position === undefined ? undefined : toIntegerOrInfinity(position);
  return call(STRING[method], text, [sought, at]);
}

/** String.prototype.match. */
export function match(this: unknown, pattern?: unknown): unknown {
  requireCoercible(this, "match");
  const method = isObject(pattern) ? getMethod(pattern, MATCH) : undefined;
  if (method !== undefined) return apply(method, pattern, [this]);
  const text = toStr(this);
  const regExp = patternOf(pattern, undefined);
  return apply(get(regExp, MATCH), regExp, [text]);
}

/** String.prototype.matchAll. */
export function matchAll(this: unknown, pattern?: unknown): unknown {
  requireCoercible(this, "matchAll");
  if (isObject(pattern)) {
    requireGlobal(pattern, "matchAll");
    const method = getMethod(pattern, MATCH_ALL);
    if (method !== undefined) return apply(method, pattern, [this]);
  }
  const text = toStr(this);
  const regExp = patternOf(pattern, "g");
  return apply(get(regExp, MATCH_ALL), regExp, [text]);
}

/** String.prototype.search. */
export function search(this: unknown, pattern?: unknown): unknown {
  requireCoercible(this, "search");
  const method = isObject(pattern) ? getMethod(pattern, SEARCH) : undefined;
  if (method !== undefined) return apply(method, pattern, [this]);
  const text = toStr(this);
  const regExp = patternOf(pattern, undefined);
  return apply(get(regExp, SEARCH), regExp, [text]);
}

/** RegExpCreate. */
function patternOf(pattern: unknown, flags: string | undefined): object {
  const source = isObject(pattern) && !isRegExpObject(pattern) ? toStr(pattern) : pattern;
  return construct(RegExpNative, flags === undefined ? [source] : [source, flags]) as object;
}

/** Throws TypeError for a regular expression without the flag `g`. */
function requireGlobal(pattern: object, method: string): void {
  if (!isRegExp(pattern)) return;
  const flags = get(pattern, "flags");
  if (flags === undefined || flags === null) throw new TypeError(`String.prototype.${method} called with a RegExp without flags`);
  const text = toStr(flags);
  if ((call(STRING["indexOf"], text, ["g"]) as number) < 0)
    throw new TypeError(`String.prototype.${method} called with a non-global RegExp argument`);
}

/** String.prototype.split. */
export function split(this: unknown, separator?: unknown, limit?: unknown): unknown {
  requireCoercible(this, "split");
  const method = isObject(separator) ? getMethod(separator, SPLIT) : undefined;
  if (method !== undefined) return apply(method, separator, [this, limit]);
  const text = toStr(this);
  const converted = convert([limit], "N");
  const between = separator === undefined ? undefined : toStr(separator);
  return call(STRING["split"], text, [between, converted[0]]);
}

/** String.prototype.replace. */
export function replace(this: unknown, pattern?: unknown, replacement?: unknown): unknown {
  requireCoercible(this, "replace");
  const method = isObject(pattern) ? getMethod(pattern, REPLACE) : undefined;
  if (method !== undefined) return apply(method, pattern, [this, replacement]);
  const text = toStr(this);
  const sought = toStr(pattern);
  const by = typeof replacement === "function" ? replacement : toStr(replacement);
  const at = call(STRING["indexOf"], text, [sought]) as number;
  return at < 0 ? text : spliced(text, sought, [at], by);
}

/** String.prototype.replaceAll. */
export function replaceAll(this: unknown, pattern?: unknown, replacement?: unknown): unknown {
  requireCoercible(this, "replaceAll");
  if (isObject(pattern)) {
    requireGlobal(pattern, "replaceAll");
    const method = getMethod(pattern, REPLACE);
    if (method !== undefined) return apply(method, pattern, [this, replacement]);
  }
  const text = toStr(this);
  const sought = toStr(pattern);
  const by = typeof replacement === "function" ? replacement : toStr(replacement);
  const positions: number[] = [];
  const advance = sought.length > 0 ? sought.length : 1;
  let at = call(STRING["indexOf"], text, [sought, 0]) as number;
  while (at >= 0) {
    append(positions, at);
    // At the end of the text, "" would be found over and over.
    at = at + advance > text.length ? -1 : (call(STRING["indexOf"], text, [sought, at + advance]) as number);
  }
  return spliced(text, sought, positions, by);
}

/** `text` with `sought` replaced at these positions. */
function spliced(text: string, sought: string, positions: readonly number[], by: unknown): string {
  let out = "";
  let end = 0;
  for (let k = 0; k < positions.length; k++) {
    const at = positions[k] as number;
    const put =
      typeof by === "function"
        ? toStr(apply(by, undefined, [sought, at, text]))
        : substitution(sought, text, at, [], undefined, by as string);
    out += (call(STRING["slice"], text, [end, at]) as string) + put;
    end = at + sought.length;
  }
  return out + (call(STRING["slice"], text, [end]) as string);
}

/** String.prototype[Symbol.iterator]. */
export function iterate(this: unknown): unknown {
  requireCoercible(this, "[Symbol.iterator]");
  return textIterator(toStr(this));
}

/** String.raw. */
export function raw(template: unknown, ...substitutions: unknown[]): string {
  const cooked = toObject(template);
  const literals = toObject(get(cooked, "raw"));
  const length = lengthOf(literals);
  let text = "";
  for (let k = 0; k < length; k++) {
    text += toStr(get(literals, k));
    if (k + 1 < length && k < substitutions.length) text += toStr(substitutions[k]);
  }
  return text;
}
