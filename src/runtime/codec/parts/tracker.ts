/**
 * Writes an image in parts: first all of it, then what changed (I7).
 *
 *     full()  ──▶ image                  every node gets its number, and a watch where it can change
 *     delta() ──▶ part                   patches of nodes that changed, heads and bodies of nodes that came
 *
 * Nodes that nothing refers to any more keep number and watch until the next full image; what is written for them in vain is bounded, since a full image follows
 * when the parts have grown as large as it.
 */
import { types } from "node:util";
import { Encoder } from "../encoder.js";
import { FORMAT_VERSION, Tag } from "../format.js";
import type { Handler } from "../handlers.js";
import { plainKindOf } from "../kinds/exotic.js";
import type { Shape } from "../shapes.js";
import { ArrayWatch, ObjectWatch } from "./objects.js";
import { BytesWatch, FieldsWatch, MapWatch, SetWatch } from "./others.js";
import { Unpatchable, type Watch } from "./watch.js";

export class Tracker {
  readonly #out = new Encoder();
  /** The watches of nodes that can change, and the numbers of those nodes. */
  readonly #watches: Watch[] = [];
  readonly #watched: number[] = [];
  /** Nodes that have been written. */
  #known = 0;
  /** The tables do not fit what was written any more. */
  #stale = false;

  /** Number of objects that have a number, those included that nothing refers to any more. */
  get size(): number {
    return this.#out.size;
  }

  /** The whole image. Call it once. Throws what `encode` throws. */
  full(root: unknown, rootName?: string): Uint8Array {
    const bytes = this.#out.encode(root, rootName ?? "value");
    // Buffers that are saved in parts are not watched.
    this.#stale = this.#out.pools !== undefined && !this.#out.pools.isEmpty;
    if (!this.#stale) this.#watchNew();
    return bytes;
  }

  /** What changed since the last call; `undefined` when only a full image can tell. */
  delta(): Uint8Array | undefined {
    if (this.#stale) return undefined;
    const out = this.#out;
    const changed: number[] = [];
    this.#stale = true;
    for (let i = 0; i < this.#watches.length; i++) if (!this.#watches[i]!.isSame(out)) changed.push(i);
    if (out.size !== this.#known) return undefined;
    out.nextPart();
    out.byte(FORMAT_VERSION);
    out.uint(this.#known);
    out.uint(changed.length);
    try {
      for (const i of changed) this.#patch(i);
      out.bodies(this.#known);
    } catch (error) {
      if (error instanceof Unpatchable) return undefined;
      throw error;
    }
    if (out.pools !== undefined && !out.pools.isEmpty) return undefined;
    const bytes = out.finish();
    this.#watchNew();
    this.#stale = false;
    return bytes;
  }

  #patch(i: number): void {
    const id = this.#watched[i]!;
    this.#out.uint(id);
    this.#out.about(id);
    this.#watches[i]!.patch(this.#out);
  }

  #watchNew(): void {
    const end = this.#out.size;
    for (let id = this.#known; id < end; id++) {
      const watch = this.#watchFor(id);
      if (watch === undefined) continue;
      this.#watches.push(watch);
      this.#watched.push(id);
    }
    this.#known = end;
  }

  #watchFor(id: number): Watch | undefined {
    const out = this.#out;
    const node = out.nodeAt(id);
    switch (out.tagAt(id)) {
      case Tag.FRAME:
      case Tag.REFERENCE:
      case Tag.INTRINSIC:
      case Tag.SYMBOL_FOR:
        return undefined;
      case Tag.PLAIN:
        return new ObjectWatch(node as object, (out.auxAt(id) as Shape).keys);
      case Tag.DICT:
        return new ObjectWatch(node as object, out.auxAt(id) as readonly string[]);
      case Tag.ARRAY:
        return new ArrayWatch(node as readonly unknown[]);
      case Tag.HANDLED:
        return new FieldsWatch(node as object, out.auxAt(id) as Handler);
      case Tag.EXOTIC:
        return this.#watchExotic(id, node as object);
      default:
        return new BytesWatch(out, id);
    }
  }

  #watchExotic(id: number, node: object): Watch {
    const isPlain = plainKindOf(node) !== undefined;
    if (isPlain && types.isMap(node)) return new MapWatch(node);
    if (isPlain && types.isSet(node)) return new SetWatch(node);
    return new BytesWatch(this.#out, id);
  }
}
