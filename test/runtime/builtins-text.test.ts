/** Strings, regular expressions, numbers, dates, errors: conversions and dispatch in the order of the language. */
import { iterable, scenarios } from "./builtins-kit.js";

const S = String.prototype as unknown as Record<PropertyKey, unknown>;
const R = RegExp.prototype as unknown as Record<PropertyKey, unknown>;
const replacer = (...args: unknown[]): string => `<${args.join("|")}>`;

/** A regular expression whose `exec` is its own. */
function special(source: RegExp, log: unknown[]): RegExp {
  return Object.assign(source, {
    exec(text: string) {
      log.push(`exec ${text} at ${source.lastIndex}`);
      return RegExp.prototype.exec.call(source, text);
    },
  });
}

scenarios({
  "replace by a function": ({ call }) => call(S["replace"], "a-b", /(\w)-(?<last>\w)/, replacer),
  "replace all by a function": ({ call }) => call(S["replace"], "aXbXc", /x/gi, replacer),
  "replace of a text": ({ call, value }) =>
    call(S["replace"], value("a-b", "this"), value("-", "pattern"), value("[$&$$$`$'$1]", "by")),
  "replaceAll of a text": ({ call }) => [call(S["replaceAll"], "aba", "a", replacer), call(S["replaceAll"], "ab", "", "-")],
  "replaceAll with a pattern that is not global": ({ call }) => call(S["replaceAll"], "a", /a/, "b"),
  "replace of an empty match": ({ call }) => call(S["replace"], "😀a", /(?:)/gu, replacer),
  "replace by what converts": ({ call, value }) => call(S["replace"], "ab", /a/, () => value("c", "put")),
  "Symbol.replace of the program": ({ call, log }) =>
    call(S["replace"], "t", { [Symbol.replace]: (...args: unknown[]) => (log.push(args), "r") }, "by"),
  "replace with exec of the program": ({ call, log }) => call(S["replace"], "a1b2", special(/\d/g, log), "[$&]"),
  "replace with groups": ({ call, log }) =>
    call(S["replace"], "2026-11", special(/(?<y>\d+)-(?<m>\d+)/, log), "$<m>/$<y>/$<z>/$01$10$3"),
  match: ({ call, log }) => [call(S["match"], "a1b2", /\d/g), call(S["match"], "a1b2", special(/\d/g, log))],
  "match of a text": ({ call, value }) => [...(call(S["match"], "a1", value("\\d", "pattern")) as string[])],
  matchAll: ({ call }) => [...(call(S["matchAll"], "a1b2", /\d/g) as Iterable<string[]>)].map(String),
  "matchAll that is not global": ({ call }) => call(S["matchAll"], "a", /a/),
  search: ({ call, log }) => [call(S["search"], "ab", "b"), call(S["search"], "ab", special(/b/y, log))],
  split: ({ call, value }) => [
    call(S["split"], "a,b,c", value(",", "separator"), value(2, "limit")),
    call(S["split"], "a1b2c", /(\d)/),
  ],
  "split with exec of the program": ({ call }) => {
    class Own extends RegExp {}
    return [
      call(S["split"], "a1b", new Own("\\d")),
      call(S["split"], "", new Own("")),
      call(S["split"], "ab", new Own("(?:)"), 1),
    ];
  },
  "test and exec": ({ call, value, log }) => [
    call(R["test"], special(/a/, log), value("a", "text")),
    String(call(R["exec"], /b/, value("ab", "text"))),
  ],
  "toString of a regular expression": ({ call, spy }) => call(R["toString"], spy({ source: "a", flags: "g" })),
  startsWith: ({ call, value }) => call(S["startsWith"], value("abc", "this"), value("b", "wanted"), value(1, "position")),
  "includes of a regular expression": ({ call }) => call(S["includes"], "a", /a/),
  "endsWith of what denies to be one": ({ call }) => call(S["endsWith"], "/a/", Object.assign(/a/, { [Symbol.match]: false })),
  padStart: ({ call, value }) => call(S["padStart"], value("a", "this"), value(3, "length"), value("-", "filler")),
  concat: ({ call, value }) => call(S["concat"], value("a", "this"), value("b", "first"), 1),
  "on null": ({ call, value }) => call(S["trim"], null, value("a")),
  "on a symbol": ({ call }) => call(S["slice"], Symbol("s")),
  "substring without an end": ({ call, value }) => call(S["substring"], "abc", value(1, "start"), undefined),
  raw: ({ call, spy, value }) =>
    call(String.raw, String, spy({ raw: { length: 3, 0: "a", 1: "b", 2: "c" } }, "template"), value(1, "first")),
  fromCharCode: ({ call, value }) => call(String.fromCharCode, String, value(65, "first"), value(66, "second")),
});

scenarios({
  String: ({ call, value }) => [
    call(String, undefined, value("a")),
    call(String, undefined, Symbol("s")),
    call(String, undefined),
  ],
  "new String": ({ make, value }) => make(String, value("a")),
  Number: ({ call, value }) => [call(Number, undefined, value("5")), call(Number, undefined, value(5n)), call(Number, undefined)],
  BigInt: ({ call, value }) => call(BigInt, undefined, value("5")),
  Symbol: ({ call, value }) => (call(Symbol, undefined, value("s")) as symbol).description,
  parseInt: ({ call, value }) => call(parseInt, undefined, value("11", "text"), value(2, "radix")),
  isNaN: ({ call, value }) => call(isNaN, undefined, value("x")),
  "Math.max": ({ call, value }) => call(Math.max, Math, value(1, "first"), value(2, "second")),
  toFixed: ({ call, value }) => [call(Number.prototype.toFixed, 1.25, value(1)), call(Number.prototype.toString, 255, value(16))],
  "toFixed of what is no number": ({ call, value }) => call(Number.prototype.toFixed, "1", value(1)),
  "new Date": ({ make, value }) => [
    make(Date, value(5)),
    make(Date, value(2026, "year"), value(1, "month")),
    make(Date, new Date(7)),
  ],
  setHours: ({ call, value }) => call(Date.prototype.setUTCHours, new Date(0), value(1, "hours"), value(2, "minutes")),
  "Date to a primitive": ({ call }) =>
    call(Date.prototype[Symbol.toPrimitive], { toString: () => "text", valueOf: () => 1 }, "default"),
  "Date to JSON": ({ call }) => call(Date.prototype.toJSON, { valueOf: () => 1, toISOString: () => "iso" }),
  RegExp: ({ make, spy, value }) => [
    String(make(RegExp, value("a", "source"), value("g", "flags"))),
    String(make(RegExp, spy(/b/i))),
  ],
  "RegExp without new": ({ call }) => {
    const pattern = /a/;
    return call(RegExp, undefined, pattern) === pattern;
  },
  Uint8Array: ({ make, log, value }) => [
    make(Uint8Array, iterable([value(1, "first"), 300], log)),
    make(Uint8Array, { length: 2, 1: 7 }),
  ],
  "Uint8Array over a buffer": ({ make, value }) =>
    (make(Uint8Array, new ArrayBuffer(8), value(2, "offset"), value(3, "length")) as Uint8Array).byteOffset,
  "typed-array methods": ({ call, value }) => [
    call(Uint8Array.prototype.map, new Uint8Array([1, 2]), () => value(5, "mapped")),
    call(Uint8Array.prototype.fill, new Uint8Array(3), value(7, "value"), value(1, "start")),
    call(Float64Array.prototype.sort, new Float64Array([3, 1, 2]), (a: number, b: number) => b - a),
    call(BigInt64Array.prototype.with, new BigInt64Array(1), 0, value("9", "value")),
  ],
  Error: ({ make, value, spy }) => {
    const error = make(RangeError, value("message"), spy({ cause: 1 }, "options")) as Error;
    return [error.message, error.cause, Object.keys(error), Object.getOwnPropertyNames(error).sort()];
  },
  AggregateError: ({ call, log, value }) => {
    const error = call(AggregateError, undefined, iterable([1, 2], log), value("m")) as AggregateError;
    return [error.errors, error.message, Object.keys(error)];
  },
  "toString of an error": ({ call, spy, value }) =>
    call(Error.prototype.toString, spy({ name: value("n", "name"), message: value("m", "message") })),
});
