/**
 * Steps: the boundary between workflow code and the real world. Calling one inside a run writes down what is to be done and suspends; the worker
 * runs the body after the intent is durable (I3), in ordinary async Node code.
 */
import { UsageError } from "../../shared/errors.js";
import { registerValue } from "../registry.js";
import { StepWait } from "../strand.js";
import { insideRun, primitive, suspend, shortName } from "../suspend.js";
import { policyOf, type StepOptions, type StepPolicy } from "./retry.js";

/** A step as the worker knows it. */
export interface StepDefinition {
  readonly id: string;
  /** For people: the name given, or the last part of the id. */
  readonly name: string;
  readonly body: Function;
  /** Receiver of the body: the module object of `steps()`. */
  readonly self: unknown;
  readonly policy: StepPolicy;
  /** The body is given a client of the store before its arguments, and takes part in the commit of its result. */
  readonly isTx: boolean;
}

const table = new Map<string, StepDefinition>();

/** The steps that are loaded in this process. */
export function allSteps(): StepDefinition[] {
  return [...table.values()];
}

/** A function without the promise it answers. */
export type Unpromised<F> = F extends (...args: infer A) => infer R ? (...args: A) => Awaited<R> : F;

/** A module's functions without the promises they answer; everything else as it is. */
export type Steps<M> = { readonly [K in keyof M]: Unpromised<M[K]> };

/**
 * Makes a step of an ordinary function, async or not. Inside a workflow it is called like any function and answers what the promise resolves to:
 *
 *     export const charge = step(async (card: Card, cents: number): Promise<Payment> => { … }, { retry: { attempts: 5 } });
 *
 * The body may run more than once (a crash, a retry), always with the same arguments and the same `stepContext().idempotencyKey`, and never
 * before those are durable. It is given copies of its arguments: what it changes in them the workflow does not see, as it would not after a crash.
 * A call whose attempts are used up throws StepError with the last error as its `cause`. A result that cannot be saved is a NotSaveableError at the call.
 *
 * Throws UsageError for bad options, and when called although neither the file was compiled nor `options.name` was given.
 */
export function step<A extends unknown[], R>(
  body: (...args: A) => R | Promise<R>,
  options?: StepOptions,
): (...args: A) => Awaited<R>;
export function step(body: Function, options?: StepOptions, id?: string): Function {
  if (typeof body !== "function") throw new UsageError(`step() takes a function, not ${typeof body}.`);
  return define(body, undefined, options, id ?? options?.name);
}

/**
 * Makes a step of a function that writes to the database the runs are stored in. What it writes with `client`, its result, and the continuation after it are
 * one transaction: they happen exactly once, together, or not at all.
 *
 *     export const book = step.tx(async (client: ClientBase, seat: string): Promise<number> => {
 *       const { rows } = await client.query("INSERT INTO seats …", [seat]);
 *       return rows[0].id;
 *     });
 *
 * A body that throws is rolled back and counts as a failed attempt. It neither begins nor ends transactions, and what it does elsewhere may happen more than once, as in
 * any step. `client` is what the store connects with: a client of `pg`, of type `ClientBase`, with `postgres()`; with a store that has no such transactions the call throws. It takes the
 * options of `step` without `queue` and `cache`. Throws UsageError as `step` does.
 */
function transactional<C, A extends unknown[], R>(
  body: (client: C, ...args: A) => R | Promise<R>,
  options?: TransactionOptions,
): (...args: A) => Awaited<R>;
function transactional(body: Function, options?: StepOptions, id?: string): Function {
  if (typeof body !== "function") throw new UsageError(`step.tx() takes a function, not ${typeof body}.`);
  for (const option of ["queue", "cache", "key", "priority"] as const)
    if (options?.[option] !== undefined)
      throw new UsageError(`step.tx() takes no ${option}: its body runs where its run is, and takes part in that run's commit.`);
  return define(body, undefined, options, id ?? options?.name, true);
}

step.tx = transactional;

/** What `step.tx` may be given besides its function. */
export type TransactionOptions = Omit<StepOptions, "queue" | "cache" | "key" | "priority">;

/**
 * Makes steps of all functions of a module or service object at once; everything else in it stays as it is:
 *
 *     import * as api from "./api.js";
 *     export const services = steps(api);      // services.charge(card, 100): Payment
 *
 * `options.name` is the common prefix of the names. See `step` for what a step is.
 */
export function steps<M extends object>(module: M, options?: StepOptions): Steps<M>;
export function steps(module: object, options?: StepOptions, id?: string): object {
  if (typeof module !== "object" || module === null)
    throw new UsageError(`steps() takes a module or an object, not ${typeof module}.`);
  const prefix = id ?? options?.name;
  const { name: _, ...rest } = options ?? {};
  const out: Record<string, unknown> = {};
  for (const key of memberNames(module)) {
    const member = (module as Record<string, unknown>)[key];
    out[key] =
      typeof member === "function" ? define(member, module, rest, prefix === undefined ? undefined : `${prefix}.${key}`) : member;
  }
  if (prefix !== undefined) registerValue(`flowc:steps:${prefix}`, out);
  return out;
}

/** Own members, and for instances of a class its methods. */
function memberNames(module: object): Set<string> {
  const names = new Set(Object.keys(module));
  let prototype = Object.getPrototypeOf(module) as object | null;
  for (; prototype !== null && prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype) as object | null) {
    for (const name of Object.getOwnPropertyNames(prototype)) if (name !== "constructor") names.add(name);
  }
  return names;
}

function define(body: Function, self: unknown, options: StepOptions | undefined, id: string | undefined, isTx = false): Function {
  const name = options?.name ?? (id === undefined ? body.name || "step" : shortName(id));
  const policy = policyOf(name, options);
  if (id === undefined) return unidentified(name);
  table.set(id, { id, name, body, self, policy, isTx });
  const call = primitive((...args: unknown[]): unknown => suspend(name, new StepWait(id, args, undefined)));
  Object.defineProperty(call, "name", { value: name, configurable: true });
  registerValue(`flowc:step:${id}`, call);
  return call;
}

/** A step nobody could find again after a restart. */
function unidentified(name: string): Function {
  return () => {
    throw new UsageError(
      `step ${name} has no identity: its file was not compiled by flowc. Compile it (include it in the tsconfig flowc uses), or give the step ` +
        `a name: step(…, { name: "${name}" }).${insideRun() ? "" : " It was also called outside a run."}`,
    );
  };
}

/**
 * An inline step: runs `body` once its closure is durable, and answers what its promise resolves to.
 *
 *     const rate = perform(async () => (await fetch(`${host}/rate?on=${day}`)).json());
 *
 * Like a step, the body works on a copy of what it captured: assigning a captured variable inside it is not seen outside. The closure has to be
 * saveable, so its file has to be compiled. Errors as for `step`.
 */
export function perform<R>(body: () => R | Promise<R>, options?: StepOptions): Awaited<R>;
export function perform(body: Function, options?: StepOptions): unknown {
  if (typeof body !== "function") throw new UsageError(`perform() takes a function, not ${typeof body}.`);
  // Bad options are an error at the call, before anything is written.
  if (options !== undefined) {
    policyOf(options.name ?? "perform", options);
    for (const option of ["queue", "cache", "key"] as const)
      if (options[option] !== undefined)
        throw new UsageError(
          `perform() takes no ${option}: make it a step, step(fn, { ${option} }), which has a name other workers know.`,
        );
  }
  return suspend("perform", new StepWait("", [body], options));
}

primitive(perform);

const plainPerform = policyOf("perform", undefined);

/**
 * The definition behind a wait: of the step table, or made of what a `perform` call saved. `undefined` when this process knows no such step.
 * The body of a `perform` is its input.
 */
export function definitionOf(wait: StepWait): StepDefinition | undefined {
  if (wait.step !== "") return table.get(wait.step);
  const { options } = wait;
  const name = options?.name ?? "perform";
  return {
    id: "",
    name,
    body: callFirst,
    self: undefined,
    policy: options === undefined ? plainPerform : policyOf(name, options),
    isTx: false,
  };
}

function callFirst(body: () => unknown): unknown {
  return body();
}
