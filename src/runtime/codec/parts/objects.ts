/**
 * Watches over objects with default data properties. Those of the same keys and prototype are a group, and what they held is kept side by side, in the order of the
 * objects, so that comparing reads memory from front to back:
 *
 *     nodes   first        second       third      …
 *     old     a0 b0 c0     a1 b1 c1     a2 b2 c2   …
 *
 * One watch for each object took twice as long.
 */
import { defaultKeys, inheritsNoKeys } from "../defaults.js";
import type { Encoder } from "../encoder.js";
import { MAX_SHAPE_KEYS } from "../format.js";
import { privateStore } from "../../private-store.js";
import { shapeOf } from "../shapes.js";
import { writeEntries } from "./entries.js";
import type { Pass } from "./pass.js";
import { redefinitionIsPossible, reshapingIsPossible } from "./surgery.js";
import { type Change, isSameValue, Unpatchable } from "./watch.js";

const { getPrototypeOf, getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols, isExtensible, values } = Object;
const INDEX = /^(?:0|[1-9]\d{0,9})$/;
/** A group with more values is full: growing its list would copy them all. */
const FULL = 1 << 16;

type Keys = readonly string[];
type Props = Readonly<Record<string, unknown>>;

export class ObjectWatches {
  readonly #groups: ObjectGroup[] = [];
  /** Those that are not full, by keys. */
  readonly #open = new Map<Keys, ObjectGroup[]>();

  /** Watches over `node`, which has these keys and is what was written just now. Objects of the same list of keys are compared together. */
  add(id: number, node: object, keys: Keys): void {
    const prototype = getPrototypeOf(node) as object | null;
    const hasPrivates = privateStore(node) !== undefined;
    this.#groupOf(node, { keys, prototype, hasPrivates }).add(id, node as Props);
  }

  /** Adds to `changed` what has to be patched. Runs no code of the program. */
  findChanged(pass: Pass, changed: Change[]): void {
    for (const group of this.#groups) group.findChanged(pass, changed);
  }

  #groupOf(node: object, kind: Kind): ObjectGroup {
    let open = this.#open.get(kind.keys);
    if (open === undefined) this.#open.set(kind.keys, (open = []));
    const at = open.findIndex((group) => group.takes(kind));
    if (at >= 0 && !open[at]!.isFull) return open[at]!;
    const group = new ObjectGroup(kind, inheritsNoKeys(node), this);
    this.#groups.push(group);
    open[at < 0 ? open.length : at] = group;
    return group;
  }
}

/** What the objects of a group have in common. */
interface Kind {
  readonly keys: Keys;
  readonly prototype: object | null;
  readonly hasPrivates: boolean;
}

class ObjectGroup {
  readonly #ids: number[] = [];
  /** `undefined`: it has other keys now, and another group. */
  readonly #nodes: (Props | undefined)[] = [];
  readonly #old: unknown[] = [];

  /** @param inheritsNoKeys nothing is found on the way up by listing the keys */
  constructor(
    private readonly kind: Kind,
    private readonly inheritsNoKeys: boolean,
    private readonly all: ObjectWatches,
  ) {}

  takes({ prototype, hasPrivates }: Kind): boolean {
    return prototype === this.kind.prototype && hasPrivates === this.kind.hasPrivates;
  }

  get isFull(): boolean {
    return this.#old.length >= FULL;
  }

  add(id: number, node: Props): void {
    this.#ids.push(id);
    this.#nodes.push(node);
    for (const value of values(node)) this.#old.push(value);
  }

  findChanged(pass: Pass, changed: Change[]): void {
    const nodes = this.#nodes;
    const width = this.kind.keys.length;
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at];
      if (node === undefined || this.#isSame(node, at * width, pass)) continue;
      changed.push({ id: this.#ids[at]!, patch: (out) => this.#patch(at, node, out) });
    }
  }

  /** Whether `node` is what it was; its values were those from `start` on. */
  #isSame(node: Props, start: number, pass: Pass): boolean {
    if (!this.inheritsNoKeys || reshapingIsPossible()) return this.#isSameInFull(node, start, pass);
    return !this.#hasGotPrivates(node, pass) && this.#isSameByListing(node, start);
  }

  #isSameInFull(node: Props, start: number, pass: Pass): boolean {
    const { prototype, hasPrivates } = this.kind;
    if (this.inheritsNoKeys && pass.covers(node, prototype, hasPrivates)) return this.#isSameByListing(node, start);
    const isSame = !this.#hasGotPrivates(node, pass) && this.#isSameByDescription(node, start);
    if (isSame) pass.leads(node, prototype, hasPrivates);
    return isSame;
  }

  #hasGotPrivates(node: Props, { privatesCame }: Pass): boolean {
    return privatesCame && !this.kind.hasPrivates && privateStore(node) !== undefined;
  }

  /** By far the fastest way there is to see keys and values, about 25 ns an object. */
  #isSameByListing(node: Props, start: number): boolean {
    const { keys } = this.kind;
    const old = this.#old;
    let at = 0;
    for (const key in node) {
      if (key !== keys[at] || !isSameValue(node[key], old[start + at])) return false;
      at++;
    }
    return at === keys.length;
  }

  #isSameByDescription(node: Props, start: number): boolean {
    const { keys, prototype } = this.kind;
    const names = getOwnPropertyNames(node);
    if (!isExtensible(node) || getOwnPropertySymbols(node).length !== 0 || !areSame(names, keys)) return false;
    if (getPrototypeOf(node) !== prototype) return false;
    if (redefinitionIsPossible() && !isDefault(node, keys)) return false;
    return values(node).every((value, at) => isSameValue(value, this.#old[start + at]));
  }

  #patch(at: number, node: Props, out: Encoder): void {
    const { prototype, hasPrivates } = this.kind;
    const now: unknown[] = [];
    const keys = defaultKeys(node, now, 0);
    if (keys === undefined || getPrototypeOf(node) !== prototype) throw new Unpatchable();
    if (!hasPrivates && privateStore(node) !== undefined) throw new Unpatchable();
    writeEntries(out, this.#entries(at), { keys, values: now }, isIndex);
    this.#replace(at, node, keys, now);
  }

  #entries(at: number): { keys: Keys; values: unknown[] } {
    const { keys } = this.kind;
    return { keys, values: this.#old.slice(at * keys.length, (at + 1) * keys.length) };
  }

  /** Takes over what an object is now; with other keys it goes to another group. */
  #replace(at: number, node: Props, keys: Keys, now: readonly unknown[]): void {
    const start = at * this.kind.keys.length;
    if (areSame(keys, this.kind.keys)) {
      for (let i = 0; i < now.length; i++) this.#old[start + i] = now[i];
      return;
    }
    this.#nodes[at] = undefined;
    this.#old.fill(undefined, start, start + this.kind.keys.length);
    this.all.add(this.#ids[at]!, node, keys.length > MAX_SHAPE_KEYS ? keys : shapeOf(keys).keys);
  }
}

function areSame(a: Keys, b: Keys): boolean {
  return a.length === b.length && a.every((key, at) => key === b[at]);
}

function isDefault(node: Props, keys: Keys): boolean {
  return keys.every((key) => {
    const { writable, enumerable, configurable } = getOwnPropertyDescriptor(node, key)!;
    return writable === true && enumerable === true && configurable === true;
  });
}

function isIndex(key: unknown): boolean {
  return INDEX.test(key as string);
}
