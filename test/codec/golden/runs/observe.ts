/** Prints as JSON what becomes of the parked runs of one version. With `write` as its argument, compiles `program.ts` and parks them first. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compile } from "../../../../dist/transform/index.js";
import { scenarios, type Scenario } from "./scenarios.ts";
import { Table, type Parked } from "./table.ts";

export interface Observed {
  readonly status: string;
  readonly ends: string;
  /** What is written now is what was written then. */
  readonly isSame: boolean;
}

const folder = import.meta.dirname;
const compiled = path.join(folder, "program.compiled.mjs");
const [command, version] = process.argv.slice(2) as [string, string];
const file = path.join(folder, "..", version, "runs.json");

if (command === "write") writeProgram();
const program = (await import(compiled)) as Readonly<Record<string, Function>>;
const parkedNow = Object.fromEntries(Object.entries(scenarios).map(([name, scenario]) => [name, park(scenario)]));
if (command === "write") writeFileSync(file, `${JSON.stringify(parkedNow, undefined, 1)}\n`);
const parked = JSON.parse(readFileSync(file, "utf8")) as Record<string, Parked>;
console.log(JSON.stringify(Object.fromEntries(Object.entries(parked).map(([name, run]) => [name, observe(name, run)]))));

function park({ workflow, args = [], settings, before }: Scenario): Parked {
  const table = Table.begin(program[workflow]!, args, settings);
  before?.(table);
  return table.park();
}

function observe(name: string, run: Parked): Observed {
  const table = Table.load(run);
  scenarios[name]!.after?.(table);
  table.finish();
  const { outcome } = table;
  const ends = outcome === undefined ? "never" : outcome.kind === "completed" ? outcome.value : (outcome.error as Error).message;
  return { status: run.status, ends: String(ends), isSame: JSON.stringify(run) === JSON.stringify(parkedNow[name]) };
}

function writeProgram(): void {
  const result = compile({ files: [path.join(folder, "program.ts")], project: path.join(folder, "tsconfig.json"), cwd: folder });
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics, undefined, 1));
  writeFileSync(compiled, result.outputs.find(({ source }) => source.endsWith("program.ts"))!.code);
}
