/** The versions of the built-ins of String, RegExp and numbers by name. */
import { onArguments, onStrings } from "../coerced.js";
import {
  exec,
  matchRegExp,
  matchAllRegExp,
  replaceRegExp,
  searchRegExp,
  splitRegExp,
  testRegExp,
  textOfRegExp,
} from "./regexp.js";
import { endsWith, includes, iterate, match, matchAll, raw, replace, replaceAll, search, split, startsWith } from "./string.js";

const STRING_SIGNATURES = {
  anchor: "s", at: "i", big: "", blink: "", bold: "", charAt: "i", charCodeAt: "i", codePointAt: "i", concat: "s*", fixed: "", fontcolor: "s",
  fontsize: "s", indexOf: "si", isWellFormed: "", italics: "", lastIndexOf: "sn", link: "s", localeCompare: "s-*", normalize: "S", padEnd: "iS",
  padStart: "iS", repeat: "i", slice: "iI", small: "", strike: "", sub: "", substr: "iI", substring: "iI", sup: "", toLocaleLowerCase: "-*",
  toLocaleUpperCase: "-*", toLowerCase: "", toUpperCase: "", toWellFormed: "", trim: "", trimEnd: "", trimStart: "",
} as const; // prettier-ignore

/** Of String.prototype. */
export function stringMethods(): Record<PropertyKey, Function> {
  return {
    ...onStrings("String.prototype", STRING_SIGNATURES),
    endsWith, includes, match, matchAll, replace, replaceAll, search, split, startsWith, [Symbol.iterator]: iterate,
  }; // prettier-ignore
}

/** Of String. */
export function stringStatics(): Record<string, Function> {
  return { ...onArguments("String", { fromCharCode: "n*", fromCodePoint: "n*" }), raw };
}

/** Of RegExp.prototype. */
export function regExpMethods(): Record<PropertyKey, Function> {
  return {
    exec,
    test: testRegExp,
    toString: textOfRegExp,
    [Symbol.match]: matchRegExp,
    [Symbol.matchAll]: matchAllRegExp,
    [Symbol.replace]: replaceRegExp,
    [Symbol.search]: searchRegExp,
    [Symbol.split]: splitRegExp,
  };
}
