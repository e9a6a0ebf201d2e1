/** Property descriptors (ECMA-262 6.2.6), as calls that may suspend. */
import { createData, hasOwn } from "../../intrinsics.js";
import { isCallable, isObject } from "./conversion.js";
import { getFrom, hasProperty } from "./property.js";

type Fields = Record<string, unknown>;

const FLAGS_FIRST = ["enumerable", "configurable", "value", "writable", "get", "set"] as const;
const VALUE_FIRST = ["value", "writable", "get", "set", "enumerable", "configurable"] as const;

/** ToPropertyDescriptor: a descriptor that inherits nothing. */
export function toDescriptor(value: unknown): PropertyDescriptor {
  if (!isObject(value)) throw new TypeError(`Property description must be an object: ${String(value)}`);
  const out = { __proto__: null } as unknown as Fields;
  for (let at = 0; at < FLAGS_FIRST.length; at++) {
    const field = FLAGS_FIRST[at] as string;
    if (!hasProperty(value, field)) continue;
    const given = getFrom(value, field, value);
    out[field] = fieldValue(field, given);
  }
  if ((hasOwn(out, "get") || hasOwn(out, "set")) && (hasOwn(out, "value") || hasOwn(out, "writable"))) {
    throw new TypeError("Invalid property descriptor. Cannot both specify accessors and a value or writable attribute");
  }
  return out;
}

function fieldValue(field: string, given: unknown): unknown {
  if (field === "value") return given;
  if (field !== "get" && field !== "set") return !!given;
  if (given !== undefined && !isCallable(given))
    throw new TypeError(`${field === "get" ? "Getter" : "Setter"} must be a function`);
  return given;
}

/** FromPropertyDescriptor: an object of the program. */
export function fromDescriptor(descriptor: PropertyDescriptor): object {
  const out = {};
  for (let at = 0; at < VALUE_FIRST.length; at++) {
    const field = VALUE_FIRST[at] as string;
    if (hasOwn(descriptor, field)) createData(out, field, (descriptor as Fields)[field]);
  }
  return out;
}
