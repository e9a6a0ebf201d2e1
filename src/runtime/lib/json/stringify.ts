/** JSON.stringify (ECMA-262 25.5.2, and JSON.rawJSON). */
import { apply } from "../../apply.js";
import { append, isArray } from "../../intrinsics.js";
import {
  BIGINT,
  BOOLEAN,
  call,
  isBigIntObject,
  isBooleanObject,
  isNumberObject,
  isStringObject,
  JSON_MEMBERS,
  STRING,
} from "../../natives.js";
import { lengthOf } from "../array/common.js";
import { get as element } from "../array/elements.js";
import { keys as keysOf } from "../object/entries.js";
import { isCallable, isObject, toIntegerOrInfinity, toNumber, toStr } from "../operations/conversion.js";
import { get } from "../operations/property.js";

/** What stays the same while one value is written. */
interface Writing {
  readonly replacer: Function | undefined;
  /** The keys that are written; `undefined` for all. */
  readonly keys: readonly unknown[] | undefined;
  readonly gap: string;
  /** The objects around the one that is being written. */
  readonly stack: object[];
}

/** JSON.stringify. */
export function stringify(value: unknown, replacer?: unknown, space?: unknown): string | undefined {
  const keys = isObject(replacer) && !isCallable(replacer) && isArray(replacer) ? listedKeys(replacer) : undefined;
  const gap = gapOf(space);
  const writing: Writing = { replacer: isCallable(replacer) ? replacer : undefined, keys, gap, stack: [] };
  return property(writing, { "": value }, "", value, "");
}

/** The keys a replacer array names, each once. */
function listedKeys(replacer: object): unknown[] {
  const keys: unknown[] = [];
  const length = lengthOf(replacer);
  for (let k = 0; k < length; k++) {
    const item = element(replacer, k);
    let key: string | undefined;
    if (typeof item === "string") key = item;
    else if (typeof item === "number" || isStringObject(item) || isNumberObject(item)) key = toStr(item);
    if (key !== undefined && !isAmong(keys, key)) append(keys, key);
  }
  return keys;
}

function isAmong(list: readonly unknown[], value: unknown): boolean {
  for (let k = 0; k < list.length; k++) if (list[k] === value) return true;
  return false;
}

function gapOf(space: unknown): string {
  let given: unknown = space;
  if (isNumberObject(space)) given = toNumber(space);
  else if (isStringObject(space)) given = toStr(space);
  if (typeof given === "string") return call(STRING["slice"], given, [0, 10]) as string;
  if (typeof given !== "number") return "";
  const count = toIntegerOrInfinity(given);
  return call(STRING["repeat"], " ", [count < 1 ? 0 : count > 10 ? 10 : count]) as string;
}

/** SerializeJSONProperty; `given` is what Get(holder, key) gave. `undefined` when there is nothing to write. */
function property(writing: Writing, holder: object, key: string, given: unknown, indent: string): string | undefined {
  const value = unboxed(replaced(writing, holder, key, given));
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "number":
      return value - value === 0 ? `${value}` : "null";
    case "boolean":
      return value ? "true" : "false";
    case "bigint":
      throw new TypeError("Do not know how to serialize a BigInt");
    case "object":
      return value === null ? "null" : objectText(writing, value, indent);
    default:
      return undefined;
  }
}

/** What `toJSON` and the replacer make of a value. */
function replaced(writing: Writing, holder: object, key: string, given: unknown): unknown {
  let value = given;
  if (isObject(value) || typeof value === "bigint") {
    const method = get(value, "toJSON");
    if (isCallable(method)) value = apply(method, value, [key]);
  }
  return writing.replacer === undefined ? value : apply(writing.replacer, holder, [key, value]);
}

/** The primitive of a wrapper object; any other value as it is. */
function unboxed(value: unknown): unknown {
  if (!isObject(value)) return value;
  if (isNumberObject(value)) return toNumber(value);
  if (isStringObject(value)) return toStr(value);
  if (isBooleanObject(value)) return call(BOOLEAN["valueOf"], value, []);
  return isBigIntObject(value) ? call(BIGINT["valueOf"], value, []) : value;
}

function quoted(text: string): string {
  return call(JSON_MEMBERS["stringify"], undefined, [text]) as string;
}

/** SerializeJSONObject, SerializeJSONArray, or the text of JSON.rawJSON. */
function objectText(writing: Writing, value: object, indent: string): string {
  if (call(JSON_MEMBERS["isRawJSON"], undefined, [value]) === true) return get(value, "rawJSON") as string;
  if (isAmong(writing.stack, value)) throw new TypeError("Converting circular structure to JSON");
  append(writing.stack, value);
  const inner = indent + writing.gap;
  const isList = isArray(value);
  const parts = isList ? elements(writing, value, inner) : members(writing, value, inner);
  writing.stack.length--;
  const open = isList ? "[" : "{";
  const close = isList ? "]" : "}";
  if (parts.length === 0) return open + close;
  if (writing.gap === "") return open + joined(parts, ",") + close;
  return `${open}\n${inner}${joined(parts, `,\n${inner}`)}\n${indent}${close}`;
}

function elements(writing: Writing, value: object, indent: string): unknown[] {
  const parts: unknown[] = [];
  const length = lengthOf(value);
  for (let k = 0; k < length; k++) {
    const given = element(value, k);
    const text = property(writing, value, `${k}`, given, indent);
    append(parts, text ?? "null");
  }
  return parts;
}

function members(writing: Writing, value: object, indent: string): unknown[] {
  const parts: unknown[] = [];
  const keys = writing.keys ?? keysOf(value);
  const colon = writing.gap === "" ? ":" : ": ";
  for (let k = 0; k < keys.length; k++) {
    const key = keys[k] as string;
    const given = get(value, key);
    const text = property(writing, value, key, given, indent);
    if (text !== undefined) append(parts, quoted(key) + colon + text);
  }
  return parts;
}

function joined(parts: readonly unknown[], separator: string): string {
  let text = parts[0] as string;
  for (let k = 1; k < parts.length; k++) text += separator + (parts[k] as string);
  return text;
}
