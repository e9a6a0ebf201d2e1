/**
 * The general form of own properties: any key, any attributes, any order. Used where the fast forms do not fit.
 *
 *     section := count (attributes key (value | get set))*
 *
 * Array indices are written as numbers.
 */
import { types } from "node:util";
import type { Decoder } from "./decoder.js";
import type { Encoder } from "./encoder.js";
import { Attribute } from "./format.js";
import type { Late } from "./late.js";
import { corrupt } from "./reader.js";

/** V8 gives each error its own `stack` accessor; both functions are the same for all errors of the process. */
const stackAccessor = Object.getOwnPropertyDescriptor(new Error(), "stack") ?? {};
const INDEX = /^(?:0|[1-9]\d{0,9})$/;
const MAX_INDEX = 4_294_967_294;

export function writeProperties(out: Encoder, owner: object, keys: readonly (string | symbol)[]): void {
  out.uint(keys.length);
  for (const key of keys) writeProperty(out, owner, key, Reflect.getOwnPropertyDescriptor(owner, key)!);
}

function writeProperty(out: Encoder, owner: object, key: string | symbol, descriptor: PropertyDescriptor): void {
  const attributes = (descriptor.enumerable ? Attribute.ENUMERABLE : 0) | (descriptor.configurable ? Attribute.CONFIGURABLE : 0);
  if (isNativeStack(owner, descriptor)) {
    out.byte(attributes | Attribute.STACK);
    writeKey(out, key);
    out.value((owner as Error).stack);
  } else if ("value" in descriptor) {
    out.byte(attributes | (descriptor.writable ? Attribute.WRITABLE : 0));
    writeKey(out, key);
    out.value(descriptor.value);
  } else {
    out.byte(attributes | Attribute.ACCESSOR);
    writeKey(out, key);
    out.value(descriptor.get);
    out.value(descriptor.set);
  }
}

function isNativeStack(owner: object, descriptor: PropertyDescriptor): boolean {
  return descriptor.get !== undefined && descriptor.get === stackAccessor.get && types.isNativeError(owner);
}

function writeKey(out: Encoder, key: string | symbol): void {
  if (typeof key === "string" && INDEX.test(key) && Number(key) <= MAX_INDEX) out.number(Number(key));
  else out.value(key);
}

/** Reads a section and defines the properties on `owner`, in order. */
export function readProperties(input: Decoder, owner: object | Late): void {
  const count = input.count();
  const attributes: number[] = [];
  const values: unknown[] = [];
  for (let i = 0; i < count; i++) {
    const attribute = input.byte();
    attributes.push(attribute);
    values.push(input.value(), input.value());
    if (attribute & Attribute.ACCESSOR) values.push(input.value());
  }
  input.settle([...values, owner], (settled) => defineAll(settled.at(-1) as object, attributes, settled));
}

function defineAll(owner: object, attributes: readonly number[], values: readonly unknown[]): void {
  let at = 0;
  for (const attribute of attributes) {
    const key = propertyKey(values[at++]);
    const descriptor: PropertyDescriptor = {
      enumerable: (attribute & Attribute.ENUMERABLE) !== 0,
      configurable: (attribute & Attribute.CONFIGURABLE) !== 0,
    };
    if (attribute & Attribute.ACCESSOR) {
      Object.assign(descriptor, { get: accessorPart(values[at++]), set: accessorPart(values[at++]) });
    } else if (attribute & Attribute.STACK) {
      Object.assign(descriptor, { get: stackAccessor.get, set: stackAccessor.set });
      if (!types.isNativeError(owner)) throw corrupt("something that is not an error has an error's stack");
      stackAccessor.set!.call(owner, values[at++]);
    } else {
      descriptor.writable = (attribute & Attribute.WRITABLE) !== 0;
      descriptor.value = values[at++];
    }
    Object.defineProperty(owner, key, descriptor);
  }
}

function propertyKey(key: unknown): PropertyKey {
  if (typeof key === "string" || typeof key === "symbol") return key;
  if (typeof key === "number") return String(key);
  throw corrupt("a property key is neither a string nor a symbol");
}

function accessorPart(part: unknown): (() => unknown) | undefined {
  if (part === undefined || typeof part === "function") return part as (() => unknown) | undefined;
  throw corrupt("a getter or setter is not a function");
}
