/** What patches of entries are applied to: objects, Maps and Sets, as keys with values. */
import { types } from "node:util";
import { Tag } from "../format.js";
import { corrupt } from "../reader.js";

export interface PatchedEntries {
  clear(): void;
  remove(key: unknown): void;
  set(key: unknown, value: unknown): void;
}

/** The node of that tag as entries. Throws CorruptCheckpointError when it has none. */
export function entriesOf(node: unknown, tag: number): PatchedEntries {
  if (tag === Tag.PLAIN || tag === Tag.PLAIN_NULL || tag === Tag.INSTANCE || tag === Tag.DICT)
    return new ObjectEntries(node as object);
  if (tag === Tag.EXOTIC && types.isMap(node)) return new MapEntries(node);
  if (tag === Tag.EXOTIC && types.isSet(node)) return new SetEntries(node);
  throw corrupt("entries for what has none");
}

class ObjectEntries implements PatchedEntries {
  constructor(readonly node: object) {}

  clear(): void {
    for (const key of Object.getOwnPropertyNames(this.node)) Reflect.deleteProperty(this.node, key);
  }

  remove(key: unknown): void {
    Reflect.deleteProperty(this.node, keyOf(key));
  }

  /** Defined, not assigned: nothing on the way up is asked. */
  set(key: unknown, value: unknown): void {
    Object.defineProperty(this.node, keyOf(key), { value, writable: true, enumerable: true, configurable: true });
  }
}

function keyOf(key: unknown): string {
  if (typeof key !== "string") throw corrupt("a key is no string");
  return key;
}

class MapEntries implements PatchedEntries {
  constructor(readonly node: Map<unknown, unknown>) {}

  clear(): void {
    Map.prototype.clear.call(this.node);
  }

  remove(key: unknown): void {
    Map.prototype.delete.call(this.node, key);
  }

  set(key: unknown, value: unknown): void {
    Map.prototype.set.call(this.node, key, value);
  }
}

class SetEntries implements PatchedEntries {
  constructor(readonly node: Set<unknown>) {}

  clear(): void {
    Set.prototype.clear.call(this.node);
  }

  remove(key: unknown): void {
    Set.prototype.delete.call(this.node, key);
  }

  set(key: unknown): void {
    Set.prototype.add.call(this.node, key);
  }
}
