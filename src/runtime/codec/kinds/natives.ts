/**
 * Objects with `#private` members of the engine (see native-privates.ts). In an image such an object is preceded by the classes it has members of, base first, and
 * followed by the values of their fields.
 */
import { types } from "node:util";
import { note, noted } from "../../notes.js";
import { idOf } from "../../registry.js";
import { constructBase, installDerived, privateAccess, type PrivateAccess } from "../../native-privates.js";
import type { ClassInfo } from "../classes.js";
import type { Decoder } from "../decoder.js";
import type { Encoder } from "../encoder.js";
import { Tag } from "../format.js";
import { className } from "../names.js";
import { registered } from "../program.js";
import { corrupt } from "../reader.js";
import { INSTANCE_FIX } from "../reasons.js";

/** Which fields a list of values is of, for messages. */
const names = new WeakMap<object, readonly string[]>();

/** The names of the private fields whose values `list` holds; `undefined` for any other object. */
export function privateNames(list: object): readonly string[] | undefined {
  return noted(names, list);
}

/** Classes up the prototype chain of which `value` has private members, base first. */
function classesOf(value: object): readonly PrivateAccess[] {
  const found: PrivateAccess[] = [];
  let at = Object.getPrototypeOf(value) as object | null;
  for (; at !== null && !types.isProxy(at); at = Object.getPrototypeOf(at) as object | null) {
    const access = privateAccess(at);
    if (access?.has(value)) found.unshift(access);
  }
  return found;
}

/** Whether an object has members of a class up its prototype chain. */
export function hasNatives(value: object): boolean {
  return classesOf(value).length > 0;
}

/** Writes what precedes the head of an object that has such members, and returns their values; `undefined` for any other object. */
export function writeNatives(out: Encoder, value: object, { exotic }: ClassInfo): readonly unknown[] | undefined {
  const classes = classesOf(value);
  if (classes.length === 0) return undefined;
  if (exotic?.isLate) out.refuse(value, `its class has private fields and extends ${className(exotic.prototype)}`, INSTANCE_FIX);
  const values = classes.flatMap((access) => valuesOf(out, access, value));
  note(
    names,
    values,
    classes.flatMap((access) => access.fields),
  );
  out.byte(Tag.NATIVES);
  out.uint(classes.length);
  for (const { cls } of classes) out.string(idOf(cls.prototype as object) ?? "");
  return values;
}

function valuesOf(out: Encoder, access: PrivateAccess, value: object): readonly unknown[] {
  const name = className(access.cls.prototype as object);
  if (access.isDerived && !Object.isExtensible(access.cls))
    out.refuse(value, `its class ${name} has private fields and is frozen`, "Do not freeze the class.");
  try {
    return access.read(value);
  } catch {
    return out.refuse(value, `its class ${name} has private fields, and its constructor did not get to the end`, INSTANCE_FIX);
  }
}

/** What was read before the head of such an object. */
export interface Natives {
  readonly classes: readonly PrivateAccess[];
  /** The object, when a base class has to make it. */
  readonly shell: object | undefined;
}

export function readNatives(input: Decoder): Natives {
  const classes: PrivateAccess[] = [];
  for (let left = input.count(); left > 0; left--) {
    const prototype = registered(input.string());
    const access = typeof prototype === "object" ? privateAccess(prototype) : undefined;
    if (access === undefined) throw corrupt("private members of a class that has none");
    if (!access.isDerived && classes.length > 0) throw corrupt("private members are out of order");
    classes.push(access);
  }
  const base = classes[0];
  return { classes, shell: base?.isDerived === false ? constructBase(base) : undefined };
}

/** Gives a made object the members it lacks. */
export function installNatives({ classes, shell }: Natives, object: object): void {
  if (shell !== undefined && shell !== object) throw corrupt("private members are on the wrong object");
  for (const access of classes) if (access.isDerived && !access.has(object)) installDerived(access, object);
}

export function setNatives({ classes }: Natives, object: object, values: readonly unknown[]): void {
  let at = 0;
  for (const access of classes) {
    const count = access.fields.length;
    access.write(object, values.slice(at, at + count));
    at += count;
  }
  if (at !== values.length) throw corrupt("private members do not fit their classes");
}
