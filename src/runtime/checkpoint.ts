/** The checkpoint codec as the runtime uses it. */
import { decode, encode } from "./codec/index.js";
import type { Codec } from "./image.js";
import { settleCursors } from "./iterate.js";
import { checkReadable } from "./store/sealed.js";

export const codec: Codec = {
  encode,
  decode(bytes) {
    checkReadable(bytes);
    try {
      return decode(bytes);
    } finally {
      settleCursors();
    }
  },
};

/** The same for a store with a cipher, which may be given secrets. */
export const secretCodec: Codec = {
  encode: (root, rootName) => encode(root, rootName, { secrets: true }),
  decode: (bytes) => codec.decode(bytes),
};
