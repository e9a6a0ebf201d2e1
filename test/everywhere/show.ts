/** Values as text that is the same in every realm and enters no code of the program. */

import { types } from "node:util";

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;

export function show(value: unknown, depth = 3): string {
  if (types.isProxy(value)) return "Proxy";
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "symbol":
      return value.toString();
    case "function":
      return showFunction(value, depth);
    case "object":
      return value === null ? "null" : showObject(value, depth);
    default:
      return String(value);
  }
}

/** What a property holds without asking a getter. */
function dataOf(object: object, key: PropertyKey): unknown {
  return getOwnPropertyDescriptor(object, key)?.value as unknown;
}

/** The name of the nearest constructor. */
export function kindOf(object: object): string {
  for (let at: object | null = object; at !== null; at = getPrototypeOf(at) as object | null) {
    if (types.isProxy(at)) return "Proxy";
    const constructor = dataOf(at, "constructor");
    if (typeof constructor === "function") return String(dataOf(constructor, "name"));
  }
  return "null";
}

function showFunction(fn: Function, depth: number): string {
  return `ƒ ${show(dataOf(fn, "name"))}/${show(dataOf(fn, "length"))}${properties(fn, depth, ["name", "length", "prototype"])}`;
}

/** Messages of the engine differ from those of the runtime; an error made by the program says what the program gave it. */
function showObject(object: object, depth: number): string {
  const kind = kindOf(object);
  if (object instanceof Error || kind.endsWith("Error"))
    return kind === "Error" ? `Error ${show(dataOf(object, "message"))}` : kind;
  if (Array.isArray(object))
    return `${kind === "Array" ? "" : kind}[${elements(object, depth)}]${properties(object, depth, ["length"], true)}`;
  return `${kind === "Object" ? "" : kind}${properties(object, depth, [], false, true)}`;
}

function elements(array: readonly unknown[], depth: number): string {
  if (depth === 0) return "…";
  return Array.from({ length: Math.min(array.length, 20) }, (_, index) => showProperty(array, String(index), depth)).join(", ");
}

function properties(object: object, depth: number, without: readonly PropertyKey[], isArray = false, always = false): string {
  const keys = Reflect.ownKeys(object).filter(
    (key) => !without.includes(key) && !(isArray && typeof key === "string" && /^\d+$/.test(key)),
  );
  if (keys.length === 0 && !always) return "";
  if (depth === 0) return "{…}";
  if (keys.length > 40) return "{ many }";
  return `{ ${keys.map((key) => `${attributes(object, key)}${String(key)}: ${showProperty(object, key, depth)}`).join(", ")} }`;
}

function showProperty(object: object, key: PropertyKey, depth: number): string {
  const property = getOwnPropertyDescriptor(object, key);
  if (!property) return "hole";
  if (property.get || property.set) return [property.get && "get", property.set && "set"].filter(Boolean).join("/");
  return show(property.value, depth - 1);
}

/** Marks what is not as an assignment would make it. */
function attributes(object: object, key: PropertyKey): string {
  const { enumerable, configurable, writable = true } = getOwnPropertyDescriptor(object, key)!;
  return `${enumerable ? "" : "~"}${configurable ? "" : "!"}${writable ? "" : "="}`;
}
