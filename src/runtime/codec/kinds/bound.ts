/**
 * Bound functions that compiled code made: what they are bound to is known to the runtime alone. A new one is bound to the same; its name, its length and its
 * prototype are those of the old one, whatever has become of the target since.
 */
import { types } from "node:util";
import { bindFunction, type BoundParts } from "../../bound.js";
import type { Decoder } from "../decoder.js";
import type { Encoder } from "../encoder.js";
import type { BodyWriter } from "../nodes.js";
import { Tag } from "../format.js";
import { Late, settled } from "../late.js";
import { corrupt } from "../reader.js";
import { compare, readChange, writeChange } from "./change.js";

/** What is compared with: it has the two keys bound functions are born with, in their order, and values that none of them has. */
const blank: object = Object.assign(Object.create(Object.create(null) as object) as object, { length: {}, name: {} });

export function writeBound(out: Encoder, fn: Function, parts: BoundParts): void {
  if (asksItsTarget(parts.target)) {
    out.refuse(
      fn,
      "it is a function bound to a Proxy or to a function with a getter for its name or length, which binding it again would ask",
      "Use an arrow function instead of bind().",
    );
  }
  out.byte(Tag.BOUND);
  out.add(fn, Tag.BOUND, new BoundBody(fn, parts));
}

/** Binding reads `length` and `name` of the target. */
function asksItsTarget(target: Function): boolean {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (types.isProxy(at)) return true;
    for (const key of ["length", "name"]) if (Object.getOwnPropertyDescriptor(at, key)?.get !== undefined) return true;
  }
  return false;
}

class BoundBody implements BodyWriter {
  constructor(
    readonly fn: Function,
    readonly parts: BoundParts,
  ) {}

  write(out: Encoder): void {
    const { target, self, args } = this.parts;
    out.uint(args.length);
    out.value(target);
    out.value(self);
    for (const arg of args) out.value(arg);
    writeChange(out, this.fn, compare(this.fn, blank, undefined), 0);
  }
}

class LateBound extends Late {
  parts: readonly unknown[] = [];
  override needs(): readonly unknown[] {
    return this.parts;
  }
  override make(): Function {
    const [target, self, ...args] = this.parts.map(settled);
    if (typeof target !== "function" || asksItsTarget(target)) throw corrupt("a bound function has no target");
    return bindFunction(target, self, args);
  }
}

export function readBound(input: Decoder, id: number): Late {
  const late = new LateBound();
  input.body(id, (source) => {
    const count = source.uint();
    late.parts = source.values(count + 2);
    readChange(source, late);
  });
  return input.late(late);
}
