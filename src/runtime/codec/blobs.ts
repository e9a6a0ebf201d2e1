/**
 * Large strings and buffers are not written into an image: it holds the hash of their bytes, and the bytes are kept once for all images that have it. A buffer is cut
 * into chunks, so that changing a byte of it costs a chunk.
 */
import { hash } from "node:crypto";
import { isStringOneByteRepresentation } from "node:v8";

/** Strings of at least this many units, and buffers of at least this many bytes. */
export const BLOB_SIZE = 65_536;
/** Bytes of a chunk of a buffer; the last one may be shorter. */
export const CHUNK_BYTES = 262_144;
/** SHA-256 (FIPS 180-4). */
export const HASH_BYTES = 32;

/** Bytes that are stored by their hash. */
export interface Blob {
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** Blobs by id. */
export type Blobs = ReadonlyMap<string, Uint8Array>;

export const NO_BLOBS: Blobs = new Map();

/** Takes what an encoder puts aside. */
export class BlobSink {
  /** Strings by identity of their units: hashing one again would cost as much as writing it. */
  readonly #strings = new Map<string, string>();
  /** Blobs that the store has for this run. */
  #stored: ReadonlySet<string>;
  #new = new Map<string, Uint8Array>();
  #used = new Set<string>();

  /** @param stored ids of the blobs the run's continuation refers to already */
  constructor(stored: Iterable<string> = []) {
    this.#stored = new Set(stored);
  }

  /** Begins an image or part. */
  begin(): void {
    this.#new = new Map();
    this.#used = new Set();
  }

  /** The id of these bytes, which are copied. */
  put(bytes: Uint8Array): string {
    const id = hash("sha256", bytes, "hex");
    this.#used.add(id);
    if (!this.#stored.has(id) && !this.#new.has(id)) this.#new.set(id, bytes.slice());
    return id;
  }

  putString(text: string): string {
    const known = this.#strings.get(text);
    if (known !== undefined && this.#stored.has(known)) {
      this.#used.add(known);
      return known;
    }
    const id = this.put(Buffer.from(text, isStringOneByteRepresentation(text) ? "latin1" : "utf16le"));
    this.#strings.set(text, id);
    return id;
  }

  /** Blobs put since `begin` that the store does not have. */
  added(): readonly Blob[] {
    return [...this.#new].map(([id, bytes]) => ({ id, bytes }));
  }

  /** Ids put since `begin`. */
  used(): readonly string[] {
    return [...this.#used];
  }

  /** What was put since `begin` is going to be stored; with an image, nothing else of the run is. */
  commit(kind: "image" | "part"): void {
    this.#stored = kind === "image" ? this.#used : new Set([...this.#stored, ...this.#used]);
    for (const [text, id] of this.#strings) if (!this.#stored.has(id)) this.#strings.delete(text);
  }
}

/** How the units of a string are stored. */
export function textOf(bytes: Uint8Array, isLatin1: boolean): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(isLatin1 ? "latin1" : "utf16le");
}
