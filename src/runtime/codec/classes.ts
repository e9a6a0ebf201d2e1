import { privateAccess } from "../native-privates.js";
import { idOf, privateFieldsOf } from "../registry.js";
import { className, withArticle } from "./names.js";
import { INSTANCE_FIX } from "./reasons.js";
import { exoticByPrototype, type Exotic } from "./kinds/kind.js";

/** What is known of all objects with one prototype. */
export interface ClassInfo {
  /** Why instances cannot be saved, `undefined` when they can. */
  readonly refusal: string | undefined;
  /** The way out. */
  readonly fix: string;
  /** The built-in the class extends, when that keeps state outside properties. */
  readonly exotic: Exotic | undefined;
  /** Instances may have private members that their classes give access to. */
  readonly hasNatives: boolean;
}

const PRIVATES_FIX =
  "Compile its file with this version of flowc, give its constructor plain parameters without defaults that have to be evaluated, and the class no decorators and no auto-accessors.";

const infos = new WeakMap<object, ClassInfo>();

/** The info for a registered prototype: looks once at each prototype up the chain. */
export function classInfo(prototype: object): ClassInfo {
  let info = infos.get(prototype);
  if (info === undefined) {
    info = inspect(prototype);
    infos.set(prototype, info);
  }
  return info;
}

/** Prototypes a class may extend that add no hidden state to instances. */
const STATELESS: ReadonlySet<unknown> = new Set([Object.prototype, Iterator.prototype]);

function inspect(prototype: object): ClassInfo {
  // What the runtime registers is complete, whatever its classes extend.
  const ours = idOf(prototype)?.startsWith("flowc:") === true;
  let hasNatives = false;
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const privates = privateFieldsOf(at);
    if (privates !== undefined && privateAccess(at) !== undefined) hasNatives = true;
    else if (privates !== undefined)
      return refused(`its class ${className(at)} has private fields (${privates.map(hash).join(", ")})`, PRIVATES_FIX);
    const exotic = exoticByPrototype(at);
    if (exotic !== undefined) return { refusal: undefined, fix: INSTANCE_FIX, exotic, hasNatives };
    if (!ours && idOf(at) === undefined && !STATELESS.has(at)) return refused(foreign(at, prototype));
  }
  return { refusal: undefined, fix: INSTANCE_FIX, exotic: undefined, hasNatives };
}

function foreign(at: object, prototype: object): string {
  if (at === prototype) return `it is ${withArticle(className(at))}`;
  return `its class extends ${className(at)}, which was not compiled by flowc and may keep state that flowc cannot see`;
}

function refused(why: string, fix = INSTANCE_FIX): ClassInfo {
  return { refusal: why, fix, exotic: undefined, hasNatives: false };
}

function hash(field: string): string {
  return field.startsWith("#") ? field : `#${field}`;
}
