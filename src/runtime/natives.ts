/**
 * The members of the standard objects as they were when the runtime was loaded: what a program replaces later is not a built-in any more.
 * Not compiled by flowc: nothing here calls into the program.
 */
import {
  isAnyArrayBuffer,
  isArgumentsObject,
  isBigIntObject,
  isBooleanObject,
  isDate,
  isNativeError,
  isNumberObject,
  isRegExp,
  isSharedArrayBuffer,
  isStringObject,
} from "node:util/types";
import {
  append,
  dataDescriptor,
  defineProperty,
  isArray,
  isProxy,
  ownDescriptor,
  prototypeOf,
  reflectOwnKeys,
} from "./intrinsics.js";

/** Members by name. Has no prototype, so that what is not there is `undefined`. */
export type Members = Readonly<Record<PropertyKey, Function>>;

/** `fn.apply(self, args)` of a native function that cannot suspend. */
export const call = Reflect.apply as (fn: unknown, self: unknown, args: readonly unknown[]) => unknown;

/** `new fn(...args)` of a native constructor that cannot suspend. */
export const make = Reflect.construct as (fn: unknown, args: readonly unknown[], newTarget?: unknown) => object;

export const toText = String as (value: unknown) => string;

export const TypedArray = prototypeOf(Uint8Array) as { readonly prototype: object };

export const ArrayPrototype: object = Array.prototype;
export const ARRAY = members(Array.prototype);
export const ARRAY_STATIC = members(Array);
export const TYPED = members(TypedArray.prototype);
export const TYPED_STATIC = members(TypedArray);
export const STRING = members(String.prototype);
export const STRING_STATIC = members(String);
export const REGEXP = members(RegExp.prototype);
export const MAP = members(Map.prototype);
export const MAP_STATIC = members(Map);
export const SET = members(Set.prototype);
export const WEAK_MAP = members(WeakMap.prototype);
export const OBJECT = members(Object.prototype);
export const OBJECT_STATIC = members(Object);
export const FUNCTION = members(Function.prototype);
export const REFLECT = members(Reflect);
export const PROXY_STATIC = members(Proxy);
export const ERROR = members(Error.prototype);
export const JSON_MEMBERS = members(JSON);
export const NUMBER = members(Number.prototype);
export const BOOLEAN = members(Boolean.prototype);
export const BIGINT = members(BigInt.prototype);
export const IteratorPrototype = prototypeOf(prototypeOf([][Symbol.iterator]())!)!;
export const ITERATOR = members(IteratorPrototype);
// Contexts of node:vm may lack it.
export const ITERATOR_STATIC = members((globalThis as { Iterator?: object }).Iterator ?? {});

export const NUMBER_STATIC = members(Number);
export const BIGINT_STATIC = members(BigInt);
export const DATE = members(Date.prototype);
export const DATE_STATIC = members(Date);
export const MATH = members(Math);
export const SYMBOL_STATIC = members(Symbol);
export const GLOBAL = members({
  BigInt, decodeURI, RegExp, decodeURIComponent, encodeURI, encodeURIComponent, isFinite, isNaN, Number, parseFloat, parseInt, String, Symbol,
  ...annexB(),
}); // prettier-ignore

/** By names that can be saved. */
export const BUILT_IN: Readonly<Record<string, Members>> = {
  __proto__: null as never,
  "Array.prototype": ARRAY,
  "BigInt.prototype": BIGINT,
  "Date.prototype": DATE,
  "Number.prototype": NUMBER,
  "RegExp.prototype": REGEXP,
  "String.prototype": STRING,
  BigInt: BIGINT_STATIC,
  Date: DATE_STATIC,
  Math: MATH,
  Number: NUMBER_STATIC,
  String: STRING_STATIC,
  Symbol: SYMBOL_STATIC,
  global: GLOBAL,
};

function annexB(): object {
  const { escape, unescape } = globalThis as unknown as Record<string, unknown>;
  return { escape, unescape };
}

/** The own methods and accessors of a built-in object; a getter `x` is listed as `get x`. */
export function members(owner: object): Members {
  const found = Object.create(null) as Record<PropertyKey, Function>;
  for (const key of Reflect.ownKeys(owner)) {
    const { value, get, set } = Reflect.getOwnPropertyDescriptor(owner, key)!;
    if (typeof value === "function") found[key] = value as Function;
    if (get !== undefined) found[`get ${String(key)}`] = get;
    if (set !== undefined) found[`set ${String(key)}`] = set;
  }
  return found;
}

const nothing = { construct: (): object => ({}) };

/** IsConstructor. The proxy answers before its target is asked, so that nothing of the program runs. */
export function isConstructor(value: unknown): value is new (...args: unknown[]) => object {
  if (typeof value !== "function") return false;
  try {
    make(new ProxyNative(value, nothing), []);
    return true;
  } catch {
    return false;
  }
}

const ProxyNative = Proxy;

const BRANDS: readonly (readonly [(value: unknown) => boolean, string])[] = [
  [isArgumentsObject, "Arguments"],
  [isNativeError, "Error"],
  [isBooleanObject, "Boolean"],
  [isNumberObject, "Number"],
  [isStringObject, "String"],
  [isDate, "Date"],
  [isRegExp, "RegExp"],
];

/** What Object.prototype.toString calls an object that is no array and names itself by no `Symbol.toStringTag`. */
export function builtInTag(self: object): string {
  if (typeof self === "function") return "Function";
  for (let at = 0; at < BRANDS.length; at++) if (BRANDS[at]![0](self)) return BRANDS[at]![1];
  return "Object";
}

const ArrayNative = Array;
const ARRAY_TEXT = call(FUNCTION["toString"], ArrayNative, []);

/** Whether `value` is %Array% of another realm: only that one has an array for its prototype. */
export function isForeignArray(value: unknown): boolean {
  if (typeof value !== "function" || value === ArrayNative || isProxy(value)) return false;
  const prototype = ownDescriptor(value, "prototype");
  return prototype?.writable === false && isArray(prototype.value) && call(FUNCTION["toString"], value, []) === ARRAY_TEXT;
}

const CONSTRUCTORS: Readonly<Record<string, Function>> = {
  __proto__: null as never,
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array,
  // TypeScript's library of ES2024 does not have it.
  Float16Array: (globalThis as unknown as { Float16Array: Function }).Float16Array,
}; // prettier-ignore

/** The constructor of typed arrays of that name. */
export function typedConstructor(kind: string): Function {
  return CONSTRUCTORS[kind]!;
}

export const TYPED_KINDS: readonly string[] = present(CONSTRUCTORS);

const ERRORS: Readonly<Record<string, Function>> = {
  __proto__: null as never,
  AggregateError, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError,
  // TypeScript's library of ES2024 does not have it.
  SuppressedError: (globalThis as unknown as { SuppressedError: Function }).SuppressedError,
}; // prettier-ignore

export const ERROR_KINDS: readonly string[] = present(ERRORS);

/** The constructor of errors of that name. */
export function errorConstructor(kind: string): Function {
  return ERRORS[kind]!;
}

/** The names of those that this engine has. */
function present(table: Readonly<Record<string, Function | undefined>>): string[] {
  return Object.keys(table).filter((name) => table[name] !== undefined);
}

export { isBigIntObject, isBooleanObject, isNumberObject, isStringObject };
export const isDateObject: (value: unknown) => boolean = isDate;
export const isAnyBuffer: (value: unknown) => boolean = isAnyArrayBuffer;

/** Whether a typed array surely or probably grows with its buffer: one of fixed length that ends where the buffer ends looks the same. */
export function isLengthTracking(array: unknown): boolean {
  const buffer = call(TYPED["get buffer"], array, []);
  const isShared = isSharedArrayBuffer(buffer);
  if (call(isShared ? growable : resizable, buffer, []) !== true) return false;
  const total = call(isShared ? sharedLength : bufferLength, buffer, []) as number;
  const end = (call(TYPED["get byteOffset"], array, []) as number) + (call(TYPED["get byteLength"], array, []) as number);
  return total - end < 8;
}

const resizable = getter(ArrayBuffer.prototype, "resizable");
const growable = getter(SharedArrayBuffer.prototype, "growable");
const bufferLength = getter(ArrayBuffer.prototype, "byteLength");
const sharedLength = getter(SharedArrayBuffer.prototype, "byteLength");

function getter(owner: object, key: PropertyKey): unknown {
  return ownDescriptor(owner, key)!.get;
}

/** A new list with the elements of both. Our lists have no holes, and no iterator is asked. */
export function listOf(first: readonly unknown[], second: readonly unknown[]): unknown[] {
  const all: unknown[] = [];
  for (let k = 0; k < first.length; k++) append(all, first[k]);
  for (let k = 0; k < second.length; k++) append(all, second[k]);
  return all;
}

/** Whether `value` is a regular expression of the engine. */
export const isRegExpObject: (value: unknown) => boolean = isRegExp;

const RegExpPrototype = RegExp.prototype;
const REGEXP_PARTS = ownParts(RegExpPrototype);

/** The methods and getters of an object as they are: what looks for a change compares these. */
function ownParts(owner: object): readonly (readonly [PropertyKey, unknown])[] {
  const parts: (readonly [PropertyKey, unknown])[] = [];
  for (const key of Reflect.ownKeys(owner)) {
    const found = Reflect.getOwnPropertyDescriptor(owner, key)!;
    if (key !== "constructor" && key !== "compile") parts.push([key, found.get ?? found.value]);
  }
  return parts;
}

/** Whether a regular expression does what the engine does with it: nothing of it or of RegExp.prototype has been replaced. */
export function isPristineRegExp(regExp: object): boolean {
  if (!isRegExp(regExp) || prototypeOf(regExp) !== RegExpPrototype || reflectOwnKeys(regExp).length !== 1) return false;
  if (typeof ownDescriptor(regExp, "lastIndex")?.value !== "number") return false;
  for (let at = 0; at < REGEXP_PARTS.length; at++) {
    const part = REGEXP_PARTS[at]!;
    const found = ownDescriptor(RegExpPrototype, part[0]);
    if (found === undefined || (found.get ?? found.value) !== part[1]) return false;
  }
  return true;
}

const MATCH_ALL: typeof Symbol.matchAll = Symbol.matchAll;
const SPECIES: typeof Symbol.species = Symbol.species;

/** CreateRegExpStringIterator. There is no other way to one than `matchAll` of an object that gives `matcher` for its copy. */
export function regExpStringIterator(matcher: object, text: string, isGlobal: boolean, isUnicode: boolean): unknown {
  const constructor = function (): object {
    return matcher;
  };
  defineProperty(constructor, SPECIES, dataDescriptor(constructor));
  const { lastIndex } = matcher as RegExp;
  const source = { __proto__: null, constructor, flags: `${isGlobal ? "g" : ""}${isUnicode ? "u" : ""}`, lastIndex };
  return call(REGEXP[MATCH_ALL], source, [text]);
}

/** A member of an object that JSON.parse read: its value, and its text when that is a primitive. */
export interface Source {
  readonly value: unknown;
  readonly text: string | undefined;
}

const MapNative = Map;

/** What JSON.parse makes of `text`, as the member "" of `root`, and from what each member of each object was read. */
export function parseWithSources(text: string): { root: object; sources: Map<object, Record<string, Source>> } {
  const sources = new MapNative<object, Record<string, Source>>();
  // The reviver of ours changes nothing.
  let root = {};
  call(JSON_MEMBERS["parse"], undefined, [
    text,
    function (this: object, key: string, member: unknown, context?: { source?: string }): unknown {
      // The last one is the wrapper around it all.
      root = noteSource(sources, this, key, { value: member, text: context?.source });
      return member;
    },
  ]);
  return { root, sources };
}

/** Returns the holder. */
function noteSource(sources: Map<object, Record<string, Source>>, holder: object, key: string, source: Source): object {
  let members = call(MAP["get"], sources, [holder]) as Record<string, Source> | undefined;
  if (members === undefined) {
    members = { __proto__: null } as unknown as Record<string, Source>;
    call(MAP["set"], sources, [holder, members]);
  }
  members[key] = source;
  return holder;
}

/** From what a member of an object was read. */
export function sourceOf(sources: Map<object, Record<string, Source>>, holder: object, key: string): Source | undefined {
  return (call(MAP["get"], sources, [holder]) as Record<string, Source> | undefined)?.[key];
}
