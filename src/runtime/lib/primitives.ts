/** Numbers, BigInts, symbols, dates and the functions of the global object, which convert their arguments (ECMA-262 19.2, 20.4, 21). */
import { apply } from "../apply.js";
import { $symbol } from "../own-symbols.js";
import { call, DATE, GLOBAL, isDateObject } from "../natives.js";
import { onArguments } from "./coerced.js";
import { isObject, ordinaryToPrimitive, toNumeric, toObject, toPrimitive, toStr } from "./operations/conversion.js";
import { get } from "./operations/property.js";

/** Of Math: all its functions take numbers. */
export function mathFunctions(): Record<string, Function> {
  return onArguments("Math", {
    abs: "n", acos: "n", acosh: "n", asin: "n", asinh: "n", atan: "n", atan2: "nn", atanh: "n", cbrt: "n", ceil: "n", clz32: "n", cos: "n",
    cosh: "n", exp: "n", expm1: "n", f16round: "n", floor: "n", fround: "n", hypot: "n*", imul: "nn", log: "n", log10: "n", log1p: "n", log2: "n",
    max: "n*", min: "n*", pow: "nn", round: "n", sign: "n", sin: "n", sinh: "n", sqrt: "n", tan: "n", tanh: "n", trunc: "n",
  }); // prettier-ignore
}

/** Of Number.prototype. */
export function numberMethods(): Record<string, Function> {
  return onArguments("Number.prototype", { toExponential: "I", toFixed: "I", toPrecision: "I", toString: "I" });
}

/** Of BigInt and BigInt.prototype. */
export function bigIntMethods(): Record<string, Function> {
  return onArguments("BigInt.prototype", { toString: "I" });
}

/** Of BigInt. */
export function bigIntStatics(): Record<string, Function> {
  return onArguments("BigInt", { asIntN: "ip", asUintN: "ip" });
}

/** Of Symbol. */
export function symbolStatics(): Record<string, Function> {
  return onArguments("Symbol", { for: "s" });
}

/** Of Date. */
export function dateStatics(): Record<string, Function> {
  return onArguments("Date", { UTC: "nnnnnnn", parse: "s" });
}

/** Of Date.prototype. */
export function dateMethods(): Record<PropertyKey, Function> {
  const setters = onArguments("Date.prototype", {
    setDate: "n", setFullYear: "nnn", setHours: "nnnn", setMilliseconds: "n", setMinutes: "nnn", setMonth: "nn", setSeconds: "nn", setTime: "n",
    setUTCDate: "n", setUTCFullYear: "nnn", setUTCHours: "nnnn", setUTCMilliseconds: "n", setUTCMinutes: "nnn", setUTCMonth: "nn",
    setUTCSeconds: "nn", setYear: "n",
  }); // prettier-ignore
  return { ...setters, toJSON: dateToJson, [Symbol.toPrimitive]: dateToPrimitive };
}

/** Date.prototype.toJSON. */
function dateToJson(this: unknown): unknown {
  const self = toObject(this);
  const value = toPrimitive(self, "number");
  if (typeof value === "number" && value - value !== 0) return null;
  return apply(get(self, "toISOString"), self, []);
}

/** Date.prototype[Symbol.toPrimitive]. */
function dateToPrimitive(this: unknown, hint: unknown): unknown {
  if (!isObject(this)) throw new TypeError("Date.prototype [ @@toPrimitive ] called on a value that is not an object");
  if (hint === "default" || hint === "string") return ordinaryToPrimitive(this, "string");
  if (hint !== "number") throw new TypeError("Invalid hint");
  return ordinaryToPrimitive(this, "number");
}

/** Of the global object, and the constructors that can be called without `new`. */
export function globalFunctions(): Record<string, Function> {
  const converting = onArguments("global", {
    BigInt: "p", decodeURI: "s", decodeURIComponent: "s", encodeURI: "s", encodeURIComponent: "s", escape: "s", isFinite: "n", isNaN: "n",
    parseFloat: "s", parseInt: "sn", unescape: "s",
  }); // prettier-ignore
  return { ...converting, Number: numberOf, String: stringOf, Symbol: symbolOf };
}

/** Symbol called as a function. */
function symbolOf(...args: unknown[]): unknown {
  const converted = args.length > 0 && isObject(args[0]) ? [toStr(args[0])] : args;
  return $symbol(call(GLOBAL["Symbol"], undefined, converted));
}

/** Number called as a function. */
function numberOf(...args: unknown[]): unknown {
  return args.length > 0 && isObject(args[0])
    ? call(GLOBAL["Number"], undefined, [toNumeric(args[0])])
    : call(GLOBAL["Number"], undefined, args);
}

/** String called as a function. */
function stringOf(...args: unknown[]): unknown {
  return args.length > 0 && isObject(args[0]) ? toStr(args[0]) : call(GLOBAL["String"], undefined, args);
}

/** What `new Date(…)` is given, as numbers or a string. May suspend. */
export function dateArguments(args: readonly unknown[]): readonly unknown[] {
  const only = args[0];
  if (args.length !== 1 || !isObject(only)) return args;
  return [isDateObject(only) ? call(DATE["getTime"], only, []) : toPrimitive(only)];
}
