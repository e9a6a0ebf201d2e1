/** The checkpoint codec as the runtime uses it. */
import { decode, encode } from "./codec/index.js";
import type { Codec } from "./image.js";
import { settleCursors } from "./iterate.js";

export const codec: Codec = {
  encode,
  decode(bytes) {
    try {
      return decode(bytes);
    } finally {
      settleCursors();
    }
  },
};
