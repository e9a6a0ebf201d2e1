/**
 * Whether two graphs are the same graph (I6): a one-to-one map between their objects under which everything a program can see of one is what it sees of the
 * other. Identity, prototypes, key order, attributes, contents of built-ins; calls no code of the program, needs no stack for deep graphs.
 */
import { types } from "node:util";

export interface Inside {
  /** What an object holds that the language shows to nobody: captured variables, private members. */
  readonly hidden?: (value: object) => readonly unknown[] | undefined;
  /** Whether both graphs may hold the very same object: what belongs to the program and is not copied. All may, when this is left out. */
  readonly shared?: (value: object) => boolean;
}

interface Pair {
  readonly a: unknown;
  readonly b: unknown;
  /** The pair this one was found in, and how. */
  readonly from: Pair | undefined;
  readonly step: string;
  /** Buffers behind Node's Buffers: only what these look at counts. */
  readonly shallow?: true;
}

/** Where and how the graphs differ, `undefined` when they do not. */
export function difference(a: unknown, b: unknown, inside: Inside = {}): string | undefined {
  const comparison = new Comparison(inside);
  return comparison.run({ a, b, from: undefined, step: "value" });
}

class Comparison {
  readonly #inside: Inside;
  readonly #pairs: Pair[] = [];
  readonly #there = new Map<object, object>();
  readonly #back = new Map<object, object>();
  /** Buffers whose contents are compared already. */
  readonly #whole = new Set<object>();

  constructor(inside: Inside) {
    this.#inside = inside;
  }

  run(root: Pair): string | undefined {
    this.#pairs.push(root);
    for (let pair = this.#pairs.pop(); pair !== undefined; pair = this.#pairs.pop()) {
      const found = this.#compare(pair);
      if (found !== undefined) return `${pathOf(pair)}: ${found}`;
    }
    return undefined;
  }

  #compare(pair: Pair): string | undefined {
    const { a, b } = pair;
    if (!isObject(a) || !isObject(b)) return Object.is(a, b) ? undefined : `${show(a)} is ${show(b)}`;
    const whole = pair.shallow || !types.isArrayBuffer(a) || this.#whole.has(a) ? undefined : this.#buffer(a, b);
    if (whole !== undefined) return whole;
    if (this.#there.has(a) || this.#back.has(b)) {
      return this.#there.get(a) === b && this.#back.get(b) === a ? undefined : "one object is two, or two are one";
    }
    this.#there.set(a, b);
    this.#back.set(b, a);
    if (a === b) return this.#inside.shared?.(a) === false ? "both graphs hold the same object" : undefined;
    return this.#brands(a, b) ?? this.#hidden(pair, a, b) ?? this.#contents(pair, a, b) ?? this.#properties(pair, a, b);
  }

  #push(from: Pair, step: string, a: unknown, b: unknown): void {
    this.#pairs.push({ a, b, from, step });
  }

  #buffer(a: ArrayBuffer, b: object): string | undefined {
    this.#whole.add(a);
    if (!types.isArrayBuffer(b)) return "an array buffer is none";
    if (a.maxByteLength !== b.maxByteLength || a.resizable !== b.resizable) return "another limit of a buffer";
    return Buffer.compare(new Uint8Array(a), new Uint8Array(b)) === 0 ? undefined : "other bytes";
  }

  #brands(a: object, b: object): string | undefined {
    if (brandOf(a) !== brandOf(b)) return `${brandOf(a)} is ${brandOf(b)}`;
    return Object.isExtensible(a) === Object.isExtensible(b) ? undefined : "one can be extended, the other cannot";
  }

  #hidden(pair: Pair, a: object, b: object): string | undefined {
    const one = this.#inside.hidden?.(a);
    const other = this.#inside.hidden?.(b);
    if (one === undefined && other === undefined) {
      return typeof a === "function" && textOf(a) !== textOf(b) ? "another function" : undefined;
    }
    if (one?.length !== other?.length) return "another number of hidden values";
    one!.forEach((value, i) => this.#push(pair, ` → hidden ${i}`, value, other![i]));
    return undefined;
  }

  #contents(pair: Pair, a: object, b: object): string | undefined {
    const one = partsOf(a);
    const other = partsOf(b);
    if (one.length !== other.length) return "another size";
    one.forEach((part, i) => this.#push(pair, ` → part ${i}`, part, other[i]));
    if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) return undefined;
    const shallow = Buffer.isBuffer(a) && Object.getPrototypeOf(a) === Buffer.prototype;
    this.#pairs.push({ a: a.buffer, b: b.buffer, from: pair, step: ".buffer", ...(shallow ? { shallow } : {}) });
    return undefined;
  }

  #properties(pair: Pair, a: object, b: object): string | undefined {
    const keys = Reflect.ownKeys(a);
    const others = Reflect.ownKeys(b);
    if (keys.length !== others.length || keys.some((key, i) => key !== others[i])) {
      return `the keys ${show(keys)} are ${show(others)}`;
    }
    for (const key of keys) {
      const one = Reflect.getOwnPropertyDescriptor(a, key)!;
      const other = Reflect.getOwnPropertyDescriptor(b, key)!;
      if (attributesOf(one) !== attributesOf(other)) return `${String(key)} is ${attributesOf(one)} and ${attributesOf(other)}`;
      const step = typeof key === "string" ? `.${key}` : `[${String(key)}]`;
      if (isNativeStack(a, one) && isNativeStack(b, other)) {
        this.#push(pair, step, (a as Error).stack, (b as Error).stack);
        continue;
      }
      for (const part of ["value", "get", "set"] as const) this.#push(pair, step, one[part], other[part]);
    }
    this.#push(pair, " → prototype", Object.getPrototypeOf(a), Object.getPrototypeOf(b));
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

const stackOf = Object.getOwnPropertyDescriptor(new Error(), "stack")?.get;

/** V8's own accessor, the same function for every error. */
function isNativeStack(owner: object, { get }: PropertyDescriptor): boolean {
  return get !== undefined && get === stackOf && types.isNativeError(owner);
}

function attributesOf(descriptor: PropertyDescriptor): string {
  const { writable, enumerable, configurable } = descriptor;
  return `${"value" in descriptor ? "data" : "accessor"} ${writable}/${enumerable}/${configurable}`;
}

const BRANDS = [
  "isMap", "isSet", "isDate", "isRegExp", "isNativeError", "isArgumentsObject", "isNumberObject", "isStringObject", "isBooleanObject",
  "isBigIntObject", "isSymbolObject", "isArrayBuffer", "isSharedArrayBuffer", "isDataView", "isPromise", "isWeakMap", "isWeakSet",
  "isGeneratorObject", "isProxy",
] as const; // prettier-ignore
const typedArrayTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get as (
  this: object,
) => string | undefined;
const HREF = Object.getOwnPropertyDescriptor(URL.prototype, "href")!.get as (this: object) => string;

function brandOf(value: object): string {
  if (typeof value === "function") return "function";
  if (Array.isArray(value)) return "Array";
  if (isUrl(value)) return "URL";
  return typedArrayTag.call(value) ?? BRANDS.find((brand) => types[brand](value)) ?? "object";
}

function isUrl(value: object): boolean {
  return answers(() => HREF.call(value));
}

function answers(ask: () => unknown): boolean {
  try {
    ask();
    return true;
  } catch {
    return false;
  }
}

/** What a built-in object consists of beside its properties, in order. */
function partsOf(value: object): readonly unknown[] {
  if (types.isMap(value)) return [...Map.prototype.entries.call(value)].flat();
  if (types.isSet(value)) return [...Set.prototype.values.call(value)];
  if (types.isDate(value)) return [Date.prototype.getTime.call(value)];
  if (types.isRegExp(value)) return [value.source, value.flags];
  if (types.isBoxedPrimitive(value)) return [boxed(value)];
  if (types.isDataView(value)) return [value.byteOffset, value.byteLength];
  if (ArrayBuffer.isView(value)) return [value.byteOffset, value.byteLength, Buffer.from(viewed(value)).toString("latin1")];
  if (isUrl(value)) return [HREF.call(value), (value as URL).searchParams];
  if (value instanceof URLSearchParams && answers(() => value.size)) return [URLSearchParams.prototype.toString.call(value)];
  if (value instanceof DOMException && answers(() => value.code)) return [value.name, value.message];
  return [];
}

function boxed(value: object): unknown {
  for (const type of [Number, String, Boolean, BigInt, Symbol]) {
    try {
      return (type.prototype as { valueOf(): unknown }).valueOf.call(value);
    } catch {
      // Another type.
    }
  }
  return undefined;
}

function viewed(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function textOf(fn: object): string {
  return typeof fn === "function" ? Function.prototype.toString.call(fn) : "";
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return `[${value.map(String).join(", ")}]`;
  if (Object.is(value, -0)) return "-0";
  return typeof value === "object" && value !== null ? brandOf(value) : String(value);
}

/** The last steps of the way to a pair; a list may be a million long. */
function pathOf(pair: Pair): string {
  const steps: string[] = [];
  for (let at: Pair | undefined = pair; at !== undefined && steps.length < 12; at = at.from) steps.unshift(at.step);
  return steps.join("");
}
