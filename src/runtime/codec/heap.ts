/**
 * What a continuation consists of, by size: which kinds of values, which variables hold them, and where the largest are. What something *retains* is what would go with
 * it: everything that is reached through it alone, that is, what it dominates.
 */
import { types } from "node:util";
import { Frame, placeOf } from "../frame.js";
import { closureOf } from "../registry.js";
import { dominators } from "./dominators.js";
import { Encoder } from "./encoder.js";
import { type Shared, sharedObjects } from "./heap-shared.js";
import { handlerOf } from "./handlers.js";
import { className } from "./names.js";
import { placeIn } from "./refusal.js";

export interface HeapEntry {
  /** `items[3].photo`, from the frame's variable on. */
  readonly path: string;
  /** ``checkout at src/checkout.ts:12 (`sleep("3 days")`)``; empty for what is in no frame. */
  readonly frame: string;
  readonly type: string;
  /** Bytes of the continuation that would go with it. */
  readonly bytes: number;
  /** Objects that would go with it, itself included. */
  readonly objects: number;
}

export interface HeapReport {
  /** Bytes of the whole continuation, blobs included. */
  readonly bytes: number;
  readonly objects: number;
  /** Largest first. */
  readonly types: readonly { readonly type: string; readonly count: number; readonly bytes: number }[];
  /** What variables of frames retain, largest first. What several share belongs to none of them. */
  readonly variables: readonly HeapEntry[];
  /** What several variables hold together, largest first. `path` names them, or the ways to other objects that hold it: `byId, rows`. */
  readonly shared: readonly HeapEntry[];
  /** Other objects by what they retain, largest first. */
  readonly largest: readonly HeapEntry[];
}

/** No more of the holders of a shared object are named. */
const MOST_HOLDERS = 4;

/** Counts what each node takes, and notes what it refers to. */
class Meter extends Encoder {
  /** Bytes of each node's head and body, its properties' names and primitive values included. */
  readonly own: number[] = [];
  /** Bytes of heads within what is being written. */
  #heads = 0;
  /** Numbers of the nodes each node refers to. */
  readonly edges: number[][] = [];
  #of = -1;

  override bodies(first: number): number {
    let id = first;
    for (; id < this.size; id++) {
      const node = id;
      this.about(node);
      this.#measure(node, () => this.body(node));
    }
    return id;
  }

  /** Where an object is met for the first time its head follows, in the body of another. */
  override reference(value: object): void {
    const id = this.size;
    const around = this.#heads;
    const head = this.#measure(id, () => super.reference(value));
    if (this.size > id) this.#heads = around + head;
    else this.#heads = around;
  }

  /** Adds what `write` writes for node `id` to its size, but for heads of others. Returns all of it. */
  #measure(id: number, write: () => void): number {
    const before = this.position;
    this.#heads = 0;
    write();
    const all = this.position - before;
    if (this.size > id) this.own[id] = (this.own[id] ?? 0) + all - this.#heads;
    return all;
  }

  /** After the image: all nodes are known, so contents refer to them by number. */
  connect(): void {
    for (this.#of = 0; this.#of < this.size; this.#of++) {
      this.edges[this.#of] = [];
      this.contents(this.#of);
    }
  }

  override nodeReference(id: number): void {
    this.edges[this.#of]?.push(id);
    super.nodeReference(id);
  }
}

/** @param limit length of the lists. Throws what `encode` throws. */
export function heapOf(root: unknown, limit = 20): HeapReport {
  const meter = new Meter();
  const bytes = meter.encode(root, "value").length;
  meter.connect();
  const count = meter.size;
  const above = dominators(meter.edges);
  const retained = { bytes: meter.own.slice(), objects: Array.from({ length: count }, () => 1) };
  // Dominators are numbered before what they dominate in this order.
  for (const id of above.order.toReversed()) {
    const of = above.dominator[id]!;
    if (of === id) continue;
    retained.bytes[of]! += retained.bytes[id]!;
    retained.objects[of]! += retained.objects[id]!;
  }
  const entry = (id: number): HeapEntry => {
    const { path, frame } = placeIn(meter.graph, id);
    const of = { bytes: retained.bytes[id]!, objects: retained.objects[id]! };
    return { path, frame: frame === undefined ? "" : placeOf(frame), type: typeOf(meter.nodeAt(id)), ...of };
  };
  const isInFrame = (id: number): boolean => meter.nodeAt(meter.graph.parents[id] ?? -1) instanceof Frame;
  const runtimes = Array.from({ length: count }, (_, id) => isRuntimes(meter.nodeAt(id)));
  const shared = sharedObjects({
    ...above,
    edges: meter.edges,
    isRuntimes: (id) => runtimes[id]!,
    variablesOf: (frame, id) => slotsWith(meter.nodeAt(frame), meter.nodeAt(id)),
    pathOf: (id) => placeIn(meter.graph, id).path,
  });
  const isShared = new Set(shared.flatMap(({ ids: each }) => each));
  const together = ({ holders, ids: each }: Shared): HeapEntry => ({
    ...entry(each[0]!),
    path: holders.length > MOST_HOLDERS ? `${holders.slice(0, MOST_HOLDERS).join(", ")}, …` : holders.join(", "),
    bytes: each.reduce((sum, id) => sum + retained.bytes[id]!, 0),
    objects: each.reduce((sum, id) => sum + retained.objects[id]!, 0),
  });
  const ids = [...above.order].sort((a, b) => retained.bytes[b]! - retained.bytes[a]!);
  // The buffer of a single view is part of that.
  const isViewed = (id: number): boolean =>
    types.isAnyArrayBuffer(meter.nodeAt(id)) && ArrayBuffer.isView(meter.nodeAt(above.dominator[id]!));
  const objects = ids.filter((id) => !runtimes[id] && !isViewed(id));
  return {
    bytes,
    objects: count,
    types: byType(meter).slice(0, limit),
    variables: [
      ...objects
        .filter((id) => isInFrame(id) && !isShared.has(id))
        .slice(0, limit)
        .map(entry),
      ...texts(meter),
    ]
      .sort(byBytes)
      .slice(0, limit),
    shared: shared.map(together).sort(byBytes).slice(0, limit),
    largest: objects
      .filter((id) => !isInFrame(id))
      .slice(0, limit)
      .map(entry),
  };
}

function byBytes(a: HeapEntry, b: HeapEntry): number {
  return b.bytes - a.bytes;
}

/** Names of the slots of a frame that hold `value`. */
function slotsWith(frame: unknown, value: unknown): string[] {
  if (!(frame instanceof Frame)) return [];
  const names = Object.keys(frame.slots).filter((name) => frame.slots[name] === value);
  return frame.self === value ? [...names, "this"] : names;
}

/** Long texts are part of the frame that holds them. */
const LONG_TEXT = 256;

function texts(meter: Meter): HeapEntry[] {
  const found: HeapEntry[] = [];
  for (let id = 0; id < meter.size; id++) {
    const node = meter.nodeAt(id);
    if (!(node instanceof Frame)) continue;
    for (const [path, value] of Object.entries(node.slots))
      if (typeof value === "string" && value.length >= LONG_TEXT)
        found.push({ path, frame: placeOf(node), type: "string", bytes: Buffer.byteLength(value), objects: 0 });
  }
  return found;
}

function byType(meter: Meter): { type: string; count: number; bytes: number }[] {
  const found = new Map<string, { type: string; count: number; bytes: number }>();
  for (let id = 0; id < meter.size; id++) {
    const type = typeOf(meter.nodeAt(id));
    const sum = found.get(type) ?? { type, count: 0, bytes: 0 };
    found.set(type, sum);
    sum.count++;
    sum.bytes += meter.own[id]!;
  }
  return [...found.values()].sort((a, b) => b.bytes - a.bytes);
}

/** The runtime's own: the run, its strands, their frames and the lists of these. */
function isRuntimes(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  if (Array.isArray(node) && node.length > 0) return node.every((each) => isRuntimes(each));
  if (types.isMap(node) && node.size > 0) return node.values().every((each) => isRuntimes(each));
  const prototype = Object.getPrototypeOf(node) as object | null;
  return (
    node instanceof Frame ||
    (prototype !== null &&
      ["Run", "Strand", "StepWait", "Group", "TaskState", "TimeoutScope"].includes(handlerOf(prototype)?.name ?? ""))
  );
}

function typeOf(node: unknown): string {
  // A buffer of Node's pool, of which parts are saved.
  if (node === undefined) return "ArrayBuffer";
  if (node instanceof Frame) return `frame of ${node.code.name}`;
  if (typeof node === "symbol") return "symbol";
  if (typeof node === "function") return closureOf(node) === undefined ? "function" : `closure ${closureOf(node)!.code.name}`;
  if (types.isArrayBuffer(node)) return "ArrayBuffer";
  const prototype = Object.getPrototypeOf(node) as object | null;
  // The runtime's iterators have no constructor that could be asked.
  return (prototype === null ? undefined : handlerOf(prototype)?.name) ?? className(prototype);
}
