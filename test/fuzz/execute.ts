/**
 * Runs the variants that `variants.ts` wrote, one program after the other, and prints a JSON line for each. Started as a process of its own, so
 * that a program that never ends can be killed: `node execute.ts <dir> <name>…`.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { decode, encode } from "../../dist/runtime/codec/index.js";
import { Driver } from "../../dist/runtime/driver/driver.js";
import { newImage, type Outcome } from "../../dist/runtime/image.js";
import { closureOf } from "../../dist/runtime/registry.js";
import { heapOf } from "../../dist/runtime/codec/heap.js";
import { CheckedWriter } from "../checked-writer.ts";

/** What a variant did. */
export interface Observed {
  /** The result or error, as text. */
  readonly outcome: string;
  readonly trace: readonly string[];
}

export interface Line {
  readonly name: string;
  readonly variant: Variant;
  readonly observed: Observed;
}

export const VARIANTS = ["native", "straight", "suspended", "restored"] as const;
export type Variant = (typeof VARIANTS)[number];

/** More lines than any program should leave: one that does not end is stopped by them. */
const MAX_TRACE = 20_000;

if (import.meta.main) {
  globalThis.show = (value: unknown): string => inspect(value, { depth: 6, breakLength: Infinity });
  const [dir = "", ...names] = process.argv.slice(2);
  for (const name of names) for (const variant of VARIANTS) await report(dir, name, variant);
}

async function report(dir: string, name: string, variant: Variant): Promise<void> {
  const folder = variant === "suspended" || variant === "restored" ? "compiled" : variant;
  globalThis.trace = limited();
  let outcome: string;
  try {
    const module = (await import(pathToFileURL(path.join(dir, folder, name, "main.js")).href)) as { main: () => unknown };
    globalThis.trace.length = 0;
    outcome = folder === "compiled" ? driven(module.main, variant === "restored") : direct(module.main);
  } catch (error) {
    outcome = `broken ${(error as Error).stack?.split("\n").slice(0, 3).join(" | ") ?? String(error)}`;
  }
  const line: Line = { name, variant, observed: { outcome, trace: [...globalThis.trace] } };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function limited(): string[] {
  const lines: string[] = [];
  lines.push = (...more): number => {
    if (lines.length > MAX_TRACE) process.exit(3);
    return Array.prototype.push.apply(lines, more);
  };
  return lines;
}

function direct(main: () => unknown): string {
  try {
    return describe({ kind: "completed", value: main() });
  } catch (error) {
    return describe({ kind: "failed", error });
  }
}

/** Drives the compiled program by hand; with `restore`, only bytes survive a suspension. */
function driven(main: () => unknown, restore: boolean): string {
  const ports = {
    codec: { encode, decode, writer: () => new CheckedWriter(), heap: heapOf },
    random: () => 0.5,
    newId: () => "id",
    limits: { warnBytes: Infinity, maxBytes: Infinity },
  };
  const workflow = closureOf(main)?.code.id;
  if (workflow === undefined) throw new Error("main is not compiled");
  let driver = new Driver({ image: encode(newImage("run", workflow, main, [], 0)), parts: [], blobs: new Map() }, ports);
  let now = 0;
  for (let suspensions = 0; suspensions < MAX_TRACE; suspensions++) {
    const transition = driver.advance([], now);
    if (transition.outcome) return describe(decode(transition.outcome) as Outcome);
    if (restore) driver = new Driver({ image: transition.image!, parts: [], blobs: new Map() }, ports);
    const next = driver.timerAt();
    if (next === undefined) throw new Error(`the run waits for something else than time: ${transition.waitingFor}`);
    now = Math.max(now + 1, next);
  }
  throw new Error("too many suspensions");
}

function describe(outcome: Outcome): string {
  if (outcome.kind === "completed") return `value ${globalThis.show(outcome.value)}`;
  const error = outcome.error as { name?: string; message?: string } | undefined;
  return `error ${error?.name}: ${error?.message ?? globalThis.show(outcome.error)}`;
}
