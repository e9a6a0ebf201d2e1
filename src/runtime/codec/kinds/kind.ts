import type { Encoder } from "../encoder.js";
import type { Decoder } from "../decoder.js";
import { className } from "../names.js";

/**
 * An object with state outside its properties: Map, Date, ArrayBuffer. Its own properties, its prototype and whether it is extensible are
 * handled by the codec; a kind handles the rest.
 */
export interface Exotic<T extends object = object> {
  /** Number in the format; never changes. */
  readonly tag: number;
  /** The prototype of ordinary instances. */
  readonly prototype: object;
  /** Whether `value` really is one, whatever its prototype says. */
  is(value: object): boolean;
  /** `is` is cheap and certain enough to try it on any object. */
  readonly branded?: boolean;
  /** All that the kind's own properties could tell is in the hidden class. */
  readonly isRecognizable?: true;
  /** It is made when its contents are known. */
  readonly isLate?: true;
  /** The own keys to write as properties, when they are not all own keys: without those that are part of the kind's state. */
  propertyKeys?(value: T): readonly (string | symbol)[];
  /** What it takes to make an empty one. Objects it refers to may only be of kinds whose heads are complete. */
  head(out: Encoder, value: T): void;
  /** The contents. */
  body?(out: Encoder, value: T): void;
  make(input: Decoder): T;
  /** Reads the contents that `body` wrote. */
  fill?(input: Decoder, value: T): void;
}

/** Tag of ordinary objects that a faster representation does not fit. */
export const ORDINARY_TAG = 0;

const kinds: (Exotic | undefined)[] = [];
const byPrototype = new Map<object, Exotic>();
/** Kinds of classes that Node loads on first use: made when an instance shows that it was, or a checkpoint asks for it. */
const lazy = new Map<string, { readonly tag: number; readonly register: () => void }>();

/** `descendants`: prototypes of built-in classes that extend the kind's and add nothing. */
export function registerExotic<T extends object>(kind: Exotic<T>, descendants: readonly object[] = []): void {
  kinds[kind.tag] = kind as unknown as Exotic;
  // Ordinary objects and `arguments` have a prototype that tells nothing.
  if (kind.prototype !== Object.prototype) byPrototype.set(kind.prototype, kind);
  for (const prototype of descendants) byPrototype.set(prototype, kind);
}

/** Registers a kind later, under the same number: `name` is that of its class, a global. */
export function registerLazily(name: string, tag: number, register: () => void): void {
  lazy.set(name, { tag, register });
}

export function exoticByPrototype(prototype: object): Exotic | undefined {
  return byPrototype.get(prototype) ?? loaded(className(prototype), prototype);
}

function loaded(name: string, prototype: object): Exotic | undefined {
  const found = lazy.get(name);
  if (found === undefined || (globalThis as unknown as Record<string, Function>)[name]?.prototype !== prototype) return undefined;
  found.register();
  return byPrototype.get(prototype);
}

export function exoticByTag(tag: number): Exotic | undefined {
  if (kinds[tag] === undefined) for (const kind of lazy.values()) if (kind.tag === tag) kind.register();
  return kinds[tag];
}

/** The kind whose state `value` has, looked for among all of them; for objects whose prototype does not tell. */
export function exoticByBrand(value: object): Exotic | undefined {
  return kinds.find((kind) => kind?.branded && kind.is(value));
}

/** Whether `ask`, which calls a method of the platform on a value, does not throw: it throws for what is not of its class. */
export function answers(ask: () => unknown): boolean {
  try {
    ask();
    return true;
  } catch {
    return false;
  }
}
