/**
 * The checkpoint codec: a graph of values to bytes and back, the same graph (I6). See format.ts for the format; what is not saved is refused
 * with the variable, the place and the way out (I8).
 */
import type { Blobs, BlobSink } from "./blobs.js";
import { decodeBytes } from "./decode.js";
import { Encoder } from "./encoder.js";

export { registerCodec, type ValueCodec } from "./custom.js";
export { registerHandler } from "./handlers.js";

/** The encoder that is free for use: its tables are worth keeping. */
let idle: Encoder | undefined;
/** An image of more objects than this leaves tables that are not worth keeping. */
const KEEP_NODES = 100_000;

/** What an image may hold. */
export interface EncodeOptions {
  /** The bytes will be encrypted: secrets may be among them. */
  readonly secrets?: boolean;
  /** Where large strings and buffers go; default: into the bytes. */
  readonly blobs?: BlobSink | undefined;
}

/**
 * The bytes of everything reachable from `root`. The same graph gives the same bytes. Calls no code of the program but its codecs, so getters are saved, not read.
 * `rootName` names the root in messages where no variable does. Throws NotSaveableError.
 */
export function encode(root: unknown, rootName = "value", { secrets = false, blobs }: EncodeOptions = {}): Uint8Array {
  const encoder = idle ?? new Encoder();
  idle = undefined;
  encoder.secrets = secrets;
  encoder.blobs = blobs;
  try {
    return encoder.encode(root, rootName);
  } finally {
    if (encoder.size <= KEEP_NODES) {
      encoder.reset();
      idle = encoder;
    }
  }
}

/**
 * The graph of which `encode` made these bytes, new and unshared. `parts` are what an ImageWriter wrote after them, `blobs` what it put aside. Runs no code of the
 * program but its codecs, and evaluates nothing. Throws CorruptCheckpointError when the
 * bytes are malformed, ProgramChangedError when they refer to functions, classes or constants that this process does not have in that form.
 */
export function decode(bytes: Uint8Array, parts?: readonly Uint8Array[], blobs?: Blobs): unknown {
  return decodeBytes(bytes, parts, blobs);
}
