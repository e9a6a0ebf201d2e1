/** The checkpoint codec as the runtime uses it. */
import { heapOf } from "./codec/heap.js";
import { decode, encode } from "./codec/index.js";
import { ImageWriter } from "./codec/parts/writer.js";
import type { Codec } from "./image.js";
import { settleCursors } from "./iterate.js";
import { checkReadable } from "./store/sealed.js";

/** @param secrets whether the store may be given secrets, because it encrypts them */
function codecFor(secrets: boolean): Codec {
  return {
    encode: (root, rootName) => encode(root, rootName, { secrets }),
    writer: (blobs) => new ImageWriter(blobs, secrets),
    heap: heapOf,
    decode(bytes, parts = [], blobs) {
      for (const part of [bytes, ...parts]) checkReadable(part);
      try {
        return decode(bytes, parts, blobs);
      } finally {
        settleCursors();
      }
    },
  };
}

export const codec = codecFor(false);
/** The same for a store with a cipher. */
export const secretCodec = codecFor(true);
