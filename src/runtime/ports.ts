/**
 * The world as the runtime sees it: clock, randomness, ids, timers, log. Everything else in src/runtime is handed these, so that tests and a simulator
 * can put time and chance under their control.
 */
import { randomUUID } from "node:crypto";
import type { ConsoleLine } from "./console.js";
import type { Telemetry } from "./telemetry.js";

/** A running timer; what `Timers.after` answers. */
export type TimerHandle = { readonly timer: unknown };

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface Timers {
  /** Calls `fn` once, not before `delayMs` have passed. */
  after(delayMs: number, fn: () => void): TimerHandle;
  cancel(handle: TimerHandle): void;
  /** Calls `fn` after the I/O events that are due now have been handled. */
  soon(fn: () => void): void;
}

/** One line for the operator. `facts` are JSON-safe. */
export interface Logger {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  /** What a run has written to the console, once its commit is made. Default: goes to the console, with the run's id before it. */
  said?(line: ConsoleLine): void;
}

export interface Ports {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Who traces and counts. Default: nobody, which costs nothing. */
  readonly telemetry?: Telemetry | undefined;
  /** A number between 0 and 1, for jitter. */
  random(): number;
  /** A new globally unique id. */
  newId(): string;
}

/** `setTimeout` takes at most 2^31 − 1 ms; longer waits are cut and looked at again then. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The real world. Logs nothing by default: the worker reports through its handle and the journal. */
export const realPorts: Ports = {
  clock: { now: () => Date.now() },
  timers: {
    after: (delayMs, fn) => ({ timer: setTimeout(fn, Math.min(Math.max(delayMs, 0), LONGEST_TIMER)) }),
    cancel: (handle) => clearTimeout(handle.timer as NodeJS.Timeout),
    soon: (fn) => void setImmediate(fn),
  },
  logger: { info: () => undefined, warn: (message, facts) => console.warn(`flowc: ${message}`, facts ?? "") },
  random: Math.random,
  newId: randomUUID,
};
