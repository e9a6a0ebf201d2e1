/**
 * The general way to save an object: its kind's own state, then everything an object may have besides. Prototype by reference in the head
 * when it is registered or built in, otherwise as a value in the body.
 */
import { types } from "node:util";
import { closureOf, idOf } from "../../registry.js";
import { classInfo, type ClassInfo } from "../classes.js";
import type { Decoder } from "../decoder.js";
import type { Encoder } from "../encoder.js";
import type { BodyWriter } from "../nodes.js";
import { Form, Tag } from "../format.js";
import { intrinsicName } from "../intrinsics.js";
import { settled } from "../late.js";
import { readProperties, writeProperties } from "../properties.js";
import { corrupt } from "../reader.js";
import { INSTANCE_FIX } from "../reasons.js";
import { explain } from "../refusal.js";
import "./all.js";
import { hasNatives } from "./natives.js";
import { exoticByBrand, exoticByPrototype, exoticByTag, ORDINARY_TAG, type Exotic } from "./kind.js";

/** Head of `value`, which no faster form fits. Refuses what no kind knows. */
export function writeExotic(out: Encoder, value: object, prototype: object | null): void {
  const saved = savedPrototype(out, value, prototype);
  writeHead(out, value, saved, kindOf(value, prototype));
}

/** Head of an ordinary instance of a built-in class, such as most Maps and Dates are. False when `value` is none. */
export function writeBuiltIn(out: Encoder, value: object, prototype: object): boolean {
  const kind = exoticByPrototype(prototype);
  if (kind?.prototype !== prototype || !kind.is(value)) return false;
  writeHead(out, value, prototype, kind);
  return true;
}

function writeHead(out: Encoder, value: object, saved: object | null, kind: Exotic): void {
  if (out.pools !== undefined && types.isArrayBuffer(value) && out.pools.claimWhole(out, value)) return;
  const keys = kind.propertyKeys?.(value) ?? keysOf(value);
  const form = formOf(value, kind, saved, keys.length);
  out.byte(Tag.EXOTIC);
  out.pair(kind.tag, form);
  const hasBody = kind.body !== undefined || (form & (Form.PROPERTIES | Form.LATE_PROTOTYPE)) !== 0;
  out.add(value, Tag.EXOTIC, hasBody ? new ExoticBody(value, kind, form, saved, keys) : undefined);
  if (form & Form.PROTOTYPE) out.reference(saved!);
  kind.head(out, value);
  if (form === 0 && kind.isRecognizable) out.learn(value, { kind: "built-in", exotic: kind });
}

/** Head of an object whose hidden class tells that it is nothing but an instance of a built-in class. */
export function writeKnownBuiltIn(out: Encoder, value: object, kind: Exotic): void {
  out.byte(Tag.EXOTIC);
  out.pair(kind.tag, 0);
  const body = kind.body === undefined ? undefined : new ExoticBody(value, kind, 0, kind.prototype, NO_KEYS);
  out.add(value, Tag.EXOTIC, body);
  kind.head(out, value);
}

/** Everything about `value` but that it is met: what its head and its body hold. Refuses what cannot be saved. */
export function writeExoticContents(out: Encoder, value: object, prototype: object | null): void {
  const saved = savedPrototype(out, value, prototype);
  const kind = kindOf(value, prototype);
  const keys = kind.propertyKeys?.(value) ?? keysOf(value);
  const form = formOf(value, kind, saved, keys.length);
  out.pair(kind.tag, form);
  if (form & Form.PROTOTYPE) out.reference(saved!);
  kind.head(out, value);
  new ExoticBody(value, kind, form, saved, keys).write(out);
}

/** The kind of an exotic object that is nothing but an instance of it: its own prototype, no properties, extensible. */
export function plainKindOf(value: object): Exotic | undefined {
  const prototype = Object.getPrototypeOf(value) as object | null;
  const kind = prototype === null ? undefined : exoticByPrototype(prototype);
  if (kind?.prototype !== prototype || !kind.is(value) || !Object.isExtensible(value)) return undefined;
  return (kind.propertyKeys?.(value) ?? keysOf(value)).length === 0 ? kind : undefined;
}

const NO_KEYS: readonly string[] = [];
const getOwnPropertyNames = Object.getOwnPropertyNames;
const getOwnPropertySymbols = Object.getOwnPropertySymbols;

/** Own keys. What most objects of built-in classes have is none, and these two calls find that out three times as fast as `ownKeys` does. */
function keysOf(value: object): readonly (string | symbol)[] {
  const none = getOwnPropertyNames(value).length === 0 && getOwnPropertySymbols(value).length === 0;
  return none ? NO_KEYS : Reflect.ownKeys(value);
}

class ExoticBody implements BodyWriter {
  constructor(
    readonly value: object,
    readonly kind: Exotic,
    readonly form: number,
    readonly prototype: object | null,
    readonly keys: readonly (string | symbol)[],
  ) {}

  write(out: Encoder): void {
    if (this.form & Form.LATE_PROTOTYPE) out.value(this.prototype);
    this.kind.body?.(out, this.value);
    if (this.form & Form.PROPERTIES) writeProperties(out, this.value, this.keys);
  }
}

function formOf(value: object, kind: Exotic, prototype: object | null, properties: number): number {
  let form = 0;
  if (properties > 0) form |= Form.PROPERTIES;
  if (!Object.isExtensible(value)) form |= Form.LOCKED;
  if (prototype === null) form |= Form.NULL_PROTOTYPE;
  else if (prototype !== kind.prototype) form |= isReferable(prototype) ? Form.PROTOTYPE : Form.LATE_PROTOTYPE;
  return form;
}

function isReferable(prototype: object): boolean {
  return idOf(prototype) !== undefined || intrinsicName(prototype) !== undefined;
}

function kindOf(value: object, prototype: object | null): Exotic {
  const direct = prototype === null ? undefined : (exoticByPrototype(prototype) ?? classInfo(prototype).exotic);
  return direct?.is(value) ? direct : (exoticByBrand(value) ?? exoticByTag(ORDINARY_TAG)!);
}

/** The prototype to save for `value`, after checking that its class is one whose instances can be saved. */
function savedPrototype(out: Encoder, value: object, prototype: object | null): object | null {
  if (!hasKnownState(value)) out.refuse(value, ...explain(value, prototype));
  if (prototype === null || prototype === Object.prototype || isOwnOfKind(value, prototype)) return prototype;
  if (isReferable(prototype)) {
    const info = classInfo(prototype);
    if (info.refusal !== undefined) out.refuse(value, ...refusalOf(value, prototype, info));
    return prototype;
  }
  const ancestor = nativeErrorPrototype(value, prototype);
  if (ancestor !== undefined) return ancestor;
  if (!isPlainPrototype(prototype)) out.refuse(value, ...explain(value, prototype));
  if (hasNatives(value)) out.refuse(value, "it has private fields, and a prototype that is not that of its class", INSTANCE_FIX);
  return prototype;
}

/** Classes of the platform that Node loads on first use are in no table of intrinsics, but their kind knows them. */
function isOwnOfKind(value: object, prototype: object): boolean {
  const kind = exoticByPrototype(prototype);
  return kind?.prototype === prototype && kind.is(value);
}

function refusalOf(value: object, prototype: object, info: ClassInfo): readonly [string, string] {
  return idOf(prototype) === undefined ? explain(value, prototype) : [info.refusal!, info.fix];
}

/** False for what keeps state that no program can read, whatever its prototype says. */
function hasKnownState(value: object): boolean {
  return !types.isPromise(value) && !types.isGeneratorObject(value) && !types.isModuleNamespaceObject(value);
}

/** Node's own errors (`ERR_INVALID_ARG_TYPE`) have a prototype between them and the built-in error they extend: theirs is saved instead. */
function nativeErrorPrototype(value: object, prototype: object): object | undefined {
  if (!types.isNativeError(value) || types.isProxy(prototype)) return undefined;
  const above = Object.getPrototypeOf(prototype) as object | null;
  const constructor = Object.getOwnPropertyDescriptor(prototype, "constructor");
  const isNodes =
    constructor?.get !== undefined ||
    (typeof constructor?.value === "function" && intrinsicName(constructor.value as Function) !== undefined);
  return isNodes && above !== null && intrinsicName(above) !== undefined ? above : undefined;
}

/** An object used as a prototype that is not that of a class: it can be saved like any other object. That of a closure can, too. */
function isPlainPrototype(prototype: object): boolean {
  // A Proxy says itself whether it can be saved.
  if (types.isProxy(prototype)) return true;
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  if (typeof constructor !== "function") return true;
  const its: unknown = Object.getOwnPropertyDescriptor(constructor, "prototype")?.value;
  return its !== prototype || closureOf(constructor) !== undefined;
}

/** Reads a head; the node's number is taken already. */
export function readExotic(input: Decoder, id: number): object {
  const kind = exoticByTag(input.byte());
  if (kind === undefined) throw corrupt("an object has an unknown kind");
  const form = input.byte();
  const prototype = form & Form.PROTOTYPE ? input.prototype() : form & Form.NULL_PROTOTYPE ? null : undefined;
  const shell = input.shell();
  if (shell !== undefined && kind.tag !== ORDINARY_TAG) throw corrupt("private members have the wrong owner");
  for (const key of shell === undefined ? [] : Reflect.ownKeys(shell)) Reflect.deleteProperty(shell!, key);
  const value = shell ?? kind.make(input);
  // Some are made last, and what stands for them has to stay as it is.
  if (prototype !== undefined) input.settle([value], ([made]) => void Object.setPrototypeOf(made, prototype));
  if (form & Form.LOCKED) input.atEnd(() => void Object.preventExtensions(settled(value) as object));
  const hasBody = kind.fill !== undefined || (form & (Form.PROPERTIES | Form.LATE_PROTOTYPE)) !== 0;
  if (hasBody) input.body(id, (source) => readExoticBody(source, value, kind, form));
  return value;
}

function readExoticBody(input: Decoder, value: object, kind: Exotic, form: number): void {
  if (form & Form.LATE_PROTOTYPE) {
    input.settle([value, input.value()], ([made, prototype]) => {
      if (typeof prototype !== "object" && typeof prototype !== "function") throw corrupt("a prototype is not an object");
      Object.setPrototypeOf(made, prototype);
    });
  }
  kind.fill?.(input, value);
  if (form & Form.PROPERTIES) readProperties(input, value);
}
