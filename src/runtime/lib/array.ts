/**
 * The array built-ins that take callbacks, as ordinary code: compiled by flowc itself, so that a callback may suspend. Each follows the steps of
 * ECMA-262 in their order (holes, species, one read of the length, the callback checked before anything runs), since I1 allows no other answer.
 * Native callers never come here: `$lib` in emitted code picks these only where a callback may suspend.
 */
import { stableSort } from "./sort.js";

type Callback = (this: unknown, ...args: unknown[]) => unknown;
type Indexed = Record<PropertyKey, unknown>;

const MAX_LENGTH = Number.MAX_SAFE_INTEGER;

export function forEach(this: unknown, callback: Callback, thisArg?: unknown): void {
  const self = toObject(this, "forEach");
  const length = lengthOf(self);
  requireCallable(callback);
  for (let k = 0; k < length; k++) {
    if (k in self) Reflect.apply(callback, thisArg, [self[k], k, self]);
  }
}

export function map(this: unknown, callback: Callback, thisArg?: unknown): unknown {
  const self = toObject(this, "map");
  const length = lengthOf(self);
  requireCallable(callback);
  const out = speciesCreate(self, length);
  for (let k = 0; k < length; k++) {
    if (k in self) define(out, k, Reflect.apply(callback, thisArg, [self[k], k, self]));
  }
  return out;
}

export function filter(this: unknown, callback: Callback, thisArg?: unknown): unknown {
  const self = toObject(this, "filter");
  const length = lengthOf(self);
  requireCallable(callback);
  const out = speciesCreate(self, 0);
  let to = 0;
  for (let k = 0; k < length; k++) {
    if (!(k in self)) continue;
    const value = self[k];
    if (Reflect.apply(callback, thisArg, [value, k, self])) define(out, to++, value);
  }
  return out;
}

export function some(this: unknown, callback: Callback, thisArg?: unknown): boolean {
  const self = toObject(this, "some");
  const length = lengthOf(self);
  requireCallable(callback);
  for (let k = 0; k < length; k++) {
    if (k in self && Reflect.apply(callback, thisArg, [self[k], k, self])) return true;
  }
  return false;
}

export function every(this: unknown, callback: Callback, thisArg?: unknown): boolean {
  const self = toObject(this, "every");
  const length = lengthOf(self);
  requireCallable(callback);
  for (let k = 0; k < length; k++) {
    if (k in self && !Reflect.apply(callback, thisArg, [self[k], k, self])) return false;
  }
  return true;
}

export function find(this: unknown, callback: Callback, thisArg?: unknown): unknown {
  const self = toObject(this, "find");
  const length = lengthOf(self);
  requireCallable(callback);
  for (let k = 0; k < length; k++) {
    const value = self[k];
    if (Reflect.apply(callback, thisArg, [value, k, self])) return value;
  }
  return undefined;
}

export function findIndex(this: unknown, callback: Callback, thisArg?: unknown): number {
  const self = toObject(this, "findIndex");
  const length = lengthOf(self);
  requireCallable(callback);
  for (let k = 0; k < length; k++) {
    if (Reflect.apply(callback, thisArg, [self[k], k, self])) return k;
  }
  return -1;
}

export function findLast(this: unknown, callback: Callback, thisArg?: unknown): unknown {
  const self = toObject(this, "findLast");
  const length = lengthOf(self);
  requireCallable(callback);
  for (let k = length - 1; k >= 0; k--) {
    const value = self[k];
    if (Reflect.apply(callback, thisArg, [value, k, self])) return value;
  }
  return undefined;
}

export function findLastIndex(this: unknown, callback: Callback, thisArg?: unknown): number {
  const self = toObject(this, "findLastIndex");
  const length = lengthOf(self);
  requireCallable(callback);
  for (let k = length - 1; k >= 0; k--) {
    if (Reflect.apply(callback, thisArg, [self[k], k, self])) return k;
  }
  return -1;
}

/** `initial` is a rest parameter because an initial value of `undefined` is not the same as none. */
export function reduce(this: unknown, callback: Callback, ...initial: unknown[]): unknown {
  const self = toObject(this, "reduce");
  const length = lengthOf(self);
  requireCallable(callback);
  let k = 0;
  let total: unknown;
  if (initial.length > 0) total = initial[0];
  else {
    while (k < length && !(k in self)) k++;
    if (k >= length) throw new TypeError("Reduce of empty array with no initial value");
    total = self[k++];
  }
  for (; k < length; k++) {
    if (k in self) total = Reflect.apply(callback, undefined, [total, self[k], k, self]);
  }
  return total;
}

export function reduceRight(this: unknown, callback: Callback, ...initial: unknown[]): unknown {
  const self = toObject(this, "reduceRight");
  const length = lengthOf(self);
  requireCallable(callback);
  let k = length - 1;
  let total: unknown;
  if (initial.length > 0) total = initial[0];
  else {
    while (k >= 0 && !(k in self)) k--;
    if (k < 0) throw new TypeError("Reduce of empty array with no initial value");
    total = self[k--];
  }
  for (; k >= 0; k--) {
    if (k in self) total = Reflect.apply(callback, undefined, [total, self[k], k, self]);
  }
  return total;
}

export function flatMap(this: unknown, callback: Callback, thisArg?: unknown): unknown {
  const self = toObject(this, "flatMap");
  const length = lengthOf(self);
  requireCallable(callback, "flatMap mapper function is not callable");
  const out = speciesCreate(self, 0);
  let to = 0;
  for (let k = 0; k < length; k++) {
    if (!(k in self)) continue;
    const element = Reflect.apply(callback, thisArg, [self[k], k, self]);
    if (Array.isArray(element)) to = flattenInto(out, to, element as unknown as Indexed);
    else define(out, to++, element);
  }
  return out;
}

export function sort(this: unknown, comparator?: Callback): unknown {
  if (comparator !== undefined) requireCallable(comparator, COMPARATOR);
  // Without a comparator nothing can suspend, and the native sort is exact.
  if (comparator === undefined) return Array.prototype.sort.call(this as unknown[]);
  const self = toObject(this, "sort");
  const length = lengthOf(self);
  const present: unknown[] = [];
  for (let k = 0; k < length; k++) if (k in self) push(present, self[k]);
  const sorted = stableSort(present, comparator);
  let k = 0;
  for (; k < sorted.length; k++) self[k] = sorted[k];
  // Only as many are deleted as there were holes.
  for (; k < length; k++) if (k in self) delete self[k];
  return self;
}

export function toSorted(this: unknown, comparator?: Callback): unknown[] {
  if (comparator !== undefined) requireCallable(comparator, COMPARATOR);
  if (comparator === undefined) return Array.prototype.toSorted.call(this as unknown[]);
  const self = toObject(this, "toSorted");
  const length = lengthOf(self);
  if (length > 2 ** 32 - 1) throw new RangeError("Invalid array length");
  const values: unknown[] = [];
  for (let k = 0; k < length; k++) push(values, self[k]);
  return stableSort(values, comparator);
}

/** `Array.from` with a mapper; `this` is the constructor, as in `class List extends Array {}; List.from(…)`. */
export function from(this: unknown, items: unknown, mapper?: Callback, thisArg?: unknown): unknown {
  if (mapper === undefined) return Reflect.apply(Array.from, this, [items]);
  requireCallable(mapper);
  const method = (items as Iterable<unknown>)[Symbol.iterator] as unknown;
  if (method === undefined || method === null) return fromArrayLike(this, items, mapper, thisArg);
  requireCallable(method, `${typeof items} is not iterable`);
  const out = isConstructor(this) ? (new this() as Indexed) : ([] as unknown as Indexed);
  let k = 0;
  for (const value of withMethod(items, method as Callback)) {
    define(out, k, Reflect.apply(mapper, thisArg, [value, k]));
    k++;
  }
  out["length"] = k;
  return out;
}

function fromArrayLike(constructor: unknown, items: unknown, mapper: Callback, thisArg: unknown): unknown {
  const source = toObject(items, "from");
  const length = lengthOf(source);
  const out = (isConstructor(constructor) ? new constructor(length) : newArray(length)) as Indexed;
  for (let k = 0; k < length; k++) define(out, k, Reflect.apply(mapper, thisArg, [source[k], k]));
  out["length"] = length;
  return out;
}

/** `items` as an iterable, with `Symbol.iterator` not read a second time where reading it could be observed. */
function withMethod(items: unknown, method: Callback): Iterable<unknown> {
  const builtIn =
    Array.isArray(items) ||
    typeof items === "string" ||
    items instanceof Map ||
    items instanceof Set ||
    ArrayBuffer.isView(items);
  if (builtIn) return items as Iterable<unknown>;
  return { [Symbol.iterator]: () => Reflect.apply(method, items, []) as Iterator<unknown> };
}

const COMPARATOR = "The comparison function must be either a function or undefined";

function flattenInto(out: Indexed, start: number, element: Indexed): number {
  let to = start;
  const length = lengthOf(element);
  for (let k = 0; k < length; k++) if (k in element) define(out, to++, element[k]);
  return to;
}

function toObject(value: unknown, method: string): Indexed {
  if (value === undefined || value === null) throw new TypeError(`Array.prototype.${method} called on null or undefined`);
  return Object(value) as Indexed;
}

/** `ToLength(object.length)`; a BigInt throws, as it does natively. */
function lengthOf(object: Indexed): number {
  const length = Math.trunc(+(object["length"] as number)) || 0;
  return length <= 0 ? 0 : Math.min(length, MAX_LENGTH);
}

function requireCallable(value: unknown, message?: string): void {
  if (typeof value !== "function") throw new TypeError(message ?? `${printed(value)} is not a function`);
}

function printed(value: unknown): string {
  return typeof value === "string"
    ? JSON.stringify(value)
    : typeof value === "object" && value !== null
      ? "#<Object>"
      : String(value);
}

/** CreateDataPropertyOrThrow: setters of a prototype are not asked. */
function define(target: Indexed, key: number, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Appends to a list of ours; not `Array.prototype.push`, which the program may have replaced and which asks setters. */
function push(list: unknown[], value: unknown): void {
  Object.defineProperty(list, list.length, { value, writable: true, enumerable: true, configurable: true });
}

/** ArraySpeciesCreate. Constructors of other realms count as any other constructor. */
function speciesCreate(original: Indexed, length: number): Indexed {
  if (!Array.isArray(original)) return newArray(length);
  let species: unknown = (original as Indexed)["constructor"];
  if (typeof species === "function" || (typeof species === "object" && species !== null)) {
    species = (species as Indexed)[Symbol.species] ?? undefined;
  }
  if (species === undefined || species === Array) return newArray(length);
  if (!isConstructor(species)) throw new TypeError("object.constructor[Symbol.species] is not a constructor");
  return new species(length) as Indexed;
}

function newArray(length: number): Indexed {
  if (length > 2 ** 32 - 1) throw new RangeError("Invalid array length");
  const out: unknown[] = [];
  out.length = length;
  return out as unknown as Indexed;
}

type Constructor = new (...args: unknown[]) => unknown;

/** Answers `construct` before its target is asked, so that nothing of the program runs; a proxy can be constructed only when its target can. */
const CONSTRUCT_NOTHING = { construct: () => ({}) };

function isConstructor(value: unknown): value is Constructor {
  if (typeof value !== "function") return false;
  try {
    Reflect.construct(new Proxy(value, CONSTRUCT_NOTHING), []);
    return true;
  } catch {
    return false;
  }
}
