/**
 * What programs write to the console, attributed to the run that wrote it.
 *
 *     workflow code   ──▶ the journal of the transition ──▶ shown when that is committed: a transition that is lost and made again says things once (I2)
 *     body of a step  ──▶ shown at once: an attempt that is made again says what it says again
 *     anything else   ──▶ the console, as always
 *
 * The methods of the global console are replaced while a worker runs, and put back when the last one has stopped.
 */
import { Console } from "node:console";
import { Writable } from "node:stream";
import { replaceIntrinsic } from "./codec/intrinsics.js";
import { currentStep } from "./effects/context.js";
import type { Logger } from "./ports.js";
import { currentRun } from "./suspend.js";

export type ConsoleLevel = "debug" | "info" | "warn" | "error";

/** What a run has written to the console. */
export interface ConsoleLine {
  readonly run: string;
  /** Who wrote it: a step, and in which attempt; `undefined`: workflow code. */
  readonly step?: string;
  readonly attempt?: number;
  readonly level: ConsoleLevel;
  readonly text: string;
}

const LEVELS = {
  debug: "debug",
  log: "info",
  info: "info",
  dir: "info",
  table: "info",
  warn: "warn",
  error: "error",
  trace: "error",
  assert: "warn",
} as const satisfies Partial<Record<keyof Console, ConsoleLevel>>;
type Method = keyof typeof LEVELS;
const METHODS = Object.keys(LEVELS) as Method[];

/** Longer texts are cut. */
const LONGEST_TEXT = 16_384;

let written = "";
const sink = new Writable({
  decodeStrings: false,
  write(chunk: string, _, done) {
    written += chunk;
    done();
  },
});
/** Writes texts as the real one does, which nobody sees. */
const recorder = new Console({ stdout: sink, stderr: sink });

type Methods = Record<Method, (...args: unknown[]) => void>;
let originals: Methods | undefined;
let users = 0;
/** A line is being shown: whoever does that may use the console. */
let isShowing = false;

/** Attributes what is written to the console from now on. Returns how to stop that; the last one to stop puts the console back. */
export function attributeConsole(): () => void {
  if (users++ === 0) install();
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    if (--users === 0) uninstall();
  };
}

const replacements = Object.fromEntries(METHODS.map((method) => [method, replacement(method)])) as Methods;

function install(): void {
  originals = Object.fromEntries(METHODS.map((method) => [method, console[method]])) as Methods;
  Object.assign(console, replacements);
  // A run may hold `console.log` in a variable.
  for (const method of METHODS)
    replaceIntrinsic(`console.${method}`, [originals[method], replacements[method]], () => console[method]);
}

function uninstall(): void {
  // What somebody else has put there since stays.
  for (const method of METHODS) if (console[method] === replacements[method]) console[method] = originals![method];
}

function replacement(method: Method): (...args: unknown[]) => void {
  const level = LEVELS[method];
  const named = {
    [method](...args: unknown[]): void {
      const say = isShowing ? undefined : speaker();
      if (say === undefined) return Reflect.apply(originals![method], console, args);
      const text = textOf(method, args);
      if (text !== undefined) say(level, text);
    },
  };
  return named[method]!;
}

function speaker(): ((level: ConsoleLevel, text: string) => void) | undefined {
  const run = currentRun();
  if (run !== undefined) return (level, text) => run.say(level, text);
  const step = currentStep();
  return step?.isOver === false ? (level, text) => step.say(level, text) : undefined;
}

/** `undefined` when the real one would write nothing. */
function textOf(method: Method, args: readonly unknown[]): string | undefined {
  written = "";
  Reflect.apply(recorder[method], recorder, args);
  const text = written;
  written = "";
  if (text === "") return undefined;
  const line = text.endsWith("\n") ? text.slice(0, -1) : text;
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}… (${line.length} characters)` : line;
}

/** Shows a line where the logger wants it, by default on the console, with the run's id before it. */
export function show(logger: Logger, line: ConsoleLine): void {
  const before = isShowing;
  isShowing = true;
  try {
    if (logger.said !== undefined) logger.said(line);
    else console[line.level](`[${line.run}] ${line.text}`);
  } finally {
    isShowing = before;
  }
}
