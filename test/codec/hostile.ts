/** Hostile bytes for the decoder, and what must not come of them (I6, I8): anything but a value or one of two errors. */
/* oxlint-disable no-sparse-arrays -- holes are among what is mutated */
import { decode, encode } from "../../src/runtime/codec/index.js";
import { CorruptCheckpointError, ProgramChangedError } from "../../src/shared/errors.js";
import { adder, Bag, closure, constructed, declared, frame, helper, Point, settings, ShopError, Stack } from "./program.js";

/** Longer than any case takes on a busy machine: they take microseconds. */
const MAX_CASE_MS = 3_000;
/** What one case may add to the memory in use. Only bounds what is allocated at once, since nothing is collected in between. */
const MAX_CASE_BYTES = 200e6;
/** Cases after which the prototypes are looked at. */
const INSPECT_EVERY = 1_000;

export interface Tally {
  value: number;
  error: number;
  slowestMs: number;
  /** The case that took this long. */
  slowest: number;
}

/** One of everything, so that mutations reach every reader. */
export function sample(): unknown {
  const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
  const cell = { value: 1 };
  const url = new URL("http://x/?a=1");
  const value = { text: "text", text2: "text", wide: "日本語", lone: "\ud800", int: 12345, double: 1.5, big: -(2n ** 70n), list: [1, , 3, undefined], sparse: Object.assign([], { 100000: 1 }), map: new Map<unknown, unknown>([[cell, "v"]]), set: new Set([1, cell]), date: new Date(5), regexp: /a+/gi, url, params: url.searchParams, error: new ShopError("m", cell), dom: new DOMException("m", "AbortError"), typed: new Uint16Array(buffer, 2), view: new DataView(buffer), node: Buffer.from("pooled"), resizable: new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 })), boxed: Object("s"), args: (function (..._a: unknown[]) { return arguments; })(1), point: new Point(1, 2), bag: new Bag([[1, cell]]), created: Object.create({ base: 1 }), frozen: Object.freeze({ a: [1] }), nil: Object.create(null), dictionary: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, i])), symbol: Symbol.for("s"), wellKnown: Symbol.iterator, intrinsic: Math, helper, settings, Point, f: closure(adder, [cell]), g: Object.assign(closure(declared, ["t"]), { extra: 1 }), accessor: Object.defineProperty({}, "x", { get: closure(adder, [cell]) as never, enumerable: true }) }; // prettier-ignore
  return frame({ value, cycle: [value] }, 1, value);
}

/** The whole of it and its parts: small images are where a mutation does most. */
function samples(): Buffer[] {
  const whole = sample() as { slots: { value: Record<string, unknown> } };
  const parts: unknown[] = Object.values(whole.slots.value);
  const more = [
    Stack.of(1, 2),
    Object.freeze(closure(declared, ["t"])),
    [settings, helper],
    new Set([new Map()]),
    "x".repeat(100),
  ];
  const instance = new (closure(declared, [1]) as unknown as new () => object)();
  return [whole, whole, ...parts, ...more, instance, { parts }].map((value) => Buffer.from(encode(value)));
}

/** Decodes hostile bytes; throws when that does anything but return a value or throw one of our two errors. */
export function attack(bytes: Uint8Array): "value" | "error" {
  try {
    decode(bytes);
    return "value";
  } catch (error) {
    if (error instanceof CorruptCheckpointError || error instanceof ProgramChangedError) return "error";
    throw error;
  }
}

/** Runs cases `from` to `to`. Calls `started` with the number of each, so that who watches knows which one hangs. */
export function attackAll(from: number, to: number, started: (id: number) => void = () => undefined): Tally {
  const images = samples();
  const tally: Tally = { value: 0, error: 0, slowestMs: 0, slowest: from };
  const before = processState();
  for (let id = from; id < to; id++) {
    started(id);
    attackOnce(hostile(id, images), id, tally);
    if ((id + 1) % INSPECT_EVERY === 0 || id + 1 === to) compareState(before, processState(), id);
  }
  return tally;
}

function attackOnce(bytes: Uint8Array, id: number, tally: Tally): void {
  const used = memory();
  const start = performance.now();
  try {
    tally[attack(bytes)]++;
  } catch (error) {
    throw new Error(`case ${id}: ${Buffer.from(bytes).toString("hex")}`, { cause: error });
  }
  const ms = performance.now() - start;
  if (ms > tally.slowestMs) Object.assign(tally, { slowestMs: ms, slowest: id });
  const problem = ms > MAX_CASE_MS ? `took ${ms} ms` : memory() - used > MAX_CASE_BYTES ? "took too much memory" : undefined;
  if (problem !== undefined) throw new Error(`case ${id} ${problem}: ${Buffer.from(bytes).toString("hex")}`);
}

function memory(): number {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

/** Bytes number `id`: the same each time. */
function hostile(id: number, images: readonly Buffer[]): Uint8Array {
  const next = randomFrom(id + 1);
  const image = images[next(images.length)]!;
  const way = next(10);
  if (way === 0) return invented(next);
  if (way === 1) return image.subarray(0, next(image.length + 1));
  if (way === 2) {
    const other = images[next(images.length)]!;
    return Buffer.concat([image.subarray(0, next(image.length + 1)), other.subarray(next(other.length + 1))]);
  }
  if (way === 3) {
    const at = next(image.length);
    const part = image.subarray(at, at + next(40));
    return Buffer.concat([image.subarray(0, at), part, part, image.subarray(at)]);
  }
  if (way === 4) return inflated(image, next);
  const mutant = Buffer.from(image);
  for (let n = next(4); n >= 0; n--) mutant[next(mutant.length)] = next(3) === 0 ? next(32) : next(256);
  return mutant;
}

/** A number of the image becomes a huge one: lengths, counts, references. */
function inflated(image: Buffer, next: (limit: number) => number): Buffer {
  const at = 1 + next(image.length);
  const huge = Buffer.alloc(next(8) + 1, 0xff);
  huge[huge.length - 1] = next(128);
  return Buffer.concat([image.subarray(0, at), huge, image.subarray(at + next(2))]);
}

/** Nothing of ours: tags, kinds, short lengths, now and then a text. */
function invented(next: (limit: number) => number): Buffer {
  const parts = Array.from({ length: next(60) + 1 }, () => {
    const choice = next(12);
    if (choice === 0) return Buffer.from([9, 9 << 2, ...Buffer.from("__proto__")]);
    if (choice === 1) return Buffer.from([22, 9, 16 << 2, ...Buffer.from("Object.prototype")]);
    return Buffer.from([choice < 8 ? next(34) : next(256)]);
  });
  return Buffer.concat([Buffer.from([1]), ...parts]);
}

/** A generator of whole numbers below a limit. */
export function randomFrom(seed: number): (limit: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

type State = readonly (readonly [string, unknown])[];

/** What decoding must not change: what every object inherits, what the program registered, and whether its code ran. */
export function processState(): State {
  const rows: [string, unknown][] = [["constructors run", constructed.count]];
  const add = (name: string, object: object): void => {
    rows.push([`prototype of ${name}`, Object.getPrototypeOf(object)], [`${name} extensible`, Object.isExtensible(object)]);
    for (const key of Reflect.ownKeys(object)) {
      const { value, get, set, writable, enumerable, configurable } = Reflect.getOwnPropertyDescriptor(object, key)!;
      const what = `${name}.${String(key)}`;
      rows.push(
        [what, value],
        [`${what} get`, get],
        [`${what} set`, set],
        [`${what} attributes`, `${writable}${enumerable}${configurable}`],
      );
    }
  };
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const value: unknown = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
    if (typeof value !== "function") continue;
    add(name, value);
    if (typeof value.prototype === "object" && value.prototype !== null) add(`${name}.prototype`, value.prototype as object);
  }
  for (const [name, object] of Object.entries({ Math, JSON, Reflect, Atomics, Intl })) add(name, object);
  for (const [name, object] of Object.entries({
    helper,
    settings,
    Point,
    "Point.prototype": Point.prototype,
    "Bag.prototype": Bag.prototype,
  }))
    add(name, object);
  add("%TypedArray%", Object.getPrototypeOf(Uint8Array) as object);
  add("%IteratorPrototype%", Iterator.prototype);
  return rows;
}

export function compareState(before: State, after: State, id: number): void {
  const changed = after.findIndex(([name, value], i) => before[i]?.[0] !== name || !Object.is(before[i][1], value));
  if (changed >= 0 || before.length !== after.length)
    throw new Error(`case ${id}, or one of the ${INSPECT_EVERY} before it, changed ${after[changed]?.[0] ?? "a prototype"}`);
}
