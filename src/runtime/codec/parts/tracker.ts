/**
 * Writes an image in parts: first all of it, then what changed (I7).
 *
 *     full()  ──▶ image                  every node gets its number, and a watch where it can change
 *     delta() ──▶ part                   patches of nodes that changed, heads and bodies of nodes that came
 *
 * What the program can change is compared with a copy, all of it; what is the runtime's own is looked at only when it is said to have changed ("touched"), so a
 * commit costs the same however many strands there are.
 *
 * Nodes that nothing refers to any more keep number and watch until the next full image; what is written for them in vain is bounded, since a full image follows
 * when the parts have grown as large as it.
 */
import { types } from "node:util";
import { attachedStores } from "../../private-store.js";
import type { BlobSink } from "../blobs.js";
import { Encoder } from "../encoder.js";
import { FORMAT_VERSION, Tag } from "../format.js";
import { handlerOf, type Handler, type Part } from "../handlers.js";
import { canAskForClasses } from "../hidden-classes.js";
import { plainKindOf } from "../kinds/exotic.js";
import type { Shape } from "../shapes.js";
import { BufferWatch } from "./buffer.js";
import { Pass } from "./pass.js";
import { ArrayWatch } from "./arrays.js";
import { ObjectWatches } from "./objects.js";
import { BytesWatch, DateWatch, FieldsWatch, MapWatch, SetWatch } from "./others.js";
import { type Change, Unpatchable, type Watch } from "./watch.js";

export class Tracker {
  readonly #out = new Encoder();
  /** The watches of nodes that can change, those of a class together: a loop over one class alone takes half the time. */
  readonly #objects = new ObjectWatches();
  readonly #arrays: ArrayWatch[] = [];
  readonly #others: Watch[] = [];
  /** The watches of what is only compared when it was touched, by node. */
  readonly #told = new Map<object, Watch>();
  /** Nodes among those to be watched next that belong to what is told. */
  readonly #expected = new Map<object, Part>();
  /** Nodes that have been written. */
  #known = 0;
  /** How many objects had private members when they were last looked at. */
  #attached = attachedStores();
  /** The tables do not fit what was written any more. */
  #stale = false;

  /**
   * @param blobs where large strings and buffers go
   * @param secrets whether secrets may be written
   */
  constructor(blobs?: BlobSink, secrets = false) {
    this.#out.blobs = blobs;
    this.#out.secrets = secrets;
  }

  /** Number of objects that have a number, those included that nothing refers to any more. */
  get size(): number {
    return this.#out.size;
  }

  /** The whole image. Call it once. Throws what `encode` throws. */
  full(root: unknown, rootName?: string): Uint8Array {
    const bytes = this.#out.encode(root, rootName ?? "value");
    this.#stale = this.#hasUnwatched();
    if (!this.#stale) this.#watchNew();
    return bytes;
  }

  /**
   * What changed since the last call; `undefined` when only a full image can tell.
   *
   * @param touched the runtime's own objects that may have changed, those that came included: handlers with `parts`
   */
  delta(touched: Iterable<object> = []): Uint8Array | undefined {
    if (this.#stale) return undefined;
    const out = this.#out;
    this.#stale = true;
    const changed = this.#changed(touched);
    if (out.size !== this.#known) return undefined;
    out.nextPart();
    out.byte(FORMAT_VERSION);
    out.uint(this.#known);
    out.uint(changed.length);
    try {
      for (const watch of changed) {
        out.uint(watch.id);
        out.about(watch.id);
        watch.patch(out);
      }
      out.bodies(this.#known);
    } catch (error) {
      if (error instanceof Unpatchable) return undefined;
      throw error;
    }
    if (this.#hasUnwatched()) return undefined;
    out.end();
    const bytes = out.finish();
    this.#watchNew();
    this.#stale = false;
    return bytes;
  }

  /** What nobody could see change: buffers that are saved in parts, entries of weak collections, private members of the engine, values with a codec of the program. */
  #hasUnwatched(): boolean {
    const { pools, weak, hasNatives, data } = this.#out;
    return (pools !== undefined && !pools.isEmpty) || weak !== undefined || hasNatives || data !== undefined;
  }

  #changed(touched: Iterable<object>): Change[] {
    const changed: Change[] = [];
    // Time has passed: what answers may have to be prepared again. Without it all watches find out in other ways.
    canAskForClasses();
    const attached = attachedStores();
    const pass = new Pass(attached !== this.#attached);
    this.#attached = attached;
    this.#objects.findChanged(pass, changed);
    for (const watch of this.#arrays) if (!watch.isSame()) changed.push(watch);
    for (const watch of this.#others) if (!watch.isSame(this.#out)) changed.push(watch);
    for (const node of touched) this.#lookAt(node, changed);
    return changed;
  }

  #lookAt(node: object, changed: Change[]): void {
    const own = this.#told.get(node);
    // What has not been written yet will be.
    if (own === undefined) return;
    if (!own.isSame(this.#out)) changed.push(own);
    for (const part of handlerOf(Object.getPrototypeOf(node) as object)!.parts!(node)) {
      const watch = this.#told.get(part.node);
      if (watch === undefined) this.#expected.set(part.node, part);
      else if (!watch.isSame(this.#out)) changed.push(watch);
    }
  }

  #watchNew(): void {
    const end = this.#out.size;
    for (let id = this.#known; id < end; id++) this.#watchNode(id);
    this.#known = end;
    // Those that are left were known before, and never change.
    this.#expected.clear();
  }

  #watchNode(id: number): void {
    const out = this.#out;
    const node = out.nodeAt(id) as object;
    const part = this.#expected.size === 0 ? undefined : this.#expected.get(node);
    if (part !== undefined) {
      this.#expected.delete(node);
      if (part.watch !== undefined) this.#told.set(node, part.watch(id));
      return;
    }
    switch (out.tagAt(id)) {
      case Tag.FRAME:
      case Tag.REFERENCE:
      case Tag.INTRINSIC:
      case Tag.SYMBOL_FOR:
        return;
      case Tag.PLAIN:
        return this.#objects.add(id, node, (out.auxAt(id) as Shape).keys);
      case Tag.DICT:
        return this.#objects.add(id, node, out.auxAt(id) as readonly string[]);
      case Tag.ARRAY:
        return void this.#arrays.push(new ArrayWatch(id, node as readonly unknown[]));
      case Tag.HANDLED:
        return this.#watchFields(new FieldsWatch(id, node, out.auxAt(id) as Handler));
      default:
        this.#others.push(this.#watchByState(id, node));
    }
  }

  #watchFields(watch: FieldsWatch): void {
    const { node, handler } = watch;
    if (handler.parts === undefined) return void this.#others.push(watch);
    this.#told.set(node, watch);
    // Their numbers are greater: they are met in its body.
    for (const part of handler.parts(node)) this.#expected.set(part.node, part);
  }

  #watchByState(id: number, node: object): Watch {
    const isPlain = this.#out.tagAt(id) === Tag.EXOTIC && plainKindOf(node) !== undefined;
    if (isPlain && types.isMap(node)) return new MapWatch(id, node);
    if (isPlain && types.isSet(node)) return new SetWatch(id, node);
    if (isPlain && types.isDate(node)) return new DateWatch(id, node);
    if (isPlain && types.isArrayBuffer(node) && !node.resizable) return new BufferWatch(id, node);
    return new BytesWatch(id, this.#out);
  }
}
