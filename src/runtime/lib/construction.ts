/** Constructing instances of classes whose definition is written out. */
import { apply, construct } from "../apply.js";
import { addPrivate, $named, $parent, type ClassRecord, type PrivateName } from "../classes.js";
import { isConstructor } from "../natives.js";
import { define } from "./operations/property.js";

/** Gives a new instance its private methods and then its fields, in order (ECMA-262, InitializeInstanceElements). Returns it. */
export function initialize(self: object, record: ClassRecord): object {
  const { methods, fields } = record;
  for (let index = 0; index < methods.length; index++) {
    const name = methods[index]!.key as PrivateName;
    // A getter and a setter are one accessor.
    if (index === 0 || !isAddedBefore(record, index)) addPrivate(self, name, true);
  }
  for (let index = 0; index < fields.length; index++) {
    const { key, value, unnamed } = fields[index]!;
    const made = value === undefined ? undefined : apply(value, self, []);
    if (typeof key === "object") addPrivate(self, key, made);
    else define(self, key, unnamed ? $named(made, key) : made);
  }
  return self;
}

function isAddedBefore(record: ClassRecord, index: number): boolean {
  for (let before = 0; before < index; before++) if (record.methods[before]!.key === record.methods[index]!.key) return true;
  return false;
}

/** The constructor a derived class has when it declares none. */
export function constructDefault(record: ClassRecord, args: readonly unknown[], target: Function): object {
  const self = constructSuper($parent(record), args, target);
  return initialize(self, record);
}

/** `super(…)`: the parent constructs for `target`. Throws TypeError when it is no constructor. */
export function constructSuper(parent: unknown, args: readonly unknown[], target: Function): object {
  if (!isConstructor(parent))
    throw new TypeError(`Super constructor ${describe(parent)} of anonymous class is not a constructor`);
  return construct(parent, args, target) as object;
}

/** `new fn(…)`. Throws TypeError when `fn` is no constructor. */
export function constructNew(fn: unknown, args: readonly unknown[]): unknown {
  if (!isConstructor(fn)) throw new TypeError(`${describe(fn)} is not a constructor`);
  return construct(fn, args, fn);
}

/** Without running anything of the value. */
function describe(value: unknown): string {
  if (typeof value === "object" && value !== null) return "#<Object>";
  return typeof value === "function" ? "function" : typeof value === "symbol" ? "symbol" : String(value);
}
