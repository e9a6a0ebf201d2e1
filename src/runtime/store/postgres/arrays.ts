/**
 * Arrays in PostgreSQL's binary format, so that a group of commits is one statement with one parameter a column: no escaping, no hexadecimal, no parsing.
 *
 *     dimensions: 1 · has nulls: 1 · element type · length · lower bound: 1 · (byte length or −1 · bytes)*
 */
import type { Commit } from "../store.js";

const HEADER_BYTES = 20;
const INT8 = 20;
const TEXT = 25;
const FLOAT8 = 701;
const BYTEA = 17;

/** `bigint[]`. Fractions are cut off. */
export function bigints(values: readonly (number | undefined)[]): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * 12);
  header(buffer, INT8, values.length);
  let at = HEADER_BYTES;
  for (const value of values) {
    if (value === undefined) {
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    const whole = Math.trunc(value);
    at = buffer.writeInt32BE(8, at);
    at = buffer.writeInt32BE(Math.floor(whole / 2 ** 32), at);
    at = buffer.writeUInt32BE(whole >>> 0, at);
  }
  return buffer.subarray(0, at);
}

/** `double precision[]`. */
export function doubles(values: readonly (number | undefined)[]): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * 12);
  header(buffer, FLOAT8, values.length);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = buffer.writeInt32BE(value === undefined ? -1 : 8, at);
    if (value !== undefined) at = buffer.writeDoubleBE(value, at);
  }
  return buffer.subarray(0, at);
}

/** `text[]`. */
export function texts(values: readonly (string | undefined)[]): Buffer {
  let size = HEADER_BYTES;
  const lengths = values.map((value) => (value === undefined ? -1 : Buffer.byteLength(value)));
  for (const length of lengths) size += 4 + Math.max(length, 0);
  const buffer = Buffer.allocUnsafe(size);
  header(buffer, TEXT, values.length);
  let at = HEADER_BYTES;
  for (let i = 0; i < values.length; i++) {
    at = buffer.writeInt32BE(lengths[i]!, at);
    const value = values[i];
    if (value !== undefined) at += buffer.write(value, at);
  }
  return buffer;
}

/** `bytea[]`. */
export function byteas(values: readonly (Uint8Array | undefined)[]): Buffer {
  let size = HEADER_BYTES;
  for (const value of values) size += 4 + (value?.length ?? 0);
  const buffer = Buffer.allocUnsafe(size);
  header(buffer, BYTEA, values.length);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = buffer.writeInt32BE(value === undefined ? -1 : value.length, at);
    if (value === undefined) continue;
    buffer.set(value, at);
    at += value.length;
  }
  return buffer;
}

function header(buffer: Buffer, elementType: number, length: number): void {
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(elementType, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
}

/** PostgreSQL has no NUL in texts. */
export function storable(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\u2400") : text;
}

/** What commits have several of, each with the number of its run. */
export function pairs<T>(
  commits: readonly Commit[],
  ns: readonly number[],
  of: (commit: Commit) => Iterable<T>,
): { runs: number[]; items: T[] } {
  const runs: number[] = [];
  const items: T[] = [];
  for (const [at, commit] of commits.entries()) {
    for (const item of of(commit)) {
      runs.push(ns[at]!);
      items.push(item);
    }
  }
  return { runs, items };
}

/** The numbers of the runs, then `width` columns; nothing when there are no items. */
export function lists<T>(
  { runs, items }: { runs: number[]; items: T[] },
  columns: (items: T[]) => Buffer[],
  width: number,
): (Buffer | null)[] {
  if (items.length === 0) return Array.from({ length: width + 1 }, () => null);
  return [bigints(runs), ...columns(items)];
}

export function hex(id: string): Buffer {
  return Buffer.from(id, "hex");
}
