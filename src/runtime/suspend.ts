/**
 * Where emitted code and the driver meet. Owns the sentinel, the strand that is executing right now, and the frames of a suspension in
 * progress. Nothing here knows a clock, a store or a run.
 *
 *     primitive ── suspend(request) ──▶ returns SUSPEND ──▶ each caller: $save(…) returns SUSPEND ──▶ driver: collects request + frames
 *
 * Invariants: at most one request is pending per execution (I8: a second one means that a function which is not compiled swallowed the first),
 * and no effect starts here: a request is only written down (I3).
 */
import type { Code } from "../shared/abi.js";
import { isProxy } from "node:util/types";
import { ForeignFrameError, OutsideRunError } from "../shared/errors.js";
import type { Holder } from "./effects/resource.js";
import { builtInAbove, callerOf } from "./foreign.js";
import { Frame } from "./frame.js";
import type { Outcome } from "./image.js";
import type { OverlapScope } from "./overlap.js";
import type { Pending } from "./pending.js";
import { closureOf, idOf } from "./registry.js";
import type { NoteValue } from "./store/store.js";
import type { Request, TaskState, TimeoutScope } from "./strand.js";

/**
 * What a suspending call returns instead of its value. A frozen object: a constructor that returned a primitive would be ignored, and
 * a symbol would throw in coercions. It never reaches the program.
 */
export const SUSPEND: Readonly<{ flowc: "suspended" }> = new Proxy(Object.freeze({ flowc: "suspended" as const }), alarm());

/**
 * Compiled code only ever compares the sentinel. Whoever looks into it (reads `done`, converts it to a string, awaits it) is a function that
 * is not compiled and took it for a value: that is told at once, before it can do anything with it.
 */
function alarm(): ProxyHandler<Readonly<{ flowc: "suspended" }>> {
  const ring = (): never => {
    throw abandon(callerOf(ring));
  };
  return {
    get: ring,
    has: ring,
    ownKeys: ring,
    getOwnPropertyDescriptor: ring,
    getPrototypeOf: ring,
    set: ring,
    defineProperty: ring,
  };
}

/** A frame that was saved, and those inside it. */
export interface Saved {
  readonly frame: Frame;
  readonly inner: Saved | undefined;
}

/** How a child is to be started. */
export interface ChildStart {
  readonly id: string | undefined;
  readonly delayMs: number;
  readonly deadlineMs: number | undefined;
  readonly pauseOnFailure: boolean | undefined;
  /** It ends with its parent, and its end is told to the parent. */
  readonly isAttached: boolean;
}

/** A call of an `overlap` block. */
export interface CallStart {
  readonly fn: Function;
  readonly self: unknown;
  readonly args: readonly unknown[];
}

/** What primitives may ask of the run they are in, without suspending. The driver implements it. */
export interface RunPort extends Holder {
  readonly runId: string;
  /** The time of this transition, milliseconds since the epoch. Constant while a transition runs. */
  readonly now: number;
  spawn(fn: () => unknown): TaskState;
  /**
   * A call of an `overlap` block, in a strand of its own: at once up to where it first waits, or when `on` have ended. Answers its result or throws its error when
   * it ended without waiting; a Pending otherwise.
   */
  call(name: string, place: number, start: CallStart, on: readonly Pending[], scope: OverlapScope): unknown;
  /** Nobody is going to be given the error of a call but the journal. */
  lost(call: Pending): void;
  /** Copies of values as a step would be given them; the values themselves where they cannot be saved. */
  snapshot(values: readonly unknown[]): readonly unknown[];
  /** Asks a task to end with CancelledError at its suspension point. */
  cancelTask(task: TaskState, reason: string | undefined): void;
  /** Notes that somebody is given the outcome of a task that has ended. */
  tellOutcome(task: TaskState): void;
  /** Takes the oldest message of a channel, `undefined` when there is none. */
  take(channel: string): { readonly value: unknown } | undefined;
  /** Takes how a run has come to its end, when word of that has arrived and nobody has taken it. */
  endOf(run: string): { readonly outcome: Outcome | undefined } | undefined;
  /** Has a run created with the next commit. Answers its id. */
  startRun(workflow: string, fn: Function, args: readonly unknown[], start: ChildStart): string;
  /** Has a message sent with the next commit. */
  sendMessage(kind: "send" | "cancel", run: string, topic: string, value: unknown): void;
  note(key: string, value: NoteValue): void;
  /** What the program writes to the console: goes into the journal. */
  say(level: string, text: string): void;
  /** A channel that nobody can guess. */
  openCallback(): string;
  closeCallback(channel: string): void;
  /** The strand has computed for as long as it may without giving way. */
  readonly isSliceOver: boolean;
  openScope(label: string, durationMs: number): TimeoutScope;
  closeScope(scope: TimeoutScope): void;
}

/** One strand executing. Created by the driver, current while workflow code of that strand is on the native stack. */
export class Execution {
  /** What the strand is about to wait for. */
  request: Request | undefined;
  /** Frames of the suspension in progress, outermost first. A chain: an array would ask the setters a program may have put on `Array.prototype`. */
  stack: Saved | undefined;
  /** A suspension was lost under a foreign frame and the stack can no longer be captured: the driver discards the transition. */
  broken: ForeignFrameError | undefined;
  constructor(readonly port: RunPort) {}
}

let current: Execution | undefined;

/** Makes `execution` the one that primitives act on, and returns the one before. For the driver, which restores it afterwards. */
export function enter(execution: Execution | undefined): Execution | undefined {
  const before = current;
  current = execution;
  return before;
}

/** Registers what the current strand wants to wait for. For primitives: `return suspend("sleep", …)`. Throws OutsideRunError outside a run. */
export function suspend(primitive: string, request: Request): typeof SUSPEND {
  const execution = running(primitive);
  if (execution.request !== undefined) throw swallowed(execution, primitive);
  execution.request = request;
  return SUSPEND;
}

/** The run that executes the caller. Throws OutsideRunError when `primitive` was called by something else than a run. */
export function runPort(primitive: string): RunPort {
  const execution = running(primitive);
  if (execution.request !== undefined) throw swallowed(execution, primitive);
  return execution.port;
}

/** Whether the strand that executes may give way here, as far as its run is concerned. */
export function mayYield(): boolean {
  return current !== undefined && current.request === undefined && current.port.isSliceOver;
}

/** The run that executes the caller, also while a suspension is on its way out; `undefined` outside a run. */
export function currentRun(): RunPort | undefined {
  return current?.port;
}

/** True while workflow code of a run is on the native stack. */
export function insideRun(): boolean {
  return current !== undefined;
}

/**
 * Emitted: records the frame of an activation that is suspending. `callee` is the function it had called, where the compiler could not know it: when that
 * one is foreign code through which a suspension passed, its own frame is missing, and the run must not go on as if it had returned.
 */
export function $save(
  code: Code,
  point: number,
  slots: Readonly<Record<string, unknown>>,
  self?: unknown,
  callee?: unknown,
): typeof SUSPEND {
  if (current === undefined) throw outside(code.name);
  if (callee !== undefined) checkWayOut(callee);
  current.stack = { frame: new Frame(code, point, slots, self), inner: current.stack };
  return SUSPEND;
}

/** Emitted where a function that cannot suspend gets the value of a call: `where` names the place. Throws ForeignFrameError on `SUSPEND`. */
export function $must<T>(value: T, where: string): T {
  if ((value as unknown) === SUSPEND) throw abandon(where);
  return value;
}

/** Throws ForeignFrameError when a suspension came out of `callee` although that one's frame was not saved. */
export function checkWayOut(callee: unknown): void {
  if (current === undefined || typeof callee !== "function" || mayLeave(callee, current)) return;
  throw abandon(callee.name === "" ? "an anonymous function" : callee.name);
}

/** Whether a suspension that came out of `callee` began in it or passed it as a frame that was saved. */
function mayLeave(callee: Function, execution: Execution): boolean {
  const code = closureOf(callee)?.code;
  if (code !== undefined) return execution.stack?.frame.code === code;
  // Methods of compiled classes carry no code of their own; they are known by name.
  const id = idOf(callee);
  const frame = execution.stack?.frame;
  if (id !== undefined && frame !== undefined && isMemberOf(id, frame.code.module)) return true;
  // A bound function hands the sentinel through and has nothing to do afterwards, like `call` and `apply`.
  return primitives.has(callee) || (callee.name.startsWith("bound ") && !("prototype" in callee));
}

/** Whether an id names a member of a class of that module, `file#Cart.prototype.add`, and not a constant that may hold anything. */
function isMemberOf(id: string, module: string): boolean {
  return id.startsWith(`${module}#`) && id.includes(".", module.length + 1);
}

const primitives = new WeakSet<Function>([Function.prototype.call, Function.prototype.apply, Reflect.apply]);

/** Declares that `fn` suspends by itself. Returns it. */
export function primitive<F extends Function>(fn: F): F {
  primitives.add(fn);
  return fn;
}

/** Declares that the own methods and accessors of a compiled class, prototype or object literal save their frames themselves. */
export function passMembers(owner: object): void {
  // By index: the program may have changed how arrays are iterated.
  const keys = ownKeys(owner);
  for (let at = 0; at < keys.length; at++) {
    const { value, get, set } = ownDescriptor(owner, keys[at]!)!;
    if (typeof value === "function") primitives.add(value);
    if (get !== undefined) primitives.add(get);
    if (set !== undefined) primitives.add(set);
  }
}

const { ownKeys, getOwnPropertyDescriptor: ownDescriptor } = Reflect;

/** Emitted on the way out of a suspension: the method `object[key]`, read without running a getter; `undefined` when there is one. */
export function $method(object: unknown, key: PropertyKey): unknown {
  for (let at: unknown = Object(object); at !== null; at = Reflect.getPrototypeOf(at as object)) {
    if (isProxy(at)) return undefined;
    const found = Reflect.getOwnPropertyDescriptor(at as object, key);
    if (found) return found.value as unknown;
  }
  return undefined;
}

const guards = new WeakMap<Function, Function>();

/**
 * Emitted around a function that is handed to foreign code named `callee`: the same function, guarded so that a suspension inside it throws
 * ForeignFrameError. Functions that cannot suspend and other values are returned as they are; the same input gives the same output, so that
 * `emitter.off(f)` finds what `emitter.on(f)` added.
 */
export function $native<T>(value: T, callee: string): T {
  if (typeof value !== "function" || closureOf(value)?.code.resume === undefined) return value;
  const known = guards.get(value);
  if (known !== undefined) return known as T;
  const guard = guarded(value, callee);
  guards.set(value, guard);
  guards.set(guard, guard);
  return guard as T;
}

/** A proxy, so that name, length, properties and `new` are those of `fn`. */
function guarded(fn: Function, callee: string): Function {
  return new Proxy(fn, {
    apply: (target, self, args) => $must(Reflect.apply(target, self, args) as unknown, callee),
    construct: (target, args, newTarget) => $must(Reflect.construct(target, args, newTarget) as object, callee),
  });
}

/** Drops the pending suspension, so that the program can go on from the error, and says what happened. `callee`: where the foreign function has a name. */
function abandon(callee: string | undefined): ForeignFrameError {
  const execution = current;
  const who = execution ? suspender(execution) : "a suspending function";
  const called = execution ? outermost(execution) : undefined;
  if (execution) dropSuspension(execution);
  const where =
    callee === undefined
      ? `under a function that is not compiled by flowc${called === undefined ? "" : ` and called ${called}`}`
      : `while ${callee} was on the stack, and ${callee} is not compiled by flowc`;
  return new ForeignFrameError(
    `${who} suspended ${where}, so the continuation cannot be captured. ` +
      `Call it before or after ${callee ?? "that function"}, or write a loop in workflow code instead; nothing was started.`,
  );
}

/** The outermost function that handed the suspension on: foreign code called that one. */
function outermost(execution: Execution): string | undefined {
  return execution.stack?.frame.code.name;
}

function dropSuspension(execution: Execution): void {
  for (let at = execution.stack; at !== undefined; at = at.inner) {
    const { frame } = at;
    const scope = frame.slots["$scope"];
    if (scope !== undefined) execution.port.closeScope(scope as TimeoutScope);
  }
  execution.request = undefined;
  execution.stack = undefined;
}

/** A foreign frame returned normally although the suspending call under it had not: nothing after it can be trusted. */
function swallowed(execution: Execution, next: string): ForeignFrameError {
  const foreign = builtInAbove(swallowed) ?? "a function";
  execution.broken ??= new ForeignFrameError(
    `${suspender(execution)} suspended, but ${foreign}, which is not compiled by flowc, called ${outermost(execution) ?? "it"} and went on to ${next} ` +
      "as if it had returned. Compile that function too (include its file), write a loop in workflow code instead, or make the call a step. " +
      "The run stays where it was; nothing was started.",
  );
  return execution.broken;
}

/** For the driver: the strand's function ended although a suspension was pending. */
export function lostSuspension(execution: Execution): ForeignFrameError {
  return swallowed(execution, "its end");
}

/** `charge in checkout (src/checkout.ts:12:3)`: the primitive, and the function nearest to it. */
function suspender(execution: Execution): string {
  const what = execution.request ? requestName(execution.request) : "a suspending function";
  const frame = innermost(execution);
  if (frame === undefined) return what;
  const at = frame.code.points?.[frame.point];
  return `${what} in ${frame.code.name} (${frame.code.module}${at ? `:${at[0]}:${at[1]}` : ""})`;
}

function innermost({ stack }: Execution): Frame | undefined {
  let at = stack;
  while (at?.inner !== undefined) at = at.inner;
  return at?.frame;
}

/** A short name for what is asked: `step charge`, `sleep`. */
export function requestName(request: Request): string {
  switch (request.kind) {
    case "step":
      return request.step === "" ? "perform" : `step ${shortName(request.step)}`;
    case "run":
      return `result of run ${request.run}`;
    case "receive":
      return `receive on channel "${request.channel}"`;
    case "group":
      return request.combinator;
    case "sleep":
    case "yield":
    case "join":
      return request.kind;
  }
}

/** `src/services.ts#charge` → `charge`. */
export function shortName(id: string): string {
  return id.slice(id.lastIndexOf("#") + 1);
}

function running(primitive: string): Execution {
  if (current === undefined) throw outside(primitive);
  return current;
}

function outside(what: string): OutsideRunError {
  return new OutsideRunError(
    `${what} was called outside a run. Workflow code runs inside one: start it with \`flow.start(workflow, args)\` (or \`flowc run\`), ` +
      "and see that its file is compiled by flowc. Steps may not call it; a step is ordinary async code.",
  );
}
