/**
 * Functions. Those of modules and of the language go by reference; a closure is its code id and what it captured, and is made again by the
 * factory the compiler emitted. What the program changed on it since (properties, `prototype`) is found by comparing it with a fresh one.
 */
import { types } from "node:util";
import type { Code } from "../../../shared/abi.js";
import { boundParts } from "../../bound.js";
import { type Membership, membershipOf } from "../../classes.js";
import { $tag, closureOf, idOf } from "../../registry.js";
import type { Closure } from "../../stamp.js";
import type { Decoder } from "../decoder.js";
import type { Encoder } from "../encoder.js";
import type { BodyWriter } from "../nodes.js";
import { Tag } from "../format.js";
import { intrinsicName } from "../intrinsics.js";
import { Late, settled } from "../late.js";
import { ownName } from "../names.js";
import { closureCode, PROTOTYPE } from "../program.js";
import { corrupt } from "../reader.js";
import { writeBound } from "./bound.js";
import { Change, compare, type Difference, isChanged, readChange, sameProperty, writeChange } from "./change.js";
import { ownHome } from "./home.js";

/** Head of a function that is not registered. Refuses functions flowc knows nothing about. */
export function writeFunction(out: Encoder, fn: Function): void {
  const closure = closureOf(fn);
  if (closure?.code.make !== undefined) {
    out.byte(Tag.CLOSURE);
    out.code(closure.code);
    return out.add(fn, Tag.CLOSURE, new ClosureBody(fn, closure));
  }
  const membership = membershipOf(fn);
  if (membership !== undefined && closureOf(membership.ctor)?.code.make !== undefined) {
    out.byte(Tag.MEMBER);
    return out.add(fn, Tag.MEMBER, new MemberBody(membership));
  }
  const bound = boundParts(fn);
  if (bound !== undefined) return writeBound(out, fn, bound);
  const intrinsic = intrinsicName(fn);
  if (intrinsic === undefined) return refuseFunction(out, fn);
  out.byte(Tag.INTRINSIC);
  out.string(intrinsic);
  out.add(fn, Tag.INTRINSIC, undefined);
}

function refuseFunction(out: Encoder, fn: Function): never {
  const name = ownName(fn);
  const called = name === undefined ? "" : ` (${name})`;
  const isNative = Function.prototype.toString.call(fn).endsWith("{ [native code] }");
  if (isNative && called.startsWith(" (bound ")) {
    out.refuse(
      fn,
      `it is a bound function${called} that code outside of compiled files made, and the engine does not tell what it is bound to`,
      "Use an arrow function instead, or call bind() in a compiled file.",
    );
  }
  if (isNative)
    out.refuse(
      fn,
      `it is a native function${called}`,
      "Wrap it in an arrow function, or let it go out of scope before the suspension.",
    );
  out.refuse(
    fn,
    `it is a function that was not compiled by flowc${called}`,
    "Wrap it in an arrow function of a compiled file, or let it go out of scope before the suspension.",
  );
}

/** A function that is a part of its class: found there again by its key. */
class MemberBody implements BodyWriter {
  constructor(readonly membership: Membership) {}

  write(out: Encoder): void {
    const { ctor, onHome, key, part } = this.membership;
    out.value(ctor);
    out.value(onHome);
    out.value(part);
    out.value(key);
  }
}

class LateMember extends Late {
  path: readonly unknown[] = [];
  override needs(): readonly unknown[] {
    return this.path;
  }
  override make(): Function {
    const [ctor, onHome, part, key] = this.path.map(settled);
    const owner = onHome === true ? partOf(ctor, "prototype", "value") : ctor;
    const found = partOf(owner, key as PropertyKey, part as "value");
    if (typeof found !== "function") throw corrupt("a method is missing");
    return found;
  }
}

/** A part of an own property, `undefined` of what has none or is a Proxy, which would have to be asked. */
function partOf(owner: unknown, key: PropertyKey, part: "value" | "get" | "set"): unknown {
  if (((typeof owner !== "object" || owner === null) && typeof owner !== "function") || types.isProxy(owner)) return undefined;
  return Object.getOwnPropertyDescriptor(owner, key)?.[part];
}

export function readMember(input: Decoder, id: number): Late {
  const late = new LateMember();
  input.body(id, (source) => void (late.path = source.values(4)));
  return input.late(late);
}

class ClosureBody implements BodyWriter {
  constructor(
    readonly fn: Function,
    readonly closure: Closure,
  ) {}

  write(out: Encoder): void {
    const { code, captured, self } = this.closure;
    out.uint(captured.length);
    out.value(self);
    for (let i = 0; i < captured.length; i++) out.value(captured[i]);
    const fresh = freshOf(code, this.closure);
    if (isUntouched(this.fn, fresh)) return out.byte(0);
    const home = ownHome(this.fn);
    const isBornWith = home === undefined ? isGeneratorHome(this.fn, fresh) : ownHome(fresh) !== undefined;
    const difference = compare(this.fn, fresh, isBornWith ? "prototype" : undefined);
    const homeChanged = home !== undefined && isBornWith && isChanged(compareHomes(home, fresh));
    writeChange(out, this.fn, difference, homeChanged ? Change.HOME : 0);
    if (homeChanged) out.value(home);
  }
}

/** Whether an arrow function or a method is as it was made; what most closures are, found out without listing differences. */
function isUntouched(fn: Function, fresh: Function): boolean {
  const names = Object.getOwnPropertyNames(fn);
  return (
    names.length === 2 &&
    Object.hasOwn(fresh, "name") &&
    sameProperty(fn, fresh, names[0]!) &&
    sameProperty(fn, fresh, names[1]!) &&
    Object.getOwnPropertySymbols(fn).length === 0 &&
    Object.getPrototypeOf(fn) === Object.getPrototypeOf(fresh) &&
    Object.isExtensible(fn)
  );
}

/** Generator functions are born with a `prototype` that does not point back. */
function isGeneratorHome(fn: Function, fresh: Function): boolean {
  const home = Object.getOwnPropertyDescriptor(fn, "prototype")?.value as object | undefined;
  const other = Object.getOwnPropertyDescriptor(fresh, "prototype")?.value as object | undefined;
  if (typeof home !== "object" || home === null || typeof other !== "object" || types.isProxy(home)) return false;
  const isPlain = Reflect.ownKeys(home).length === 0 && Reflect.ownKeys(other).length === 0;
  return isPlain && Object.getPrototypeOf(home) === Object.getPrototypeOf(other);
}

/** Head of the `prototype` object of a closure. False when `value` is not one. */
export function writePrototypeOf(out: Encoder, value: object): boolean {
  const constructor: unknown = Object.getOwnPropertyDescriptor(value, "constructor")?.value;
  if (typeof constructor !== "function" || types.isProxy(constructor) || ownHome(constructor) !== value) return false;
  const id = idOf(constructor);
  if (id !== undefined) {
    out.byReference(value, id + PROTOTYPE);
    return true;
  }
  const closure = closureOf(constructor);
  const code = closure?.code;
  if (code?.make === undefined) {
    out.refuse(
      value,
      "it is the prototype of a class that was not compiled by flowc",
      "Compile the file of that class, or let it go out of scope before the suspension.",
    );
  }
  // An object that was made the `prototype` of a function born without one is an object like any other.
  if (ownHome(freshOf(code, closure)) === undefined) return false;
  out.byte(Tag.PROTOTYPE_OF);
  out.add(value, Tag.PROTOTYPE_OF, new HomeBody(value, constructor, code));
  return true;
}

function compareHomes(home: object, fresh: Function): Difference {
  return compare(home, ownHome(fresh) ?? {}, "constructor");
}

class HomeBody implements BodyWriter {
  constructor(
    readonly home: object,
    readonly fn: Function,
    readonly code: Code,
  ) {}

  write(out: Encoder): void {
    out.value(this.fn);
    writeChange(out, this.home, compareHomes(this.home, freshOf(this.code, closureOf(this.fn))), 0);
  }
}

const freshOnes = new WeakMap<Code, Function>();

/** A function of that code as it comes out of its factory, to compare with. It captures nothing and is never called. */
function freshOf(code: Code, closure: Closure | undefined): Function {
  if (code.isClass && closure !== undefined) return freshClass(code, closure);
  let fresh = freshOnes.get(code);
  if (fresh === undefined) {
    fresh = makeFresh(code);
    freshOnes.set(code, fresh);
  }
  return fresh;
}

const freshClasses = new WeakMap<Closure, Function>();

/** A class is made of what it extends and of its computed keys: those of this one. */
function freshClass(code: Code, closure: Closure): Function {
  let fresh = freshClasses.get(closure);
  if (fresh === undefined) {
    // The record comes first, and belongs to the class itself.
    const captured = closure.captured.map((value, index) => (index === 0 ? undefined : value));
    fresh = Reflect.apply(code.make!, closure.self, captured);
    freshClasses.set(closure, fresh);
  }
  return fresh;
}

function makeFresh(code: Code): Function {
  try {
    return Reflect.apply(code.make!, undefined, []);
  } catch {
    // A class whose heritage is captured: nothing to compare with.
    return () => undefined;
  }
}

/** A closure whose captured values are not all there yet. */
class LateClosure extends Late {
  captured: readonly unknown[] = [];
  self: unknown = undefined;
  constructor(readonly code: Code) {
    super();
  }
  override needs(): readonly unknown[] {
    return [...this.captured, this.self];
  }
  override make(): Function {
    const captured = this.captured.map(settled);
    const self = settled(this.self);
    const fn: unknown = Reflect.apply(this.code.make!, self, captured);
    if (typeof fn !== "function") throw corrupt(`${this.code.id} makes no function`);
    return $tag(fn, this.code, captured, self);
  }
}

class LateHome extends Late {
  fn: unknown = undefined;
  override needs(): readonly unknown[] {
    return [this.fn];
  }
  override make(): object {
    const fn = Late.is(this.fn) && this.fn instanceof LateClosure ? this.fn.made : undefined;
    const home: unknown = fn === undefined ? undefined : Object.getOwnPropertyDescriptor(fn, "prototype")?.value;
    if (typeof home !== "object" || home === null) throw corrupt("a function has no prototype");
    return home;
  }
}

export function readClosure(input: Decoder, id: number): Late {
  const late = new LateClosure(closureCode(input.code()));
  input.body(id, (source) => {
    const count = source.count();
    late.self = source.value();
    late.captured = source.values(count);
    const change = readChange(source, late);
    // The prototype object says itself what changed on it.
    if (change & Change.HOME) source.value();
  });
  return input.late(late);
}

export function readPrototypeOf(input: Decoder, id: number): Late {
  const late = new LateHome();
  input.body(id, (source) => {
    late.fn = source.value();
    readChange(source, late);
  });
  return input.late(late);
}
