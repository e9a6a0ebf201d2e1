/** Watches over objects with default data properties, and over default arrays. */
import { isDeepStrictEqual } from "node:util";
import { Frame } from "../../frame.js";
import { defaultKeys, inheritsNoKeys, isDefaultArray } from "../defaults.js";
import type { Encoder } from "../encoder.js";
import { Patch } from "../format.js";
import { isPlainArray } from "../known.js";
import { privateStore } from "../../private-store.js";
import { writeEntries } from "./entries.js";
import type { Pass } from "./pass.js";
import { redefinitionIsPossible, reshapingIsPossible } from "./surgery.js";
import { isSameValue, Unpatchable, Watch } from "./watch.js";

const { getPrototypeOf, getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols, isExtensible, values } = Object;
const { ownKeys } = Reflect;
const { slice } = Array.prototype as unknown[];
const INDEX = /^(?:0|[1-9]\d{0,9})$/;
type Props = Readonly<Record<string, unknown>>;

export class ObjectWatch extends Watch {
  readonly #node: Props;
  readonly #prototype: object | null;
  readonly #hasPrivates: boolean;
  /** Nothing is found on the way up by listing the keys. */
  readonly #inheritsNoKeys: boolean;
  #keys: readonly string[];
  #values: readonly unknown[];

  constructor(id: number, node: object, keys: readonly string[]) {
    super(id);
    this.#node = node as Props;
    this.#prototype = getPrototypeOf(node) as object | null;
    this.#hasPrivates = privateStore(node) !== undefined;
    this.#inheritsNoKeys = inheritsNoKeys(node);
    this.#keys = keys;
    this.#values = values(node);
  }

  override isSame(pass: Pass): boolean {
    if (!reshapingIsPossible() && this.#inheritsNoKeys) return !this.#hasGotPrivates(pass) && this.#isSameByListing();
    return this.#isSameInFull(pass);
  }

  #isSameInFull(pass: Pass): boolean {
    const node = this.#node;
    if (this.#inheritsNoKeys && pass.covers(node, this.#prototype, this.#hasPrivates)) return this.#isSameByListing();
    const isSame = !this.#hasGotPrivates(pass) && this.#isSameByDescription();
    if (isSame) pass.leads(node, this.#prototype, this.#hasPrivates);
    return isSame;
  }

  #hasGotPrivates({ privatesCame }: Pass): boolean {
    return privatesCame && !this.#hasPrivates && privateStore(this.#node) !== undefined;
  }

  /** By far the fastest way there is to see keys and values, about 25 ns an object. */
  #isSameByListing(): boolean {
    const node = this.#node;
    const keys = this.#keys;
    const old = this.#values;
    let at = 0;
    for (const key in node) {
      if (key !== keys[at]) return false;
      const a = node[key];
      const b = old[at];
      if (a === b ? a === 0 && 1 / a !== 1 / (b as number) : a === a || b === b) return false;
      at++;
    }
    return at === keys.length;
  }

  #isSameByDescription(): boolean {
    const node = this.#node;
    const keys = this.#keys;
    const names = getOwnPropertyNames(node);
    const count = names.length;
    if (count !== keys.length || !isExtensible(node) || getOwnPropertySymbols(node).length !== 0) return false;
    for (let i = 0; i < count; i++) if (names[i] !== keys[i]) return false;
    if (getPrototypeOf(node) !== this.#prototype) return false;
    if (redefinitionIsPossible() && !this.#isDefault()) return false;
    const old = this.#values;
    const now = values(node);
    for (let i = 0; i < count; i++) {
      const a = now[i];
      const b = old[i];
      if (a === b ? a === 0 && 1 / a !== 1 / (b as number) : a === a || b === b) return false;
    }
    return true;
  }

  #isDefault(): boolean {
    for (const key of this.#keys) {
      const { writable, enumerable, configurable } = getOwnPropertyDescriptor(this.#node, key)!;
      if (!writable || !enumerable || !configurable) return false;
    }
    return true;
  }

  patch(out: Encoder): void {
    const node = this.#node;
    const now: unknown[] = [];
    const keys = defaultKeys(node, now, 0);
    if (keys === undefined || getPrototypeOf(node) !== this.#prototype) throw new Unpatchable();
    if (!this.#hasPrivates && privateStore(node) !== undefined) throw new Unpatchable();
    writeEntries(out, { keys: this.#keys, values: this.#values }, { keys, values: now }, isIndex);
    this.#keys = keys;
    this.#values = now;
  }
}

function isIndex(key: unknown): boolean {
  return INDEX.test(key as string);
}

/** Only of short arrays: listing the keys of a long one takes longer than what it is for. */
function keyCount(node: readonly unknown[]): number {
  return node.length > FEW_ELEMENTS ? 0 : ownKeys(node).length;
}

/** Up to this many elements, listing the keys is the fastest way to see that there are no others. */
const FEW_ELEMENTS = 64;

export class ArrayWatch extends Watch {
  readonly #node: readonly unknown[];
  /** The elements; holes are holes. */
  #elements: unknown[];
  /** Number of its keys. */
  #keys: number;

  constructor(id: number, node: readonly unknown[]) {
    super(id);
    this.#node = node;
    this.#elements = node.slice();
    this.#keys = keyCount(node);
  }

  isSame(): boolean {
    const node = this.#node;
    if (isPlainArray(node)) return node.length === this.#elements.length && this.#firstDifference(node.length) === node.length;
    if (getPrototypeOf(node) !== Array.prototype || !isExtensible(node) || node.length !== this.#elements.length) return false;
    // Reading an element must not call anything.
    if (redefinitionIsPossible() && !isDefaultArray(node, [], 0)) return false;
    return this.#firstDifference(node.length) === node.length && this.#hasNoMore(node);
  }

  /** Elements that are the same ones are still default ones unless something redefines properties, so a further key is all that can have come. */
  #hasNoMore(node: readonly unknown[]): boolean {
    if (node.length > FEW_ELEMENTS || redefinitionIsPossible()) return isElementsOnly(node, this.#elements);
    return keyCount(node) === this.#keys;
  }

  /** The first index at which element or hole differ, up to `end`. */
  #firstDifference(end: number): number {
    const node = this.#node;
    const old = this.#elements;
    for (let i = 0; i < end; i++) {
      const a = node[i];
      if (a === undefined ? !isSameGap(node, old, i) : !isSameValue(a, old[i])) return i;
    }
    return end;
  }

  patch(out: Encoder): void {
    const node = this.#node;
    const copy = copyOf(node);
    if (copy === undefined) throw new Unpatchable();
    const length = node.length;
    const start = this.#firstDifference(Math.min(length, this.#elements.length));
    const end = length === this.#elements.length ? this.#lastDifference(start) : length;
    out.byte(Patch.ELEMENTS);
    out.uint(length);
    out.uint(start);
    out.uint(end - start);
    out.elements(node, start, end);
    this.#elements = copy;
    this.#keys = keyCount(node);
  }

  #lastDifference(start: number): number {
    const node = this.#node;
    const old = this.#elements;
    let end = node.length;
    while (end > start && isSameValue(node[end - 1], old[end - 1]) && isSameGap(node, old, end - 1)) end--;
    return end;
  }
}

/**
 * Whether an array has nothing but default elements. A large one is compared with a copy, which Node does without listing the keys: the elements are the same ones,
 * so nothing in them is looked at. Lists of frames are the runtime's own.
 */
function isElementsOnly(node: readonly unknown[], copy: readonly unknown[]): boolean {
  if (node.length <= FEW_ELEMENTS || redefinitionIsPossible()) return isDefaultArray(node, [], 0);
  if (node[0] instanceof Frame) return true;
  return getOwnPropertySymbols(node).length === 0 && isDeepStrictEqual(node, copy);
}

/** The elements of a default array, `undefined` when it is none. Calls nothing of the program. */
function copyOf(node: readonly unknown[]): unknown[] | undefined {
  if (isPlainArray(node)) return slice.call(node);
  if (getPrototypeOf(node) !== Array.prototype || !isExtensible(node)) return undefined;
  if (node.length <= FEW_ELEMENTS || redefinitionIsPossible()) return isDefaultArray(node, [], 0) ? slice.call(node) : undefined;
  const copy = slice.call(node);
  return isElementsOnly(node, copy) ? copy : undefined;
}

/** Both have the element, or neither. Values are not compared, but for `undefined`. */
function isSameGap(a: readonly unknown[], b: readonly unknown[], index: number): boolean {
  return a[index] === undefined ? b[index] === undefined && Object.hasOwn(a, index) === Object.hasOwn(b, index) : true;
}
