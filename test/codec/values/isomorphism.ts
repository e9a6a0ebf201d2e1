/**
 * Whether two values are the same graph (I6): a pairing of objects, one to one, under which prototypes, own keys in their order, attributes, accessors,
 * extensibility and everything that objects keep outside of properties agree. Runs no code of either graph.
 */
import { isDeepStrictEqual, types } from "node:util";

/** What only the runtime knows of an object. */
export interface Knowledge {
  /** Saved by reference: both sides have to hold the very same. */
  isReference(value: object | symbol): boolean;
  /** Hidden parts by name: captured variables, what a function is bound to, where an iterator stands. */
  parts(value: object): Readonly<Record<string, unknown>>;
}

/** The first difference, as a path and what differs there; `undefined` when there is none. */
export function difference(one: unknown, other: unknown, knowledge: Knowledge): string | undefined {
  const pairing = new Pairing(knowledge);
  pairing.pair(one, other, "value");
  return pairing.run();
}

type Key = object | symbol;

const BRANDS = (Object.keys(types) as (keyof typeof types)[]).filter((name) => name !== "isExternal" && name.startsWith("is"));
const brands = (value: unknown): string => BRANDS.filter((name) => types[name](value as never)).join();
const stackGetter = Object.getOwnPropertyDescriptor(new Error("x"), "stack")?.get;

class Pairing {
  readonly #knowledge: Knowledge;
  readonly #others = new Map<Key, Key>();
  readonly #ones = new Map<Key, Key>();
  readonly #queue: [Key, Key, string][] = [];
  readonly #weak: [object, object, string][] = [];
  readonly #asked = new Set<string>();
  #found: string | undefined;

  constructor(knowledge: Knowledge) {
    this.#knowledge = knowledge;
  }

  run(): string | undefined {
    for (;;) {
      for (let next = this.#queue.pop(); next !== undefined && this.#found === undefined; next = this.#queue.pop())
        this.#compare(...next);
      if (this.#found !== undefined || !this.#askWeak()) return this.#found;
    }
  }

  pair(one: unknown, other: unknown, path: string): void {
    if (!isKey(one) || !isKey(other)) {
      if (!Object.is(one, other)) this.#differ(path, `${text(one)} became ${text(other)}`);
      return;
    }
    if (typeof one !== typeof other) return this.#differ(path, `${typeof one} became ${typeof other}`);
    const known = this.#others.get(one);
    const back = this.#ones.get(other);
    if (known !== undefined || back !== undefined) {
      if (known !== other || back !== one) this.#differ(path, "another object than elsewhere");
      return;
    }
    this.#others.set(one, other);
    this.#ones.set(other, one);
    if (this.#knowledge.isReference(one) || this.#knowledge.isReference(other)) {
      if (one !== other) this.#differ(path, "what is saved by reference is another one");
      return;
    }
    if (one === other) return this.#differ(path, "both graphs share it");
    this.#queue.push([one, other, path]);
  }

  #differ(path: string, what: string): void {
    this.#found ??= `${path}: ${what}`;
  }

  #same(one: unknown, other: unknown, path: string, what: string): void {
    if (!isDeepStrictEqual(one, other)) this.#differ(path, `${what} ${text(one)} became ${text(other)}`);
  }

  #compare(one: Key, other: Key, path: string): void {
    if (typeof one === "symbol" && typeof other === "symbol") return this.#same(String(one), String(other), path, "symbol");
    if (typeof one === "symbol" || typeof other === "symbol") return this.#differ(path, "a symbol became something else");
    this.#same(brands(one), brands(other), path, "brand");
    this.#parts(this.#knowledge.parts(one), this.#knowledge.parts(other), path);
    // Whatever is asked of a Proxy goes to its handler, and target and handler have been compared.
    if (types.isProxy(one)) return;
    this.pair(Object.getPrototypeOf(one), Object.getPrototypeOf(other), `${path}.[[Prototype]]`);
    this.#same(Object.isExtensible(one), Object.isExtensible(other), path, "extensible");
    this.#properties(one, other, path);
    this.#parts(state(one), state(other), path);
    if (types.isWeakMap(one) || types.isWeakSet(one)) this.#weak.push([one, other, path]);
  }

  #parts(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>, path: string): void {
    this.#same(Object.keys(one), Object.keys(other), path, "hidden state");
    for (const key of Object.keys(one)) this.pair(one[key], other[key], `${path}.[[${key}]]`);
  }

  #properties(one: object, other: object, path: string): void {
    const [keys, others] = [ownKeys(one), ownKeys(other)];
    if (keys.length !== others.length) return this.#differ(path, `keys ${text(keys)} became ${text(others)}`);
    for (const [index, key] of keys.entries()) {
      this.pair(key, others[index], `${path}, key ${index}`);
      const [mine, its] = [Reflect.getOwnPropertyDescriptor(one, key)!, Reflect.getOwnPropertyDescriptor(other, others[index]!)!];
      const at = `${path}.${String(key)}`;
      const attributes = ({ writable, enumerable, configurable, get, set }: PropertyDescriptor): unknown[] => [
        writable,
        enumerable,
        configurable,
        typeof get,
        typeof set,
      ];
      this.#same(attributes(mine), attributes(its), at, "attributes");
      // The engine's own accessor, the same for all errors, tells the text it keeps.
      if (mine.get !== undefined && mine.get === stackGetter && its.get === stackGetter) {
        this.#same((one as Error).stack, (other as Error).stack, at, "stack");
        continue;
      }
      for (const part of ["value", "get", "set"] as const) this.pair(mine[part], its[part], at);
    }
  }

  /** Looks every pair of objects up in every pair of weak collections. True when something new was found to compare. */
  #askWeak(): boolean {
    const before = this.#others.size;
    for (const [index, [one, other, path]] of this.#weak.entries()) {
      let at = 0;
      for (const [key, its] of this.#others) {
        const question = `${index}/${at++}`;
        if (this.#asked.has(question)) continue;
        this.#asked.add(question);
        const [mine, theirs] = [held(one, key), held(other, its)];
        this.#same(mine.length, theirs.length, `${path}.get(${text(key)})`, "number of entries");
        if (mine.length > 0) this.pair(mine[0], theirs[0], `${path}.get(${text(key)})`);
      }
    }
    return this.#others.size > before || this.#queue.length > 0;
  }
}

/** What a weak collection holds for a key: a list of one value, or none. */
function held(weak: object, key: Key): readonly unknown[] {
  if (types.isWeakSet(weak)) return WeakSet.prototype.has.call(weak, key) ? [true] : [];
  return WeakMap.prototype.has.call(weak, key) ? [WeakMap.prototype.get.call(weak, key)] : [];
}

function isKey(value: unknown): value is Key {
  return (typeof value === "object" && value !== null) || typeof value === "function" || typeof value === "symbol";
}

/** Elements of typed arrays are compared as bytes; Node's own symbols on a signal are its state. */
function ownKeys(value: object): (string | symbol)[] {
  const keys = Reflect.ownKeys(value);
  if (types.isTypedArray(value)) return keys.filter((key) => typeof key === "symbol" || !/^\d+$/.test(key));
  return value instanceof AbortSignal || value instanceof Blob ? keys.filter((key) => typeof key === "string") : keys;
}

/** Everything the language or the platform keeps outside of properties. */
function state(value: object): Readonly<Record<string, unknown>> {
  // The two copies the compiler makes of a function differ in how they are indented.
  if (typeof value === "function") return { text: Function.prototype.toString.call(value).replace(/\s+/g, " ") };
  if (types.isMap(value)) return numbered([...Map.prototype.entries.call(value)].flat());
  if (types.isSet(value)) return numbered([...Set.prototype.values.call(value)]);
  if (types.isDate(value)) return { time: Date.prototype.getTime.call(value) };
  if (types.isRegExp(value)) return { source: value.source, flags: value.flags };
  if (types.isBoxedPrimitive(value)) return { primitive: (value as { valueOf(): unknown }).valueOf() };
  if (types.isArrayBuffer(value))
    return { bytes: Buffer.from(value).toString("hex"), resizable: value.resizable, most: value.maxByteLength };
  // Of the pool that Node cuts small Buffers out of, only the parts that are looked at are saved.
  if (Buffer.isBuffer(value) && value.byteLength < value.buffer.byteLength)
    return { bytes: value.toString("hex"), offset: value.byteOffset };
  if (types.isTypedArray(value)) return { buffer: value.buffer, offset: value.byteOffset, length: value.length };
  if (types.isDataView(value)) return { buffer: value.buffer, offset: value.byteOffset, length: value.byteLength };
  return platform(value);
}

function platform(value: object): Readonly<Record<string, unknown>> {
  if (value instanceof URL) return { href: value.href, searchParams: value.searchParams };
  if (value instanceof URLSearchParams) return numbered([...value].flat());
  if (value instanceof Headers) return numbered([...value].flat());
  if (value instanceof Blob)
    return {
      size: value.size,
      type: value.type,
      ...(value instanceof File && { name: value.name, modified: value.lastModified }),
    };
  if (isTemporal(value)) return { text: temporalText(value) };
  if (value instanceof AbortSignal) return { aborted: value.aborted, reason: value.reason };
  if (value instanceof AbortController) return { signal: value.signal };
  if (value instanceof DOMException) return { name: value.name, message: value.message, code: value.code };
  if (Object.prototype.toString.call(value) === "[object WeakRef]") return { target: (value as WeakRef<object>).deref() };
  return {};
}

function isTemporal(value: object): boolean {
  return Object.prototype.toString.call(value).startsWith("[object Temporal.");
}

function temporalText(value: object): string {
  return (value as { toString(options: object): string }).toString({ calendarName: "always" });
}

function numbered(values: readonly unknown[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(values.map((value, index) => [String(index), value]));
}

function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join()}]`;
  if (isKey(value)) return typeof value === "symbol" ? String(value) : typeof value;
  return Object.is(value, -0) ? "-0" : typeof value === "string" ? JSON.stringify(value) : String(value);
}
