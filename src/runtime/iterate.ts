/**
 * Iterators whose position can be saved (I6). Native iterators of arrays, strings, Map and Set hide where they are, so `$iterate` answers with a
 * cursor of our own when nobody can tell the difference: when the iterable's `Symbol.iterator` is the intrinsic and the `next` of the native
 * iterator is untouched. Anything else gets its own iterator, as the language says (I1).
 *
 * Cursors inherit from %Iterator.prototype% and iterate themselves, so they also stand in for the results of `entries()`, `keys()` and `values()`.
 */
import { $lib } from "./lib/table.js";
import { registerHandler } from "./codec/handlers.js";
import { append, defineProperty } from "./intrinsics.js";
import { MatchCursor } from "./match-cursor.js";
import { call, MAP, regExpStringIterator, SET, TYPED } from "./natives.js";
import { registerValue } from "./registry.js";
import { SUSPEND } from "./suspend.js";

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object;
const ArrayIteratorPrototype = Object.getPrototypeOf([][Symbol.iterator]()) as { next: unknown };
const StringIteratorPrototype = Object.getPrototypeOf(""[Symbol.iterator]()) as { next: unknown };
const MapIteratorPrototype = Object.getPrototypeOf(new Map()[Symbol.iterator]()) as { next: unknown };
const SetIteratorPrototype = Object.getPrototypeOf(new Set()[Symbol.iterator]()) as { next: unknown };
const RegExpStringIteratorPrototype = Object.getPrototypeOf("".matchAll(/x/g)) as { next: unknown };
const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;

const arrayNext = ArrayIteratorPrototype.next;
const stringNext = StringIteratorPrototype.next;
const mapNext = MapIteratorPrototype.next;
const setNext = SetIteratorPrototype.next;
const matchNext = RegExpStringIteratorPrototype.next;
const arrayValues: unknown = Array.prototype.values;
const typedValues: unknown = TypedArrayPrototype.values;
const stringIterator: unknown = String.prototype[Symbol.iterator];
const mapEntries: unknown = Map.prototype.entries;
const setValues: unknown = Set.prototype.values;
const typedLength = Object.getOwnPropertyDescriptor(TypedArrayPrototype, "length")!.get as () => number;
const typedTag = Object.getOwnPropertyDescriptor(TypedArrayPrototype, Symbol.toStringTag)!.get as () => string | undefined;

const sizeOfMap = Object.getOwnPropertyDescriptor(Map.prototype, "size")!.get!;
const sizeOfSet = Object.getOwnPropertyDescriptor(Set.prototype, "size")!.get!;

export type CursorKind = "values" | "keys" | "entries";

interface Result {
  done: boolean;
  value: unknown;
}

/**
 * What all cursors share: their state is private, as that of the engine's iterators is. Not classes with `extends Iterator`, whose constructor is slow; the
 * prototypes are linked below.
 */
abstract class Cursor {
  abstract next(): Result;
}

/** Where an ArrayCursor stands. */
export interface ArrayPosition {
  /** `undefined` once it has ended: an ended iterator stays ended whatever is pushed later. */
  target: ArrayLike<unknown> | undefined;
  readonly kind: CursorKind;
  index: number;
}

/** Over arrays, `arguments`, typed arrays and anything array-like that borrowed their iterator. The length is read live. */
export class ArrayCursor extends Cursor {
  #position: ArrayPosition;
  constructor(target: ArrayLike<unknown> | undefined, kind: CursorKind) {
    super();
    this.#position = { target, kind, index: 0 };
  }

  next(): Result {
    // What is no object at all makes the operator throw.
    if (!(#position in this)) throw new TypeError("next method called on incompatible receiver");
    const at = this.#position;
    const target = at.target;
    if (target === undefined) return { value: undefined, done: true };
    const index = at.index;
    if (index >= lengthOf(target)) {
      at.target = undefined;
      return { value: undefined, done: true };
    }
    at.index = index + 1;
    if (at.kind === "values") return { value: target[index], done: false };
    return { value: at.kind === "keys" ? index : [index, target[index]], done: false };
  }

  /** Where a cursor stands, `undefined` for anything else. */
  static positionOf(cursor: object): ArrayPosition | undefined {
    return #position in cursor ? cursor.#position : undefined;
  }

  static restore(cursor: ArrayCursor, [target, kind, index]: readonly unknown[]): void {
    if (!isKind(kind) || !Number.isSafeInteger(index) || !(target === undefined || isObject(target)))
      throw new TypeError("a damaged cursor");
    cursor.#position = { target: target as ArrayLike<unknown> | undefined, kind, index: index as number };
  }
}

function lengthOf(target: ArrayLike<unknown>): number {
  if (Array.isArray(target)) return target.length;
  if (ArrayBuffer.isView(target) && typedTag.call(target) !== undefined) return typedArrayLength(target as Uint8Array);
  const length = Math.trunc(Number(target.length)) || 0;
  return length <= 0 ? 0 : Math.min(length, Number.MAX_SAFE_INTEGER);
}

/** Throws TypeError when the array is out of bounds of its buffer, or the buffer was detached, as the native iterator does. */
function typedArrayLength(target: Uint8Array): number {
  const length = typedLength.call(target);
  // An empty one may be a broken one; `keys` validates its receiver and reads nothing of it.
  if (length === 0) Reflect.apply(TypedArrayPrototype.keys, target, []);
  return length;
}

/** Over the code points of a string. */
export class StringCursor extends Cursor {
  #text: string;
  #index = 0;
  constructor(text: string) {
    super();
    this.#text = text;
  }

  next(): Result {
    if (!(#text in this)) throw new TypeError("next method called on incompatible receiver");
    const code = this.#text.codePointAt(this.#index);
    if (code === undefined) return { value: undefined, done: true };
    const value = this.#text.slice(this.#index, (this.#index += code > 0xffff ? 2 : 1));
    return { value, done: false };
  }

  static stateOf(cursor: StringCursor): readonly unknown[] {
    return [cursor.#text, cursor.#index];
  }

  static restore(cursor: StringCursor, [text, index]: readonly unknown[]): void {
    if (typeof text !== "string" || !Number.isSafeInteger(index)) throw new TypeError("a damaged cursor");
    cursor.#text = text;
    cursor.#index = index as number;
  }
}

/**
 * Over a Map or a Set. The native iterator does the work; only when the cursor is saved, its position is measured: visited entries are always
 * a prefix of the live ones, so "how many are left" says where it is, whatever was deleted or added meanwhile.
 */
class CollectionPosition {
  /** The native iterator; `undefined` while the position is only known as `remaining`. */
  #native: Iterator<unknown> | undefined;
  /** The intrinsic `next` of the native iterator. */
  #next: () => Result;
  #remaining = 0;

  constructor(
    /** `undefined` once it has ended. */
    public target: Map<unknown, unknown> | Set<unknown> | undefined,
    public kind: CursorKind,
  ) {
    this.#next = nextOf(target);
    if (target !== undefined) this.#native = nativeIterator(target, kind);
  }

  next(): Result {
    if (this.target === undefined) return { value: undefined, done: true };
    this.settle();
    const result = Reflect.apply(this.#next, this.#native, []);
    if (result.done) {
      this.target = undefined;
      this.#native = undefined;
    }
    return result;
  }

  /** For the codec: how many entries are still to be visited. Costs as much as saving the collection itself does. */
  remaining(): number {
    if (this.target === undefined) return 0;
    if (this.#native === undefined) return this.#remaining;
    let left = 0;
    while (!Reflect.apply(this.#next, this.#native, []).done) left++;
    // The drained iterator is made anew right away: entries added after this are visited, as they would have been.
    this.#remaining = left;
    this.#native = this.#restored(this.target);
    return left;
  }

  /** For the codec: takes the fields that `save` listed. The collection may still be empty; `settleCursors` takes the position once it is not. */
  restore(target: unknown, kind: unknown, remaining: unknown): void {
    const collection = isMap(target) || isSet(target) ? target : undefined;
    if (collection === undefined && target !== undefined) throw new TypeError("a cursor over something else than a Map or a Set");
    if (!isKind(kind) || !Number.isSafeInteger(remaining)) throw new TypeError("a damaged cursor");
    this.target = collection;
    this.kind = kind;
    this.#next = nextOf(collection);
    this.#remaining = remaining as number;
    this.#native = undefined;
    unsettled.push(this);
  }

  /** Takes the position that was saved. */
  settle(): void {
    if (this.target !== undefined) this.#native ??= this.#restored(this.target);
  }

  #restored(target: Map<unknown, unknown> | Set<unknown>): Iterator<unknown> {
    const native = nativeIterator(target, this.kind);
    const size = Reflect.apply(isMap(target) ? sizeOfMap : sizeOfSet, target, []) as number;
    for (let skip = size - this.#remaining; skip > 0; skip--) Reflect.apply(this.#next, native, []);
    return native;
  }
}

/** Over a Map. */
export class CollectionCursor extends Cursor {
  readonly #position: CollectionPosition;
  constructor(target: Map<unknown, unknown> | Set<unknown> | undefined, kind: CursorKind) {
    super();
    this.#position = new CollectionPosition(target, kind);
  }

  next(): Result {
    if (!(#position in this)) throw new TypeError("next method called on incompatible receiver");
    return this.#position.next();
  }

  static positionOf(cursor: CollectionCursor): CollectionPosition {
    return cursor.#position;
  }
}

/** Over a Set. */
export class SetCursor extends CollectionCursor {}

function isKind(kind: unknown): kind is CursorKind {
  return kind === "values" || kind === "keys" || kind === "entries";
}

function nextOf(target: Map<unknown, unknown> | Set<unknown> | undefined): () => Result {
  return (isMap(target) ? mapNext : setNext) as () => Result;
}

const unsettled: CollectionPosition[] = [];

/** After a checkpoint has been decoded, before the program can change a collection: cursors in it take their positions. */
export function settleCursors(): void {
  for (const cursor of unsettled.splice(0)) cursor.settle();
}

function nativeIterator(target: Map<unknown, unknown> | Set<unknown>, kind: CursorKind): Iterator<unknown> {
  if (isMap(target)) return call(MAP[kind], target, []) as Iterator<unknown>;
  return call(SET[kind], target, []) as Iterator<unknown>;
}

const CURSORS = [ArrayCursor, StringCursor, CollectionCursor, SetCursor, MatchCursor];
defineProperty(SetCursor.prototype, "next", Object.getOwnPropertyDescriptor(CollectionCursor.prototype, "next")!);
for (const type of CURSORS) {
  // As deep as those of the engine: %IteratorPrototype% is the prototype of the prototype. Nobody else constructs one.
  Object.setPrototypeOf(type.prototype, IteratorPrototype);
  Reflect.deleteProperty(type.prototype, "constructor");
  // A loop over an iterator of unknown kind keeps its `next` in the frame.
  if (type !== SetCursor) registerValue(`flowc:${type.name}.next`, type.prototype.next);
}
tag(ArrayCursor, "Array Iterator");
tag(StringCursor, "String Iterator");
tag(CollectionCursor, "Map Iterator");
tag(SetCursor, "Set Iterator");
tag(MatchCursor, "RegExp String Iterator");
registerHandler<ArrayCursor>({
  name: "ArrayCursor",
  prototype: ArrayCursor.prototype,
  isVisible: true,
  fields: ["target", "kind", "index"],
  save: (cursor) => {
    const { target, kind, index } = ArrayCursor.positionOf(cursor)!;
    return [target, kind, index];
  },
  create: () => new ArrayCursor(undefined, "values"),
  restore: (cursor, fields) => ArrayCursor.restore(cursor, fields),
});
registerHandler<StringCursor>({
  name: "StringCursor",
  prototype: StringCursor.prototype,
  isVisible: true,
  fields: ["text", "index"],
  save: (cursor) => StringCursor.stateOf(cursor),
  create: () => new StringCursor(""),
  restore: (cursor, fields) => StringCursor.restore(cursor, fields),
});
registerHandler<MatchCursor>({
  name: "MatchCursor",
  prototype: MatchCursor.prototype,
  isVisible: true,
  fields: ["matcher", "text", "isGlobal", "isUnicode", "done"],
  save: (cursor) => MatchCursor.stateOf(cursor),
  create: () => new MatchCursor(undefined, "", false, false),
  restore: (cursor, fields) => MatchCursor.restore(cursor, fields),
});
for (const type of [CollectionCursor, SetCursor]) {
  registerHandler<CollectionCursor>({
    name: type.name,
    prototype: type.prototype,
    isVisible: true,
    fields: ["target", "kind", "remaining"],
    save: (cursor) => {
      const position = CollectionCursor.positionOf(cursor);
      return [position.target, position.kind, position.remaining()];
    },
    create: () => new type(undefined, "values"),
    restore: (cursor, [target, kind, remaining]) => CollectionCursor.positionOf(cursor).restore(target, kind, remaining),
  });
}

function tag(cursor: { readonly prototype: object }, name: string): void {
  Object.defineProperty(cursor.prototype, Symbol.toStringTag, { value: name, configurable: true });
}

/**
 * Emitted at the head of `for…of`, destructuring and spread that may suspend: `GetIterator(iterable, sync)`, with a position that can be saved
 * where possible. Throws TypeError as the language does. Answers `SUSPEND` when the iterable's own method suspends.
 */
export function $iterate(iterable: unknown): unknown {
  if (Array.isArray(iterable) && (iterable as unknown as Iterable<unknown>)[Symbol.iterator] === arrayValues) {
    if (ArrayIteratorPrototype.next === arrayNext) return new ArrayCursor(iterable, "values");
  }
  if (iterable === undefined || iterable === null) throw new TypeError(`${String(iterable)} is not iterable`);
  const method = (iterable as Iterable<unknown>)[Symbol.iterator] as unknown;
  if (typeof method !== "function") throw new TypeError(`${describe(iterable)} is not iterable`);
  const cursor = pristineCursor(iterable, method);
  if (cursor !== undefined) return cursor;
  const iterator: unknown = Reflect.apply(method, iterable, []);
  if (iterator === SUSPEND) return iterator;
  if (!isObject(iterator)) throw new TypeError(`Result of the Symbol.iterator method is not an object`);
  return iterator;
}

/** A cursor of ours when `method` is the intrinsic of `iterable`'s kind and its native iterator would behave as built in. */
function pristineCursor(iterable: unknown, method: Function): Cursor | undefined {
  if (method === arrayValues && ArrayIteratorPrototype.next === arrayNext)
    return new ArrayCursor(Object(iterable) as ArrayLike<unknown>, "values");
  if (method === typedValues && ArrayIteratorPrototype.next === arrayNext && isTypedArray(iterable)) {
    typedArrayLength(iterable as Uint8Array);
    return new ArrayCursor(iterable as ArrayLike<unknown>, "values");
  }
  if (method === stringIterator && StringIteratorPrototype.next === stringNext) return new StringCursor(String(iterable));
  if (method === mapEntries && MapIteratorPrototype.next === mapNext && isMap(iterable))
    return new CollectionCursor(iterable, "entries");
  if (method === setValues && SetIteratorPrototype.next === setNext && isSet(iterable)) return new SetCursor(iterable, "values");
  return undefined;
}

/** For library code that read the method itself: the cursor that stands in for the iterator, the iterator when `method` is built in, otherwise `undefined`. */
export function builtInIterator(iterable: unknown, method: Function): object | undefined {
  const cursor = pristineCursor(iterable, method);
  if (cursor !== undefined || !builtInMethods.has(method)) return cursor;
  return Reflect.apply(method, iterable, []) as object;
}

export { lengthOf as arrayLength };

/** For library code: where an array iterator of ours stands, whose `next` reads the array natively. */
export function arrayCursor(iterator: object, next: unknown): ArrayPosition | undefined {
  return next === arrayCursorNext ? ArrayCursor.positionOf(iterator) : undefined;
}

const arrayCursorNext: unknown = ArrayCursor.prototype.next;

const builtInMethods: ReadonlySet<unknown> = new Set([arrayValues, typedValues, stringIterator, mapEntries, setValues]);

/** Whether `method` is the intrinsic that converts its receiver to a string. */
export function isStringIterator(method: unknown): boolean {
  return method === stringIterator;
}

/** A saveable stand-in for `array.values()`, `.keys()`, `.entries()`; used by the table of suspendable built-ins. */
export function arrayIterator(target: unknown, kind: CursorKind): Cursor {
  if (target === undefined || target === null) throw new TypeError("Cannot convert undefined or null to object");
  return new ArrayCursor(Object(target) as ArrayLike<unknown>, kind);
}

/** A saveable stand-in for `typedArray.values()` and its siblings. Throws TypeError unless `target` is a typed array within bounds. */
export function typedIterator(target: unknown, kind: CursorKind): Cursor {
  call(TYPED["keys"], target, []);
  return new ArrayCursor(target as ArrayLike<unknown>, kind);
}

/** A saveable stand-in for the iterator of a string. */
export function textIterator(text: string): Cursor {
  return new StringCursor(text);
}

/** A saveable stand-in for what `regExp[Symbol.matchAll](text)` makes, over the copy of the expression it works with. */
export function matchIterator(matcher: object, text: string, isGlobal: boolean, isUnicode: boolean): unknown {
  if (RegExpStringIteratorPrototype.next !== matchNext) return regExpStringIterator(matcher, text, isGlobal, isUnicode);
  return new MatchCursor(matcher as RegExp, text, isGlobal, isUnicode);
}

/** A saveable stand-in for `map.entries()` and its siblings. Throws TypeError unless `target` is a Map. */
export function mapIterator(target: unknown, kind: CursorKind): Cursor {
  if (!isMap(target)) throw new TypeError(`Method Map.prototype.${kind} called on incompatible receiver ${describe(target)}`);
  return new CollectionCursor(target, kind);
}

/** A saveable stand-in for `set.values()` and its siblings. Throws TypeError unless `target` is a Set. */
export function setIterator(target: unknown, kind: CursorKind): Cursor {
  if (!isSet(target)) throw new TypeError(`Method Set.prototype.${kind} called on incompatible receiver ${describe(target)}`);
  return new SetCursor(target, kind);
}

function isTypedArray(value: unknown): boolean {
  return ArrayBuffer.isView(value) && typedTag.call(value) !== undefined;
}

function isMap(value: unknown): value is Map<unknown, unknown> {
  return brandedSize(Map.prototype, value);
}

function isSet(value: unknown): value is Set<unknown> {
  return brandedSize(Set.prototype, value);
}

/** The `size` getter throws unless its receiver is the real thing, whatever its prototype says. */
function brandedSize(prototype: object, value: unknown): boolean {
  try {
    Reflect.apply(prototype === Map.prototype ? sizeOfMap : sizeOfSet, value, []);
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (isObject(value)) return typeof value;
  return String(value);
}

/**
 * Emitted where an iteration is left early: the result of the iterator's `return` method, `undefined` when it has none, `SUSPEND` when the method
 * suspends. The caller applies `$object` where the language asks for an object.
 */
export function $close(iterator: { return?: unknown }): unknown {
  const method = iterator.return;
  if (method === undefined || method === null) return iterator;
  if (typeof method !== "function") throw new TypeError(`iterator.return is not a function`);
  return Reflect.apply($lib(method), iterator, []);
}

/** Emitted around iterator results. Throws TypeError unless `value` is an object. */
export function $object<T>(value: T): T {
  if (!isObject(value)) throw new TypeError(`Iterator result ${String(value)} is not an object`);
  return value;
}

/** Emitted for `for…in`: the keys it visits, in order. The loop itself checks that a key is still there. */
export function $keys(object: unknown): string[] {
  const keys: string[] = [];
  for (const key in object as object) append(keys, key);
  return keys;
}
