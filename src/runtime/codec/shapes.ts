import { Sort } from "./identities.js";
import { corrupt, Reader } from "./reader.js";
import { Writer } from "./writer.js";

/** An ordered list of string keys, shared by all objects that have exactly these. */
export interface Shape {
  readonly sort: Sort;
  readonly keys: readonly string[];
  /** Its definition as written to an image. */
  readonly bytes: Uint8Array;
  /** An object with these keys, all `undefined`: spreading it is the fastest way to a fresh object that owns them. */
  readonly template: Readonly<Record<string, unknown>>;
  /** The image it was last written to, and its number there. */
  epoch: number;
  index: number;
}

/** Shapes are kept between images, for their bytes and templates; beyond this many, all are forgotten. */
const MAX_KEPT = 4096;

let kept = 0;
const byFirstKey = new Map<string, Shape[]>();
const byHash = new Map<number, Shape[]>();
const scratch = new Writer();
const EMPTY = make([]);

/** The shape with these keys. */
export function shapeOf(keys: readonly string[]): Shape {
  if (keys.length === 0) return EMPTY;
  const bucket = byFirstKey.get(keys[0]!);
  if (bucket !== undefined) {
    for (let i = 0; i < bucket.length; i++) {
      const shape = bucket[i]!;
      if (sameKeys(shape.keys, keys)) return shape;
    }
  }
  return keep(make(keys.slice()));
}

/** Reads a definition. */
export function readShape(reader: Reader): Shape {
  const bytes = reader.bytes(reader.uint());
  const hash = hashOf(bytes);
  const bucket = byHash.get(hash);
  if (bucket !== undefined) {
    for (const shape of bucket) if (sameBytes(shape.bytes, bytes)) return shape;
  }
  return shapeOf(readKeys(bytes));
}

function readKeys(bytes: Uint8Array): string[] {
  const reader = new Reader(bytes);
  const count = reader.count();
  const keys: string[] = [];
  for (let i = 0; i < count; i++) keys.push(reader.text());
  if (reader.remaining > 0 || new Set(keys).size !== count) throw corrupt("a shape is malformed");
  return keys;
}

function make(keys: readonly string[]): Shape {
  scratch.reset();
  scratch.uint(keys.length);
  for (const key of keys) scratch.text(key);
  const template: Record<string, unknown> = {};
  // Defined, not assigned: a key may be `__proto__`.
  for (const key of keys)
    Object.defineProperty(template, key, { value: undefined, writable: true, enumerable: true, configurable: true });
  return { keys, bytes: scratch.finish().slice(), template, epoch: 0, index: 0, sort: new Sort() };
}

function keep(shape: Shape): Shape {
  if (kept++ >= MAX_KEPT) {
    byFirstKey.clear();
    byHash.clear();
    kept = 1;
  }
  push(byFirstKey, shape.keys[0]!, shape);
  push(byHash, hashOf(shape.bytes), shape);
  return shape;
}

function push<K>(map: Map<K, Shape[]>, key: K, shape: Shape): void {
  const bucket = map.get(key);
  if (bucket === undefined) map.set(key, [shape]);
  else bucket.push(shape);
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = a.length - 1; i >= 0; i--) if (a[i] !== b[i]) return false;
  return true;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function hashOf(bytes: Uint8Array): number {
  let hash = bytes.length;
  for (let i = 0; i < bytes.length; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
  return hash;
}

/** An object that a class has made, with these properties alone. Left as it is where it has them: an object that lost some is slower ever after. */
export function shaped(shell: object, keys: readonly string[]): object {
  const own = Reflect.ownKeys(shell);
  if (own.length === keys.length && own.every((key, index) => key === keys[index])) return shell;
  for (const key of own) Reflect.deleteProperty(shell, key);
  for (const key of keys)
    Object.defineProperty(shell, key, { value: undefined, writable: true, enumerable: true, configurable: true });
  return shell;
}
