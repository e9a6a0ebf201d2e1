/**
 * What V8 knows of an object and JavaScript does not tell: its *hidden class*. It holds the names and attributes of the properties, the prototype, whether the object
 * is extensible and how its elements are stored. So once one object has been proven to consist of default data properties, the same holds for all others of its
 * hidden class, and one question of 8 ns replaces a proof of 300.
 *
 * The questions take V8's natives syntax (`%HaveSameMap(a, b)`), which its parser knows only while a flag is set: it is set while three functions are compiled, and
 * cleared again. Nothing depends on the answers but speed. Where they cannot be had (another engine, a V8 whose answers are not those of the self-test,
 * `FLOWC_HIDDEN_CLASSES=off`), every object is proven by itself, and the bytes are the same.
 */
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";
import { isAsExpected } from "./engine-check.js";

/** What is asked of the engine. All arguments are objects: V8 ends the process over anything else. */
export interface Engine {
  /** Whether both objects have one hidden class. */
  haveSameClass(a: object, b: object): boolean;
  /** False for objects kept as hash tables, whose hidden class says nothing of their properties. */
  hasFastProperties(value: object): boolean;
  /** Whether elements are kept in a hash table, in which each has attributes of its own. */
  hasDictionaryElements(value: object): boolean;
}

const SOURCE = `({
  haveSameClass(a, b) { return %HaveSameMap(a, b); },
  hasFastProperties(value) { return %HasFastProperties(value); },
  hasDictionaryElements(value) { return %HasDictionaryElements(value); },
})`;
const FLAG = "allow-natives-syntax";

/** What stands for an engine that does not answer. */
const MUTE: Engine = { haveSameClass: () => false, hasFastProperties: () => false, hasDictionaryElements: () => true };

let engine = MUTE;
/** `undefined`: nobody has asked. */
let isUsable: boolean | undefined;
const probe = {};

/** Whether the engine can be asked now. Call it before the first question of an image, or of a part of it. */
export function canAskForClasses(): boolean {
  isUsable ??= process.env.FLOWC_HIDDEN_CLASSES !== "off" && isNode();
  if (isUsable && !haveSameClass(probe, probe)) isUsable = prepare();
  return isUsable;
}

/** Whether both have one hidden class; false, too, when the engine does not answer. */
export function haveSameClass(a: object, b: object): boolean {
  try {
    return engine.haveSameClass(a, b);
  } catch {
    return silenced();
  }
}

/** Whether everything that is proven of this object by its hidden class is true of the whole class. */
export function speaksForItsClass(value: object): boolean {
  try {
    return engine.hasFastProperties(value) && !engine.hasDictionaryElements(value);
  } catch {
    return silenced();
  }
}

/** V8 drops code that has not run for a while, and cannot compile this again without the flag: until somebody does, nothing is known. */
function silenced(): false {
  engine = MUTE;
  return false;
}

/** Calls `act` while the engine is not asked. For tests that compare. */
export function withoutHiddenClasses<T>(act: () => T): T {
  const was = { engine, isUsable };
  [engine, isUsable] = [MUTE, false];
  try {
    return act();
  } finally {
    ({ engine, isUsable } = was);
  }
}

/** Programs that embed V8 in their own way may end over a flag that is set late. */
function isNode(): boolean {
  const others: readonly string[] = ["electron", "bun", "deno"];
  return process.release.name === "node" && !others.some((name) => name in process.versions);
}

function prepare(): boolean {
  engine = compiled() ?? compiledWithFlag() ?? MUTE;
  return isAsExpected(engine) || silenced();
}

/** When the process was started with the flag, it stays set. */
function compiled(): Engine | undefined {
  try {
    const made = new Script(SOURCE).runInThisContext() as Engine;
    // V8 compiles a function when it is called first.
    made.haveSameClass(probe, probe);
    made.hasFastProperties(probe);
    made.hasDictionaryElements(probe);
    return made;
  } catch {
    return undefined;
  }
}

function compiledWithFlag(): Engine | undefined {
  try {
    setFlagsFromString(`--${FLAG}`);
    return compiled();
  } catch {
    return undefined;
  } finally {
    setFlagsFromString(`--no-${FLAG}`);
  }
}
