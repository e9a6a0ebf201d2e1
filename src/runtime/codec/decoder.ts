import { types } from "node:util";
import { Surgery } from "../../shared/abi.js";
import { Frame } from "../frame.js";
import { type Blobs, HASH_BYTES, NO_BLOBS, textOf } from "./blobs.js";
import { Form, FORMAT_VERSION, MAX_POOL_BYTES, MAX_POOL_TOTAL, SMALL_INT_MIN, Tag } from "./format.js";
import { handlerNamed, type Handler } from "./handlers.js";
import { intrinsic } from "./intrinsics.js";
import { readBound } from "./kinds/bound.js";
import { readClosure, readMember, readPrototypeOf } from "./kinds/closure.js";
import { readExotic } from "./kinds/exotic.js";
import { readWithNatives, readWithPrivates } from "./kinds/members.js";
import { readPools } from "./kinds/pool.js";
import { readProxy } from "./kinds/proxy.js";
import { readOwnSymbol } from "./kinds/symbol.js";
import { readWeakEntries } from "./kinds/weak.js";
import { Late, makeLate, settled } from "./late.js";
import { frameCode, registered, unknownHandler, type SavedCode } from "./program.js";
import { patchNode } from "./parts/patches.js";
import { expectSurgery } from "./parts/surgery.js";
import { readProperties } from "./properties.js";
import { corrupt, Reader } from "./reader.js";
import { readShape, shaped, type Shape } from "./shapes.js";
import { symbolByNumber } from "./symbols.js";

type BodyReader = (input: Decoder) => void;
type Aux = Shape | number | Handler | BodyReader | undefined;
/** Properties of an object under construction. */
export type Props = Record<PropertyKey, unknown>;

/**
 * Reads one image, in the order in which Encoder wrote it: makes each object empty where it is met, fills them in the order of their numbers, then makes the
 * late ones and gives them to whoever holds them, and at last closes what cannot be extended.
 */
export class Decoder extends Reader {
  /** What is kept outside the image. */
  blobs: Blobs = NO_BLOBS;
  #nodes: unknown[] = [];
  #tags: number[] = [];
  #aux: Aux[] = [];
  #strings: string[] = [];
  #shapes: Shape[] = [];
  #codes: SavedCode[] = [];
  /** Values promised by heads whose bodies are still to come; each takes a byte at least, which bounds what hostile bytes can allocate. */
  #owed = 0;
  #late: Late[] = [];
  /** Properties that hold a late object: owner, key, late, and so on. */
  #fixes: unknown[] = [];
  #deferred: (() => void)[] = [];
  #atEnd: (() => void)[] = [];
  #pools: ArrayBuffer[] = [];
  #poolBytes = 0;
  #shell: object | undefined;
  /** There is a WeakMap or a WeakSet, so entries follow the bodies. */
  hasWeak = false;

  decode(): unknown {
    // The version: see `decodeBytes`.
    this.byte();
    const root = this.value();
    this.#finishPart(0);
    return settled(root);
  }

  /** Applies what changed since the part before. Tables of strings, shapes and code ids start anew. */
  part(bytes: Uint8Array): void {
    this.load(bytes);
    this.#strings = [];
    this.#shapes = [];
    this.#codes = [];
    this.#pools = [];
    if (this.byte() !== FORMAT_VERSION) throw corrupt("a part has another format version than this flowc reads");
    const known = this.#nodes.length;
    if (this.uint() !== known) throw corrupt("a part is missing");
    for (let left = this.count(); left > 0; left--) patchNode(this, this.uint());
    this.#finishPart(known);
  }

  /** Closes what cannot be extended, when all parts are there. */
  finish(): void {
    for (const act of this.#atEnd) act();
  }

  #finishPart(first: number): void {
    let read = this.#bodies(first);
    while (this.hasWeak && readWeakEntries(this) > 0) read = this.#bodies(read);
    readPools(this, this.#pools);
    if (this.remaining > 0) throw corrupt("there is something after its end");
    if (this.#late.length > 0) this.#settleAll(first);
    this.#late = [];
    this.#fixes = [];
    this.#deferred = [];
  }

  /** Reads the bodies of all nodes from `first` on. Returns the number of nodes. */
  #bodies(first: number): number {
    let id = first;
    for (; id < this.#nodes.length; id++) if (this.#aux[id] !== undefined) this.#body(id);
    return id;
  }

  /** Any value. An object that is not made yet is a Late: see `settle`. */
  value(): unknown {
    const tag = this.byte();
    if (tag >= Tag.SMALL_INT) return tag - Tag.SMALL_INT + SMALL_INT_MIN;
    if (tag >= Tag.SMALL_STRING_REF) return this.#knownString(tag - Tag.SMALL_STRING_REF);
    switch (tag) {
      case Tag.UNDEFINED:
        return undefined;
      case Tag.NULL:
        return null;
      case Tag.FALSE:
        return false;
      case Tag.TRUE:
        return true;
      case Tag.INT: {
        const raw = this.uint();
        return (raw >>> 1) ^ -(raw & 1);
      }
      case Tag.DOUBLE:
        return this.double();
      case Tag.BIGINT:
        return this.#bigint();
      case Tag.BIGINT_NEGATIVE:
        return -this.#bigint();
      case Tag.NODE_REF:
        return this.#known(this.uint());
      case Tag.STRING:
        return this.#newString();
      case Tag.STRING_REF:
        return this.#knownString(this.uint());
      case Tag.SHORT_STRING:
        return this.text();
      case Tag.PRIVATES:
        return readWithPrivates(this);
      case Tag.BLOB_STRING:
        return this.#blobString();
      case Tag.NATIVES:
        return readWithNatives(this);
      default:
        return this.#meet(tag);
    }
  }

  /** The head that follows takes this object, where it is one. */
  offer(shell: object | undefined): void {
    this.#shell = shell;
  }

  /** The object to make an instance of, where a class has made it; taken by the next head. */
  shell(): object | undefined {
    const shell = this.#shell;
    this.#shell = undefined;
    return shell;
  }

  string(): string {
    const value = this.value();
    if (typeof value !== "string") throw corrupt("a string is missing");
    return value;
  }

  values(count: number): unknown[] {
    if (count > this.remaining) throw corrupt("it ends too early");
    const values: unknown[] = [];
    for (let i = 0; i < count; i++) values.push(this.value());
    return values;
  }

  /** Calls `use` with the values, as soon as all of them are made. */
  settle(values: readonly unknown[], use: (values: readonly unknown[]) => void): void {
    if (this.#late.length === 0) use(values);
    else if (!values.some((value) => Late.is(value) && value.made === undefined)) use(values.map(settled));
    else this.#deferred.push(() => use(values.map(settled)));
  }

  /** Announces a late object. */
  late(late: Late): Late {
    this.#late.push(late);
    return late;
  }

  /** Calls `act` when everything else is done. */
  atEnd(act: () => void): void {
    this.#atEnd.push(act);
  }

  /** A body of node `id` follows in its turn. */
  body(id: number, read: BodyReader): void {
    this.#aux[id] = read;
  }

  /** A prototype, by reference. */
  prototype(): object {
    const value = this.#referred([Tag.REFERENCE, Tag.INTRINSIC]);
    if (typeof value !== "object" && typeof value !== "function") throw corrupt("a prototype is not an object");
    return value as object;
  }

  arrayBuffer(): ArrayBuffer {
    const value = this.#referred([Tag.EXOTIC]);
    if (!types.isArrayBuffer(value)) throw corrupt("a view has no buffer");
    return value;
  }

  /** A buffer whose contents end the image. */
  pool(): ArrayBuffer {
    const length = this.uint();
    this.#poolBytes += length;
    if (length > MAX_POOL_BYTES || this.#poolBytes > MAX_POOL_TOTAL) throw corrupt("a buffer is too large");
    const buffer = new ArrayBuffer(length);
    this.#pools.push(buffer);
    return buffer;
  }

  code(): SavedCode {
    const known = this.uint();
    if (known === 0) {
      const code = { id: this.text(), hash: this.text() };
      this.#codes.push(code);
      return code;
    }
    const code = this.#codes[known - 1];
    if (code === undefined) throw corrupt("a function is missing");
    return code;
  }

  /** The node whose number follows. */
  known(): unknown {
    return this.#known(this.uint());
  }

  nodeAt(id: number): unknown {
    return this.#known(id);
  }

  tagAt(id: number): number {
    return this.#tags[id]!;
  }

  auxAt(id: number): unknown {
    return this.#aux[id];
  }

  /** A value that has to be a node of one of these tags, or one met before. Keeps heads from nesting. */
  #referred(tags: readonly number[]): unknown {
    const tag = this.byte();
    if (tag === Tag.NODE_REF) return this.#known(this.uint());
    if (!tags.includes(tag)) throw corrupt("a reference leads to the wrong kind of thing");
    return this.#meet(tag);
  }

  #known(id: number): unknown {
    if (id >= this.#nodes.length) throw corrupt("a reference leads nowhere");
    return this.#nodes[id];
  }

  #newString(): string {
    const text = this.text();
    this.#strings.push(text);
    return text;
  }

  #blobString(): string {
    const isLatin1 = this.byte() === 1;
    const text = textOf(this.chunk(), isLatin1);
    this.#strings.push(text);
    return text;
  }

  /** What `blob` or `inline` wrote. */
  chunk(): Uint8Array {
    const length = this.uint();
    const isBlob = this.byte() === 1;
    if (!isBlob) return this.bytes(length);
    const id = Buffer.from(this.bytes(HASH_BYTES)).toString("hex");
    const bytes = this.blobs.get(id);
    if (bytes === undefined) throw corrupt(`the blob ${id} is missing`);
    if (bytes.length !== length) throw corrupt("a blob has another length");
    return bytes;
  }

  #knownString(index: number): string {
    const text = this.#strings[index];
    if (text === undefined) throw corrupt("a string is missing");
    return text;
  }

  #bigint(): bigint {
    const digits = this.text();
    const small = digits.length <= SMALL_DIGITS ? smallHexadecimal(digits) : -1;
    if (small >= 0) return BigInt(small);
    if (!/^[0-9a-f]+$/.test(digits)) throw corrupt("a bigint is malformed");
    return BigInt(`0x${digits}`);
  }

  /** Makes the object whose head follows. */
  #meet(tag: number): unknown {
    const id = this.#nodes.length;
    // Compiled to a store; push is a call.
    this.#nodes[id] = this.#aux[id] = undefined;
    this.#tags[id] = tag;
    const value = this.#make(tag, id);
    this.#nodes[id] = value;
    return value;
  }

  #make(tag: number, id: number): unknown {
    switch (tag) {
      case Tag.PLAIN:
        return { ...this.#shape(id).template };
      case Tag.PLAIN_NULL:
        return Object.setPrototypeOf({ ...this.#shape(id).template }, null);
      case Tag.INSTANCE: {
        const shell = this.shell();
        const prototype = this.prototype();
        const shape = this.#shape(id);
        return Object.setPrototypeOf(shell === undefined ? { ...shape.template } : shaped(shell, shape.keys), prototype);
      }
      case Tag.DICT:
        this.#owe(id, this.uint(), 2);
        return {};
      case Tag.ARRAY:
        return this.#array(id);
      case Tag.FRAME:
        return this.#frame(id);
      case Tag.CLOSURE:
        return readClosure(this, id);
      case Tag.PROTOTYPE_OF:
        return readPrototypeOf(this, id);
      case Tag.MEMBER:
        return readMember(this, id);
      case Tag.REFERENCE:
        return registered(this.string());
      case Tag.INTRINSIC:
        return intrinsic(this.string());
      case Tag.SYMBOL_WELL_KNOWN:
        expectSurgery(Surgery.RESHAPE);
        return symbolByNumber(this.byte()) ?? fail("a symbol is unknown");
      case Tag.SYMBOL_FOR:
        expectSurgery(Surgery.RESHAPE);
        return Symbol.for(this.string());
      case Tag.SYMBOL_OWN:
        return readOwnSymbol(this);
      case Tag.PROXY:
        return readProxy(this, id);
      case Tag.BOUND:
        return readBound(this, id);
      case Tag.HANDLED:
        return this.#handled(id);
      case Tag.HANDLED_MORE:
        return this.#handledMore(id);
      case Tag.EXOTIC:
        return readExotic(this, id);
      default:
        throw corrupt(`there is no value of kind ${tag}`);
    }
  }

  #shape(id: number): Shape {
    const known = this.uint();
    let shape: Shape;
    if (known === 0) {
      shape = readShape(this);
      this.#shapes.push(shape);
    } else {
      shape = this.#shapes[known - 1] ?? fail("a shape is missing");
    }
    this.#owe(id, shape.keys.length, 1);
    this.#aux[id] = shape;
    return shape;
  }

  #owe(id: number, count: number, perItem: number): void {
    this.#owed += count * perItem;
    if (this.#owed > this.remaining) throw corrupt("it ends too early");
    this.#aux[id] = count;
  }

  #array(id: number): unknown[] {
    const length = this.uint();
    this.#owe(id, length, 1);
    // oxlint-disable-next-line unicorn/no-new-array -- setting the length of an empty one is a call into the engine
    return new Array<unknown>(length);
  }

  #frame(id: number): Frame {
    const saved = this.code();
    const point = this.uint();
    const code = frameCode(saved, point);
    const shape = this.#shape(id);
    this.#owed++;
    return new Frame(code, point, { ...shape.template }, undefined);
  }

  #handledMore(id: number): object {
    const value = this.#handled(id);
    const handler = this.#aux[id] as Handler;
    const form = this.byte();
    if (form & Form.LOCKED) this.atEnd(() => void Object.preventExtensions(value));
    this.body(id, () => {
      this.#restore(handler, value);
      if (form & Form.PROPERTIES) readProperties(this, value);
    });
    return value;
  }

  #restore(handler: Handler, value: object): void {
    this.settle(this.values(handler.fields.length), (fields) => handler.restore(value, fields));
  }

  #handled(id: number): object {
    const name = this.string();
    const handler = handlerNamed(name);
    if (handler === undefined) throw unknownHandler(name);
    this.#aux[id] = handler;
    const made = handler.create();
    return made instanceof Late ? this.late(made) : made;
  }

  #body(id: number): void {
    const node = this.#nodes[id] as Props;
    const aux = this.#aux[id];
    switch (this.#tags[id]!) {
      case Tag.PLAIN:
      case Tag.PLAIN_NULL:
      case Tag.INSTANCE:
        return this.#fill(node, aux as Shape);
      case Tag.FRAME: {
        this.#owed--;
        const self = this.value();
        this.put(node, "self", self);
        return this.#fill((node as unknown as Frame).slots, aux as Shape);
      }
      case Tag.ARRAY:
        return this.#elements(node as unknown as unknown[], aux as number);
      case Tag.DICT:
        return this.#entries(node, aux as number);
      case Tag.HANDLED:
        return this.#restore(aux as Handler, node);
      default:
        return (aux as BodyReader)(this);
    }
  }

  /** The object owns the keys already, so assigning reaches no setter and no prototype. */
  #fill(owner: Props, shape: Shape): void {
    const keys = shape.keys;
    this.#owed -= keys.length;
    for (let i = 0; i < keys.length; i++) this.put(owner, keys[i]!, this.value());
  }

  #elements(array: unknown[], length: number): void {
    this.#owed -= length;
    for (let i = 0; i < length; i++) {
      if (this.peek() === Tag.HOLE) this.byte();
      else this.#putElement(array, i, this.value());
    }
  }

  /** The same as `put`, compiled for arrays. */
  #putElement(array: unknown[], index: number, value: unknown): void {
    if (this.#isLate(value)) this.put(array as unknown as Props, index, value);
    else array[index] = value;
  }

  #entries(owner: Props, count: number): void {
    this.#owed -= count * 2;
    for (let i = 0; i < count; i++) {
      const key = this.string();
      // Only a key of Object.prototype could lead an assignment astray, `__proto__` above all.
      if (key in owner)
        Object.defineProperty(owner, key, { value: undefined, writable: true, enumerable: true, configurable: true });
      this.put(owner, key, this.value());
    }
  }

  /** Sets a property of a node; a late object is put there when it is made. */
  put(owner: Props, key: PropertyKey, value: unknown): void {
    if (this.#isLate(value)) {
      owner[key] = undefined;
      this.#fixes.push(owner, key, value);
    } else {
      owner[key] = value;
    }
  }

  /** Most images have none, and then nobody has to look. */
  #isLate(value: unknown): boolean {
    return this.#late.length > 0 && Late.is(value);
  }

  #settleAll(first: number): void {
    for (const late of this.#late) makeLate(late);
    const fixes = this.#fixes;
    for (let i = 0; i < fixes.length; i += 3) (fixes[i] as Props)[fixes[i + 1] as PropertyKey] = (fixes[i + 2] as Late).made;
    for (const act of this.#deferred) act();
    for (let id = first; id < this.#nodes.length; id++) this.#nodes[id] = settled(this.#nodes[id]);
  }
}

/** Up to this many hexadecimal digits are an integer of 31 bits. */
const SMALL_DIGITS = 7;

/** The integer that these digits are, −1 when they are malformed. Ten times as fast as a text that BigInt has to read. */
function smallHexadecimal(digits: string): number {
  let value = 0;
  for (let i = 0; i < digits.length; i++) {
    const unit = digits.charCodeAt(i);
    const isDigit = unit >= 0x30 && unit <= 0x39;
    if (!isDigit && (unit < 0x61 || unit > 0x66)) return -1;
    value = value * 16 + (isDigit ? unit - 0x30 : unit - 0x57);
  }
  return digits === "" ? -1 : value;
}

function fail(what: string): never {
  throw corrupt(what);
}
