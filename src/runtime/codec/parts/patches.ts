/** What a part of an image changes in nodes that were written before it: see `Patch`. */
import { types } from "node:util";
import type { Decoder, Props } from "../decoder.js";
import { Patch, Tag } from "../format.js";
import type { Handler } from "../handlers.js";
import { corrupt } from "../reader.js";
import { entriesOf } from "./apply.js";

/** Reads what has changed in a node, and changes it. */
export function patchNode(input: Decoder, id: number): void {
  const node = input.nodeAt(id);
  switch (input.byte()) {
    case Patch.ENTRIES:
      return patchEntries(input, id, node, false);
    case Patch.REFILL:
      return patchEntries(input, id, node, true);
    case Patch.ELEMENTS:
      if (input.tagAt(id) !== Tag.ARRAY) throw corrupt("elements for what is no array");
      return patchElements(input, node as unknown[]);
    case Patch.FIELDS: {
      if (input.tagAt(id) !== Tag.HANDLED) throw corrupt("fields for what has none");
      const handler = input.auxAt(id) as Handler;
      return input.settle(input.values(handler.fields.length), (fields) => handler.restore(node as object, fields));
    }
    case Patch.BYTES:
      return patchBytes(input, node);
    default:
      throw corrupt("there is no patch of that kind");
  }
}

function patchEntries(input: Decoder, id: number, node: unknown, refill: boolean): void {
  const target = entriesOf(node, input.tagAt(id));
  if (refill) target.clear();
  else for (const key of input.values(input.count())) target.remove(key);
  const entries = input.values(input.count() * 2);
  input.settle(entries, (made) => {
    for (let i = 0; i < made.length; i += 2) target.set(made[i], made[i + 1]);
  });
}

function patchBytes(input: Decoder, node: unknown): void {
  if (!types.isArrayBuffer(node)) throw corrupt("bytes for what is no buffer");
  for (let left = input.count(); left > 0; left--) {
    const at = input.uint();
    const chunk = input.chunk();
    if (at + chunk.length > node.byteLength) throw corrupt("the bytes of a buffer do not fit");
    new Uint8Array(node).set(chunk, at);
  }
}

function patchElements(input: Decoder, array: unknown[]): void {
  const length = input.uint();
  const start = input.uint();
  const count = input.count();
  if (start > array.length || start + count > length || (length !== array.length && start + count !== length))
    throw corrupt("the elements of an array do not fit");
  if (length !== array.length) array.length = start;
  array.length = length;
  for (let i = start; i < start + count; i++) {
    if (input.peek() === Tag.HOLE) {
      input.byte();
      Reflect.deleteProperty(array, i);
    } else input.put(array as unknown as Props, i, input.value());
  }
}
