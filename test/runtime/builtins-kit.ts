/** Runs one scenario with the native built-ins and with their suspendable versions: same results, same errors, same things asked in the same order. */
import { expect, test } from "vitest";
import { apply, construct } from "../../src/runtime/apply.js";

/** How a scenario calls built-ins, and where it leaves a trace. */
export interface World {
  call: (fn: unknown, self: unknown, ...args: unknown[]) => unknown;
  make: (fn: unknown, ...args: unknown[]) => unknown;
  log: unknown[];
  /** The object behind a proxy that leaves a line for everything that is asked of it. */
  spy: <T extends object>(target: T, name?: string) => T;
  /** An object that leaves a line when it is converted. */
  value: (primitive: unknown, name?: string) => object;
}

export type Scenario = (world: World) => unknown;

/** One test for each scenario, by name. */
export function scenarios(table: Record<string, Scenario>): void {
  for (const [name, scenario] of Object.entries(table)) {
    test(name, () => {
      expect(observe(scenario, apply, construct)).toStrictEqual(observe(scenario, Reflect.apply, Reflect.construct));
    });
  }
}

type Call = (fn: never, self: unknown, args: unknown[]) => unknown;
type Make = (fn: never, args: unknown[]) => unknown;

function observe(scenario: Scenario, call: Call, make: Make): unknown {
  const log: unknown[] = [];
  const world: World = {
    call: (fn, self, ...args) => call(fn as never, self, args),
    make: (fn, ...args) => make(fn as never, args),
    log,
    spy: (target, name = "object") => spied(target, name, log),
    value: (primitive, name = "value") => new Value(primitive, name, log),
  };
  try {
    return { value: scenario(world), log };
  } catch (error) {
    return { threw: error instanceof Error ? error.constructor.name : error, log };
  }
}

/** Compared by its name. */
class Value {
  #log: unknown[];
  readonly primitive: unknown;
  readonly name: string;
  constructor(primitive: unknown, name: string, log: unknown[]) {
    this.primitive = primitive;
    this.name = name;
    this.#log = log;
  }
  [Symbol.toPrimitive](hint: string): unknown {
    this.#log.push(`${this.name} as ${hint}`);
    return this.primitive;
  }
}

function spied<T extends object>(target: T, name: string, log: unknown[]): T {
  const handler: Record<string, unknown> = {};
  for (const trap of [
    "get",
    "has",
    "set",
    "deleteProperty",
    "defineProperty",
    "getOwnPropertyDescriptor",
    "ownKeys",
    "getPrototypeOf",
  ]) {
    handler[trap] = (...args: unknown[]): unknown => {
      log.push(`${name} ${trap}${args.length > 1 ? ` ${String(args[1])}` : ""}`);
      return (Reflect as unknown as Record<string, (...args: unknown[]) => unknown>)[trap]!(...args);
    };
  }
  return new Proxy(target, handler);
}

/** A list in which `undefined` is a hole. */
export function holey(...values: unknown[]): unknown[] {
  for (const [index, value] of values.entries()) if (value === undefined) Reflect.deleteProperty(values, index);
  return values;
}

/** An iterable that leaves a line for each step and for its end. */
export function iterable(values: readonly unknown[], log: unknown[]): object {
  let at = 0;
  return {
    get [Symbol.iterator]() {
      log.push("iterator read");
      return () => ({
        get next() {
          log.push("next read");
          return () => {
            log.push("next");
            return { done: at >= values.length, value: values[at++] };
          };
        },
        return() {
          log.push("closed");
          return {};
        },
      });
    },
  };
}
