/**
 * What emitted code keeps of a class whose definition is written out: the class, its home object, what each instance gets. Nothing here enters code of the
 * program; what does is in `lib/construction.ts` and `lib/private.ts`.
 */

import { hasPrivate, writePrivate } from "./private-store.js";
import { passMembers, primitive } from "./suspend.js";

export type ElementKind = "field" | "method" | "get" | "set";

/** Something every instance gets when it is constructed. */
export interface Element {
  readonly kind: ElementKind;
  readonly key: PropertyKey | PrivateName;
  /** A field's initializer, or the method itself. */
  readonly value: Function | undefined;
  /** The initializer is an anonymous function, which is named after the (computed) key. */
  readonly unnamed: boolean;
}

/** One evaluation of a class definition, or an object literal whose methods use `super`. */
export interface ClassRecord {
  ctor: Function | undefined;
  /** The object methods belong to: `prototype` of a class, the object itself. */
  home: object | undefined;
  readonly methods: Element[];
  readonly fields: Element[];
}

/** A `#name` of one evaluation of a class (ECMA-262, Private Names). What objects have by it is in their private store. */
export interface PrivateName {
  readonly name: string;
  kind: "field" | "method" | "accessor";
  method: Function | undefined;
  get: Function | undefined;
  set: Function | undefined;
}

const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, setPrototypeOf } = Object;
const { ownKeys } = Reflect;

export function $record(): ClassRecord {
  return { ctor: undefined, home: undefined, methods: [], fields: [] };
}

/** Completes the record of a class. Returns the class. */
export function $class<C extends Function>(record: ClassRecord = $record(), ctor: C): C {
  record.ctor = ctor;
  record.home = ctor.prototype as object;
  primitive(ctor);
  passMembers(ctor);
  passMembers(record.home);
  noteMembers(ctor, ctor, false);
  noteMembers(ctor, record.home, true);
  return ctor;
}

/** Where a method or accessor function belongs: it is saved as a part of its class. */
export interface Membership {
  readonly ctor: Function;
  /** On the prototype, not on the class itself. */
  readonly onHome: boolean;
  readonly key: PropertyKey;
  readonly part: "value" | "get" | "set";
}

const memberships = new WeakMap<Function, Membership>();

/** The class a function was defined in as a method or accessor. */
export function membershipOf(fn: Function): Membership | undefined {
  return memberships.get(fn);
}

function noteMembers(ctor: Function, owner: object, onHome: boolean): void {
  const keys = ownKeys(owner);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!;
    if (key === "constructor") continue;
    const { value, get, set } = getOwnPropertyDescriptor(owner, key)!;
    if (typeof value === "function") memberships.set(value as Function, { ctor, onHome, key, part: "value" });
    if (get !== undefined) memberships.set(get, { ctor, onHome, key, part: "get" });
    if (set !== undefined) memberships.set(set, { ctor, onHome, key, part: "set" });
  }
}

/** Completes the record of an object literal that has methods. Returns the object. */
export function $homed<T extends object>(object: T, record?: ClassRecord): T {
  if (record !== undefined) record.home = object;
  passMembers(object);
  return object;
}

/** A class by its own name inside its body. Throws ReferenceError until the class exists. */
export function $itself(record: ClassRecord, name: string): Function {
  if (record.ctor === undefined) throw new ReferenceError(`Cannot access '${name}' before initialization`);
  return record.ctor;
}

export function $private(name: string): PrivateName {
  return { name, kind: "field", method: undefined, get: undefined, set: undefined };
}

/** Notes something instances get. */
export function $element(
  record: ClassRecord,
  kind: ElementKind,
  key: PropertyKey | PrivateName,
  value: Function | undefined,
  unnamed = false,
): void {
  const element = { kind, key, value, unnamed };
  if (kind === "field") record.fields.push(element);
  else {
    describeMethod(kind, key as PrivateName, value!);
    record.methods.push(element);
  }
}

function describeMethod(kind: ElementKind, name: PrivateName, value: Function): void {
  if (kind === "method") {
    name.kind = "method";
    name.method = value;
    return;
  }
  name.kind = "accessor";
  if (kind === "get") name.get = value;
  else name.set = value;
}

/** Adds a private member to a class itself (ECMA-262, PrivateFieldAdd, PrivateMethodOrAccessorAdd). Throws TypeError when it is there. */
export function $privateAdd(object: object, kind: ElementKind, name: PrivateName, value: unknown): void {
  if (kind !== "field") describeMethod(kind, name, value as Function);
  if (kind === "field" || !hasPrivate(object, name)) addPrivate(object, name, kind === "field" ? value : true);
}

export function addPrivate(object: object, name: PrivateName, value: unknown): void {
  if (hasPrivate(object, name)) throw new TypeError(`Cannot initialize ${name.name} twice on the same object`);
  writePrivate(object, name, value);
}

/** The one accessor function of an object literal. */
export function $accessorOf(object: object): Function {
  const descriptor = getOwnPropertyDescriptor(object, ownKeys(object)[0]!)!;
  return (descriptor.get ?? descriptor.set)!;
}

const GeneratorFunctionPrototype = getPrototypeOf(function* () {}) as object;

/** Puts `value` in the place of a generator method, under the same name and with the same attributes, unless a later member took that place. */
export function $replace(object: object, key: PropertyKey, value: Function): void {
  const placeholder = getOwnPropertyDescriptor(object, key)!;
  if (typeof placeholder.value !== "function" || getPrototypeOf(placeholder.value as object) !== GeneratorFunctionPrototype)
    return;
  const { name } = placeholder.value as Function;
  defineProperty(value, "name", { value: name, configurable: true });
  defineProperty(object, key, { ...placeholder, value });
}

/** Defines the properties of `literal` on `object`, in order. */
export function $extend(object: object, literal: object): void {
  passMembers(literal);
  const keys = ownKeys(literal);
  for (let at = 0; at < keys.length; at++)
    defineProperty(object, keys[at]!, describedAlone(getOwnPropertyDescriptor(literal, keys[at]!)!));
}

/** A getter leaves the setter that is there as it is, and the other way round. */
function describedAlone(property: PropertyDescriptor): PropertyDescriptor {
  if (property.get === undefined) delete property.get;
  if (property.set === undefined) delete property.set;
  return property;
}

/** `{ __proto__: value }`: what is no object and not null changes nothing. */
export function $prototype(object: object, value: unknown): void {
  if (value === null || typeof value === "object" || typeof value === "function") setPrototypeOf(object, value);
}

/** Names an anonymous function or class after the key it is stored under (ECMA-262, SetFunctionName). Returns it. */
export function $named<T>(value: T, key: PropertyKey): T {
  if (typeof value !== "function" || (getOwnPropertyDescriptor(value, "name")?.value ?? "") !== "") return value;
  const name = typeof key !== "symbol" ? String(key) : key.description === undefined ? "" : `[${key.description}]`;
  defineProperty(value, "name", { value: name, configurable: true });
  return value;
}

/** The constructor `super()` calls (ECMA-262, GetSuperConstructor). */
export function $parent(record: ClassRecord): unknown {
  return getPrototypeOf(record.ctor!);
}
