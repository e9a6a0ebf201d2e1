import { types } from "node:util";
import { assert } from "../../shared/assert.js";
import type { Code } from "../../shared/abi.js";
import { Frame } from "../frame.js";
import { generatorState } from "../generators.js";
import { privateStore } from "../private-store.js";
import { idOf } from "../registry.js";
import { type ClassInfo, classInfo } from "./classes.js";
import { codeEntry } from "./codes.js";
import { writeFunction, writePrototypeOf } from "./kinds/closure.js";
import { writeBuiltIn, writeExotic } from "./kinds/exotic.js";
import { exoticByBrand } from "./kinds/kind.js";
import type { PooledBuffers } from "./kinds/pool.js";
import { writeNatives } from "./kinds/natives.js";
import { writeProxy } from "./kinds/proxy.js";
import { writeSymbol } from "./kinds/symbol.js";
import type { WeakEntries } from "./kinds/weak.js";
import { defaultKeys, isDefaultArray } from "./defaults.js";
import { addedKeys, handlerNamed, handlerOf, type Handler } from "./handlers.js";
import { intrinsicName } from "./intrinsics.js";
import { Form, FORMAT_VERSION, MAX_SHAPE_KEYS, SMALL_INT_MAX, SMALL_INT_MIN, Tag } from "./format.js";
import { notSaveable, type Graph } from "./refusal.js";
import { writeProperties } from "./properties.js";
import { shapeOf, type Shape } from "./shapes.js";
import { StringTable } from "./strings.js";
import { Writer } from "./writer.js";

/** What the body of a node needs besides the node; `undefined`: no body follows. */
type Aux = Shape | readonly string[] | number | Handler | BodyWriter | undefined;
/** Writes the body of a node of the rarer sorts. */
export interface BodyWriter {
  write(out: Encoder): void;
}

const getPrototypeOf = Object.getPrototypeOf as (value: object) => object | null;
const isArray = Array.isArray;
const isProxy = types.isProxy;

let epochs = 0;

/** Up to this many nodes, searching the table is faster than keeping a Map: indexOf compares several at once. */
const SEARCHED = 64;
/** Stands in the table for a node that is not found by identity. */
const HIDDEN = {};

/**
 * Writes one image. Numbers objects as it meets them; `#nodes` is at once the table of numbers and the worklist: node i's body is written
 * after the bodies of all nodes before it, whatever the depth of the graph.
 */
export class Encoder extends Writer {
  /** Number of objects so far: what is used of the tables below, which are kept from image to image. */
  #count = 0;
  readonly #nodes: (object | symbol | undefined)[] = [];
  /** Node in whose body each node was first met. */
  readonly #parents: number[] = [];
  readonly #tags: number[] = [];
  readonly #aux: Aux[] = [];
  /** Numbers by identity, once there are more nodes than searching the table is worth. */
  readonly #ids = new Map<object | symbol, number>();
  readonly #strings = new StringTable();
  #codes = 0;
  #shapes = 0;
  #epoch = 0;
  /** The node whose body is being written; −1 for the root value. */
  #current = -1;
  #rootName = "value";
  /** The head being written is that of an object whose private members follow. */
  #withPrivates = false;
  /** The head being written is that of an object whose private members of the engine follow. */
  #withNatives = false;
  /** Buffers of which only parts are saved. */
  pools: PooledBuffers | undefined;
  /** WeakMaps and WeakSets, whose entries are found when all else is written. */
  weak: WeakEntries | undefined;

  encode(root: unknown, rootName: string): Uint8Array {
    this.#epoch = ++epochs;
    this.#rootName = rootName;
    this.byte(FORMAT_VERSION);
    this.value(root);
    this.bodies(0);
    this.weak?.write(this);
    this.pools?.write(this);
    return this.finish();
  }

  /** Writes the bodies of all nodes from `first` on, those met meanwhile included. Returns the number of nodes. */
  bodies(first: number): number {
    let id = first;
    for (; id < this.#count; id++) {
      this.#current = id;
      this.#body(id);
    }
    return id;
  }

  /** What is written next belongs to that node. */
  within(id: number): void {
    this.#current = id;
  }

  /** What has that number; `undefined` for what is hidden. */
  nodeAt(id: number): object | symbol | undefined {
    const node = this.#nodes[id];
    return node === HIDDEN ? this.pools?.bufferOf(id) : node;
  }

  /** Forgets everything of the last image. */
  override reset(): void {
    super.reset();
    if (this.#count > SEARCHED) this.#ids.clear();
    for (let id = 0; id < this.#count; id++) this.#nodes[id] = this.#aux[id] = undefined;
    // What is searched stays short.
    if (this.#count > SEARCHED) this.#nodes.length = SEARCHED;
    this.#count = 0;
    this.#strings.reset();
    this.#codes = 0;
    this.#shapes = 0;
    // A refusal may have come in between.
    this.#withPrivates = this.#withNatives = false;
    this.#current = -1;
    this.pools = undefined;
    this.weak = undefined;
  }

  /** Number of objects in the image so far. */
  get size(): number {
    return this.#count;
  }

  value(value: unknown): void {
    switch (typeof value) {
      case "string":
        return this.string(value);
      case "number":
        return this.number(value);
      case "object":
        return value === null ? this.byte(Tag.NULL) : this.reference(value);
      case "boolean":
        return this.byte(value ? Tag.TRUE : Tag.FALSE);
      case "undefined":
        return this.byte(Tag.UNDEFINED);
      case "function":
        return this.reference(value);
      case "symbol":
        return this.#symbol(value);
      case "bigint":
        this.byte(value < 0n ? Tag.BIGINT_NEGATIVE : Tag.BIGINT);
        return this.text((value < 0n ? -value : value).toString(16));
    }
  }

  number(value: number): void {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      if (value >= SMALL_INT_MIN && value <= SMALL_INT_MAX) return this.byte(Tag.SMALL_INT + value - SMALL_INT_MIN);
      this.byte(Tag.INT);
      return this.uint(((value << 1) ^ (value >> 31)) >>> 0);
    }
    this.byte(Tag.DOUBLE);
    this.double(value);
  }

  string(value: string): void {
    if (value.length <= 2) {
      this.byte(Tag.SHORT_STRING);
      return this.text(value);
    }
    const known = this.#strings.add(value);
    if (known < 0) {
      this.byte(Tag.STRING);
      this.text(value);
    } else if (known < 64) {
      this.byte(Tag.SMALL_STRING_REF + known);
    } else {
      this.byte(Tag.STRING_REF);
      this.uint(known);
    }
  }

  /** An object or function: its number when it was met before, its head otherwise. */
  reference(value: object): void {
    const id = this.#find(value);
    if (id < 0) return this.#meet(value);
    this.nodeReference(id);
  }

  shape(shape: Shape): void {
    if (shape.epoch === this.#epoch) return this.uint(shape.index + 1);
    shape.epoch = this.#epoch;
    shape.index = this.#shapes++;
    this.byte(0);
    this.uint(shape.bytes.length);
    this.bytes(shape.bytes);
  }

  /** A function of the program: its id and the hash of its text. */
  code(code: Code): void {
    const entry = codeEntry(code);
    if (entry.epoch === this.#epoch) return this.uint(entry.index + 1);
    entry.epoch = this.#epoch;
    entry.index = this.#codes++;
    this.byte(0);
    this.bytes(entry.bytes);
  }

  /** Numbers `value`; its body follows later when `aux` is given. */
  add(value: object | symbol, tag: number, aux: Aux): void {
    const id = this.#count++;
    this.#nodes[id] = value;
    this.#parents[id] = this.#current;
    this.#tags[id] = tag;
    this.#aux[id] = aux;
    if (id >= SEARCHED) this.#index(value, id);
  }

  #index(value: object | symbol, id: number): void {
    if (id === SEARCHED) for (let i = 0; i < SEARCHED; i++) this.#ids.set(this.#nodes[i]!, i);
    this.#ids.set(value, id);
  }

  /** The number of a node met before, −1 when it was not met. */
  #find(value: object | symbol): number {
    if (this.#count > SEARCHED) return this.#ids.get(value) ?? -1;
    // What lies behind the used part is undefined, and no node is.
    return this.#nodes.indexOf(value);
  }

  /** Takes back that the node can be found by identity; its number stays. */
  hide(id: number): void {
    const value = this.#nodes[id]!;
    this.#ids.delete(value);
    this.#nodes[id] = HIDDEN;
  }

  /** Refers to a node by number. */
  nodeReference(id: number): void {
    this.byte(Tag.NODE_REF);
    this.uint(id);
  }

  /** Whether an object was met before. */
  has(value: object): boolean {
    return this.#find(value) >= 0;
  }

  /** Stops the walk: `value`, found in the body under way, cannot be saved. `why` goes on "it cannot be saved: …", `fix` is a sentence. */
  refuse(value: unknown, why: string, fix: string): never {
    const graph: Graph = { nodes: this.#nodes as Graph["nodes"], parents: this.#parents, rootName: this.#rootName };
    throw notSaveable(graph, this.#current, value, why, fix);
  }

  /** Head of an object or function met for the first time. */
  #meet(value: object): void {
    const registered = idOf(value);
    if (registered !== undefined) return this.byReference(value, registered);
    const privates = privateStore(value);
    if (privates === undefined || this.#withPrivates) return this.#head(value);
    // The object's own head follows, then that of its private members.
    this.#withPrivates = true;
    this.byte(Tag.PRIVATES);
    this.#head(value);
    this.#withPrivates = false;
    this.reference(privates);
  }

  #head(value: object): void {
    if (isProxy(value)) return writeProxy(this, value);
    if (typeof value === "function") return writeFunction(this, value);
    if (generatorState(value) !== undefined) return this.#handled(value, handlerNamed("generator")!);
    const prototype = getPrototypeOf(value);
    if (prototype === Object.prototype) {
      if (this.#plain(value, Tag.PLAIN)) return;
    } else if (prototype === Array.prototype) {
      if (isArray(value) && this.#array(value)) return;
    } else if (prototype === Frame.prototype) {
      return this.#frame(value as Frame);
    } else if (prototype === null) {
      if (this.#plain(value, Tag.PLAIN_NULL)) return;
    } else {
      const handler = handlerOf(prototype);
      if (handler !== undefined) return this.#handled(value, handler);
      if (idOf(prototype) !== undefined ? this.#instance(value, prototype) : writeBuiltIn(this, value, prototype)) return;
    }
    this.#general(value, prototype);
  }

  /** A registered object or symbol, by id. */
  byReference(value: object | symbol, id: string): void {
    this.byte(Tag.REFERENCE);
    this.string(id);
    this.add(value, Tag.REFERENCE, undefined);
  }

  #general(value: object, prototype: object | null): void {
    const intrinsic = intrinsicName(value);
    if (intrinsic === undefined) {
      if (!writePrototypeOf(this, value)) writeExotic(this, value, prototype);
      return;
    }
    this.byte(Tag.INTRINSIC);
    this.string(intrinsic);
    this.add(value, Tag.INTRINSIC, undefined);
  }

  #symbol(symbol: symbol): void {
    const id = this.#find(symbol);
    if (id >= 0) return this.nodeReference(id);
    writeSymbol(this, symbol);
  }

  #plain(value: object, tag: typeof Tag.PLAIN | typeof Tag.PLAIN_NULL): boolean {
    const keys = defaultKeys(value);
    // An object without keys may be anything whose prototype was replaced: let the general way find out.
    if (keys === undefined || (keys.length === 0 && exoticByBrand(value) !== undefined)) return false;
    if (keys.length > MAX_SHAPE_KEYS) return tag === Tag.PLAIN && this.#dictionary(value, keys);
    const shape = shapeOf(keys);
    this.byte(tag);
    this.shape(shape);
    this.add(value, Tag.PLAIN, shape);
    return true;
  }

  #dictionary(value: object, keys: readonly string[]): true {
    this.byte(Tag.DICT);
    this.uint(keys.length);
    this.add(value, Tag.DICT, keys);
    return true;
  }

  #instance(value: object, prototype: object): boolean {
    const info = classInfo(prototype);
    if (info.refusal !== undefined) this.refuse(value, info.refusal, info.fix);
    if (info.hasNatives && !this.#withNatives && this.#natives(value, info)) return true;
    if (info.exotic !== undefined) return false;
    const keys = defaultKeys(value);
    if (keys === undefined || keys.length > MAX_SHAPE_KEYS) return false;
    const shape = shapeOf(keys);
    this.byte(Tag.INSTANCE);
    this.add(value, Tag.PLAIN, shape);
    this.reference(prototype);
    this.shape(shape);
    return true;
  }

  /** An instance with private members of the engine: what they take, its head, their values. */
  #natives(value: object, info: ClassInfo): boolean {
    const values = writeNatives(this, value, info);
    if (values === undefined) return false;
    const [holder, id] = [this.#current, this.#count];
    this.#withNatives = true;
    this.#head(value);
    this.#withNatives = false;
    this.#current = id;
    this.reference(values);
    this.#current = holder;
    return true;
  }

  #array(value: readonly unknown[]): boolean {
    if (!isDefaultArray(value)) return false;
    this.byte(Tag.ARRAY);
    this.uint(value.length);
    this.add(value, Tag.ARRAY, value.length);
    return true;
  }

  /** Slots are made by emitted code and by nobody else, so they are default data properties. */
  #frame(frame: Frame): void {
    const shape = shapeOf(Object.keys(frame.slots));
    this.byte(Tag.FRAME);
    this.code(frame.code);
    this.uint(frame.point);
    this.shape(shape);
    this.add(frame, Tag.FRAME, shape);
  }

  #handled(value: object, handler: Handler): void {
    const added = addedKeys(handler, value);
    const form = (added.length > 0 ? Form.PROPERTIES : 0) | (Object.isExtensible(value) ? 0 : Form.LOCKED);
    this.byte(form === 0 ? Tag.HANDLED : Tag.HANDLED_MORE);
    this.string(handler.name);
    if (form === 0) return this.add(value, Tag.HANDLED, handler);
    this.byte(form);
    this.add(value, Tag.HANDLED_MORE, {
      write: () => {
        this.#fields(value, handler);
        if (added.length > 0) writeProperties(this, value, added);
      },
    });
  }

  #body(id: number): void {
    const aux = this.#aux[id];
    if (aux === undefined) return;
    const node = this.#nodes[id] as object;
    switch (this.#tags[id]!) {
      case Tag.PLAIN:
        return this.#values(node as Record<string, unknown>, (aux as Shape).keys);
      case Tag.ARRAY:
        return this.#elements(node as readonly unknown[], aux as number);
      case Tag.FRAME:
        this.value((node as Frame).self);
        return this.#values((node as Frame).slots, (aux as Shape).keys);
      case Tag.DICT:
        return this.#entries(node as Record<string, unknown>, aux as readonly string[]);
      case Tag.HANDLED:
        return this.#fields(node, aux as Handler);
      default:
        return (aux as BodyWriter).write(this);
    }
  }

  #values(owner: Readonly<Record<string, unknown>>, keys: readonly string[]): void {
    for (let i = 0; i < keys.length; i++) this.value(owner[keys[i]!]);
  }

  #elements(array: readonly unknown[], length: number): void {
    for (let i = 0; i < length; i++) {
      const element = array[i];
      if (element === undefined && !Object.hasOwn(array, i)) this.byte(Tag.HOLE);
      else this.value(element);
    }
  }

  #entries(owner: Readonly<Record<string, unknown>>, keys: readonly string[]): void {
    for (const key of keys) {
      this.string(key);
      this.value(owner[key]);
    }
  }

  #fields(value: object, handler: Handler): void {
    const fields = handler.save(value);
    assert(fields.length === handler.fields.length, `${handler.name} was saved as ${fields.length} fields`);
    for (let i = 0; i < fields.length; i++) this.value(fields[i]);
  }
}
