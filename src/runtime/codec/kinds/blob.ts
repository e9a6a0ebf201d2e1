/** Blob and File: their bytes, which never change, and what they say of them. */
import { BLOB_SIZE, CHUNK_BYTES } from "../blobs.js";
import type { Decoder } from "../decoder.js";
import type { Encoder } from "../encoder.js";
import { corrupt } from "../reader.js";
import { bytesOf, madeOf } from "./blob-reader.js";
import { answers, registerExotic, registerLazily } from "./kind.js";

const BLOB_TAG = 54;
const FILE_TAG = 55;

const getter = <T>(prototype: object, key: string): ((this: object) => T) =>
  Object.getOwnPropertyDescriptor(prototype, key)!.get as (this: object) => T;

/** Node keeps the state of a Blob under symbols of its own. */
function addedKeys(born: Blob): (value: Blob) => (string | symbol)[] {
  const keys = new Set(Reflect.ownKeys(born));
  return (value) => Reflect.ownKeys(value).filter((key) => !keys.has(key));
}

registerLazily("Blob", BLOB_TAG, () => {
  const sizeOf = getter<number>(Blob.prototype, "size");
  const typeOf = getter<string>(Blob.prototype, "type");
  registerExotic<Blob>({
    tag: BLOB_TAG,
    prototype: Blob.prototype,
    is: (value) => answers(() => sizeOf.call(value)) && !(value instanceof File),
    propertyKeys: addedKeys(new Blob([])),
    head(out, blob) {
      out.string(typeOf.call(blob));
      writeBytes(out, blob);
    },
    make(input) {
      const type = input.string();
      return remade(input, (bytes) => new Blob(bytes, { type }));
    },
  });
});

registerLazily("File", FILE_TAG, () => {
  const typeOf = getter<string>(Blob.prototype, "type");
  const nameOf = getter<string>(File.prototype, "name");
  const modified = getter<number>(File.prototype, "lastModified");
  registerExotic<File>({
    tag: FILE_TAG,
    prototype: File.prototype,
    is: (value) => answers(() => nameOf.call(value)),
    propertyKeys: addedKeys(new File([], "")),
    head(out, file) {
      out.string(nameOf.call(file));
      out.string(typeOf.call(file));
      out.double(modified.call(file));
      writeBytes(out, file);
    },
    make(input) {
      const name = input.string();
      const type = input.string();
      const lastModified = input.double();
      return remade(input, (bytes) => new File(bytes, name, { type, lastModified }));
    },
  });
});

/** Large ones in chunks, which are kept as blobs of the store. */
function writeBytes(out: Encoder, blob: Blob): void {
  const bytes = readable(out, blob);
  const isLarge = out.blobs !== undefined && bytes.length >= BLOB_SIZE;
  out.uint(bytes.length);
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const chunk = bytes.subarray(at, at + CHUNK_BYTES);
    if (isLarge) out.blob(chunk);
    else out.inline(chunk);
  }
}

function remade<T extends Blob>(input: Decoder, make: (bytes: [Uint8Array<ArrayBuffer>]) => T): T {
  const length = input.uint();
  const chunks: Uint8Array[] = [];
  // Nothing is allocated before all of its bytes are there.
  for (let at = 0; at < length; at += chunks.at(-1)!.length) {
    const chunk = input.chunk();
    if (chunk.length === 0 || at + chunk.length > length) throw corrupt("the bytes of a Blob do not fit");
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(Buffer.concat(chunks));
  const blob = make([bytes]);
  madeOf(blob, bytes);
  return blob;
}

function readable(out: Encoder, blob: Blob): Uint8Array {
  try {
    return bytesOf(blob);
  } catch (error) {
    const why = `it is a ${blob instanceof File ? "File" : "Blob"} whose bytes cannot be read now: ${(error as Error).message}`;
    return out.refuse(blob, why.replace(/\.$/, ""), "Read it inside a step, with `blob.bytes()`, and keep the bytes.");
  }
}
