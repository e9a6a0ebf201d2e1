/** Ordinary objects, arrays and arguments in their general form: every property in the property section. */
import { types } from "node:util";
import type { Decoder } from "../decoder.js";
import { corrupt } from "../reader.js";
import { ORDINARY_TAG, registerExotic } from "./kind.js";

registerExotic({
  tag: ORDINARY_TAG,
  prototype: Object.prototype,
  is: () => true,
  head() {},
  make: () => ({}),
});

const MAX_LENGTH = 4_294_967_295;

registerExotic<unknown[]>({
  tag: 1,
  prototype: Array.prototype,
  branded: true,
  is: Array.isArray,
  propertyKeys: (array) => Reflect.ownKeys(array).filter((key) => key !== "length"),
  head(out, array) {
    out.uint(array.length);
    out.byte(Object.getOwnPropertyDescriptor(array, "length")!.writable ? 1 : 0);
  },
  make(input) {
    const array = arrayOfLength(input.uint(), input.remaining);
    if (input.byte() === 0) input.atEnd(() => void Object.defineProperty(array, "length", { writable: false }));
    return array;
  },
});

/** An array of holes. More holes than `dense` cost no memory: V8 keeps an array that once was too long for a table as a dictionary. */
function arrayOfLength(length: number, dense: number): unknown[] {
  if (length > MAX_LENGTH) throw corrupt("an array is too long");
  const array: unknown[] = [];
  if (length > dense) array.length = MAX_LENGTH;
  array.length = length;
  return array;
}

/** Own keys of a fresh `arguments` that a program can delete. */
const DELETABLE = ["length", Symbol.iterator] as const;

registerExotic({
  tag: 2,
  prototype: Object.prototype,
  branded: true,
  is: types.isArgumentsObject,
  head(out, value) {
    if ("value" in (Object.getOwnPropertyDescriptor(value, "callee") ?? {})) {
      out.refuse(value, "it is the `arguments` of a function in sloppy mode", "Use a rest parameter, `(...args)`.");
    }
    DELETABLE.forEach((key) => out.byte(Object.hasOwn(value, key) ? 1 : 0));
  },
  make(input: Decoder) {
    const value = strictArguments() as unknown as Record<PropertyKey, unknown>;
    for (const key of DELETABLE) if (input.byte() === 0) delete value[key];
    return value;
  },
});

function strictArguments(): object {
  "use strict";
  return arguments;
}
