/** The methods of RegExp.prototype (ECMA-262 22.2.6). On a regular expression that nobody has made special, the engine does all but call a replacer. */
import { apply, construct } from "../../apply.js";
import { append, is, reflectDefine, valueDescriptor } from "../../intrinsics.js";
import { matchIterator } from "../../iterate.js";
import { call, isPristineRegExp, isRegExpObject, REGEXP, regExpStringIterator, STRING } from "../../natives.js";
import {
  isCallable,
  isObject,
  lengthOf,
  toIntegerOrInfinity,
  toLength,
  toNumber,
  toObject,
  toStr,
} from "../operations/conversion.js";
import { get, set } from "../operations/property.js";
import { speciesConstructor } from "../typed/common.js";
import { substitution } from "./substitution.js";

const RegExpNative = RegExp;
const MATCH: typeof Symbol.match = Symbol.match;
const REPLACE: typeof Symbol.replace = Symbol.replace;
const SEARCH: typeof Symbol.search = Symbol.search;

function requireObject(self: unknown, method: string): object {
  if (!isObject(self)) throw new TypeError(`RegExp.prototype.${method} called on incompatible receiver`);
  return self;
}

/** RegExp.prototype.exec. */
export function exec(this: unknown, text?: unknown): unknown {
  if (!isRegExpObject(this)) return call(REGEXP["exec"], this, [text]);
  const subject = toStr(text);
  const given = get(this, "lastIndex");
  if (!isObject(given)) return call(REGEXP["exec"], this, [subject]);
  const index = toLength(given);
  const isKept = call(REGEXP["get global"], this, []) !== true && call(REGEXP["get sticky"], this, []) !== true;
  // The engine must not convert it again.
  const isReplaced = reflectDefine(this as object, "lastIndex", valueDescriptor(index));
  const result = isReplaced ? call(REGEXP["exec"], this, [subject]) : null;
  if (isKept && isReplaced) reflectDefine(this as object, "lastIndex", valueDescriptor(given));
  return result;
}

/** RegExpExec. */
function execute(regExp: object, text: string): object | null {
  const method = get(regExp, "exec");
  if (isCallable(method)) {
    const result = apply(method, regExp, [text]);
    if (result !== null && !isObject(result)) throw new TypeError("object null is not a function");
    return result;
  }
  return call(REGEXP["exec"], regExp, [text]) as object | null;
}

/** RegExp.prototype.test. */
export function testRegExp(this: unknown, text?: unknown): boolean {
  const self = requireObject(this, "test");
  const subject = toStr(text);
  return execute(self, subject) !== null;
}

/** RegExp.prototype.toString. */
export function textOfRegExp(this: unknown): string {
  const self = requireObject(this, "toString");
  const source = toStr(get(self, "source"));
  const flags = toStr(get(self, "flags"));
  return `/${source}/${flags}`;
}

function has(flags: string, flag: string): boolean {
  return (call(STRING["indexOf"], flags, [flag]) as number) >= 0;
}

/** AdvanceStringIndex. */
function advanced(text: string, index: number, isUnicode: boolean): number {
  if (!isUnicode || index + 1 >= text.length) return index + 1;
  return index + ((call(STRING["codePointAt"], text, [index]) as number) > 0xffff ? 2 : 1);
}

/** After an empty match, the next one is looked for further on. */
function pass(regExp: object, text: string, isUnicode: boolean): void {
  const index = toLength(get(regExp, "lastIndex"));
  set(regExp, "lastIndex", advanced(text, index, isUnicode));
}

/** RegExp.prototype[Symbol.match]. */
export function matchRegExp(this: unknown, text?: unknown): unknown {
  const self = requireObject(this, "@@match");
  const subject = toStr(text);
  if (isPristineRegExp(self)) return call(REGEXP[MATCH], self, [subject]);
  const flags = toStr(get(self, "flags"));
  if (!has(flags, "g")) return execute(self, subject);
  const isUnicode = has(flags, "u") || has(flags, "v");
  set(self, "lastIndex", 0);
  const found: unknown[] = [];
  for (let result = execute(self, subject); result !== null; result = execute(self, subject)) {
    const matched = toStr(get(result, 0));
    append(found, matched);
    if (matched === "") pass(self, subject, isUnicode);
  }
  return found.length === 0 ? null : found;
}

/** RegExp.prototype[Symbol.matchAll]. That of a special one is the engine's: its `exec` cannot suspend. */
export function matchAllRegExp(this: unknown, text?: unknown): unknown {
  const self = requireObject(this, "@@matchAll");
  const subject = toStr(text);
  const constructor = speciesConstructor(self, RegExpNative);
  const flags = toStr(get(self, "flags"));
  const matcher = construct(constructor, [self, flags]) as object;
  const lastIndex = toLength(get(self, "lastIndex"));
  set(matcher, "lastIndex", lastIndex);
  const isUnicode = has(flags, "u") || has(flags, "v");
  if (isPristineRegExp(matcher)) return matchIterator(matcher, subject, has(flags, "g"), isUnicode);
  return regExpStringIterator(matcher, subject, has(flags, "g"), isUnicode);
}

/** RegExp.prototype[Symbol.search]. */
export function searchRegExp(this: unknown, text?: unknown): unknown {
  const self = requireObject(this, "@@search");
  const subject = toStr(text);
  if (isPristineRegExp(self)) return call(REGEXP[SEARCH], self, [subject]);
  const before = get(self, "lastIndex");
  if (!is(before, 0)) set(self, "lastIndex", 0);
  const result = execute(self, subject);
  const after = get(self, "lastIndex");
  if (!is(after, before)) set(self, "lastIndex", before);
  return result === null ? -1 : get(result, "index");
}

/** RegExp.prototype[Symbol.replace]. */
export function replaceRegExp(this: unknown, text?: unknown, replacement?: unknown): unknown {
  const self = requireObject(this, "@@replace");
  const subject = toStr(text);
  const by = isCallable(replacement) ? replacement : toStr(replacement);
  if (typeof by === "string" && isPristineRegExp(self)) return call(REGEXP[REPLACE], self, [subject, by]);
  const results = matchesOf(self, subject);
  let out = "";
  let end = 0;
  for (let k = 0; k < results.length; k++) {
    const result = results[k] as object;
    const count = lengthOf(result);
    const matched = toStr(get(result, 0));
    const relative = toIntegerOrInfinity(get(result, "index"));
    const position = relative < 0 ? 0 : relative > subject.length ? subject.length : relative;
    const captures = capturesOf(result, count);
    const put = replacementFor(subject, matched, position, captures, get(result, "groups"), by);
    if (position < end) continue;
    out += (call(STRING["slice"], subject, [end, position]) as string) + put;
    end = position + matched.length;
  }
  return end >= subject.length ? out : out + (call(STRING["slice"], subject, [end]) as string);
}

/** All matches that are to be replaced. */
function matchesOf(self: object, subject: string): object[] {
  const flags = toStr(get(self, "flags"));
  const isGlobal = has(flags, "g");
  const isUnicode = has(flags, "u") || has(flags, "v");
  if (isGlobal) set(self, "lastIndex", 0);
  const results: object[] = [];
  for (let result = execute(self, subject); result !== null; result = execute(self, subject)) {
    append(results, result);
    if (!isGlobal) break;
    const matched = toStr(get(result, 0));
    if (matched === "") pass(self, subject, isUnicode);
  }
  return results;
}

function capturesOf(result: object, count: number): unknown[] {
  const captures: unknown[] = [];
  for (let n = 1; n < count; n++) {
    const capture = get(result, n);
    append(captures, capture === undefined ? undefined : toStr(capture));
  }
  return captures;
}

function replacementFor(
  subject: string,
  matched: string,
  position: number,
  captures: readonly unknown[],
  groups: unknown,
  by: unknown,
): string {
  if (!isCallable(by)) {
    const named = groups === undefined ? undefined : toObject(groups);
    return substitution(matched, subject, position, captures, named, by as string);
  }
  const args: unknown[] = [matched];
  for (let n = 0; n < captures.length; n++) append(args, captures[n]);
  append(args, position);
  append(args, subject);
  if (groups !== undefined) append(args, groups);
  return toStr(apply(by, undefined, args));
}

/** RegExp.prototype[Symbol.split]. */
export function splitRegExp(this: unknown, text?: unknown, limit?: unknown): unknown {
  const self = requireObject(this, "@@split");
  const subject = toStr(text);
  const constructor = speciesConstructor(self, RegExpNative);
  const flags = toStr(get(self, "flags"));
  const isUnicode = has(flags, "u") || has(flags, "v");
  const splitter = construct(constructor, [self, has(flags, "y") ? flags : `${flags}y`]) as object;
  const most = limit === undefined ? 2 ** 32 - 1 : toNumber(limit) >>> 0;
  if (most === 0) return [];
  if (subject === "") return execute(splitter, subject) === null ? [subject] : [];
  return pieces(splitter, subject, most, isUnicode);
}

function pieces(splitter: object, subject: string, most: number, isUnicode: boolean): unknown[] {
  const found: unknown[] = [];
  let start = 0;
  let at = 0;
  while (at < subject.length) {
    set(splitter, "lastIndex", at);
    const result = execute(splitter, subject);
    const reached = result === null ? 0 : toLength(get(splitter, "lastIndex"));
    const end = reached > subject.length ? subject.length : reached;
    if (result === null || end === start) {
      at = advanced(subject, at, isUnicode);
      continue;
    }
    append(found, call(STRING["slice"], subject, [start, at]));
    if (found.length === most) return found;
    start = end;
    const count = lengthOf(result);
    for (let n = 1; n < count; n++) {
      append(found, get(result, n));
      if (found.length === most) return found;
    }
    at = start;
  }
  append(found, call(STRING["slice"], subject, [start]));
  return found;
}
