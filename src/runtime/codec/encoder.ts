import { types } from "node:util";
import { isStringOneByteRepresentation } from "node:v8";
import { assert } from "../../shared/assert.js";
import { type Code, Surgery } from "../../shared/abi.js";
import { Frame } from "../frame.js";
import { generatorState } from "../generators.js";
import { privateStore } from "../private-store.js";
import { idOf } from "../registry.js";
import { BLOB_SIZE, type BlobSink } from "./blobs.js";
import { type ClassInfo, classInfo } from "./classes.js";
import { codeEntry } from "./codes.js";
import { writeFunction, writePrototypeOf } from "./kinds/closure.js";
import { writeBuiltIn, writeExotic, writeExoticContents, writeKnownBuiltIn } from "./kinds/exotic.js";
import { exoticByBrand } from "./kinds/kind.js";
import type { PooledBuffers } from "./kinds/pool.js";
import { writeNatives } from "./kinds/natives.js";
import { writeProxy } from "./kinds/proxy.js";
import { writeSymbol } from "./kinds/symbol.js";
import type { WeakEntries } from "./kinds/weak.js";
import { addedKeys, handlerNamed, handlerOf, type Handler } from "./handlers.js";
import { expectAnother } from "./identities.js";
import { intrinsicName } from "./intrinsics.js";
import { Form, FORMAT_VERSION, MAX_SHAPE_KEYS, SMALL_INT_MAX, SMALL_INT_MIN, Tag } from "./format.js";
import { expectSurgery } from "./parts/surgery.js";
import { type Form as ClassForm, KnownClasses, mayBeReference, type ObjectForm } from "./known.js";
import { type BodyWriter, HIDDEN } from "./nodes.js";
import { writeProperties } from "./properties.js";
import { shapeOf, type Shape } from "./shapes.js";
import { StringTable } from "./strings.js";
import { LONG, Values } from "./values.js";

const getPrototypeOf = Object.getPrototypeOf as (value: object) => object | null;
const isArray = Array.isArray;
const isProxy = types.isProxy;

let epochs = 0;

/**
 * Writes one image. Numbers objects as it meets them; `nodes` is at once the table of numbers and the worklist: node i's body is written
 * after the bodies of all nodes before it, whatever the depth of the graph.
 */
export class Encoder extends Values {
  readonly #strings = new StringTable();
  #codes = 0;
  #shapes = 0;
  #epoch = 0;
  readonly #classes = new KnownClasses();
  /** The head being written is that of an object whose private members follow. */
  #withPrivates = false;
  /** The head being written is that of an object whose private members of the engine follow. */
  #withNatives = false;
  /** Where large strings and buffers go; `undefined`: into the image. */
  blobs: BlobSink | undefined;
  /** Buffers of which only parts are saved. */
  pools: PooledBuffers | undefined;
  /** WeakMaps and WeakSets, whose entries are found when all else is written. */
  weak: WeakEntries | undefined;
  /** Whether some object has private members of the engine. */
  hasNatives = false;
  /** Whether secrets may be written: the bytes will be encrypted. */
  secrets = false;
  /** The objects that the data of codecs consists of, with the name of the codec. */
  data: Map<object, string> | undefined;
  #atEnd: (() => void)[] = [];

  encode(root: unknown, rootName: string): Uint8Array {
    this.#forgetTables();
    this.rootName = rootName;
    this.byte(FORMAT_VERSION);
    this.value(root);
    this.bodies(0);
    this.weak?.write(this);
    this.pools?.write(this);
    this.end();
    expectAnother(this.size);
    return this.finish();
  }

  /** Everything has been met. */
  end(): void {
    const acts = this.#atEnd;
    this.#atEnd = [];
    for (const act of acts) act();
  }

  /** What has that number; `undefined` for what is hidden. */
  nodeAt(id: number): object | symbol | undefined {
    const node = this.nodes[id];
    return node === HIDDEN ? this.pools?.bufferOf(id) : node;
  }

  /** Writes the bodies of all nodes from `first` on, those met meanwhile included. Returns the number of nodes. */
  bodies(first: number): number {
    let id = first;
    for (; id < this.count; id++) {
      this.current = id;
      this.body(id);
    }
    return id;
  }

  /** Begins another part of the same image: nodes keep their numbers, everything else is written anew where it first occurs. */
  nextPart(): void {
    super.reset();
    this.beginPart();
    this.#forgetTables();
    this.dropValues();
    this.pools = undefined;
    this.weak = undefined;
  }

  /** The contents of a node that was written before, as they are now; valid until the next call. They refer to nodes by number, and may meet new ones. */
  contents(id: number): Uint8Array {
    this.nextPart();
    this.current = id;
    const node = this.nodes[id] as object;
    if (this.tags[id] === Tag.EXOTIC) writeExoticContents(this, node, getPrototypeOf(node));
    else {
      this.takeAgain(id, node);
      this.body(id);
    }
    return this.written();
  }

  #forgetTables(): void {
    this.#epoch = ++epochs;
    this.#strings.reset();
    this.#codes = 0;
    this.#shapes = 0;
    this.#classes.forget();
  }

  /** Code of the program is about to run: it may change objects that stand for their classes, and arrays that have not been read. */
  beforeProgram(): void {
    this.#classes.forget();
    this.listUnread();
  }

  /** Forgets everything of the last image. */
  override reset(): void {
    super.reset();
    this.forgetNodes();
    this.#forgetTables();
    this.forgetValues();
    // A refusal may have come in between.
    this.#withPrivates = this.#withNatives = false;
    this.pools = undefined;
    this.weak = undefined;
    this.hasNatives = false;
    this.data = undefined;
    this.secrets = false;
    this.#atEnd = [];
  }

  /** Calls `act` when everything has been met; it may refuse. */
  atEnd(act: () => void): void {
    this.#atEnd.push(act);
  }

  /** Any value. A chain of tests, the commonest first: a switch over `typeof` is a call for each value. */
  value(value: unknown): void {
    if (typeof value === "string") return this.string(value);
    if (typeof value === "number") return this.number(value);
    if (typeof value === "object") return value === null ? this.byte(Tag.NULL) : this.reference(value);
    if (typeof value === "boolean") return this.byte(value ? Tag.TRUE : Tag.FALSE);
    if (value === undefined) return this.byte(Tag.UNDEFINED);
    if (typeof value === "function") return this.reference(value);
    if (typeof value === "symbol") return this.#symbol(value);
    this.#bigint(value as bigint);
  }

  #bigint(value: bigint): void {
    this.byte(value < 0n ? Tag.BIGINT_NEGATIVE : Tag.BIGINT);
    const size = Math.abs(Number(value));
    // Most are small, and for them a call into the engine takes longer than the digits.
    if (size <= 0xffff_ffff) return this.hexadecimal(size);
    this.text((value < 0n ? -value : value).toString(16));
  }

  number(value: number): void {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      if (value >= SMALL_INT_MIN && value <= SMALL_INT_MAX) return this.byte(Tag.SMALL_INT + value - SMALL_INT_MIN);
      return this.tagged(Tag.INT, ((value << 1) ^ (value >> 31)) >>> 0);
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
      if (this.blobs !== undefined && value.length >= BLOB_SIZE) return this.#blobString(value, this.blobs);
      this.byte(Tag.STRING);
      this.text(value);
    } else if (known < 64) {
      this.byte(Tag.SMALL_STRING_REF + known);
    } else {
      this.tagged(Tag.STRING_REF, known);
    }
  }

  #blobString(value: string, blobs: BlobSink): void {
    const isLatin1 = isStringOneByteRepresentation(value);
    this.pair(Tag.BLOB_STRING, isLatin1 ? 1 : 0);
    this.#hashed(value.length * (isLatin1 ? 1 : 2), blobs.putString(value));
  }

  /** Bytes that are kept outside the image. */
  blob(bytes: Uint8Array): void {
    this.#hashed(bytes.length, this.blobs!.put(bytes));
  }

  #hashed(length: number, id: string): void {
    this.uint(length);
    this.byte(1);
    this.bytes(Buffer.from(id, "hex"));
  }

  /** Bytes in the image itself. */
  inline(bytes: Uint8Array): void {
    this.uint(bytes.length);
    this.byte(0);
    this.bytes(bytes);
  }

  /** An object or function: its number when it was met before, its head otherwise. */
  reference(value: object): void {
    const id = this.find(value);
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

  /** Head of an object or function met for the first time. */
  #meet(value: object): void {
    if (this.asksForClasses && this.#recognized(value)) return;
    const registered = idOf(value);
    if (registered !== undefined) return this.byReference(value, registered);
    const privates = privateStore(value);
    if (privates === undefined || this.#withPrivates || handlerOf(getPrototypeOf(value)!) !== undefined) return this.#head(value);
    // The object's own head follows, then that of its private members.
    this.#withPrivates = true;
    this.byte(Tag.PRIVATES);
    this.#head(value);
    this.#withPrivates = false;
    this.reference(privates);
  }

  /** Head of an object whose hidden class another one has. */
  #recognized(value: object): boolean {
    const known = this.#classes.find(value);
    if (known === undefined || (mayBeReference(known) && idOf(value) !== undefined)) return false;
    const { form } = known;
    if (form.kind === "array") return this.#knownArray(value as readonly unknown[]);
    if (form.kind === "object") return this.#knownObject(value, form);
    // Indices are no part of the class.
    if (!this.takeObject(value, 0)) return false;
    writeKnownBuiltIn(this, value, form.exotic);
    return true;
  }

  #knownArray(array: readonly unknown[]): boolean {
    const { length } = array;
    const isLong = this.takeLong(array);
    if (!isLong && !this.takeArray(array)) return false;
    this.tagged(Tag.ARRAY, length);
    this.add(array, Tag.ARRAY, isLong ? LONG : length);
    return true;
  }

  #knownObject(value: object, { shape, prototype }: ObjectForm): boolean {
    if (!this.takeObject(value, shape.keys.length)) return false;
    if (prototype === Object.prototype) this.#shaped(value, Tag.PLAIN, shape);
    else if (prototype === null) this.#shaped(value, Tag.PLAIN_NULL, shape);
    else this.#shapedInstance(value, prototype, shape);
    return true;
  }

  #shaped(value: object, tag: typeof Tag.PLAIN | typeof Tag.PLAIN_NULL, shape: Shape): void {
    if (shape.epoch === this.#epoch) this.tagged(tag, shape.index + 1);
    else {
      this.byte(tag);
      this.shape(shape);
    }
    this.add(value, Tag.PLAIN, shape);
  }

  #shapedInstance(value: object, prototype: object, shape: Shape): void {
    this.byte(Tag.INSTANCE);
    this.add(value, Tag.PLAIN, shape);
    this.reference(prototype);
    this.shape(shape);
  }

  /** Notes what the class of an object is like whose head was written in the shortest form it may have. */
  learn(example: object, form: ClassForm): void {
    // With private members comes another head around this one.
    if (this.asksForClasses && !this.#withPrivates && !this.#withNatives) this.#classes.learn(example, form);
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
      if (writeBuiltIn(this, value, prototype)) return;
      const handler = handlerOf(prototype);
      if (handler !== undefined) return this.#handled(value, handler);
      if (idOf(prototype) !== undefined && this.#instance(value, prototype)) return;
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
    expectSurgery(Surgery.RESHAPE);
    const id = this.find(symbol);
    if (id >= 0) return this.nodeReference(id);
    writeSymbol(this, symbol);
  }

  #plain(value: object, tag: typeof Tag.PLAIN | typeof Tag.PLAIN_NULL): boolean {
    const keys = this.proveObject(value);
    // An object without keys may be anything whose prototype was replaced: let the general way find out.
    if (keys === undefined || (keys.length === 0 && exoticByBrand(value) !== undefined)) return this.drop(value);
    if (keys.length > MAX_SHAPE_KEYS) return tag === Tag.PLAIN ? this.#dictionary(value, keys) : this.drop(value);
    const shape = shapeOf(keys);
    this.take(keys.length);
    this.#shaped(value, tag, shape);
    this.learn(value, { kind: "object", shape, prototype: tag === Tag.PLAIN ? Object.prototype : null });
    return true;
  }

  #dictionary(value: object, keys: readonly string[]): true {
    this.take(keys.length);
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
    const keys = this.proveObject(value);
    if (keys === undefined || keys.length > MAX_SHAPE_KEYS) return this.drop(value);
    const shape = shapeOf(keys);
    this.take(keys.length);
    this.#shapedInstance(value, prototype, shape);
    this.learn(value, { kind: "object", shape, prototype });
    return true;
  }

  /** An instance with private members of the engine: what they take, its head, their values. */
  #natives(value: object, info: ClassInfo): boolean {
    const values = writeNatives(this, value, info);
    if (values === undefined) return false;
    this.hasNatives = true;
    const [holder, id] = [this.current, this.count];
    this.#withNatives = true;
    this.#head(value);
    this.#withNatives = false;
    this.current = id;
    this.reference(values);
    this.current = holder;
    return true;
  }

  #array(value: readonly unknown[]): boolean {
    if (this.isLarge(value) && this.#recognized(value)) return true;
    if (!this.proveArray(value)) return this.drop(value);
    this.take(value.length);
    this.tagged(Tag.ARRAY, value.length);
    this.add(value, Tag.ARRAY, value.length);
    this.learn(value, { kind: "array" });
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

  /** The contents of a node, in their turn. */
  protected body(id: number): void {
    const aux = this.aux[id];
    if (aux === undefined) return;
    const node = this.nodes[id] as object;
    switch (this.tags[id]!) {
      case Tag.PLAIN:
        return this.writeValues((aux as Shape).keys.length);
      case Tag.ARRAY:
        return aux === LONG ? this.writeLong(id, node as unknown[]) : this.writeElements(aux as number);
      case Tag.FRAME:
        return this.#activation(node as Frame, (aux as Shape).keys);
      case Tag.DICT:
        return this.writeEntries(aux as readonly string[]);
      case Tag.HANDLED:
        return this.#fields(node, aux as Handler);
      default:
        return (aux as BodyWriter).write(this);
    }
  }

  /** Slots are no one's business but ours: read, not proven. */
  #activation({ self, slots }: Frame, keys: readonly string[]): void {
    this.value(self);
    for (let i = 0; i < keys.length; i++) this.value(slots[keys[i]!]);
  }

  #fields(value: object, handler: Handler): void {
    const fields = handler.save(value, this);
    assert(fields.length === handler.fields.length, `${handler.name} was saved as ${fields.length} fields`);
    for (let i = 0; i < fields.length; i++) this.value(fields[i]);
  }
}
