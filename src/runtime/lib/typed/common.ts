/** What the built-ins of typed arrays share (ECMA-262 23.2.4). */
import { construct } from "../../apply.js";
import { isTypedArray } from "../../intrinsics.js";
import { call, isConstructor, TYPED, typedConstructor } from "../../natives.js";
import { isObject } from "../operations/conversion.js";
import { get } from "../operations/property.js";

export type Elements = Record<number, unknown>;

const SPECIES: typeof Symbol.species = Symbol.species;

/** ValidateTypedArray: its length. Throws TypeError when it is none, or is out of bounds of its buffer. */
export function validLength(value: unknown): number {
  if (!isTypedArray(value)) throw new TypeError("this is not a typed array.");
  const length = call(TYPED["get length"], value, []) as number;
  // An empty one may be a broken one; `keys` validates its receiver and reads nothing of it.
  if (length === 0) call(TYPED["keys"], value, []);
  return length;
}

/** The length now: 0 when it is out of bounds meanwhile. */
export function currentLength(array: unknown): number {
  return call(TYPED["get length"], array, []) as number;
}

/** The name of its constructor, like `Uint8Array`. */
export function kindOf(array: unknown): string {
  return call(TYPED["get Symbol(Symbol.toStringTag)"], array, []) as string;
}

/** Whether its elements are BigInts. */
export function holdsBigInts(array: unknown): boolean {
  const kind = kindOf(array);
  return kind === "BigInt64Array" || kind === "BigUint64Array";
}

/** TypedArraySpeciesCreate. May suspend. */
export function typedSpeciesCreate(exemplar: object, args: readonly unknown[]): Elements {
  const constructor = speciesConstructor(exemplar, typedConstructor(kindOf(exemplar)));
  const created = typedCreate(constructor, args);
  if (holdsBigInts(created) !== holdsBigInts(exemplar)) throw new TypeError("Content type of the species differs");
  return created;
}

/** TypedArrayCreateFromCtor. May suspend. */
export function typedCreate(constructor: unknown, args: readonly unknown[]): Elements {
  const created = construct(constructor, args);
  const length = validLength(created);
  if (args.length === 1 && typeof args[0] === "number" && length < args[0])
    throw new TypeError("Derived TypedArray constructor created an array which was too small");
  return created as Elements;
}

/** SpeciesConstructor. May suspend. */
export function speciesConstructor(object: object, otherwise: unknown): unknown {
  const constructor = get(object, "constructor");
  if (constructor === undefined) return otherwise;
  if (!isObject(constructor)) throw new TypeError("The .constructor property is not an object");
  const species = get(constructor, SPECIES);
  if (species === undefined || species === null) return otherwise;
  if (!isConstructor(species)) throw new TypeError("object.constructor[Symbol.species] is not a constructor");
  return species;
}
