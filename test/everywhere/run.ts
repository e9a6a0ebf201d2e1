/**
 * Runs a program in its own realm: native, compiled without suspensions, and suspended and restored everywhere or at every k-th possibility. A program is the
 * body of a function in strict code. It tells what it does by `log(tag, value)`, which gives the value back, and by what it returns or throws.
 */
import vm from "node:vm";
import { prepare, transform, wrap } from "../conformance/adapter.mjs";
import { show } from "./show.ts";

export interface Observed {
  /** The result or the error, as text. */
  readonly outcome: string;
  readonly trace: readonly string[];
  readonly suspensions: number;
  /** Suspensions that were not possible, because the stack held functions that are not compiled. */
  readonly declined: number;
}

/** `native`, or what FLOWC_SUSPEND may be. */
export type Variant = "native" | "never" | "always" | `${number}/${number}`;

/** Compiled like the program, so that everything that is logged can suspend. */
const PRELUDE = "function log(tag, value) { $log(tag, value); return value; }";
const MAX_TRACE = 600;
const MAX_LINE = 300;
const MAX_TICKS = 150;
const PATIENCE_MS = 10_000;
const FILE = "program.js";

/** What the compiler made of a program. Throws SyntaxError for what is no program, and what the compiler throws. */
export function compiled(text: string): string {
  return transform(`${PRELUDE}\n${text}`, FILE);
}

export function runNative(text: string, patience = PATIENCE_MS): Observed {
  const world = new World();
  const script = new vm.Script(`(function () { "use strict"; ${PRELUDE}\n${text}\n}).call(undefined);`, { filename: FILE });
  return world.observe(() => ({ value: script.runInContext(world.context) as unknown }), patience);
}

export async function runCompiled(code: string, variant: Variant, patience = PATIENCE_MS): Promise<Observed> {
  const world = new World();
  await prepare(world.context);
  const runScript = (source: string, filename: string): unknown =>
    new vm.Script(source, { filename }).runInContext(world.context);
  process.env["FLOWC_SUSPEND"] = variant;
  return world.observe(() => wrap({ code, context: world.context, runScript, filename: FILE }), patience);
}

interface Ended {
  readonly value: unknown;
  readonly suspensions?: number;
  readonly declined?: number;
}

/** A realm and what is seen of it. */
class World {
  readonly context: vm.Context;
  readonly #trace: string[] = [];
  readonly #identified: unknown[] = [];
  #ticks = 0;

  constructor() {
    this.context = vm.createContext({
      $log: (tag: unknown, value: unknown) => this.#log(tag, value),
      identify: (object: object) => this.#identify(object),
      tick: () => ++this.#ticks < MAX_TICKS,
    });
  }

  #log(tag: unknown, value: unknown): void {
    // oxlint-disable-next-line typescript/only-throw-error -- an error would belong to another realm.
    if (this.#trace.length > MAX_TRACE) throw "too much";
    this.#trace.push(`${show(tag, 1)} ${show(value)}`.slice(0, MAX_LINE));
  }

  /** Logs which object it is, by when it was first seen. */
  #identify(object: object): void {
    if (!this.#identified.includes(object)) this.#identified.push(object);
    this.#log(`object ${this.#identified.indexOf(object)}`, Object.isFrozen(object));
  }

  /** Runs inside the realm, so that one that never ends can be stopped. */
  observe(run: () => Ended, patience: number): Observed {
    // Not every function keeps its source.
    vm.runInContext(
      `Object.defineProperty(Function.prototype, "toString", { value: () => "source", writable: true, configurable: true })`,
      this.context,
    );
    let ended: Ended = { value: undefined };
    let outcome = "did not end";
    this.context["$run"] = (): void => {
      try {
        ended = run();
        outcome = `value ${show(ended.value)}`;
      } catch (error) {
        outcome = `error ${show(error)}`;
      }
    };
    try {
      vm.runInContext("$run()", this.context, { timeout: patience });
    } catch (error) {
      outcome = `stopped ${(error as { code?: string }).code ?? show(error)}`;
    }
    return { outcome, trace: this.#trace, suspensions: ended.suspensions ?? 0, declined: ended.declined ?? 0 };
  }
}
