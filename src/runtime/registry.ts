/**
 * What compiled modules have told the runtime about themselves: functions, classes, module-level constants. The codec saves references
 * to these by id and finds them here again. One registry per process, filled as modules load.
 */
import { ABI_VERSION, type Code, type CodeInit, type ModuleRegistrar } from "../shared/abi.js";
import { AbiError } from "../shared/errors.js";
import { expectSurgery } from "./codec/parts/surgery.js";
import { openPrivates, restoring } from "./native-privates.js";
import { Stamp, type Closure } from "./stamp.js";
import { SUSPEND } from "./suspend.js";

const codes = new Map<string, Code>();
const functions = new Map<string, Function>();
const values = new Map<string, object | symbol>();
/** Looked up for every object of every image, which is why it is no WeakMap. */
const ids = new Map<object | symbol, string>();

const privateFields = new WeakMap<object, readonly string[]>();

/** The `#private` field names that instances with this prototype carry (not those of prototypes further up). */
export function privateFieldsOf(prototype: object): readonly string[] | undefined {
  return privateFields.get(prototype);
}

/** The code of that id, `undefined` when no loaded module declares it. */
export function codeById(id: string): Code | undefined {
  return codes.get(id);
}

/** Everything loaded, for messages and for a worker's list of workflows. */
export function allCodes(): Iterable<Code> {
  return codes.values();
}

/** The module-level function of that code id (not a closure), `undefined` when there is none. */
export function functionById(id: string): Function | undefined {
  return functions.get(id);
}

/** Number of functions that `functionById` knows; grows when a module is loaded. */
export function functionCount(): number {
  return functions.size;
}

/** The id under which a class, a method, a module-level function or a module-level constant is saved by reference. */
export function idOf(value: object | symbol): string | undefined {
  return ids.get(value);
}

/** The value registered under `id`, see `idOf`. */
export function valueById(id: string): object | symbol | undefined {
  return values.get(id);
}

/** Everything that is saved by reference, with its id. */
export function allReferences(): Iterable<[object | symbol, string]> {
  return ids;
}

/** The code and captured values of a function, `undefined` when it was not compiled. */
export function closureOf(fn: Function): Closure | undefined {
  return Stamp.of(fn);
}

/** The objects among what is saved by reference that are no functions. */
const objects: object[] = [];

export function registeredObjects(): readonly object[] {
  return objects;
}

/** Registers `value` to be saved by reference. The first id wins: `export { a as b }` does not rename. */
export function registerValue(id: string, value: object | symbol): void {
  values.set(id, value);
  if (ids.has(value)) return;
  ids.set(value, id);
  if (typeof value === "object") objects.push(value);
}

/** Ids of functions by their code, which no constant may have as well. */
const functionIds = new Set<string>();

/**
 * Registers a function under the id of its code. One made in an object literal, `{ order: () => … }`, has the name of its key there, and so may a constant of the
 * module, `const order`: then the second one gets another id, the same in every process since a module registers in one order.
 */
function registerFunction(id: string, fn: Function): void {
  const isTaken = values.has(id) && !functionIds.has(id) && values.get(id) !== fn;
  if (!isTaken) functionIds.add(id);
  registerValue(isTaken ? `${id}~function` : id, fn);
}

function registerConstant(id: string, value: object | symbol): void {
  registerValue(functionIds.has(id) && values.get(id) !== value ? `${id}~constant` : id, value);
}

/** Stamps a closure; emitted around function expressions that can reach a checkpoint. Returns `fn`. */
export function $tag<F extends Function>(fn: F, code: Code, captured: readonly unknown[], self?: unknown): F {
  Stamp.put(fn, { code, captured, self });
  return fn;
}

/** Stamps accessor functions of an object literal, so that the object can be saved. Returns the object. */
export function $accessors<T extends object>(
  object: T,
  rows: readonly (readonly [string, "get" | "set", Code, readonly unknown[]])[],
): T {
  for (const [key, kind, code, captured] of rows) $tag(Reflect.getOwnPropertyDescriptor(object, key)![kind]!, code, captured);
  return object;
}

/** Announces a module; `surgery` is what the compiler found about it. Throws AbiError when it was compiled for another ABI. */
export function $module(abi: number, id: string, surgery = 0): ModuleRegistrar {
  // The built-ins do it when the program does.
  if (!id.startsWith("flowc:")) expectSurgery(surgery);
  if (abi !== ABI_VERSION) {
    throw new AbiError(
      `${id} was compiled for flowc ABI ${abi}, this runtime speaks ABI ${ABI_VERSION}. Compile it again with the flowc that is installed here.`,
    );
  }
  return new Registrar(id);
}

class Registrar implements ModuleRegistrar {
  readonly SUSPEND = SUSPEND;
  readonly #module: string;
  constructor(module: string) {
    this.#module = module;
  }

  code(name: string, init: CodeInit): Code {
    const code: Code = { ...init, id: `${this.#module}#${name}`, module: this.#module };
    codes.set(code.id, code);
    return code;
  }

  bind<F extends Function>(code: Code, fn: F): F {
    functions.set(code.id, fn);
    // A default export without a name was given one to be bound by; the language calls it "default".
    if (fn.name === "$default") Object.defineProperty(fn, "name", { value: "default", configurable: true });
    registerFunction(code.id, fn);
    registerGeneratorHome(code.id, fn);
    if (!Stamp.of(fn)) Stamp.put(fn, { code, captured: [], self: undefined });
    return fn;
  }

  cls<C extends Function>(name: string, cls: C, privates?: readonly string[]): C {
    const id = `${this.#module}#${name}`;
    if (privates && privates.length > 0) privateFields.set(cls.prototype as object, privates);
    registerConstant(id, cls);
    registerMembers(`${id}.`, cls);
    if (typeof cls.prototype === "object" && cls.prototype !== null) {
      registerValue(`${id}.prototype`, cls.prototype as object);
      registerMembers(`${id}.prototype.`, cls.prototype as object);
    }
    return cls;
  }

  privates(
    cls: Function,
    isDerived: boolean,
    fields: readonly string[],
    has: (object: object) => boolean,
    read: (object: object) => readonly unknown[],
    write: (object: object, values: readonly unknown[]) => void,
  ): void {
    openPrivates({ cls, isDerived, fields, has, read, write });
  }

  get restoring(): object | true | undefined {
    return restoring();
  }

  value<T>(name: string, value: T): T {
    if ((typeof value === "object" && value !== null) || typeof value === "function" || isUnique(value)) {
      registerConstant(`${this.#module}#${name}`, value);
    }
    return value;
  }
}

/** The `prototype` of a generator function does not say whose it is, so it is registered; that of other functions does. */
function registerGeneratorHome(id: string, fn: Function): void {
  const prototype: unknown = Object.getPrototypeOf(fn) === Function.prototype ? undefined : fn.prototype;
  if (typeof prototype === "object" && prototype !== null) registerValue(`${id}.prototype`, prototype);
}

/** Whether `value` is a symbol that only this process has. */
function isUnique(value: unknown): value is symbol {
  return typeof value === "symbol" && Symbol.keyFor(value) === undefined && !wellKnown.has(value);
}

const wellKnown = new Set<unknown>(Object.getOwnPropertyNames(Symbol).map((key) => Reflect.get(Symbol, key) as unknown));

/** Registers the own methods and accessor functions of a class or prototype, so that `const f = cart.add` can be saved. */
function registerMembers(prefix: string, owner: object): void {
  for (const key of Reflect.ownKeys(owner)) {
    if (key === "constructor" || key === "prototype") continue;
    const descriptor = Reflect.getOwnPropertyDescriptor(owner, key)!;
    const name = typeof key === "symbol" ? `[${String(key.description)}]` : key;
    for (const part of ["value", "get", "set"] as const) {
      const member: unknown = descriptor[part];
      if (typeof member === "function") registerValue(part === "value" ? prefix + name : `${prefix}${part} ${name}`, member);
    }
  }
}
