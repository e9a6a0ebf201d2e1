/** ArrayBuffer, and the views on it. Views of one buffer share it after a restore. */
import { isDeepStrictEqual, types } from "node:util";
import { BLOB_SIZE, CHUNK_BYTES } from "../blobs.js";
import type { Encoder } from "../encoder.js";
import { corrupt } from "../reader.js";
import { PooledBuffers } from "./pool.js";
import { registerExotic } from "./kind.js";

registerExotic<ArrayBuffer>({
  tag: 16,
  prototype: ArrayBuffer.prototype,
  branded: true,
  is: types.isArrayBuffer,
  head(out, buffer) {
    if (buffer.detached)
      out.refuse(buffer, "it was transferred to somebody else", "Let it go out of scope before the suspension.");
    out.uint(buffer.byteLength);
    out.uint(buffer.resizable ? buffer.maxByteLength + 1 : 0);
    const isLarge = out.blobs !== undefined && buffer.byteLength >= BLOB_SIZE;
    const size = isLarge ? CHUNK_BYTES : Math.max(1, buffer.byteLength);
    for (let at = 0; at < buffer.byteLength; at += size) {
      const chunk = new Uint8Array(buffer, at, Math.min(size, buffer.byteLength - at));
      if (isLarge) out.blob(chunk);
      else out.inline(chunk);
    }
  },
  make(input) {
    const length = input.uint();
    const limit = input.uint();
    if (limit > 0 && limit - 1 < length) throw corrupt("a buffer is longer than it can be");
    const chunks: Uint8Array[] = [];
    // Nothing is allocated before all of its bytes are there.
    for (let at = 0; at < length; at += chunks.at(-1)!.length) {
      const chunk = input.chunk();
      if (chunk.length === 0 || at + chunk.length > length) throw corrupt("the bytes of a buffer do not fit");
      chunks.push(chunk);
    }
    const buffer = limit > 0 ? new ArrayBuffer(length, { maxByteLength: limit - 1 }) : new ArrayBuffer(length);
    const bytes = new Uint8Array(buffer);
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return buffer;
  },
});

type View = NodeJS.TypedArray | DataView;
type ViewConstructor = new (buffer: ArrayBufferLike, offset?: number, length?: number) => View;

const VIEWS: readonly (readonly [tag: number, name: string])[] = [
  [20, "Int8Array"],
  [21, "Uint8Array"],
  [22, "Uint8ClampedArray"],
  [23, "Int16Array"],
  [24, "Uint16Array"],
  [25, "Int32Array"],
  [26, "Uint32Array"],
  [27, "BigInt64Array"],
  [28, "BigUint64Array"],
  [29, "Float16Array"],
  [30, "Float32Array"],
  [31, "Float64Array"],
];
const typedArrayTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag)!
  .get as (this: object) => string | undefined;

for (const [tag, name] of VIEWS) {
  const constructor = (globalThis as unknown as Record<string, ViewConstructor>)[name];
  if (constructor !== undefined) registerView(tag, constructor, (value) => typedArrayTag.call(value) === name);
}
registerView(32, DataView, types.isDataView);
registerView(
  33,
  BufferOver as unknown as ViewConstructor,
  (value) => Object.getPrototypeOf(value) === Buffer.prototype && types.isUint8Array(value),
  Buffer.prototype,
);

function BufferOver(buffer: ArrayBuffer, offset: number, length: number): Buffer {
  return Buffer.from(buffer, offset, length);
}

function registerView(
  tag: number,
  constructor: ViewConstructor,
  is: (value: object) => boolean,
  prototype: object = constructor.prototype as object,
): void {
  registerExotic<View>({
    tag,
    prototype,
    branded: prototype !== Buffer.prototype,
    is,
    propertyKeys: (view) => propertyKeys(view, constructor),
    head(out, view) {
      writeBuffer(out, view, prototype === Buffer.prototype);
      out.uint(view.byteOffset);
      out.uint(tracksLength(view) ? 0 : lengthOf(view) + 1);
    },
    make(input) {
      const buffer = input.arrayBuffer();
      const offset = input.uint();
      const length = input.uint();
      return makeView(constructor, buffer, offset, length === 0 ? undefined : length - 1);
    },
  });
}

function makeView(constructor: ViewConstructor, buffer: ArrayBuffer, offset: number, length: number | undefined): View {
  if ((constructor as unknown) === BufferOver) return BufferOver(buffer, offset, length ?? buffer.byteLength - offset);
  return length === undefined ? new constructor(buffer, offset) : new constructor(buffer, offset, length);
}

function writeBuffer(out: Encoder, view: View, isNodeBuffer: boolean): void {
  const buffer = view.buffer;
  if (types.isSharedArrayBuffer(buffer)) {
    out.refuse(
      view,
      "its memory is shared with other threads",
      "Copy it with slice(), or let it go out of scope before the suspension.",
    );
  }
  if (buffer.detached)
    out.refuse(view, "its buffer was transferred to somebody else", "Let it go out of scope before the suspension.");
  out.pools ??= new PooledBuffers();
  if (isNodeBuffer && out.pools.view(out, buffer, view.byteOffset, view.byteOffset + view.byteLength)) return;
  out.reference(buffer);
}

function lengthOf(view: View): number {
  return types.isDataView(view) ? view.byteLength : view.length;
}

/** Whether the view grows and shrinks with its resizable buffer. The language does not tell, so the buffer is resized by a little, and back. */
function tracksLength(view: View): boolean {
  const buffer = view.buffer as ArrayBuffer;
  if (!buffer.resizable || view.byteOffset + view.byteLength > buffer.byteLength) return false;
  const unit = types.isDataView(view) ? 1 : view.BYTES_PER_ELEMENT;
  const before = view.byteLength;
  const size = buffer.byteLength;
  if (size + unit <= buffer.maxByteLength) {
    buffer.resize(size + unit);
    const tracks = view.byteLength !== before;
    buffer.resize(size);
    return tracks;
  }
  return before > 0 && tracksShrinking(view, buffer, unit);
}

function tracksShrinking(view: View, buffer: ArrayBuffer, unit: number): boolean {
  const size = buffer.byteLength;
  const tail = new Uint8Array(buffer, size - unit).slice();
  buffer.resize(size - unit);
  // A view of fixed length is out of bounds now, and says so: a DataView by throwing.
  let tracks: boolean;
  try {
    tracks = view.byteOffset + view.byteLength === size - unit && view.byteLength > 0;
  } catch {
    tracks = false;
  }
  buffer.resize(size);
  new Uint8Array(buffer, size - unit).set(tail);
  return tracks;
}

const FEW_ELEMENTS = 32;
const INDEX = /^(?:0|[1-9]\d*)$/;

/**
 * Own properties beside the elements. Listing the keys of a large array costs far more than saving its bytes, so it is first compared with a fresh view
 * of the same bytes, which Node does without listing the elements; properties that are not enumerable go unseen then.
 */
function propertyKeys(view: View, constructor: ViewConstructor): readonly (string | symbol)[] {
  if (types.isDataView(view)) return Reflect.ownKeys(view);
  const large =
    view.length > FEW_ELEMENTS && Object.isExtensible(view) && Object.getPrototypeOf(view) === prototypeOf(constructor);
  if (large && isDeepStrictEqual(view, makeView(constructor, view.buffer as ArrayBuffer, view.byteOffset, view.length)))
    return [];
  return Reflect.ownKeys(view).filter((key) => typeof key === "symbol" || !INDEX.test(key));
}

function prototypeOf(constructor: ViewConstructor): unknown {
  return (constructor as unknown) === BufferOver ? Buffer.prototype : constructor.prototype;
}
