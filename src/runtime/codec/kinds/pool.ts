/**
 * Node cuts small Buffers out of a shared pool, so the array buffer behind one holds other people's bytes. Of an array buffer that only Buffers look at, the
 * parts looked at are saved, and the rest is zero afterwards. Which parts these are is known when the walk is over: they end the image.
 */
import type { Encoder } from "../encoder.js";
import type { Decoder } from "../decoder.js";
import { MAX_POOL_BYTES, MAX_POOL_TOTAL, Tag } from "../format.js";
import { corrupt } from "../reader.js";
import { registerExotic } from "./kind.js";

const POOL_TAG = 17;
type Range = [start: number, end: number];

interface Pooled {
  readonly id: number;
  readonly buffer: ArrayBuffer;
  readonly ranges: Range[];
}

export class PooledBuffers {
  readonly #byBuffer = new Map<ArrayBuffer, Pooled>();
  #total = 0;

  /** Whether nothing is saved in parts. */
  get isEmpty(): boolean {
    return this.#byBuffer.size === 0;
  }

  /** Writes the buffer behind a Buffer, for a view of the bytes from `start` to `end`. False when it has to be saved whole. */
  view(out: Encoder, buffer: ArrayBuffer, start: number, end: number): boolean {
    const known = this.#byBuffer.get(buffer);
    if (known !== undefined) {
      known.ranges.push([start, end]);
      out.nodeReference(known.id);
      return true;
    }
    if (out.has(buffer) || !this.#canPool(buffer, end - start)) return false;
    this.#total += buffer.byteLength;
    const pooled: Pooled = { id: out.size, buffer, ranges: [[start, end]] };
    this.#byBuffer.set(buffer, pooled);
    out.pair(Tag.EXOTIC, POOL_TAG);
    out.byte(0);
    out.add(buffer, Tag.EXOTIC, undefined);
    // Not found by identity: whoever meets the buffer itself has to say so.
    out.hide(pooled.id);
    out.uint(buffer.byteLength);
    return true;
  }

  /** For something else than a Buffer that refers to `buffer`: all of it is saved then. False when it is not pooled. */
  claimWhole(out: Encoder, buffer: object): boolean {
    const known = this.#byBuffer.get(buffer as ArrayBuffer);
    if (known === undefined) return false;
    known.ranges.push([0, known.buffer.byteLength]);
    out.nodeReference(known.id);
    return true;
  }

  /** The buffer of that number. */
  bufferOf(id: number): ArrayBuffer | undefined {
    for (const pooled of this.#byBuffer.values()) if (pooled.id === id) return pooled.buffer;
    return undefined;
  }

  write(out: Encoder): void {
    for (const { buffer, ranges } of this.#byBuffer.values()) {
      const merged = merge(ranges);
      out.uint(merged.length);
      for (const [start, end] of merged) {
        out.uint(start);
        out.uint(end - start);
        out.bytes(new Uint8Array(buffer, start, end - start));
      }
    }
  }

  #canPool(buffer: ArrayBuffer, viewed: number): boolean {
    const size = buffer.byteLength;
    const ordinary = !buffer.resizable && Object.isExtensible(buffer) && Object.getPrototypeOf(buffer) === ArrayBuffer.prototype;
    return (
      ordinary &&
      viewed < size &&
      size <= MAX_POOL_BYTES &&
      this.#total + size <= MAX_POOL_TOTAL &&
      Reflect.ownKeys(buffer).length === 0
    );
  }
}

function merge(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

registerExotic<ArrayBuffer>({
  tag: POOL_TAG,
  // Never chosen by prototype: see `view`.
  prototype: Object.prototype,
  is: () => false,
  head() {},
  make: (input) => input.pool(),
});

/** Reads the parts of the buffers, which end the image. */
export function readPools(input: Decoder, buffers: readonly ArrayBuffer[]): void {
  for (const buffer of buffers) {
    const bytes = new Uint8Array(buffer);
    for (let left = input.count(); left > 0; left--) {
      const start = input.uint();
      const part = input.bytes(input.uint());
      if (start + part.length > bytes.length) throw corrupt("a buffer is shorter than its contents");
      bytes.set(part, start);
    }
  }
}
