import { isStringOneByteRepresentation } from "node:v8";
import { TextForm } from "./format.js";
import type { RawBuffer } from "./raw.js";

const INITIAL_BYTES = 4096;
/** A buffer grown beyond this is not kept for the next image. */
const KEEP_BYTES = 1 << 20;
/** A buffer that has grown to this becomes as large as the last large image at once: each time it grows, all of it is copied. */
const GUESS_BYTES = 1 << 16;
/** Up to this length a loop beats a call into C++. */
const LOOP_LIMIT = 24;
const LATIN1 = /^[\0-\xff]*$/;

/** A growing byte buffer. `pos` is the number of bytes written; every writing method makes room for itself. */
export class Writer {
  #buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES) as RawBuffer;
  #view = new DataView(this.#buffer.buffer);
  #pos = 0;
  /** Bytes of the last large image. */
  #expected = 0;

  /** A copy of what was written. */
  finish(): Uint8Array {
    const bytes = Buffer.allocUnsafe(this.#pos);
    this.#buffer.copy(bytes, 0, 0, this.#pos);
    return bytes;
  }

  /** Number of bytes written. */
  get position(): number {
    return this.#pos;
  }

  /** A view of what was written; valid until something else is. */
  written(): Uint8Array {
    return this.#buffer.subarray(0, this.#pos);
  }

  reset(): void {
    if (this.#buffer.length > KEEP_BYTES) {
      this.#expected = this.#pos;
      this.#pos = 0;
      this.#resize(INITIAL_BYTES);
    }
    this.#pos = 0;
  }

  byte(value: number): void {
    if (this.#pos + 1 > this.#buffer.length) this.#grow(1);
    this.#buffer[this.#pos++] = value;
  }

  /** Two bytes in one go: a tag and a small payload. */
  pair(first: number, second: number): void {
    if (this.#pos + 2 > this.#buffer.length) this.#grow(2);
    this.#buffer[this.#pos++] = first;
    this.#buffer[this.#pos++] = second;
  }

  /** A non-negative safe integer, seven bits a byte, low bits first. */
  uint(value: number): void {
    if (this.#pos + 8 > this.#buffer.length) this.#grow(8);
    this.#pos = this.#uintAt(this.#pos, value);
  }

  /** A byte and such an integer in one go. */
  tagged(tag: number, value: number): void {
    if (this.#pos + 9 > this.#buffer.length) this.#grow(9);
    const at = this.#pos;
    this.#buffer[at] = tag;
    this.#pos = this.#uintAt(at + 1, value);
  }

  #uintAt(at: number, value: number): number {
    const buffer = this.#buffer;
    // What takes more than 31 bits is rare, and arithmetic on doubles is slow.
    while (value > 0x7fff_ffff) {
      buffer[at++] = (value % 0x80) | 0x80;
      value = Math.floor(value / 0x80);
    }
    let rest = value | 0;
    while (rest >= 0x80) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[at++] = rest;
    return at;
  }

  /** A text that consists of the hexadecimal digits of an unsigned integer of 32 bits. */
  hexadecimal(value: number): void {
    const digits = value === 0 ? 1 : (35 - Math.clz32(value)) >> 2;
    this.uint(digits * 4 + TextForm.LATIN1);
    if (this.#pos + digits > this.#buffer.length) this.#grow(digits);
    for (let shift = digits * 4 - 4; shift >= 0; shift -= 4) {
      const digit = (value >>> shift) & 0xf;
      this.#buffer[this.#pos++] = digit < 10 ? 0x30 + digit : 0x57 + digit;
    }
  }

  double(value: number): void {
    if (this.#pos + 8 > this.#buffer.length) this.#grow(8);
    this.#view.setFloat64(this.#pos, value, true);
    this.#pos += 8;
  }

  bytes(source: Uint8Array): void {
    const length = source.length;
    if (this.#pos + length > this.#buffer.length) this.#grow(length);
    if (length <= LOOP_LIMIT) {
      for (let i = 0; i < length; i++) this.#buffer[this.#pos + i] = source[i]!;
    } else {
      this.#buffer.set(source, this.#pos);
    }
    this.#pos += length;
  }

  /** The units of a string, exactly, lone surrogates included. Which form is chosen depends on the units alone. */
  text(value: string): void {
    if (value.length <= LOOP_LIMIT ? !this.#shortLatin1(value) : !this.#longLatin1(value)) this.#wide(value);
  }

  #shortLatin1(value: string): boolean {
    const length = value.length;
    if (this.#pos + LOOP_LIMIT + 1 > this.#buffer.length) this.#grow(LOOP_LIMIT + 1);
    let at = this.#pos;
    this.#buffer[at++] = (length << 2) | TextForm.LATIN1;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0xff) return false;
      this.#buffer[at++] = unit;
    }
    this.#pos = at;
    return true;
  }

  #longLatin1(value: string): boolean {
    if (!isStringOneByteRepresentation(value) && !LATIN1.test(value)) return false;
    this.uint(value.length * 4 + TextForm.LATIN1);
    if (this.#pos + value.length > this.#buffer.length) this.#grow(value.length);
    this.#pos += this.#buffer.latin1Write(value, this.#pos);
    return true;
  }

  /** UTF-8 when it is the shorter of the two and can hold the string, UTF-16 otherwise. */
  #wide(value: string): void {
    const utf16Bytes = value.length * 2;
    const utf8Bytes = value.isWellFormed() ? Buffer.byteLength(value, "utf8") : Infinity;
    const form = utf8Bytes < utf16Bytes ? TextForm.UTF8 : TextForm.UTF16;
    const length = Math.min(utf8Bytes, utf16Bytes);
    this.uint(length * 4 + form);
    if (this.#pos + length > this.#buffer.length) this.#grow(length);
    this.#pos += this.#buffer.write(value, this.#pos, length, form === TextForm.UTF8 ? "utf8" : "utf16le");
  }

  #grow(more: number): void {
    const guess = this.#buffer.length >= GUESS_BYTES ? this.#expected : 0;
    this.#resize(Math.max(this.#buffer.length * 2, this.#pos + more, guess));
  }

  #resize(size: number): void {
    const next = Buffer.allocUnsafeSlow(size);
    this.#buffer.copy(next, 0, 0, this.#pos);
    this.#buffer = next as RawBuffer;
    this.#view = new DataView(next.buffer);
  }
}
