import { assert } from "../../shared/assert.js";
import type { Encoder } from "./encoder.js";
import type { Watch } from "./parts/watch.js";

/** A node that changes only together with the instance it belongs to. */
export interface Part {
  readonly node: object;
  /** How its changes are found and written; absent when it never changes. */
  readonly watch?: (id: number) => Watch;
}

/**
 * How instances of one of the runtime's own classes are saved: taken apart into fields, and put together again from an empty object.
 * Matches by prototype, exactly: instances of subclasses are not handled.
 */
export interface Handler<T extends object = object> {
  /** Names the class in checkpoints; never changes. */
  readonly name: string;
  readonly prototype: T;
  /** The fields' names, for messages: `cursor.array`. Their number is the number of fields. */
  readonly fields: readonly string[];
  /** Instances get into the hands of the program, which may give them properties of its own. */
  readonly isVisible?: true;
  /** The field values, in the order of `fields`. `out` is absent when they are only asked for to name one. Runs no user code, but for codecs of the program. */
  save(value: T, out?: Encoder): readonly unknown[];
  /** An object of the class, its fields not set yet, or a Late that makes one of them. */
  create(): T;
  /**
   * Present when the runtime says which instances may have changed (`ImageWriter.write`): no others are compared. Answers the nodes that are the instance's own, for
   * which the same holds. The program must not be able to change either.
   */
  parts?(value: T): readonly Part[];
  /** Sets the fields of what `create` returned. May throw when they make no sense: the checkpoint is damaged then. */
  restore(shell: T, fields: readonly unknown[]): void;
}

const byPrototype = new Map<object, Handler>();
const byName = new Map<string, Handler>();

/** Makes instances of a class of the runtime saveable. Once per class, when its module loads. */
export function registerHandler<T extends object>(handler: Handler<T>): void {
  assert(!byName.has(handler.name), `two codec handlers named ${handler.name}`);
  byPrototype.set(handler.prototype, handler);
  byName.set(handler.name, handler);
}

const bornKeys = new WeakMap<Handler, ReadonlySet<string | symbol>>();

/** The own keys of an instance that are not its class's own doing. */
export function addedKeys(handler: Handler, value: object): readonly (string | symbol)[] {
  if (handler.isVisible === undefined) return [];
  let born = bornKeys.get(handler);
  if (born === undefined) {
    born = new Set(Reflect.ownKeys(handler.create()));
    bornKeys.set(handler, born);
  }
  const keys = Reflect.ownKeys(value);
  return keys.length === born.size ? [] : keys.filter((key) => !born.has(key));
}

export function handlerOf(prototype: object): Handler | undefined {
  return byPrototype.get(prototype);
}

export function handlerNamed(name: string): Handler | undefined {
  return byName.get(name);
}
