/**
 * `#private` members of classes that are emitted as written. Reading and setting them is code in the class body, which the class hands out. Giving them to an object
 * takes its constructor, run while `restoring` says that it shall do nothing else: a class that extends another one puts its members on whatever `super()` returns;
 * a base class makes the object itself.
 */
import { Identity } from "./identity.js";

/** What one class gives access to. */
export interface PrivateAccess {
  readonly cls: Function;
  readonly isDerived: boolean;
  /** Names of the fields, in the order of their values. */
  readonly fields: readonly string[];
  readonly has: (object: object) => boolean;
  readonly read: (object: object) => readonly unknown[];
  readonly write: (object: object, values: readonly unknown[]) => void;
}

const byPrototype = new WeakMap<object, PrivateAccess>();
let subject: object | true | undefined;

/** See ModuleRegistrar.restoring. */
export function restoring(): object | true | undefined {
  return subject;
}

export function openPrivates(access: PrivateAccess): void {
  byPrototype.set(access.cls.prototype as object, access);
}

/** The access that the class of that prototype gives. */
export function privateAccess(prototype: object): PrivateAccess | undefined {
  return byPrototype.get(prototype);
}

/** A new object with the members of a base class, and public fields, all of them without a value of the program. */
export function constructBase({ cls }: PrivateAccess): object {
  return during(true, () => Reflect.construct(cls, []) as object);
}

/** Gives an object the members of a class that extends another one. */
export function installDerived({ cls }: PrivateAccess, object: object): void {
  const parent = Object.getPrototypeOf(cls) as object;
  const keys = new Set(Reflect.ownKeys(object));
  Object.setPrototypeOf(cls, Identity);
  try {
    during(object, () => Reflect.construct(cls, [object]) as object);
  } finally {
    Object.setPrototypeOf(cls, parent);
  }
  for (const key of Reflect.ownKeys(object)) if (!keys.has(key)) Reflect.deleteProperty(object, key);
}

function during<T>(of: object | true, act: () => T): T {
  subject = of;
  try {
    return act();
  } finally {
    subject = undefined;
  }
}
