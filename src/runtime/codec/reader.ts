import { CorruptCheckpointError } from "../../shared/errors.js";
import { TextForm } from "./format.js";
import type { RawBuffer } from "./raw.js";

/** The bytes are not a checkpoint this reader understands; `what` says what is wrong with them. */
export function corrupt(what: string, cause?: unknown): CorruptCheckpointError {
  return new CorruptCheckpointError(
    `The checkpoint is damaged: ${what}. The run stays where it was; restore the store from a backup.`,
    cause === undefined ? undefined : { cause },
  );
}

/** Reads what Writer wrote, and trusts none of it: every length is bounded by the bytes that are left. */
export class Reader {
  #buffer!: RawBuffer;
  #view!: DataView;
  #pos = 0;
  #end = 0;

  constructor(bytes: Uint8Array) {
    this.load(bytes);
  }

  /** Goes on with other bytes, from their start. */
  protected load(bytes: Uint8Array): void {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) as RawBuffer;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#pos = 0;
    this.#end = bytes.byteLength;
  }

  get remaining(): number {
    return this.#end - this.#pos;
  }

  byte(): number {
    if (this.#pos >= this.#end) throw corrupt("it ends too early");
    return this.#buffer[this.#pos++]!;
  }

  /** The next byte, not consumed; −1 at the end. */
  peek(): number {
    return this.#pos < this.#end ? this.#buffer[this.#pos]! : -1;
  }

  uint(): number {
    let value = this.byte();
    if (value < 0x80) return value;
    value &= 0x7f;
    for (let scale = 0x80; scale <= 0x1_0000_0000_0000; scale *= 0x80) {
      const next = this.byte();
      value += (next & 0x7f) * scale;
      if (next < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
    }
    throw corrupt("a number is too large");
  }

  /** A count of things that take at least one byte each. */
  count(): number {
    const value = this.uint();
    if (value > this.remaining) throw corrupt("it ends too early");
    return value;
  }

  double(): number {
    if (this.remaining < 8) throw corrupt("it ends too early");
    const value = this.#view.getFloat64(this.#pos, true);
    this.#pos += 8;
    return value;
  }

  /** A view of the next `length` bytes; valid as long as the image. */
  bytes(length: number): Uint8Array {
    if (length > this.remaining) throw corrupt("it ends too early");
    const part = this.#buffer.subarray(this.#pos, this.#pos + length);
    this.#pos += length;
    return part;
  }

  text(): string {
    const header = this.uint();
    const form = header % 4;
    const length = (header - form) / 4;
    const start = this.#pos;
    if (length > this.remaining) throw corrupt("it ends too early");
    this.#pos += length;
    if (form === TextForm.LATIN1) return this.#latin1(start, length);
    if (form === TextForm.UTF16 && length % 2 === 0) return this.#buffer.ucs2Slice(start, start + length);
    if (form === TextForm.UTF8) return this.#buffer.utf8Slice(start, start + length);
    throw corrupt("a string has an unknown form");
  }

  #latin1(start: number, length: number): string {
    return this.#buffer.latin1Slice(start, start + length);
  }
}
