/** Reading an image with its parts, from bytes that nobody vouches for. */
import { CorruptCheckpointError, ProgramChangedError } from "../../shared/errors.js";
import { type Blobs, NO_BLOBS } from "./blobs.js";
import { Decoder } from "./decoder.js";
import { FORMAT_VERSION } from "./format.js";
import { corrupt } from "./reader.js";
import { upToDate } from "./versions.js";

/** Whatever goes wrong while reading means that the bytes are wrong, unless it is the program that changed. */
export function decodeBytes(image: Uint8Array, parts: readonly Uint8Array[] = [], blobs: Blobs = NO_BLOBS): unknown {
  try {
    const decoder = new Decoder(image[0] === FORMAT_VERSION ? image : upToDate(image));
    decoder.blobs = blobs;
    const root = decoder.decode();
    for (const part of parts) decoder.part(part);
    decoder.finish();
    return root;
  } catch (error) {
    if (error instanceof CorruptCheckpointError || error instanceof ProgramChangedError) throw error;
    throw corrupt("it does not add up", error);
  }
}
