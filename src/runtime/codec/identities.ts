/**
 * The numbers of an image's objects, by identity. V8 has no faster way to ask for an object than a Map, and growing one to ten thousands of entries costs more than
 * asking: each time it doubles, all hashes are looked up again, and its memory comes fresh from the system. So there are three ways:
 *
 *     up to 64 objects       a list, searched
 *     more                   numbers: Map(object ──▶ number)
 *     many, to be expected   met: Set(object)                  all of them; made large at once, by copying a large one
 *                            numbers: Map(object ──▶ number)   those of sorts of which an object was met twice
 *
 * Most objects are met once, and of these nobody asks the number: whether adding an object to the Set has changed its size is all there is to know. When an object is
 * met again and has no number yet, it is searched for, and from then on all objects of its sort (those with the same keys; all arrays; ...) get theirs.
 */

export type Identity = object | symbol;

/** Objects that are likely to be met again when one of them was. */
export class Sort {
  /** The image in which one was. */
  repeatedIn = 0;
}

/** Up to this many objects, searching a list is faster than keeping a Map: indexOf compares several at once. */
export const SEARCHED = 64;
/** Number of objects from which on those that follow may only be told from those before. */
const STAGED = 2_048;
/** An image of more objects than this lets the next one expect as many. Below, the memory that it takes (see `roomy`) costs more than growing. */
const MANY = 16_384;
/** After searching this often, all objects get their numbers: 30 searches take as long as that. */
const MOST_SEARCHES = 32;

let images = 0;
let expectsMany = false;

export class Identities {
  /** The first ones. */
  readonly #first: (Identity | undefined)[] = [];
  readonly #numbers = new Map<Identity, number>();
  /** All of them and nothing but numbers besides, while #numbers has only some. */
  #met: Set<unknown> | undefined;
  /** Has been put there, and `add` may follow. */
  #noted: Identity | undefined;
  #searches = 0;
  #image = ++images;

  /**
   * @param nodes the objects by number; the list may be longer than what is used of it
   * @param sortOf the sort of the object of that number
   */
  constructor(
    private readonly nodes: readonly (Identity | undefined)[],
    private readonly sortOf: (id: number) => Sort,
  ) {}

  /** Lets an object be found. `id` is one more than at the last call. */
  add(value: Identity, id: number, sort: Sort): void {
    if (id < SEARCHED) this.#first[id] = value;
    else if (this.#met === undefined) this.#addNumber(value, id);
    else {
      if (this.#noted !== value) this.#met.add(value);
      if (sort.repeatedIn === this.#image) this.#numbers.set(value, id);
    }
  }

  #addNumber(value: Identity, id: number): void {
    if (id === SEARCHED) this.#number(id);
    this.#numbers.set(value, id);
    if (id === STAGED && expectsMany) this.#stage(id);
  }

  /** The number of an object, −1 when it has none. */
  find(value: Identity, count: number): number {
    // What lies behind the used part is undefined, and no object is.
    if (count <= SEARCHED) return this.#first.indexOf(value);
    const met = this.#met;
    if (met === undefined) return this.#numbers.get(value) ?? -1;
    const size = met.size;
    met.add(value);
    if (met.size === size) return this.#numbers.get(value) ?? this.#search(value, count);
    this.#noted = value;
    return -1;
  }

  /** The object of that number is not to be found any more. */
  hide(id: number, value: Identity): void {
    if (id < SEARCHED) this.#first[id] = undefined;
    this.#numbers.delete(value);
  }

  /** Forgets an image of `count` objects. */
  reset(count: number): void {
    if (count > SEARCHED) this.#numbers.clear();
    this.#first.fill(undefined);
    this.#met = this.#noted = undefined;
    this.#searches = 0;
    this.#image = ++images;
  }

  /** An object that was met before, or was to become a node and did not. */
  #search(value: Identity, count: number): number {
    const found = this.nodes.indexOf(value);
    if (++this.#searches > MOST_SEARCHES) {
      this.#met = this.#noted = undefined;
      this.#number(count);
    } else if (found >= 0) {
      const sort = this.sortOf(found);
      sort.repeatedIn = this.#image;
      this.#number(count, sort);
    }
    return found;
  }

  /** Gives numbers to the first `count` objects, or to those of one sort. */
  #number(count: number, sort?: Sort): void {
    for (let id = 0; id < count; id++) if (sort === undefined || this.sortOf(id) === sort) this.#numbers.set(this.nodes[id]!, id);
  }

  /** From now on objects are only told from those before, of which `last` is the last one. */
  #stage(last: number): void {
    this.#met = roomy();
    for (let id = 0; id <= last; id++) this.#met.add(this.nodes[id]);
  }
}

/** Tells how many objects a whole image had: images of a process are alike, often of one and the same run. */
export function expectAnother(count: number): void {
  expectsMany = count > MANY;
}

const union = Set.prototype.union as <T>(this: Set<T>, other: Set<T>) => Set<T>;
const NONE = new Set<unknown>();
/** Entries that a roomy set has room for before it grows. A power of two, as V8 allocates them. */
const CAPACITY = 65_536;
/** V8 shrinks a set that is filled to less than a quarter. */
const LEAST = CAPACITY / 4;

let template: Set<unknown> | undefined;

/**
 * A Set with room for 49,000 objects and 16,000 numbers in it. Nobody can ask for a Set of a given capacity, but the union of two starts as a copy of the first one, room
 * included (V8; elsewhere it is a set like any other): 1.3 MB copied in 0.6 ms, where growing to that size takes 2 ms.
 */
function roomy(): Set<unknown> {
  template ??= makeTemplate();
  return union.call(template, NONE);
}

function makeTemplate(): Set<unknown> {
  const made = new Set<unknown>();
  for (let i = 0; i < CAPACITY; i++) made.add(i);
  for (let i = LEAST; i < CAPACITY; i++) made.delete(i);
  // It is full, of what was deleted, too: making room for one more drops that.
  made.add(CAPACITY);
  return made;
}
