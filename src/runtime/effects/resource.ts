/**
 * Things that are open in one process and cannot be saved, held by a run that outlives the process. What is saved is how to open and close the thing.
 *
 *     resource(open, { close }) ──▶ closed ── value ──▶ open ── the run parks, the step ends ──▶ closed ── value ──▶ …
 *
 * Whoever uses it holds it: the run, while it is in the memory of a worker, or the attempt of a step. It is closed when the last holder lets go.
 */
import { inspect } from "node:util";
import { UsageError } from "../../shared/errors.js";
import { registerHandler } from "../codec/handlers.js";
import { corrupt } from "../codec/reader.js";
import { registerValue } from "../registry.js";
import { $must, insideRun, runPort } from "../suspend.js";
import { currentStep } from "./context.js";

/** What may hold resources: a run in memory, an attempt of a step. */
export interface Holder {
  readonly held: Set<Held>;
}

/** A resource as its holders see it. */
export interface Held {
  /** Closes the thing when nobody else holds it. Never throws: `report` is given what `close` throws. */
  release(holder: Holder, report: (error: unknown) => void): void;
}

export interface ResourceOptions<T> {
  /** Called with what was opened when the run parks or ends, or when the step that used it is over. A promise it answers is not waited for. Default: nothing is closed. */
  readonly close?: (thing: Awaited<T>) => unknown;
}

/** A thing that is open in one process at a time; see `resource`. */
export class Resource<T> implements Held {
  #open: () => T;
  #close: ((thing: Awaited<T>) => unknown) | undefined;
  #thing: { readonly value: T } | undefined;
  readonly #holders = new Set<Holder>();

  /** Use `resource`. */
  constructor(open: () => T, close: ((thing: Awaited<T>) => unknown) | undefined) {
    this.#open = open;
    this.#close = close;
  }

  /**
   * The thing itself, opened by the first use and by the first one after the run went on elsewhere. Do not keep it in a variable across a suspension: ask again.
   * Throws what the opener throws; UsageError outside workflow code and steps, and in workflow code for an opener that answers a promise.
   */
  get value(): T {
    const holder = holderHere();
    this.#thing ??= { value: this.#opened() };
    this.#holders.add(holder);
    holder.held.add(this);
    return this.#thing.value;
  }

  /** True from the first use in this process until it is closed. */
  get isOpen(): boolean {
    return this.#thing !== undefined;
  }

  #opened(): T {
    const value = $must(this.#open(), "the opener of a resource");
    if (!insideRun() || !isThenable(value)) return value;
    this.#shut(value, () => undefined);
    throw new UsageError(
      "resource: its opener answers a promise, which workflow code cannot wait for. Use it inside a step, `(await resource.value)`, or open it synchronously.",
    );
  }

  release(holder: Holder, report: (error: unknown) => void): void {
    holder.held.delete(this);
    this.#holders.delete(holder);
    const thing = this.#thing;
    if (this.#holders.size > 0 || thing === undefined) return;
    this.#thing = undefined;
    this.#shut(thing.value, report);
  }

  #shut(value: T, report: (error: unknown) => void): void {
    const close = this.#close;
    if (close === undefined) {
      if (isThenable(value)) value.then(undefined, () => undefined);
      return;
    }
    try {
      // What never opened needs no closing: its error was told where it was used.
      const closed = isThenable(value) ? value.then((thing) => close(thing as Awaited<T>)) : close(value as Awaited<T>);
      if (isThenable(closed)) closed.then(undefined, report);
    } catch (error) {
      report(error);
    }
  }

  [inspect.custom](): string {
    return `Resource (${this.isOpen ? "open" : "closed"})`;
  }

  static parts(of: Resource<unknown>): readonly unknown[] {
    return [of.#open, of.#close];
  }

  static restore(of: Resource<unknown>, open: unknown, close: unknown): void {
    if (typeof open !== "function" || (close !== undefined && typeof close !== "function"))
      throw corrupt("a resource has no opener");
    of.#open = open as () => unknown;
    of.#close = close as ((thing: unknown) => unknown) | undefined;
  }
}

registerValue("flowc:Resource.prototype", Resource.prototype);
registerHandler<Resource<unknown>>({
  name: "Resource",
  prototype: Resource.prototype,
  fields: ["open", "close"],
  save: (value) => Resource.parts(value),
  create: () => new Resource<unknown>(() => undefined, undefined),
  restore: (shell, [open, close]) => Resource.restore(shell, open, close),
});

/**
 * Something that a workflow may hold across suspensions although it cannot be saved: a file, a database, a client.
 *
 *     const db = resource(() => new DatabaseSync(path), { close: (it) => it.close() });
 *     const rows = db.value.prepare(query).all();     // opened here
 *     sleep("1 day");                                 // closed here, when the run leaves memory
 *     db.value.exec(update);                          // opened again, in whatever process this is
 *
 * `open` and `close` are saved as closures, with what they capture. They cannot suspend. Given to a step as an argument, a resource is a copy, which is opened and closed in that step; there, and
 * only there, `open` may answer a promise: `(await db.value)`. Throws UsageError when `open` or `close` is no function.
 */
export function resource<T>(open: () => T, options: ResourceOptions<T> = {}): Resource<T> {
  if (typeof open !== "function") throw new UsageError(`resource() takes a function that opens the thing, not ${typeof open}.`);
  const { close } = options;
  if (close !== undefined && typeof close !== "function")
    throw new UsageError(`resource(): close is a function, not ${typeof close}.`);
  return new Resource(open, close);
}

function holderHere(): Holder {
  // First the run: its code may well be called in the asynchronous context of a step that has just ended.
  if (insideRun()) return runPort("resource");
  const step = currentStep();
  if (step !== undefined) return step;
  throw new UsageError("resource: its value can be used in workflow code and in the bodies of steps, where somebody closes it.");
}

/** For holders that are done: closes what nobody else holds. */
export function releaseAll(holder: Holder, report: (error: unknown) => void): void {
  for (const each of holder.held) each.release(holder, report);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function"
  );
}
