/** Watches over default arrays. */
import { isDeepStrictEqual } from "node:util";
import { Frame } from "../../frame.js";
import { isDefaultArray } from "../defaults.js";
import type { Encoder } from "../encoder.js";
import { Patch } from "../format.js";
import { isPlainArray } from "../known.js";
import { redefinitionIsPossible } from "./surgery.js";
import { isSameValue, Unpatchable, Watch } from "./watch.js";

const { getPrototypeOf, getOwnPropertySymbols, isExtensible } = Object;
const { ownKeys } = Reflect;
const { slice } = Array.prototype as unknown[];

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
