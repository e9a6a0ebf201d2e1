/**
 * WeakMap and WeakSet hold an entry only as long as somebody else holds its key, and so does a checkpoint. Nobody can list the entries, but they can be looked
 * up: when everything else is written, each is asked for every object of the image, and for those that a process has anyway (classes, functions, constants,
 * built-ins). Values found that way may lead to new keys, so this goes on until nothing new is found.
 *
 * A WeakRef is saved with its target: that the collector has not come yet is all that keeps it, and nobody can count on it to come.
 */
import { types } from "node:util";
import { allReferences, closureOf } from "../../registry.js";
import type { Decoder } from "../decoder.js";
import type { Encoder } from "../encoder.js";
import { allIntrinsics } from "../intrinsics.js";
import { Late, settled } from "../late.js";
import { corrupt } from "../reader.js";
import { registerExotic } from "./kind.js";

type Key = object | symbol;
type Weak = WeakMap<Key, unknown> | WeakSet<Key>;

const { get, has, set } = WeakMap.prototype as WeakMap<Key, unknown>;
const { has: hasMember, add } = WeakSet.prototype as WeakSet<Key>;
const { deref } = WeakRef.prototype;

registerExotic<WeakMap<Key, unknown>>({
  tag: 40,
  prototype: WeakMap.prototype,
  branded: true,
  is: types.isWeakMap,
  head: (out, map) => meet(out, map),
  make: (input) => made(input, new WeakMap()),
});

registerExotic<WeakSet<Key>>({
  tag: 41,
  prototype: WeakSet.prototype,
  branded: true,
  is: types.isWeakSet,
  head: (out, members) => meet(out, members),
  make: (input) => made(input, new WeakSet()),
});

function meet(out: Encoder, weak: Weak): void {
  out.weak ??= new WeakEntries();
  // It has got its number just now.
  out.weak.holders.push({ id: out.size - 1, weak, probed: 0, written: new Set() });
}

function made<W extends Weak>(input: Decoder, weak: W): W {
  input.hasWeak = true;
  return weak;
}

interface Holder {
  readonly id: number;
  readonly weak: Weak;
  /** Nodes below this number have been looked up. */
  probed: number;
  readonly written: Set<Key>;
}

/** All of one image. */
export class WeakEntries {
  readonly holders: Holder[] = [];

  /** Writes rounds of entries, each followed by the bodies of what they led to, and an empty one. */
  write(out: Encoder): void {
    for (let bodies = out.size; ; bodies = out.bodies(bodies)) {
      const found = this.holders.flatMap((holder) => newKeys(out, holder).map((key) => [holder, key] as const));
      out.uint(found.length);
      if (found.length === 0) return;
      for (const [{ id, weak }, key] of found) {
        out.about(id);
        out.uint(id);
        out.value(key);
        if (types.isWeakMap(weak)) out.value(get.call(weak, key));
      }
    }
  }
}

/** The keys of a holder that have not been written yet, in an order that depends on the image alone. */
function newKeys(out: Encoder, holder: Holder): Key[] {
  const { weak, written } = holder;
  const holds = (key: Key): boolean => (types.isWeakMap(weak) ? has.call(weak, key) : hasMember.call(weak, key));
  const keys: Key[] = [];
  const probe = (key: Key | undefined): void => {
    if (key === undefined || written.has(key) || !holds(key)) return;
    written.add(key);
    keys.push(key);
  };
  const isFirst = holder.probed === 0;
  for (const size = out.size; holder.probed < size; holder.probed++) {
    const node = out.nodeAt(holder.probed);
    probe(node);
    if (typeof node === "function" && closureOf(node) !== undefined) implied(node, probe);
  }
  if (isFirst) {
    const named = [...allReferences(), ...allIntrinsics()].filter(([key]) => holds(key));
    for (const [key] of named.sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0))) probe(key);
  }
  return keys;
}

/** Objects that come with a function without being nodes of their own: its `prototype`, the methods of a class. */
function implied(fn: Function, probe: (key: Key) => void): void {
  const home: unknown = Object.getOwnPropertyDescriptor(fn, "prototype")?.value;
  for (const owner of [fn, home]) {
    if (((typeof owner !== "object" || owner === null) && typeof owner !== "function") || types.isProxy(owner)) continue;
    probe(owner);
    for (const key of Reflect.ownKeys(owner)) {
      const { value, get: getter, set: setter } = Reflect.getOwnPropertyDescriptor(owner, key)!;
      for (const part of [value, getter, setter] as unknown[]) if (typeof part === "function") probe(part);
    }
  }
}

/** Reads a round of entries. Returns how many there were. */
export function readWeakEntries(input: Decoder): number {
  const count = input.count();
  for (let i = 0; i < count; i++) {
    const weak = input.known();
    if (types.isWeakMap(weak)) {
      input.settle(input.values(2), ([key, value]) => void set.call(weak, key as Key, value));
    } else if (types.isWeakSet(weak)) {
      input.settle(input.values(1), ([key]) => void add.call(weak, key as Key));
    } else throw corrupt("something else than a WeakMap has entries of one");
  }
  return count;
}

registerExotic<WeakRef<Key>>({
  tag: 42,
  isLate: true,
  prototype: WeakRef.prototype,
  is: isWeakRef,
  head(out, ref) {
    if (deref.call(ref) === undefined) {
      out.refuse(
        ref,
        "it is a WeakRef whose target is gone, and nobody can make one of these",
        "Drop it as soon as deref() gives undefined, or let it go out of scope before the suspension.",
      );
    }
  },
  body: (out, ref) => out.value(deref.call(ref)),
  make: (input) => input.late(new LateRef()) as unknown as WeakRef<Key>,
  fill(input, ref) {
    (ref as unknown as LateRef).target = input.value();
  },
});

function isWeakRef(value: object): boolean {
  try {
    deref.call(value);
    return true;
  } catch {
    return false;
  }
}

class LateRef extends Late {
  target: unknown = undefined;
  override needs(): readonly unknown[] {
    return [this.target];
  }
  override make(): WeakRef<Key> {
    return new WeakRef(settled(this.target) as Key);
  }
}
