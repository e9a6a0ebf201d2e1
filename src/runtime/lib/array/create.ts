/** Array.from and Array.of (ECMA-262 23.1.2). `this` is the constructor, as in `class List extends Array {}; List.from(…)`. */
import { apply, construct } from "../../apply.js";
import { isConstructor } from "../../natives.js";
import { getMethod, toObject } from "../operations/conversion.js";
import { closeQuietly, openWith, step } from "../operations/iteration.js";
import { define, get, set } from "./elements.js";
import { arrayCreate, type Callback, lengthOf, requireCallable } from "./common.js";

/** Array.from. */
export function from(this: unknown, items: unknown, mapper?: Callback, thisArg?: unknown): unknown {
  if (mapper !== undefined) requireCallable(mapper);
  const method = getMethod(items, Symbol.iterator);
  if (method === undefined) return fromArrayLike(this, items, mapper, thisArg);
  const out = isConstructor(this) ? (construct(this, []) as object) : [];
  const record = openWith(items, method);
  let k = 0;
  while (step(record)) {
    try {
      const value = mapper === undefined ? record.value : apply(mapper, thisArg, [record.value, k]);
      define(out, k, value);
    } catch (error) {
      closeQuietly(record);
      throw error;
    }
    k++;
  }
  set(out, "length", k);
  return out;
}

function fromArrayLike(constructor: unknown, items: unknown, mapper: Callback | undefined, thisArg: unknown): unknown {
  const source = toObject(items);
  const length = lengthOf(source);
  const out = isConstructor(constructor) ? (construct(constructor, [length]) as object) : arrayCreate(length);
  for (let k = 0; k < length; k++) {
    const value = get(source, k);
    define(out, k, mapper === undefined ? value : apply(mapper, thisArg, [value, k]));
  }
  set(out, "length", length);
  return out;
}

/** Array.of. */
export function of(this: unknown, ...items: unknown[]): unknown {
  const length = items.length;
  const out = isConstructor(this) ? (construct(this, [length]) as object) : arrayCreate(length);
  for (let k = 0; k < length; k++) define(out, k, items[k]);
  set(out, "length", length);
  return out;
}
