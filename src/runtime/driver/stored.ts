/** The continuation of a run as it is in the store, kept so that a failed transition can leave it where it was (I8). */
import type { Codec, RunImage } from "../image.js";
import type { Written } from "../codec/parts/writer.js";
import type { StoredImage } from "../store/store.js";

export class Stored {
  #image: Uint8Array;
  #parts: Uint8Array[];
  #blobs: Map<string, Uint8Array>;
  /** Bytes of image and parts. */
  #bytes: number;

  constructor({ image, parts, blobs }: StoredImage) {
    this.#image = image;
    this.#parts = [...parts];
    this.#blobs = new Map(blobs);
    this.#bytes = image.length + parts.reduce((sum, part) => sum + part.length, 0);
  }

  /** Ids of the blobs it refers to. */
  get blobs(): Iterable<string> {
    return this.#blobs.keys();
  }

  /** The run as it was when this was written. Throws what the codec throws. */
  decode(codec: Codec): RunImage {
    return codec.decode(this.#image, this.#parts, this.#blobs) as RunImage;
  }

  /** Its size in bytes once this is written. */
  sizeWith({ kind, bytes, blobs, refers }: Written): number {
    const written = (kind === "image" ? 0 : this.#bytes) + bytes.length;
    if (this.#blobs.size + blobs.length === 0) return written;
    const sizes = new Map([...this.#blobs, ...blobs.map(({ id, bytes: contents }) => [id, contents] as const)]);
    const kept = kind === "image" ? refers : [...sizes.keys()];
    return written + kept.reduce((sum, id) => sum + sizes.get(id)!.length, 0);
  }

  /** This has been handed out to be written. */
  follow({ kind, bytes, blobs, refers }: Written): void {
    const isImage = kind === "image";
    this.#bytes = (isImage ? 0 : this.#bytes) + bytes.length;
    for (const { id, bytes: contents } of blobs) this.#blobs.set(id, contents);
    if (!isImage) return void this.#parts.push(bytes);
    const kept = new Set(refers);
    for (const id of this.#blobs.keys()) if (!kept.has(id)) this.#blobs.delete(id);
    this.#image = bytes;
    this.#parts = [];
  }
}
