/**
 * The hidden classes that one image has met so far, and how their objects are written. See hidden-classes.ts.
 *
 *     first object of a class ── proof ──▶ learn      all others ──▶ find ──▶ no proof
 *     arrays ────────────────────────────────────────────────────────▲
 */
import { registeredObjects } from "../registry.js";
import { inheritsNoKeys } from "./defaults.js";
import { haveSameClass, speaksForItsClass } from "./hidden-classes.js";
import type { Exotic } from "./kinds/kind.js";
import type { Shape } from "./shapes.js";

/** Default data properties with the keys of a shape. The prototype is `Object.prototype`, null, or that of a class of the program. */
export interface ObjectForm {
  readonly kind: "object";
  readonly shape: Shape;
  readonly prototype: object | null;
}

/** What holds for all objects of a hidden class. */
export type Form =
  | ObjectForm
  /** An array of default elements without further properties. */
  | { readonly kind: "array" }
  /** An object of a built-in class without properties of its own. */
  | { readonly kind: "built-in"; readonly exotic: Exotic };

export interface Known {
  /** An object of the class. */
  readonly example: object;
  readonly form: Form;
  /** Some objects of the class may be saved by reference. `undefined` while nobody has asked. */
  hasReferences: boolean | undefined;
}

/** A graph with more classes than this in use at a time gains little from knowing them. */
const MOST = 24;
/** Of more registered objects than this it is not found out whether they are of a class: that would take longer than looking up each object. */
const MOST_ASKED = 256;
const INDEX = /^(?:0|[1-9]\d{0,9})$/;

export class KnownClasses {
  readonly #objects: Known[] = [];
  /** Those of most arrays are known from the start. */
  readonly #arrays: Known[] = [];

  /** What is known of the class of `value`; `undefined` when it has not been learned. */
  find(value: object): Known | undefined {
    const known = isArray(value) ? this.#knownArrays() : this.#objects;
    for (let i = 0; i < known.length; i++) {
      const found = known[i]!;
      if (!haveSameClass(value, found.example)) continue;
      // The commonest come to stand in front.
      if (i > 0) {
        known[i] = known[i - 1]!;
        known[i - 1] = found;
      }
      return found;
    }
    return undefined;
  }

  /** Takes `example`, for which `form` has been proven, for its whole class, if it speaks for that. */
  learn(example: object, form: Form): void {
    const known = form.kind === "array" ? this.#knownArrays() : this.#objects;
    if (known.length < MOST && speaksForItsClass(example) && canBeListed(example, form))
      known.push({ example, form, hasReferences: undefined });
  }

  forget(): void {
    this.#objects.length = this.#arrays.length = 0;
  }

  #knownArrays(): Known[] {
    if (this.#arrays.length === 0 && areListable())
      this.#arrays.push(...ARRAYS.map((example): Known => ({ example, form: { kind: "array" }, hasReferences: undefined })));
    return this.#arrays;
  }
}

/** Whether an object of that class may be one that is saved by reference. */
export function mayBeReference(known: Known): boolean {
  return (known.hasReferences ??= hasReferences(known.example));
}

function hasReferences(example: object): boolean {
  const registered = registeredObjects();
  return registered.length > MOST_ASKED || registered.some((object) => haveSameClass(object, example));
}

/** A Proxy that was revoked is nothing. */
function isArray(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** Whether listing an object of that form, `for…in` or by index, finds what is its own and calls nothing. */
function canBeListed(example: object, form: Form): boolean {
  return form.kind === "array" ? areListable() : inheritsNoKeys(example);
}

/** Whether a hole is nothing but a hole. */
function areListable(): boolean {
  return !hasIndex(Array.prototype) && !hasIndex(Object.prototype);
}

/** Indices come first among the names. */
function hasIndex(prototype: object): boolean {
  return INDEX.test(Object.getOwnPropertyNames(prototype)[0]!);
}

/** V8 keeps elements in six ways that give them no attributes: small integers, doubles, anything, each with and without holes. */
// oxlint-disable-next-line no-sparse-arrays -- what they are for
const ARRAYS: readonly unknown[][] = [[1], [1, , 1], [1.5], [1.5, , 1.5], [{}], [{}, , {}]]; // prettier-ignore

let commonest = 0;

/** Whether the class of an array tells that it consists of default elements alone. */
export function isPlainArray(array: readonly unknown[]): boolean {
  if (haveSameClass(array, ARRAYS[commonest]!)) return true;
  const found = ARRAYS.findIndex((example) => haveSameClass(array, example));
  if (found >= 0) commonest = found;
  return found >= 0;
}
