import { types } from "node:util";
import { className, ownName } from "./names.js";
import { corrupt } from "./reader.js";

/**
 * The objects every process has: `Array`, `Math`, `Array.prototype.map`, `console`. Saved by name. The table is built on first use by
 * walking the standard globals once; accessors are listed, never called.
 */
const WALKED = [
  "Object", "Function", "Array", "Number", "Boolean", "String", "Symbol", "BigInt", "Promise", "RegExp", "Date", "Map", "Set", "WeakMap", "WeakSet", "WeakRef",
  "FinalizationRegistry", "Proxy", "Reflect", "JSON", "Math", "Atomics", "Intl", "Iterator", "ArrayBuffer", "SharedArrayBuffer", "DataView",
  "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "BigInt64Array", "BigUint64Array",
  "Float16Array", "Float32Array", "Float64Array", "Error", "AggregateError", "SuppressedError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError",
  "DisposableStack", "AsyncDisposableStack", "Temporal",
  "eval", "isFinite", "isNaN", "parseFloat", "parseInt", "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "unescape",
  "URL", "URLSearchParams", "Buffer", "TextEncoder", "TextDecoder", "AbortController", "AbortSignal", "Event", "EventTarget", "DOMException", "console",
] as const; // prettier-ignore

/** Saved by name, not looked into: what they hold is the process's own. Node loads some of them on first use, so they are read only when asked for. */
const NAMED = [
  "globalThis", "process", "crypto", "performance", "fetch", "Headers", "Request", "Response", "FormData", "Blob", "File", "setTimeout", "setInterval", "setImmediate",
  "clearTimeout", "clearInterval", "clearImmediate", "queueMicrotask", "structuredClone", "atob", "btoa",
] as const; // prettier-ignore

const names = new Map<object, string>();
const objects = new Map<string, object>();

/** Values that stand for intrinsics, and what those intrinsics are now. */
const aliases = new WeakMap<object, string>();
const replaced = new Map<string, () => object>();

/** Somebody replaces a built-in for a while: each of `values` is saved as that built-in, and what comes back is whatever it is at the time. */
export function replaceIntrinsic(name: string, values: readonly object[], current: () => object): void {
  for (const value of values) aliases.set(value, name);
  replaced.set(name, current);
}

/** The name of an intrinsic object or function, `undefined` when it is none. */
export function intrinsicName(value: object): string | undefined {
  if (names.size === 0) build();
  return aliases.get(value) ?? names.get(value) ?? (types.isProxy(value) ? undefined : namedGlobal(value));
}

/** All of them that have been looked into, with their names. */
export function allIntrinsics(): Iterable<[object, string]> {
  if (names.size === 0) build();
  return names;
}

/** The intrinsic of that name. Throws CorruptCheckpointError when this process has none. */
export function intrinsic(name: string): object {
  if (names.size === 0) build();
  const value = replaced.get(name)?.() ?? objects.get(name) ?? globalNamed(name);
  if (value === undefined)
    throw corrupt(`it names the built-in ${JSON.stringify(name)}, which this Node (${process.version}) does not have`);
  return value;
}

function namedGlobal(value: object): string | undefined {
  if (value === globalThis) return "globalThis";
  if (value === process) return "process";
  const name =
    typeof value === "function" ? ownName(value) : INSTANCES.get(className(Object.getPrototypeOf(value) as object | null));
  return name !== undefined && globalNamed(name) === value ? name : undefined;
}

const INSTANCES: ReadonlyMap<string, string> = new Map([
  ["Crypto", "crypto"],
  ["Performance", "performance"],
]);

function globalNamed(name: string): object | undefined {
  return (NAMED as readonly string[]).includes(name)
    ? ((globalThis as unknown as Record<string, object>)[name] ?? undefined)
    : undefined;
}

function add(name: string, value: unknown): value is object {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || names.has(value)) return false;
  names.set(value, name);
  objects.set(name, value);
  return true;
}

function build(): void {
  const pending: [string, object][] = [];
  const visit = (name: string, value: unknown): void => {
    if (add(name, value)) pending.push([name, value]);
  };
  const globals = globalThis as unknown as Record<string, unknown>;
  add("process.env", process.env);
  for (const name of WALKED) visit(name, globals[name]);
  for (const [name, value] of hidden()) visit(name, value);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) walk(next[0], next[1], visit);
}

/** Intrinsics that no global names. */
function hidden(): [string, unknown][] {
  const thrower = Reflect.getOwnPropertyDescriptor(
    (function (this: unknown) {
      "use strict";
      return arguments;
    })(),
    "callee",
  )!.get;
  const generator = function* (): Generator {};
  const segments = new Intl.Segmenter().segment("");
  const asyncGenerator = async function* (): AsyncGenerator {};
  return [
    ["%ThrowTypeError%", thrower],
    ["%TypedArray%", Object.getPrototypeOf(Uint8Array)],
    ["%GeneratorFunction.prototype%", Object.getPrototypeOf(generator)],
    ["%AsyncGeneratorFunction.prototype%", Object.getPrototypeOf(asyncGenerator)],
    ["%AsyncFunction.prototype%", Object.getPrototypeOf(async () => {})],
    ["%ArrayIteratorPrototype%", Object.getPrototypeOf([][Symbol.iterator]())],
    ["%MapIteratorPrototype%", Object.getPrototypeOf(new Map().entries())],
    ["%SetIteratorPrototype%", Object.getPrototypeOf(new Set().values())],
    ["%StringIteratorPrototype%", Object.getPrototypeOf(""[Symbol.iterator]())],
    ["%RegExpStringIteratorPrototype%", Object.getPrototypeOf("".matchAll(/x/g))],
    ["%IteratorHelperPrototype%", Object.getPrototypeOf([].values().take(0))],
    ["%WrapForValidIteratorPrototype%", Object.getPrototypeOf(Iterator.from({ next: () => ({ done: true, value: undefined }) }))],
    ["%SegmentsPrototype%", Object.getPrototypeOf(segments)],
    ["%SegmentIteratorPrototype%", Object.getPrototypeOf(segments[Symbol.iterator]())],
  ];
}

function walk(name: string, owner: object, visit: (name: string, value: unknown) => void): void {
  for (const key of Reflect.ownKeys(owner)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(owner, key)!;
    const member = typeof key === "symbol" ? `${name}[${String(key.description)}]` : `${name}.${key}`;
    if ("value" in descriptor) visit(member, descriptor.value);
    else {
      visit(`get ${member}`, descriptor.get);
      visit(`set ${member}`, descriptor.set);
    }
  }
}
