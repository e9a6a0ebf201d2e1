/**
 * Writes the image of one run, commit after commit: whole while it is small, in parts once it is not, and whole again when the parts have grown as large as it. So
 * what a run writes follows what changes, and what has to be read to load it stays within twice its size.
 */
import { NotSaveableError } from "../../../shared/errors.js";
import { type Blob, BlobSink } from "../blobs.js";
import { encode } from "../index.js";
import { Tracker } from "./tracker.js";

/** What a commit has to write. `image` replaces everything before, `part` comes after what is there. */
export interface Written {
  readonly kind: "image" | "part";
  readonly bytes: Uint8Array;
  /** What it refers to and the store does not have for this run. */
  readonly blobs: readonly Blob[];
  /** All blobs that an image refers to; for a part, those it refers to. */
  readonly refers: readonly string[];
}

/** Below this, writing everything costs less than looking for what changed (measured: 60 objects, 15 µs). */
const SMALL_BYTES = 2_048;
/** Parts may have this many bytes however small the image is. */
const LEAST_PARTS_BYTES = 32_768;
/**
 * The number of parts is bounded by this and one for each KiB of the image, so that a new image costs a commit a KiB at most. What a step leaves behind (its
 * arguments, its frame) is compared until the next image: with 256 of them a step 1,000 frames deep took 60 µs more than one 5 deep, with 32 it takes 30.
 */
const LEAST_PARTS = 32;

export class ImageWriter {
  readonly #sink: BlobSink;
  #tracker: Tracker | undefined;
  #imageBytes = 0;
  #partsBytes = 0;
  #parts = 0;
  #nodes = 0;

  /**
   * @param stored ids of the blobs that the store has for the run
   * @param secrets whether secrets may be written
   */
  constructor(
    stored: Iterable<string> = [],
    readonly secrets = false,
  ) {
    this.#sink = new BlobSink(stored);
  }

  /**
   * What changed in everything reachable from `root` since the last call. Throws NotSaveableError; what was written before stays what it was.
   *
   * @param touched the runtime's own objects in it that may have changed since the last call that did not throw
   */
  write(root: unknown, touched: Iterable<object> = []): Written {
    return this.#part(touched) ?? this.#image(root);
  }

  #part(touched: Iterable<object>): Written | undefined {
    this.#sink.begin();
    const bytes = this.#delta(touched);
    if (bytes === undefined || this.#isDue(bytes.length)) return undefined;
    this.#parts++;
    this.#partsBytes += bytes.length;
    return this.#written("part", bytes);
  }

  /** A refusal is told from the root, where it has a path: by the full image that follows. */
  #delta(touched: Iterable<object>): Uint8Array | undefined {
    try {
      return this.#tracker?.delta(touched);
    } catch (error) {
      if (error instanceof NotSaveableError) return undefined;
      throw error;
    }
  }

  /** Whether a new image is better than one more part of that size. */
  #isDue(more: number): boolean {
    const image = this.#imageBytes;
    return (
      this.#partsBytes + more > Math.max(image, LEAST_PARTS_BYTES) ||
      this.#parts >= LEAST_PARTS + image / 1_024 ||
      this.#tracker!.size > 2 * this.#nodes + 1_024
    );
  }

  #image(root: unknown): Written {
    const wasTracked = this.#tracker !== undefined;
    this.#tracker = undefined;
    this.#sink.begin();
    const bytes = wasTracked ? this.#tracked(root) : encode(root, undefined, { blobs: this.#sink, secrets: this.secrets });
    if (bytes.length < SMALL_BYTES && this.#sink.used().length === 0) this.#tracker = undefined;
    else if (!wasTracked) this.#tracked(root);
    this.#imageBytes = bytes.length;
    this.#partsBytes = 0;
    this.#parts = 0;
    return this.#written("image", bytes);
  }

  #written(kind: Written["kind"], bytes: Uint8Array): Written {
    const written = { kind, bytes, blobs: this.#sink.added(), refers: this.#sink.used() };
    this.#sink.commit(kind);
    return written;
  }

  #tracked(root: unknown): Uint8Array {
    const tracker = new Tracker(this.#sink, this.secrets);
    const bytes = tracker.full(root);
    this.#tracker = tracker;
    this.#nodes = tracker.size;
    return bytes;
  }
}
