/**
 * What the program changed on a function, or on the `prototype` of one, since it was made: found by comparing it with a fresh one, and done again on the
 * restored one.
 */
import { membershipOf } from "../../classes.js";
import { closureOf } from "../../registry.js";
import type { Decoder } from "../decoder.js";
import type { Encoder } from "../encoder.js";
import type { Late } from "../late.js";
import { readProperties, writeProperties } from "../properties.js";
import { corrupt } from "../reader.js";
import { ownHome } from "./home.js";

/** What differs from a fresh one; bits of one byte. */
export const Change = { PROPERTIES: 1, REMOVED: 2, PROTOTYPE: 4, LOCKED: 8, HOME: 16 } as const;

export interface Difference {
  readonly removed: readonly (string | symbol)[];
  readonly changed: readonly (string | symbol)[];
  /** `undefined`: the same as that of a fresh one. */
  readonly prototype: object | null | undefined;
  readonly locked: boolean;
}

/** `born`: the key under which each of the two holds what it was born with, so that the values there are alike. */
export function compare(value: object, fresh: object, born: string | undefined): Difference {
  const { kept, removed } = alignKeys(Reflect.ownKeys(value), Reflect.ownKeys(fresh));
  const changed = Reflect.ownKeys(value).filter((key) => !kept.has(key) || !sameProperty(value, fresh, key, key === born));
  const prototype = Object.getPrototypeOf(value) as object | null;
  const same = prototype === Object.getPrototypeOf(fresh);
  return { changed, removed, prototype: same ? undefined : prototype, locked: !Object.isExtensible(value) };
}

export function isChanged({ changed, removed, prototype, locked }: Difference): boolean {
  return changed.length > 0 || removed.length > 0 || prototype !== undefined || locked;
}

/**
 * Which of a fresh one's keys are still in their places. What follows the first one that is not comes later in the order: it was deleted and added again, or
 * is new, and has to be so on the restored one, too. Index keys have an order of their own.
 */
function alignKeys(
  keys: readonly (string | symbol)[],
  fresh: readonly (string | symbol)[],
): { kept: ReadonlySet<string | symbol>; removed: readonly (string | symbol)[] } {
  const kept = new Set<string | symbol>();
  const removed: (string | symbol)[] = [];
  for (const type of ["string", "symbol"]) {
    const mine = keys.filter((key) => typeof key === type && !isIndex(key));
    let at = 0;
    for (const key of fresh) {
      if (typeof key !== type) continue;
      if (isIndex(key) ? keys.includes(key) : mine[at] === key) {
        kept.add(key);
        if (!isIndex(key)) at++;
      } else removed.push(key);
    }
  }
  return { kept, removed };
}

function isIndex(key: string | symbol): boolean {
  return typeof key === "string" && /^(?:0|[1-9]\d{0,9})$/.test(key);
}

/** `isBorn`: the values are what each was born with. */
export function sameProperty(value: object, fresh: object, key: string | symbol, isBorn = false): boolean {
  const mine = Reflect.getOwnPropertyDescriptor(value, key)!;
  const other = Reflect.getOwnPropertyDescriptor(fresh, key);
  if (other === undefined) return false;
  return (
    mine.enumerable === other.enumerable &&
    mine.configurable === other.configurable &&
    mine.writable === other.writable &&
    (isBorn || samePart(mine.value, other.value, value)) &&
    samePart(mine.get, other.get, value) &&
    samePart(mine.set, other.set, value)
  );
}

/** Methods of a class made at run time are other functions each time; they come with the class. */
function samePart(mine: unknown, other: unknown, owner: object): boolean {
  if (Object.is(mine, other)) return true;
  if (typeof mine !== "function" || typeof other !== "function" || closureOf(mine) !== undefined) return false;
  const member = membershipOf(mine);
  const itsOwn = membershipOf(other);
  if (member === undefined || itsOwn === undefined) return false;
  const ctor = member.onHome ? ownHome(member.ctor) === owner : member.ctor === owner;
  return ctor && member.key === itsOwn.key && member.part === itsOwn.part && member.onHome === itsOwn.onHome;
}

export function writeChange(out: Encoder, value: object, difference: Difference, more: number): void {
  const { changed, removed, prototype, locked } = difference;
  out.byte(
    more |
      (changed.length > 0 ? Change.PROPERTIES : 0) |
      (removed.length > 0 ? Change.REMOVED : 0) |
      (prototype === undefined ? 0 : Change.PROTOTYPE) |
      (locked ? Change.LOCKED : 0),
  );
  if (prototype !== undefined) out.value(prototype);
  if (removed.length > 0) {
    out.uint(removed.length);
    for (const key of removed) out.value(key);
  }
  if (changed.length > 0) writeProperties(out, value, changed);
}

/** Reads a change and makes it on what `late` stands for, once that is there. Returns its bits. */
export function readChange(input: Decoder, late: Late): number {
  const change = input.byte();
  if (change & Change.PROTOTYPE) {
    input.settle([late, input.value()], ([owner, prototype]) => {
      if (typeof prototype !== "object" && typeof prototype !== "function") throw corrupt("a prototype is not an object");
      Object.setPrototypeOf(owner, prototype);
    });
  }
  if (change & Change.REMOVED) {
    input.settle([late, ...input.values(input.count())], ([owner, ...keys]) => {
      for (const key of keys) Reflect.deleteProperty(owner as object, key as string | symbol);
    });
  }
  if (change & Change.PROPERTIES) readProperties(input, late);
  if (change & Change.LOCKED) input.atEnd(() => void Object.preventExtensions(late.made));
  return change;
}
