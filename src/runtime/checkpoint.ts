/** The checkpoint codec as the runtime uses it. */
import { decode, encode } from "./codec/index.js";
import { ImageWriter } from "./codec/parts/writer.js";
import type { Codec } from "./image.js";
import { settleCursors } from "./iterate.js";

export const codec: Codec = {
  encode,
  writer: () => new ImageWriter(),
  decode(bytes, parts) {
    try {
      return decode(bytes, parts);
    } finally {
      settleCursors();
    }
  },
};
