/**
 * Writes images in parts whatever their size, and makes sure each time that image and parts are the graph as it is: what is restored from them has the bytes of a
 * full image.
 */
import { decode, encode } from "../dist/runtime/codec/index.js";
import { Tracker } from "../dist/runtime/codec/parts/tracker.js";
import type { ImageWriter, RunImage } from "../dist/runtime/image.js";

export class CheckedWriter implements ImageWriter {
  #tracker: Tracker | undefined;
  #image: Uint8Array = new Uint8Array();
  #parts: Uint8Array[] = [];

  write(image: RunImage, touched?: Iterable<object>): ReturnType<ImageWriter["write"]> {
    const whole = encode(image);
    const part = this.#tracker?.delta(touched);
    if (part === undefined) {
      this.#tracker = new Tracker();
      this.#image = this.#tracker.full(image);
      this.#parts = [];
      return { kind: "image", bytes: this.#image, blobs: [], refers: [] };
    }
    this.#parts.push(part);
    if (!Buffer.from(encode(decode(this.#image, this.#parts))).equals(whole)) throw new Error("image and parts are not the run");
    return { kind: "part", bytes: part, blobs: [], refers: [] };
  }
}
