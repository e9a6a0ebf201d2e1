/**
 * What the code of an `overlap` block is compiled to: calls begin here, and what touches a result waits for it here.
 *
 * Invariant: a Pending is only ever held by variables of the block, by lists and objects it made itself and gave to nobody (`own`), and by calls that have not begun.
 * Whatever leaves the block's own code has been through `$touch` (I1).
 */
import { ABI_VERSION, RESUME_THROW, type FrameShape, type ResumeMode } from "../shared/abi.js";
import { CancelledError, TimeoutError } from "../shared/errors.js";
import { registerHandler } from "./codec/handlers.js";
import { Pending } from "./pending.js";
import { $module, idOf } from "./registry.js";
import { $save, runPort, suspend } from "./suspend.js";

/** The calls of one activation of a block. Saved with its frame. */
export class OverlapScope {
  /** How many calls have begun: the place of the next one. */
  begun = 0;
  /** The calls that have to be waited for, or may have failed; in the order of the program. */
  calls: Pending[] = [];
  /** Lists and objects that the block made for results, and that nothing else knows of yet. */
  own = new Set<object>();
  /** Those of them that calls are waiting with: they may not change any more. */
  given = new Set<object>();

  /** The calls among a value and what it holds whose results are not there, and those that failed. */
  open(value: unknown): Pending[] {
    const found = new Set<Pending>();
    this.#visit(value, (call) => call.state !== "completed" && found.add(call));
    return [...found].sort((a, b) => a.place - b.place);
  }

  /** Notes that a call is waiting with what these values hold. */
  give(values: readonly unknown[]): void {
    for (const value of values) this.#visit(value, undefined, this.given);
  }

  /** The value with results in place of the calls, which have all ended. From here on others may know of it. */
  handOut(value: unknown): unknown {
    this.#resolve(value);
    return result(value);
  }

  resolvedArguments(args: readonly unknown[]): readonly unknown[] {
    return args.map((value) => this.handOut(value));
  }

  /** Lists and objects of its own as they are now: what the block adds later is not among them. */
  copy(value: unknown, copies = new Map<object, object>()): unknown {
    if (!this.#isOwn(value)) return value;
    const known = copies.get(value);
    if (known !== undefined) return known;
    const copy: object = Array.isArray(value) ? [] : {};
    copies.set(value, copy);
    for (const key of Reflect.ownKeys(value)) {
      const property = Reflect.getOwnPropertyDescriptor(value, key)!;
      if ("value" in property) property.value = this.copy(property.value, copies);
      Reflect.defineProperty(copy, key, property);
    }
    this.own.add(copy);
    return copy;
  }

  #isOwn(value: unknown): value is object {
    return typeof value === "object" && value !== null && this.own.has(value);
  }

  #resolve(value: unknown): void {
    const containers = new Set<object>();
    this.#visit(value, undefined, containers);
    for (const container of containers) {
      for (const key of Reflect.ownKeys(container)) {
        const property = Reflect.getOwnPropertyDescriptor(container, key)!;
        if (property.value instanceof Pending)
          Reflect.defineProperty(container, key, { ...property, value: property.value.value });
      }
      this.own.delete(container);
      this.given.delete(container);
    }
  }

  #visit(value: unknown, call: ((call: Pending) => unknown) | undefined, seen = new Set<object>()): void {
    if (value instanceof Pending) return void call?.(value);
    if (!this.#isOwn(value) || seen.has(value)) return;
    seen.add(value);
    for (const key of Reflect.ownKeys(value)) this.#visit(Reflect.getOwnPropertyDescriptor(value, key)!.value, call, seen);
  }
}

registerHandler<OverlapScope>({
  name: "OverlapScope",
  prototype: OverlapScope.prototype,
  fields: ["begun", "calls", "own", "given"],
  save: ({ begun, calls, own, given }) => [begun, calls, own, given],
  create: () => new OverlapScope(),
  restore: (scope, [begun, calls, own, given]) => void Object.assign(scope, { begun, calls, own, given }),
});

function result(value: unknown): unknown {
  return value instanceof Pending ? value.value : value;
}

/** Emitted at the head of a block. */
export function $overlap(): OverlapScope {
  return new OverlapScope();
}

/** A call in a block. Its function and its receiver are there, its arguments may be pending. */
export function $begin(scope: OverlapScope, name: string, fn: unknown, self: unknown, args: readonly unknown[]): unknown {
  if (typeof fn !== "function") throw new TypeError(`${name} is not a function`);
  const open = scope.open(keptIn(scope, args));
  scope.own.delete(args);
  const failed = open.find((call) => call.state !== "running");
  const port = runPort("overlap");
  const place = scope.begun++;
  if (failed !== undefined) return neverBegun(scope, new Pending(0, name, place), failed);
  const given = open.length === 0 ? scope.resolvedArguments(args) : isStep(fn) ? asTheyAre(scope, args) : args;
  const made = port.call(name, place, { fn, self, args: given }, open, scope);
  if (open.length > 0) scope.give(given);
  if (made instanceof Pending) note(scope, made);
  return made;
}

/** So that one walk looks at all of them. */
function keptIn(scope: OverlapScope, args: readonly unknown[]): readonly unknown[] {
  scope.own.add(args);
  return args;
}

/** A failed argument fails what depends on it. */
function neverBegun(scope: OverlapScope, call: Pending, { value }: Pending): Pending {
  call.state = "failed";
  call.value = value;
  note(scope, call);
  return call;
}

function note(scope: OverlapScope, call: Pending): void {
  const { calls } = scope;
  // Now and then, so that a loop of a million calls keeps those under way only (I7).
  if ((call.place & 63) === 63) scope.calls = calls.filter(({ state }) => state !== "completed");
  scope.calls.push(call);
}

function isStep(fn: Function): boolean {
  return idOf(fn)?.startsWith("flowc:step:") ?? false;
}

/** A step works on what its arguments hold when it is called, also when it has to wait for some of them. */
function asTheyAre(scope: OverlapScope, args: readonly unknown[]): readonly unknown[] {
  const isBlocks = (value: unknown): boolean => value instanceof Pending || scope.open(value).length > 0;
  const copies = runPort("overlap").snapshot(args.map((value) => (isBlocks(value) ? undefined : value)));
  return args.map((value, at) => (isBlocks(value) ? scope.copy(value) : copies[at]));
}

/** A list or object literal of the block that may get pending values. */
export function $keep<T extends object>(scope: OverlapScope, container: T): T {
  scope.own.add(container);
  return container;
}

const runtime = $module(ABI_VERSION, "flowc:runtime");
const touchCode = runtime.code("overlap touch", {
  name: "overlap",
  hash: "1",
  resume: resumeTouch,
  points: [[1, 1, "overlap(fn)"]],
});
const settleCode = runtime.code("overlap end", {
  name: "overlap",
  hash: "1",
  resume: resumeSettle,
  points: [[1, 1, "overlap(fn)"]],
});
const unwindCode = runtime.code("overlap unwind", {
  name: "overlap",
  hash: "1",
  resume: resumeUnwind,
  points: [[1, 1, "overlap(fn)"]],
});

/** The value, with all it holds, once it is there; from here on the program may do with it what it likes. May suspend. Throws what a call in it has thrown. */
export function $touch(scope: OverlapScope, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return touched(scope, value, scope.open(value), 0);
}

/** `calls[from]` and those after it are to be waited for. Nothing comes into the value meanwhile, since its block waits. */
function touched(scope: OverlapScope, value: unknown, calls: readonly Pending[], from: number): unknown {
  for (let at = from; at < calls.length; at++) {
    const call = calls[at]!;
    if (call.state === "completed") continue;
    if (call.state !== "running") throw told(call);
    suspend("overlap", { kind: "join", task: call, since: 0 });
    return $save(touchCode, 0, { scope, value, calls, at });
  }
  return scope.handOut(value);
}

function resumeTouch(this: unknown, frame: FrameShape, mode: ResumeMode, value: unknown): unknown {
  if (mode === RESUME_THROW) throw value;
  const { scope, calls, at } = frame.slots as unknown as {
    readonly scope: OverlapScope;
    readonly calls: readonly Pending[];
    readonly at: number;
  };
  return touched(scope, frame.slots["value"], calls, at + 1);
}

/** The error of a call, which somebody is given now. */
function told(call: Pending): unknown {
  if (!call.joined) runPort("overlap").tellOutcome(call);
  return call.value;
}

/** The object for `object[key]`: waited for, unless what is read there is its own, pending or not. May suspend. */
export function $reach(scope: OverlapScope, object: unknown, key: PropertyKey): unknown {
  return isOwnData(scope, object, key) ? object : $touch(scope, object);
}

/** A list or object of the block that nobody waits with. */
function isFree(scope: OverlapScope, object: unknown): object is object {
  return typeof object === "object" && object !== null && scope.own.has(object) && !scope.given.has(object);
}

function isOwnData(scope: OverlapScope, object: unknown, key: unknown): object is object {
  if (!isFree(scope, object)) return false;
  // Other keys are converted, which may run code of the program.
  if (typeof key !== "string" && typeof key !== "number" && typeof key !== "symbol") return false;
  const property = Reflect.getOwnPropertyDescriptor(object, key);
  return property !== undefined && "value" in property;
}

/** For `push`. */
const AT_END = -1;

/** What is to be stored in `object`: as it is when the object is the block's own, waited for otherwise. Answers object and values. May suspend. */
export function $fill(scope: OverlapScope, object: unknown, key: unknown, values: readonly unknown[]): unknown {
  if (canHold(scope, object, key)) return [object, ...values];
  const all = [object, ...values];
  scope.own.add(all);
  return $touch(scope, all);
}

function canHold(scope: OverlapScope, object: unknown, key: unknown): boolean {
  if (!isFree(scope, object)) return false;
  if (key === AT_END) return Array.isArray(object) && (object as unknown[]).push === Array.prototype.push;
  if (typeof key !== "string" && typeof key !== "number" && typeof key !== "symbol") return false;
  // A setter would be given it.
  return isOwnData(scope, object, key) || !(key in object);
}

/** The place of the next call. */
export function $mark(scope: OverlapScope): number {
  return scope.begun;
}

/** Waits for all calls since `mark`, throws the first error in the order of the program that nobody was given, and answers `value`, resolved. May suspend. */
export function $settle(scope: OverlapScope, mark: number, value: unknown): unknown {
  const calls = scope.calls.filter(({ place }) => place >= mark);
  const running = calls.find(({ state }) => state === "running");
  if (running !== undefined) {
    suspend("overlap", { kind: "join", task: running, isQuiet: true, since: 0 });
    return $save(settleCode, 0, { scope, mark, value });
  }
  const failed = calls.find(isUntold);
  if (failed !== undefined) {
    told(failed);
    loseOthers(calls, failed.value);
    throw failed.value;
  }
  return mark === 0 ? $touch(scope, value) : value;
}

function resumeSettle(this: unknown, frame: FrameShape, mode: ResumeMode, value: unknown): unknown {
  if (mode === RESUME_THROW) throw value;
  const { slots } = frame;
  return $settle(slots["scope"] as OverlapScope, slots["mark"] as number, slots["value"]);
}

/**
 * An error leaves a block (`isBlock`), or a `try` in it. Ends the calls since `mark` and answers the error that goes on.
 *
 * A block cancels all that is under way. In a `try`, whose handler goes on with what there is, those that were written before what failed are waited for, and the
 * first of them to fail in the order of the program is what the handler gets: so it is when they are called one after the other (I1). The others would not have begun.
 */
export function $unwind(scope: OverlapScope, mark: number, error: unknown, isBlock: boolean): unknown {
  const calls = scope.calls.filter(({ place }) => place >= mark);
  const source = calls.findIndex((call) => call.joined && call.state !== "completed" && call.value === error);
  const isFromOutside = source < 0 && (error instanceof CancelledError || error instanceof TimeoutError);
  const kept = isBlock || isFromOutside ? [] : source < 0 ? calls : calls.slice(0, source);
  if (isBlock && !isFromOutside) error = earlierError(source < 0 ? calls : calls.slice(0, source)) ?? error;
  const port = runPort("overlap");
  for (const call of calls)
    if (call.state === "running" && !kept.includes(call)) port.cancelTask(call, "another call of its overlap block failed");
  return ended(scope, calls, kept, error);
}

/** What has failed already, and nobody was given. */
function earlierError(calls: readonly Pending[]): unknown {
  const call = calls.find(({ state, joined }) => state === "failed" && !joined);
  return call && told(call);
}

function ended(scope: OverlapScope, calls: readonly Pending[], kept: readonly Pending[], error: unknown): unknown {
  const running = calls.find(({ state }) => state === "running");
  if (running !== undefined) {
    suspend("overlap", { kind: "join", task: running, isQuiet: true, since: 0 });
    return $save(unwindCode, 0, { scope, calls, kept, error });
  }
  const gone = new Set(calls);
  scope.calls = scope.calls.filter((call) => !gone.has(call));
  const earlier = kept.find(isUntold);
  const thrown = earlier === undefined ? error : told(earlier);
  loseOthers(calls, thrown);
  return thrown;
}

function isUntold({ state, joined }: Pending): boolean {
  return (state === "failed" || state === "cancelled") && !joined;
}

/** No error is lost: what nobody is told of is in the journal. */
function loseOthers(calls: readonly Pending[], thrown: unknown): void {
  const others = calls.filter((call) => call.state === "failed" && !call.joined && call.value !== thrown);
  for (const call of others) runPort("overlap").lost(call);
}

/** Cancelled or timed out meanwhile: that is what goes on, when the last has ended. */
function resumeUnwind(this: unknown, frame: FrameShape, mode: ResumeMode, value: unknown): unknown {
  const { scope, calls, kept, error } = frame.slots as unknown as {
    readonly scope: OverlapScope;
    readonly calls: readonly Pending[];
    readonly kept: readonly Pending[];
    readonly error: unknown;
  };
  if (mode !== RESUME_THROW) return ended(scope, calls, kept, error);
  const port = runPort("overlap");
  for (const call of calls) if (call.state === "running") port.cancelTask(call, (value as Error).message);
  return ended(scope, calls, [], error instanceof CancelledError ? error : value);
}
