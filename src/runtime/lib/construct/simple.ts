/** The constructors that convert their arguments: String, Number, Date, RegExp, ArrayBuffer, DataView (ECMA-262 21, 22, 25). */
import { call, isPristineRegExp, isRegExpObject, make, REGEXP } from "../../natives.js";
import { convert, hasObject } from "../coerced.js";
import { isObject, toNumeric, toStr } from "../operations/conversion.js";
import { get } from "../operations/property.js";
import { dateArguments } from "../primitives.js";
import { isRegExp } from "../text/string.js";

const StringNative = String;
const NumberNative = Number;
const DateNative = Date;
const RegExpNative = RegExp;
const ArrayBufferNative = ArrayBuffer;
const SharedArrayBufferNative = SharedArrayBuffer;
const DataViewNative = DataView;

/** String. */
export function constructString(args: readonly unknown[], newTarget: unknown): object {
  return make(StringNative, args.length > 0 ? [toStr(args[0])] : [], newTarget);
}

/** Number. */
export function constructNumber(args: readonly unknown[], newTarget: unknown): object {
  return make(NumberNative, args.length > 0 ? [toNumeric(args[0])] : [], newTarget);
}

/** Date. */
export function constructDate(args: readonly unknown[], newTarget: unknown): object {
  if (!hasObject(args)) return make(DateNative, args, newTarget);
  const converted = args.length === 1 ? dateArguments(args) : convert(args, "nnnnnnn");
  return make(DateNative, converted, newTarget);
}

/** RegExp, with `new`. */
export function constructRegExp(args: readonly unknown[], newTarget: unknown): object {
  if (!hasObject(args)) return make(RegExpNative, args, newTarget);
  const source = patternOf(args[0], args[1], isRegExp(args[0]));
  return make(RegExpNative, source, newTarget);
}

/** RegExp, called as a function: a regular expression is returned as it is. */
export function callRegExp(...args: unknown[]): unknown {
  if (!hasObject(args)) return call(RegExpNative, undefined, args);
  const pattern = args[0];
  const isPattern = isRegExp(pattern);
  if (isPattern && args[1] === undefined && get(pattern, "constructor") === RegExpNative) return pattern;
  return make(RegExpNative, patternOf(pattern, args[1], isPattern));
}

/** Source and flags. */
function patternOf(pattern: unknown, flags: unknown, isPattern: boolean): unknown[] {
  let source = pattern;
  let given = flags;
  if (isRegExpObject(pattern)) {
    source = isPristineRegExp(pattern as object) ? (pattern as RegExp).source : call(REGEXP["get source"], pattern, []);
    if (given === undefined) given = flagsOf(pattern);
  } else if (isPattern) {
    source = get(pattern, "source");
    if (given === undefined) given = get(pattern, "flags");
  }
  const text = source === undefined ? "" : toStr(source);
  return given === undefined ? [text] : [text, toStr(given)];
}

const FLAGS = [
  ["hasIndices", "d"],
  ["global", "g"],
  ["ignoreCase", "i"],
  ["multiline", "m"],
  ["dotAll", "s"],
  ["unicode", "u"],
  ["unicodeSets", "v"],
  ["sticky", "y"],
] as const;

/** [[OriginalFlags]]. */
function flagsOf(pattern: unknown): string {
  let flags = "";
  for (let at = 0; at < FLAGS.length; at++) {
    const flag = FLAGS[at]!;
    if (call(REGEXP[`get ${flag[0]}`], pattern, []) === true) flags += flag[1];
  }
  return flags;
}

/** ArrayBuffer. */
export function constructBuffer(args: readonly unknown[], newTarget: unknown): object {
  return make(ArrayBufferNative, bufferArguments(args), newTarget);
}

/** SharedArrayBuffer. */
export function constructSharedBuffer(args: readonly unknown[], newTarget: unknown): object {
  return make(SharedArrayBufferNative, bufferArguments(args), newTarget);
}

function bufferArguments(args: readonly unknown[]): unknown[] {
  const length = convert([args[0]], "I");
  const options = args[1];
  if (!isObject(options)) return length;
  const most = get(options, "maxByteLength");
  return most === undefined ? length : [length[0], { __proto__: null, maxByteLength: convert([most], "I")[0] }];
}

/** DataView. */
export function constructDataView(args: readonly unknown[], newTarget: unknown): object {
  return make(DataViewNative, hasObject([args[1], args[2]]) ? convert(args, "-II") : args, newTarget);
}
