/** What the runtime knows of the objects it made: for comparing graphs. */
import { types } from "node:util";
import { boundParts } from "../../../dist/runtime/bound.js";
import { handlerNamed, handlerOf } from "../../../dist/runtime/codec/handlers.js";
import { intrinsicName } from "../../../dist/runtime/codec/intrinsics.js";
import { Frame } from "../../../dist/runtime/frame.js";
import { generatorState } from "../../../dist/runtime/generators.js";
import { privateStore } from "../../../dist/runtime/private-store.js";
import { proxyParts } from "../../../dist/runtime/proxies.js";
import { allCodes, closureOf, idOf } from "../../../dist/runtime/registry.js";
import type { Knowledge } from "./isomorphism.ts";

type Parts = Record<string, unknown>;

const list = (name: string, values: readonly unknown[]): Parts =>
  Object.fromEntries(values.map((value, index) => [`${name} ${index}`, value]));

export const knowledge: Knowledge = {
  isReference(value) {
    if (idOf(value) !== undefined) return true;
    if (typeof value === "symbol") return Symbol.keyFor(value) !== undefined || isWellKnown(value);
    return intrinsicName(value) !== undefined || isOfTheProcess(value) || new Set<unknown>(allCodes()).has(value);
  },
  parts(value) {
    const parts: Parts = {};
    const privates = privateStore(value);
    if (privates !== undefined) parts["private members"] = privates;
    if (types.isProxy(value)) return { ...parts, ...proxyParts(value) };
    if (typeof value === "function") {
      const closure = closureOf(value);
      if (closure !== undefined)
        Object.assign(parts, { code: closure.code, this: closure.self }, list("captured", closure.captured));
      const bound = boundParts(value);
      if (bound !== undefined) Object.assign(parts, { target: bound.target, this: bound.self }, list("bound", bound.args));
      return parts;
    }
    const prototype = Object.getPrototypeOf(value) as object | null;
    const handler = generatorState(value) === undefined ? prototype && handlerOf(prototype) : handlerNamed("generator");
    return handler ? { ...parts, ...list(handler.name, handler.save(value)) } : parts;
  },
};

/** Prototypes of classes of the platform, and of the runtime's own. */
function isOfTheProcess(value: object): boolean {
  if (types.isProxy(value)) return false;
  const constructor: unknown = Object.getOwnPropertyDescriptor(value, "constructor")?.value;
  const isHome = typeof constructor === "function" && (constructor as { prototype: unknown }).prototype === value;
  return value === Frame.prototype || handlerOf(value) !== undefined || (isHome && intrinsicName(constructor) !== undefined);
}

function isWellKnown(symbol: symbol): boolean {
  return Object.getOwnPropertyNames(Symbol).some((name) => Reflect.get(Symbol, name) === symbol);
}
