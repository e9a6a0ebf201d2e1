/**
 * Values of the objects whose bodies are still to come, in the order of these: bodies follow in the order of heads, so what a proof found, when the head was written,
 * is read front to back, and no object is looked at twice.
 */
import { defaultKeys, forget, hasFewHoles, HOLE, isDefaultArray, listElements, listValues } from "./defaults.js";
import { Tag } from "./format.js";
import { Nodes } from "./nodes.js";

/** A longer list is not kept for the next image. */
const KEPT_VALUES = 1 << 18;
/** Number of values that are fetched at once. Their headers take a sixth of the nearest cache. */
const FETCHED = 128;
/** The elements of a longer array are not taken but read when its body is written: they follow each other in memory, and doubles are no objects there. */
const LISTED = 256;
/** Stands for the length of such an array. */
export const LONG = -1;

export abstract class Values extends Nodes {
  readonly #values: unknown[] = [];
  /** Those before have been taken for a node. */
  #taken = 0;
  /** Those before have been written. */
  #written = 0;
  /** Those before are in the cache. */
  #fetched = 0;
  /** Of what was fetched last. Nobody asks, but without a result the loop that fetches would be compiled to nothing. */
  protected strings = 0;

  /** Long arrays whose bodies are to come. */
  readonly #unread: number[] = [];
  /** What they were before code of the program could change them. */
  readonly #listed = new Map<number, readonly unknown[]>();

  abstract value(value: unknown): void;
  abstract string(value: string): void;
  abstract number(value: number): void;

  /** The keys of an object of default data properties, `undefined` when it is none. What was found is to be taken or dropped. */
  protected proveObject(value: object): readonly string[] | undefined {
    return defaultKeys(value, this.#values, this.#taken);
  }

  /** Whether an array consists of default elements. What was found is to be taken or dropped. */
  protected proveArray(array: readonly unknown[]): boolean {
    return isDefaultArray(array, this.#values, this.#taken);
  }

  /** The next `count` values are those of the node that is added now. */
  protected take(count: number): void {
    this.#taken += count;
  }

  /** Lets go of what a proof of `value` has found: another form is written. */
  protected drop(value: object): false {
    forget(value, this.#values, this.#taken);
    return false;
  }

  /** Takes the values of an object whose hidden class has so many properties. False when it has indices besides. */
  protected takeObject(value: object, count: number): boolean {
    if (!listValues(value, count, this.#values, this.#taken)) return this.drop(value);
    this.#taken += count;
    return true;
  }

  /** Takes the elements of an array of a known hidden class. False when it has too many holes. */
  protected takeArray(array: readonly unknown[]): boolean {
    if (!listElements(array, this.#values, this.#taken)) return this.drop(array);
    this.#taken += array.length;
    return true;
  }

  /** Whether the array that is added now, of a known hidden class, is a long one of default elements. */
  protected takeLong(array: readonly unknown[]): boolean {
    if (array.length <= LISTED || !hasFewHoles(array)) return false;
    this.#unread.push(this.size);
    return true;
  }

  /** Takes the elements of long arrays after all: code of the program is about to run. */
  protected listUnread(): void {
    for (const id of this.#unread) {
      if (id <= this.current) continue;
      const elements: unknown[] = [];
      listElements(this.nodes[id] as unknown[], elements, 0);
      this.#listed.set(id, elements);
    }
    this.#unread.length = 0;
  }

  /** The values of a node that was proven before, for its body. */
  protected takeAgain(id: number, node: object): void {
    const tag = this.tags[id]!;
    if (tag === Tag.PLAIN || tag === Tag.DICT) this.#taken += this.proveObject(node)?.length ?? 0;
    else if (tag === Tag.ARRAY && this.aux[id] !== LONG && this.proveArray(node as unknown[]))
      this.#taken += (node as unknown[]).length;
  }

  /**
   * Reads what the next values are. Writing a value takes so long that the processor meets one cache miss at a time; in a loop that does nothing else it waits for ten
   * of them at once.
   */
  #fetch(): void {
    this.#fetched = Math.min(this.#written + FETCHED, this.#taken);
    this.fetch(this.#values, this.#written, this.#fetched);
  }

  /** The same for part of a list. */
  protected fetch(values: readonly unknown[], start: number, end: number): void {
    let strings = 0;
    for (let at = start; at < end; at++) if (typeof values[at] === "string") strings++;
    this.strings = strings;
  }

  /** The values taken for a node with so many properties. They are forgotten when they are written: later they have left the cache. */
  protected writeValues(count: number): void {
    const values = this.#values;
    const end = this.#written + count;
    if (end > this.#fetched) this.#fetch();
    for (let at = this.#written; at < end; at++) {
      const value = values[at];
      values[at] = undefined;
      this.value(value);
    }
    this.#written = end;
  }

  /** The same for an array of that length. */
  protected writeElements(length: number): void {
    const values = this.#values;
    const end = this.#written + length;
    if (end > this.#fetched) this.#fetch();
    for (let at = this.#written; at < end; at++) {
      const element = values[at];
      values[at] = undefined;
      // Compared with anything but a symbol, a symbol costs a call.
      if (typeof element === "symbol" && element === HOLE) this.byte(Tag.HOLE);
      else this.value(element);
    }
    this.#written = end;
  }

  /** The elements of a long array. */
  protected writeLong(id: number, array: readonly unknown[]): void {
    const listed = this.#listed.get(id);
    if (listed === undefined) return this.elements(array, 0, array.length);
    for (let i = 0; i < listed.length; i++) {
      if (listed[i] === HOLE) this.byte(Tag.HOLE);
      else this.value(listed[i]);
    }
  }

  /** Elements of a default array from `start` to `end`, as they are now. */
  elements(array: readonly unknown[], start: number, end: number): void {
    let fetched = start;
    for (let i = start; i < end; i++) {
      const element = array[i];
      if (typeof element === "number") this.number(element);
      else {
        if (i >= fetched) this.fetch(array, i, (fetched = Math.min(i + FETCHED, end)));
        if (element === undefined && !Object.hasOwn(array, i)) this.byte(Tag.HOLE);
        else this.value(element);
      }
    }
  }

  /** The same for an object that is written key by key. */
  protected writeEntries(keys: readonly string[]): void {
    const start = this.#written;
    for (let i = 0; i < keys.length; i++) {
      this.string(keys[i]!);
      this.value(this.#values[start + i]);
      this.#values[start + i] = undefined;
    }
    this.#written = start + keys.length;
  }

  /** Forgets all values, and the list. */
  protected dropValues(): void {
    this.#values.length = 0;
    this.#taken = this.#written = this.#fetched = 0;
    this.#forgetLong();
  }

  /** Forgets all values, and keeps the list when it is worth it. */
  protected forgetValues(): void {
    if (this.#taken > KEPT_VALUES) this.#values.length = 0;
    else this.#values.fill(undefined, this.#written, this.#taken);
    this.#taken = this.#written = this.#fetched = 0;
    this.#forgetLong();
  }

  #forgetLong(): void {
    this.#unread.length = 0;
    this.#listed.clear();
  }
}
