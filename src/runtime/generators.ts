/**
 * Generator objects of compiled generators. Each is a genuine generator of the engine (brand, prototype, `Symbol.toStringTag`), whose body only drives a frame:
 * compiled callers run that frame themselves (`lib/generator.ts`), so that it can suspend; foreign callers go through the engine, and then it cannot.
 *
 *     suspended-start ── next ──▶ running ── yield ──▶ suspended-yield ── next/throw/return ──▶ running ── return/throw ──▶ done
 */
import { types } from "node:util";
import { RESUME_NEXT, RESUME_THROW, type Code, type ResumeMode } from "../shared/abi.js";
import { registerHandler } from "./codec/handlers.js";
import { Frame } from "./frame.js";
import { closureOf, idOf } from "./registry.js";
import { Stamp } from "./stamp.js";
import { $must, primitive, SUSPEND } from "./suspend.js";

export interface GeneratorState {
  /** Where the body stands; `undefined` while it runs and once it is done. */
  frame: Frame | undefined;
  started: boolean;
  running: boolean;
  done: boolean;
  /** Set by `$yield`: what the body just returned was yielded. */
  yielded: boolean;
  /** Set by `$yield`: it is an iterator result already. */
  raw: boolean;
}

/** What `yield*` is sent: how the generator was resumed, and with what. */
export interface Sent {
  readonly mode: "next" | "throw" | "return";
  readonly value: unknown;
}

/** `return(value)` arriving at a `yield`. */
class ReturnRequest {
  constructor(readonly value: unknown) {}
}

/** A generator object's own side: the function that made it, and how it stands. */
interface Owned {
  readonly callee: Function;
  readonly state: GeneratorState;
}

const owned = new WeakMap<object, Owned>();
/** The codec asks about every object; a process without generators answers without looking. */
let anyOwned = false;

function own(object: object, callee: Function, state: GeneratorState): void {
  owned.set(object, { callee, state });
  anyOwned = true;
}

const { defineProperty, setPrototypeOf, getPrototypeOf } = Object;
const { apply } = Reflect;

/** The state of a compiled generator's object, `undefined` for any other value. */
export function generatorState(value: unknown): GeneratorState | undefined {
  return anyOwned && typeof value === "object" && value !== null ? owned.get(value)?.state : undefined;
}

const nativeFunction = function* (): Generator {};
const GeneratorFunctionPrototype = getPrototypeOf(nativeFunction) as object;
const GeneratorPrototype = getPrototypeOf(nativeFunction.prototype) as object;

/** A generator function: calling it calls `body` with the function itself in front of the arguments. */
export function $generatorFunction(body: Function, name: string, length: number): Function {
  const holder = {
    method(...args: unknown[]): unknown {
      return apply(body, this, inFront(made, args));
    },
  };
  const made = holder.method;
  setPrototypeOf(made, GeneratorFunctionPrototype);
  defineProperty(made, "length", { value: length, configurable: true });
  defineProperty(made, "name", { value: name, configurable: true });
  primitive(made);
  const closure = closureOf(body);
  if (closure !== undefined) Stamp.put(made, closure);
  defineProperty(made, "prototype", { value: Object.create(GeneratorPrototype), writable: true });
  return made;
}

/** Without iteration, which the program may have changed. */
function inFront(first: unknown, rest: readonly unknown[]): unknown[] {
  const all = [first];
  for (let index = 0; index < rest.length; index++)
    defineProperty(all, index + 1, { value: rest[index], writable: true, enumerable: true, configurable: true });
  return all;
}

/** The body of every generator object, for callers that are not compiled. */
function* shell(): Generator {
  const object = (yield) as object;
  return yield* driven(object, undefined);
}

/** Stands for what foreign code gave to `return`, which the engine keeps to itself: when the body ends with this, the engine hands that out. */
const GIVEN = Object.freeze({ given: true });

/** Hands `value` out, and then drives the body by what the engine is told. */
function* driven(object: object, value: unknown): Generator {
  let handed = value;
  for (;;) {
    let sent: Sent | undefined;
    try {
      sent = { mode: "next", value: yield handed };
    } catch (error) {
      sent = { mode: "throw", value: error };
    } finally {
      if (sent === undefined) {
        const ended: unknown = yield* returned(object);
        // oxlint-disable-next-line no-unsafe-finally -- the body has put another value in the place of the one that was given
        if (ended !== GIVEN) return ended;
      }
    }
    const result = drive(object, sent);
    if (result.done) return result.value;
    handed = result.value;
  }
}

/** `return()` was called: what the body does with it. Its `finally` may yield. */
function* returned(object: object): Generator {
  const result = drive(object, { mode: "return", value: GIVEN });
  if (result.done) return result.value;
  return yield* driven(object, result.value);
}

function drive(object: object, { mode, value }: Sent): { value: unknown; done: boolean } {
  const { state } = owned.get(object)!;
  if (!skipsBody(state, mode)) return settle(state, $must(enterBody(state, mode, value), "a generator driven by foreign code"));
  if (mode === "throw") throw value;
  return { value: mode === "return" ? value : undefined, done: true };
}

/** Whether the body has nothing to say: it has ended, or it ends before it began. Throws TypeError when it runs. */
export function skipsBody(state: GeneratorState, mode: Sent["mode"]): boolean {
  if (state.running) throw new TypeError("Generator is already running");
  if (!state.started && mode !== "next") {
    state.done = true;
    state.started = true;
    state.frame = undefined;
  }
  return state.done;
}

/** A generator object that waits for its first `next` and has no state yet. */
function emptyShell(): Generator {
  const object = shell();
  object.next();
  object.next(object);
  return object;
}

/** How generator objects are saved: the function that made one gives its prototype back. */
registerHandler<object>({
  name: "generator",
  prototype: Object.freeze({ generator: true }),
  isVisible: true,
  fields: ["function", "prototype", "state"],
  save: (value) => {
    const { callee, state } = owned.get(value)!;
    const prototype = getPrototypeOf(value) as object | null;
    return [callee, comesWith(callee, prototype) ? undefined : prototype, state];
  },
  create: emptyShell,
  restore: (value, [callee, prototype, state]) => {
    if (typeof callee !== "function" || typeof state !== "object" || state === null)
      throw new TypeError("a generator is malformed");
    setPrototypeOf(value, prototype === undefined ? prototypeFor(callee) : prototype);
    own(value, callee, state as GeneratorState);
  },
});

/** Whether a restored `callee` surely has that prototype for its generators: one that the program put there may come after them. */
function comesWith(callee: Function, prototype: object | null): boolean {
  if (prototype === null || prototype !== prototypeFor(callee)) return false;
  if (idOf(callee) !== undefined) return true;
  return !types.isProxy(prototype) && getPrototypeOf(prototype) === GeneratorPrototype && Reflect.ownKeys(prototype).length === 0;
}

function prototypeFor(callee: Function): object {
  if (types.isProxy(callee)) throw new TypeError("a generator was made by a Proxy");
  const prototype: unknown = callee.prototype;
  return (typeof prototype === "object" && prototype !== null) || typeof prototype === "function"
    ? prototype
    : GeneratorPrototype;
}

/** Emitted where a generator has bound its parameters: the object, with its frame in front of the first statement. */
export function $generate(callee: Function, code: Code, point: number, slots: Record<string, unknown>, self?: unknown): object {
  const state: GeneratorState = { frame: undefined, started: false, running: false, done: false, yielded: false, raw: false };
  const object = emptyShell();
  setPrototypeOf(object, prototypeFor(callee));
  own(object, callee, state);
  slots["$generator"] = object;
  state.frame = new Frame(code, point, slots, self);
  return object;
}

/** Emitted for `yield`: keeps the frame and hands the value to the caller of `next`. */
export function $yield(
  generator: object,
  value: unknown,
  raw: boolean,
  code: Code,
  point: number,
  slots: Record<string, unknown>,
  self?: unknown,
): unknown {
  const { state } = owned.get(generator)!;
  state.frame = new Frame(code, point, slots, self);
  state.yielded = true;
  state.raw = raw;
  return value;
}

/** Runs the body from its frame. Returns what it yields or returns, or SUSPEND; `settle` tells which. */
export function enterBody(state: GeneratorState, how: Sent["mode"], value: unknown): unknown {
  const frame = state.frame!;
  // A frame at `yield*` takes whatever is sent as data.
  const isDelegating = state.raw;
  state.frame = undefined;
  state.started = true;
  state.running = true;
  state.yielded = false;
  state.raw = false;
  const sent: unknown = isDelegating
    ? ({ mode: how, value } satisfies Sent)
    : how === "return"
      ? new ReturnRequest(value)
      : value;
  const mode: ResumeMode = !isDelegating && how === "throw" ? RESUME_THROW : RESUME_NEXT;
  let answer: unknown;
  try {
    answer = frame.code.resume!.call(frame.self, frame, mode, sent);
  } catch (error) {
    fail(state);
    throw error;
  }
  return answer === SUSPEND ? SUSPEND : answer;
}

// It hands a suspension of the body through and has nothing to do when it is resumed: `lib/generator.ts` settles.
primitive(enterBody);

/** Notes that the body ended by an exception. */
export function fail(state: GeneratorState): void {
  state.running = false;
  state.done = true;
}

/** What the caller of `next` gets for what the body yielded or returned. */
export function settle(state: GeneratorState, value: unknown): { value: unknown; done: boolean } {
  state.running = false;
  if (!state.yielded) {
    state.done = true;
    return { value, done: true };
  }
  return state.raw ? (value as { value: unknown; done: boolean }) : { value, done: false };
}

/** Emitted after `yield`: whether `return()` was called there. */
export function $isReturn(sent: unknown): boolean {
  return sent instanceof ReturnRequest;
}

/** What `yield*` begins with. */
export function $first(): Sent {
  return { mode: "next", value: undefined };
}
