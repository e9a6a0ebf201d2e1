/** The checkpoint codec as the runtime uses it. */
import { decode, encode } from "./codec/index.js";
import { heapOf } from "./codec/heap.js";
import { ImageWriter } from "./codec/parts/writer.js";
import type { Codec } from "./image.js";
import { settleCursors } from "./iterate.js";

export const codec: Codec = {
  encode,
  heap: heapOf,
  writer: (blobs) => new ImageWriter(blobs),
  decode(bytes, parts, blobs) {
    try {
      return decode(bytes, parts, blobs);
    } finally {
      settleCursors();
    }
  },
};
