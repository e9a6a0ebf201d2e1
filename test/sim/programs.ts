/** The compiled programs, with what they were compiled from as the key of a cache: compiling takes longer than a hundred seeds. */
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { inbox, saga, script, tick } from "./programs/main.ts";

export interface Programs {
  readonly script: typeof script;
  readonly saga: typeof saga;
  readonly inbox: typeof inbox;
  readonly tick: typeof tick;
}

const root = path.resolve(import.meta.dirname, "../..");
const sources = path.join(import.meta.dirname, "programs");

/** Compiles the programs unless that was done before, and loads them. Throws an error with the diagnostics when they are refused. */
export async function loadPrograms(): Promise<Programs> {
  const files = globSync("*.ts", { cwd: sources }).sort();
  const folder = path.join(root, ".cache/sim", keyOf(files));
  if (!existsSync(folder)) await build(files, folder);
  return (await import(pathToFileURL(path.join(folder, "main.js")).href)) as Programs;
}

/** The compiler, and what it is given. */
function keyOf(files: readonly string[]): string {
  const hash = createHash("sha256").update(readFileSync(path.join(root, "dist/.tsc")));
  for (const file of files) hash.update(file).update(readFileSync(path.join(sources, file)));
  return hash.digest("hex").slice(0, 16);
}

async function build(files: readonly string[], folder: string): Promise<void> {
  const { compile, formatDiagnostic } = await import("../../dist/transform/index.js");
  const result = compile({
    files: files.map((file) => path.join(sources, file)),
    project: path.join(sources, "tsconfig.json"),
    cwd: sources,
  });
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join("\n"));
  // Others may be building the same: whoever is first, wins.
  const own = `${folder}-${process.pid}`;
  mkdirSync(own, { recursive: true });
  for (const { source, code } of result.outputs)
    writeFileSync(path.join(own, path.basename(source).replace(/ts$/, "js")), code.replace(/(from "\.[^"]*)\.ts"/g, '$1.js"'));
  try {
    renameSync(own, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
