/** Watch over an ArrayBuffer: a copy of its bytes, compared chunk by chunk. */
import { BLOB_SIZE, CHUNK_BYTES } from "../blobs.js";
import type { Encoder } from "../encoder.js";
import { Patch } from "../format.js";
import { plainKindOf } from "../kinds/exotic.js";
import { Unpatchable, Watch } from "./watch.js";

export class BufferWatch extends Watch {
  readonly #node: ArrayBuffer;
  readonly #copy: Buffer;

  constructor(id: number, node: ArrayBuffer) {
    super(id);
    this.#node = node;
    this.#copy = Buffer.from(node.slice(0));
  }

  override isSame(): boolean {
    const node = this.#node;
    if (node.byteLength !== this.#copy.length || plainKindOf(node) === undefined) return false;
    return this.#copy.equals(new Uint8Array(node));
  }

  patch(out: Encoder): void {
    const node = this.#node;
    if (node.byteLength !== this.#copy.length || plainKindOf(node) === undefined) throw new Unpatchable();
    const isLarge = out.blobs !== undefined && node.byteLength >= BLOB_SIZE;
    const changed = this.#changedChunks();
    out.byte(Patch.BYTES);
    out.uint(changed.length);
    for (const at of changed) {
      const chunk = new Uint8Array(node, at, Math.min(CHUNK_BYTES, node.byteLength - at));
      out.uint(at);
      if (isLarge) out.blob(chunk);
      else out.inline(chunk);
      this.#copy.set(chunk, at);
    }
  }

  #changedChunks(): number[] {
    const now = Buffer.from(this.#node);
    const changed: number[] = [];
    for (let at = 0; at < now.length; at += CHUNK_BYTES) {
      const end = Math.min(at + CHUNK_BYTES, now.length);
      if (now.compare(this.#copy, at, end, at, end) !== 0) changed.push(at);
    }
    return changed;
  }
}
