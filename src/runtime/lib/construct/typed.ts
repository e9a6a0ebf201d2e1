/** The constructors of typed arrays (ECMA-262 23.2.5). */
import { append, isTypedArray } from "../../intrinsics.js";
import { isAnyBuffer, make, typedConstructor } from "../../natives.js";
import { lengthOf } from "../array/common.js";
import { convert, hasObject } from "../coerced.js";
import { getMethod, isObject } from "../operations/conversion.js";
import { openWith, rest } from "../operations/iteration.js";
import { get, set } from "../operations/property.js";

const ITERATOR: typeof Symbol.iterator = Symbol.iterator;

/** `new` of the typed-array constructor of that name. */
export function constructTyped(kind: string, args: readonly unknown[], newTarget: unknown): object {
  const constructor = typedConstructor(kind);
  const source = args[0];
  if (!isObject(source) || isTypedArray(source)) return make(constructor, args, newTarget);
  if (isAnyBuffer(source)) return make(constructor, hasObject([args[1], args[2]]) ? convert(args, "-II") : args, newTarget);
  const values = listOf(source);
  const array = make(constructor, [values.length], newTarget);
  for (let k = 0; k < values.length; k++) set(array, k, values[k]);
  return array;
}

/** The values of an iterable, or else of an array-like. */
function listOf(source: object): unknown[] {
  const method = getMethod(source, ITERATOR);
  if (method !== undefined) return rest(openWith(source, method));
  const length = lengthOf(source);
  const values: unknown[] = [];
  for (let k = 0; k < length; k++) append(values, get(source, k));
  return values;
}
