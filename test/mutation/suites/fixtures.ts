/** `fixtures/<topic>/*.ts` as `test/fixtures` runs them: compiled with types, four ways. */
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Observed } from "../../fixtures/harness.js";
import { type Failure, short } from "./report.ts";

type Row = { readonly name: string } & Readonly<Record<Variant | "native", Observed>>;

const VARIANTS = ["straight", "suspended", "restored"] as const;
type Variant = (typeof VARIANTS)[number];

const root = path.resolve(import.meta.dirname, "../../..");

export async function* fixtures(): AsyncGenerator<string, Failure | undefined> {
  const names = globSync("*/**/*.ts", { cwd: path.join(root, "fixtures"), exclude: ["errors/**"] }).sort();
  yield "all are compiled";
  const harness = spawn(process.execPath, [path.join(root, "test/fixtures/harness.ts"), ...names], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  harness.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  let count = 0;
  for await (const line of createInterface({ input: harness.stdout })) {
    yield names[count++]!;
    const failure = difference(JSON.parse(line) as Row);
    if (!failure) continue;
    harness.kill("SIGKILL");
    return failure;
  }
  if (count === names.length) return undefined;
  const error = errorIn(said);
  if (isCompiling(said)) return { how: error, compiler: said };
  yield names[count]!;
  return { how: error };
}

function difference(row: Row): Failure | undefined {
  for (const variant of VARIANTS) {
    const wanted = [...row.native.trace, row.native.outcome];
    const got = [...row[variant].trace, row[variant].outcome];
    const at = wanted.findIndex((line, index) => line !== got[index]);
    if (at >= 0) return { how: short(`${variant}: ${got[at] ?? "nothing"} instead of ${wanted[at]}`) };
  }
  return undefined;
}

function errorIn(said: string): string {
  const lines = said.split("\n");
  const error = lines.find((line) => /^\s*\w*Error\b/.test(line)) ?? lines.findLast((line) => line.trim() !== "") ?? "nothing";
  return short(`died: ${error}`);
}

/** Whether the harness died in the compiler, by the stack of the error. */
function isCompiling(said: string): boolean {
  return /^ +at prepare \(/m.test(said);
}
