import { types } from "node:util";
import { NotSaveableError } from "../../shared/errors.js";
import { boundParts, type BoundParts } from "../bound.js";
import { Frame, placeOf } from "../frame.js";
import { proxyParts } from "../proxies.js";
import { closureOf } from "../registry.js";
import { className, withArticle } from "./names.js";
import { handlerOf } from "./handlers.js";
import { privateNames } from "./kinds/natives.js";
import { INSTANCE_FIX, reasonFor } from "./reasons.js";

/** What the encoder knows of the walk. Keys of edges are not kept: they are found again when there is something to report. */
export interface Graph {
  readonly nodes: readonly (object | symbol)[];
  /** Node in whose body each node was met; −1 for the root. */
  readonly parents: readonly number[];
  readonly rootName: string;
}

/** The error for `value`, which was found in the body of node `holder` (−1: it is the root itself). */
export function notSaveable(graph: Graph, holder: number, value: unknown, why: string, fix: string): NotSaveableError {
  const { path, frame } = placeOfValue(graph, holder, value);
  const place = frame === undefined ? "" : ` It is live in ${placeOf(frame)}.`;
  return new NotSaveableError(`\`${path}\` cannot be saved: ${why}.${place} ${fix}`, path);
}

interface Place {
  readonly path: string;
  /** The innermost frame on the way. */
  readonly frame: Frame | undefined;
}

/** Where node `id` was met first: the way to it from the frame that holds it. */
export function placeIn(graph: Graph, id: number): Place {
  return placeOfValue(graph, graph.parents[id]!, graph.nodes[id]);
}

function placeOfValue(graph: Graph, holder: number, value: unknown): Place {
  const chain: unknown[] = [value];
  for (let id = holder; id >= 0; id = graph.parents[id]!) chain.unshift(graph.nodes[id]);
  const innermost = chain.findLastIndex((node, index) => index < chain.length - 1 && isFrame(node));
  const path = pathText(chain.slice(Math.max(innermost, 0)), innermost >= 0 ? "" : graph.rootName);
  return { path, frame: innermost >= 0 ? (chain[innermost] as Frame) : undefined };
}

function pathText(chain: readonly unknown[], start: string): string {
  let path = start;
  for (let i = 0; i + 1 < chain.length; i++) path = stepText(path, chain[i] as object, chain[i + 1]);
  return path;
}

/** `path` extended by the way from `holder` to `value`. */
function stepText(path: string, holder: object, value: unknown): string {
  if (types.isProxy(holder)) return `${path} → ${proxyParts(holder)?.target === value ? "target" : "handler"} of the Proxy`;
  // The list itself is no step of the program's.
  if (typeof value === "object" && value !== null && privateNames(value) !== undefined) return path;
  const fields = privateNames(holder);
  if (fields !== undefined) return `${path}.${fields[(holder as readonly unknown[]).indexOf(value)] ?? "#?"}`;
  if (isFrame(holder)) {
    const slot = Object.keys(holder.slots).find((name) => holder.slots[name] === value);
    return slot ?? "this";
  }
  const closure = typeof holder === "function" ? closureOf(holder) : undefined;
  if (closure !== undefined) {
    const index = closure.captured.indexOf(value);
    if (index >= 0) return `${path} → captured ${closure.code.captures?.[index] ?? `variable ${index + 1}`}`;
    if (closure.self === value) return `${path} → captured this`;
  }
  const bound = boundParts(holder);
  if (bound !== undefined && boundText(bound, value) !== undefined) return path + boundText(bound, value)!;
  const prototype = Object.getPrototypeOf(holder) as object | null;
  const handler = prototype === null ? undefined : handlerOf(prototype);
  if (handler !== undefined) return `${path}.${handler.fields[handler.save(holder).indexOf(value)] ?? "?"}`;
  if (types.isMap(holder)) return mapText(path, holder, value) ?? propertyText(path, holder, value);
  if (types.isWeakMap(holder)) return `${path}.get(…)`;
  if (types.isSet(holder) && Set.prototype.has.call(holder, value))
    return `${path}.values()[${[...Set.prototype.values.call(holder)].indexOf(value)}]`;
  return propertyText(path, holder, value);
}

/** Asked of anything, Proxies included. */
function isFrame(node: unknown): node is Frame {
  return !types.isProxy(node) && node instanceof Frame;
}

function boundText({ target, self, args }: BoundParts, value: unknown): string | undefined {
  if (value === target) return " → bound function";
  if (value === self) return " → bound this";
  const index = args.indexOf(value);
  return index < 0 ? undefined : ` → bound argument ${index + 1}`;
}

function mapText(path: string, map: Map<unknown, unknown>, value: unknown): string | undefined {
  let index = 0;
  for (const [key, entry] of Map.prototype.entries.call(map)) {
    if (entry === value) return `${path}.get(${literal(key)})`;
    if (key === value) return `${path}.keys()[${index}]`;
    index++;
  }
  return undefined;
}

function literal(key: unknown): string {
  if (typeof key === "string") return JSON.stringify(key);
  if (typeof key === "bigint") return `${key}n`;
  return (typeof key === "object" && key !== null) || typeof key === "function" ? "…" : String(key);
}

function propertyText(path: string, holder: object, value: unknown): string {
  for (const key of Reflect.ownKeys(holder)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(holder, key)!;
    if ("value" in descriptor ? Object.is(descriptor.value, value) : false) return path + keyText(key);
    if (descriptor.get === value) return `${path}${keyText(key)} (getter)`;
    if (descriptor.set === value) return `${path}${keyText(key)} (setter)`;
    if (key === value) return `${path}[${String(key)}] (key)`;
  }
  return `${path} → prototype`;
}

function keyText(key: string | symbol): string {
  if (typeof key === "symbol") return `[${String(key)}]`;
  if (/^(0|[1-9]\d*)$/.test(key)) return `[${key}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** Why an object that no kind knows cannot be saved, and what to do. */
export function explain(value: object, prototype: object | null): readonly [why: string, fix: string] {
  if (types.isPromise(value)) return ["it is a Promise", "Await it inside a step: a step returns its value."];
  if (types.isGeneratorObject(value))
    return ["it is a generator under way", "Finish it before the suspension, for example with Array.from."];
  const known = reasonFor(className(prototype));
  if (known !== undefined) return known;
  const tag: unknown =
    prototype === null || types.isProxy(prototype)
      ? undefined
      : Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag)?.value;
  if (typeof tag === "string" && /Iterator( Helper)?$/.test(tag)) {
    return [
      `it is a native ${tag}, whose position nobody can read`,
      "Finish it before the suspension, for example with Array.from.",
    ];
  }
  if (types.isModuleNamespaceObject(value))
    return [
      "it is a module namespace",
      "Import it in a compiled file with `import * as`: a namespace of that kind is saved by reference.",
    ];
  return [`it is ${withArticle(className(prototype))}`, INSTANCE_FIX];
}
