/** Measuring on a shared, noisy machine: two variants alternate in one process, and medians of the rounds are compared. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { compile, formatDiagnostic } from "../dist/transform/index.js";

const programs = path.join(import.meta.dirname, "programs");
export const scratch = path.resolve(import.meta.dirname, `../.cache/bench-${process.pid}`);
mkdirSync(scratch, { recursive: true });
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/** Milliseconds one call takes. */
export function time(run: () => unknown): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

/** Median of `subject / baseline` over rounds in which both run, in alternating order. */
export function ratio(subject: () => unknown, baseline: () => unknown, rounds = 21): number {
  for (let i = 0; i < 5; i++) {
    subject();
    baseline();
  }
  const ratios: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const first = i % 2 === 0 ? time(subject) : 0;
    const base = time(baseline);
    ratios.push((i % 2 === 0 ? first : time(subject)) / base);
  }
  return median(ratios);
}

/** The compiled module, and the same source with nothing but its types erased and `sleep` doing nothing. */
export async function load(
  name: string,
  settings: { readonly preempt?: boolean } = {},
): Promise<{ compiled: Record<string, never>; native: Record<string, never> }> {
  const file = path.join(programs, `${name}.ts`);
  const result = compile({ files: [file], project: path.join(programs, "tsconfig.json"), ...settings });
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join("\n"));
  const compiled = path.join(scratch, `${name}.${settings.preempt === false ? "unpolled" : "compiled"}.js`);
  writeFileSync(compiled, result.outputs.find((output) => output.source === file)!.code);
  const native = path.join(scratch, `${name}.native.js`);
  const options = { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  const erased = ts.transpileModule(readFileSync(file, "utf8"), { compilerOptions: options }).outputText;
  writeFileSync(native, erased.replace(/import \{[^}]*\} from "flowc";/, "const sleep = () => {}, step = (body) => body;"));
  const namespace = (at: string): Promise<Record<string, never>> =>
    import(pathToFileURL(at).href) as Promise<Record<string, never>>;
  return { compiled: await namespace(compiled), native: await namespace(native) };
}

/** One line of the report. `goal` is a bound on `value`: at most, or at least when `atLeast`. */
export function report(name: string, value: number, unit: string, goal?: { bound: number; atLeast?: boolean }): void {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const met = goal === undefined || (goal.atLeast ? value >= goal.bound : value <= goal.bound);
  const want = goal === undefined ? "" : `   goal ${goal.atLeast ? "≥" : "≤"} ${goal.bound}   ${met ? "met" : "MISSED"}`;
  console.log(`${name.padEnd(58)} ${value.toFixed(digits).padStart(9)} ${unit.padEnd(9)}${want}`);
}

export function heading(text: string): void {
  console.log(`\n${text}`);
}

/** Medians of a subject, of what it is measured against, and of their ratios, taken in turns. */
export async function alternate(rounds: number, subject: () => Promise<number>, baseline: () => Promise<number>) {
  const rows: { subject: number; baseline: number; ratio: number }[] = [];
  await subject();
  for (let i = 0; i < rounds; i++) {
    const base = await baseline();
    const own = await subject();
    rows.push({ subject: own, baseline: base, ratio: own / base });
  }
  return {
    subject: median(rows.map((row) => row.subject)),
    baseline: median(rows.map((row) => row.baseline)),
    ratio: median(rows.map((row) => row.ratio)),
  };
}
