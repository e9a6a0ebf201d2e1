/**
 * The objects of one image under their numbers: which have been met, in the body of which one, and what is known of them for their own bodies and for messages.
 */
import { Tag } from "./format.js";
import type { Encoder } from "./encoder.js";
import type { Handler } from "./handlers.js";
import { canAskForClasses } from "./hidden-classes.js";
import { Identities, type Identity, SEARCHED, Sort } from "./identities.js";
import { type Graph, notSaveable } from "./refusal.js";
import type { Shape } from "./shapes.js";
import { Writer } from "./writer.js";

/** What the body of a node needs besides the node; `undefined`: no body follows. */
export type Aux = Shape | readonly string[] | number | Handler | BodyWriter | undefined;
/** Writes the body of a node of the rarer sorts. */
export interface BodyWriter {
  write(out: Encoder): void;
}

/** Stands in the table for a node that is not found by identity. */
export const HIDDEN = {};
/** What is the same object in every process. */
const REFERENCES: ReadonlySet<number> = new Set([Tag.REFERENCE, Tag.INTRINSIC, Tag.SYMBOL_FOR]);
/** Objects of a shape are a sort, and so are all others that are written under one tag. */
const SORTS: readonly Sort[] = Array.from({ length: 256 }, () => new Sort());

export class Nodes extends Writer {
  /** Number of objects so far: what is used of the tables below, which are kept from image to image. */
  protected count = 0;
  protected readonly nodes: (Identity | undefined)[] = [];
  /** Node in whose body each node was first met. */
  protected readonly parents: number[] = [];
  protected readonly tags: number[] = [];
  protected readonly aux: Aux[] = [];
  readonly #identities = new Identities(this.nodes, (id) => sort(this.tags[id]!, this.aux[id]));
  /** Number of nodes before the part under way. */
  #from = 0;
  /** There is enough to encode for it, and the engine can be asked for hidden classes. */
  protected asksForClasses = false;
  /** The node whose body is being written; −1 for the root value. */
  protected current = -1;
  protected rootName = "value";

  /** Numbers `value`; its body follows later when `aux` is given. */
  add(value: Identity, tag: number, aux: Aux): void {
    const id = this.count++;
    this.nodes[id] = value;
    this.parents[id] = this.current;
    this.tags[id] = tag;
    this.aux[id] = aux;
    if (id - this.#from === SEARCHED) this.asksForClasses = canAskForClasses();
    this.#identities.add(value, id, sort(tag, aux));
  }

  /** Whether an array alone is so long that classes are asked for, and they were not before. */
  protected isLarge(array: readonly unknown[]): boolean {
    return !this.asksForClasses && array.length > SEARCHED && (this.asksForClasses = canAskForClasses());
  }

  /** What follows is a part: classes are asked for when it turns out to be large, too. */
  protected beginPart(): void {
    this.#from = this.count;
    this.asksForClasses = false;
  }

  /** The number of a node met before, −1 when it was not met. */
  protected find(value: Identity): number {
    return this.#identities.find(value, this.count);
  }

  /** Takes back that the node can be found by identity; its number stays. */
  hide(id: number): void {
    this.#identities.hide(id, this.nodes[id]!);
    this.nodes[id] = HIDDEN;
  }

  /** Refers to a node by number. */
  nodeReference(id: number): void {
    this.byte(Tag.NODE_REF);
    this.uint(id);
  }

  /** Whether an object was met before. */
  has(value: object): boolean {
    return this.find(value) >= 0;
  }

  /** What is known of the walk, for messages. */
  get graph(): Graph {
    return { nodes: this.nodes as Graph["nodes"], parents: this.parents, rootName: this.rootName };
  }

  /** Stops the walk: `value`, found in the body under way, cannot be saved. `why` goes on "it cannot be saved: …", `fix` is a sentence. */
  refuse(value: unknown, why: string, fix: string): never {
    throw notSaveable(this.graph, this.current, value, why, fix);
  }

  /** The same for an object that was met before. */
  refuseNode(value: object, why: string, fix: string): never {
    this.current = this.parents[this.find(value)] ?? -1;
    this.refuse(value, why, fix);
  }

  /** What follows belongs to node `id`, for messages. */
  about(id: number): void {
    this.current = id;
  }

  tagAt(id: number): number {
    return this.tags[id]!;
  }

  auxAt(id: number): unknown {
    return this.aux[id];
  }

  /** The objects in the image that are its own: those that are not saved by reference. */
  owned(): object[] {
    const owned: object[] = [];
    for (let id = 0; id < this.count; id++) {
      const node = this.nodes[id];
      const isReference = REFERENCES.has(this.tags[id]!) || node === HIDDEN;
      if (!isReference && typeof node !== "symbol" && node !== undefined) owned.push(node);
    }
    return owned;
  }

  /** Number of objects in the image so far. */
  get size(): number {
    return this.count;
  }

  /** Forgets the objects of the last image. */
  protected forgetNodes(): void {
    this.#identities.reset(this.count);
    for (let id = 0; id < this.count; id++) this.nodes[id] = this.aux[id] = undefined;
    this.count = 0;
    this.current = -1;
    this.beginPart();
  }
}

function sort(tag: number, aux: Aux): Sort {
  return tag === Tag.PLAIN ? (aux as Shape).sort : SORTS[tag]!;
}
