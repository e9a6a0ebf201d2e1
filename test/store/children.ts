/** Real processes that use a store: the source is bundled into one file that any user may run. */
import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const SOURCE = join(import.meta.dirname, "../../src/runtime/store/sqlite/index.ts");

/** Bundles `code`, which finds `sqlite` and `path` in scope, into `folder`. Returns the file. */
export async function program(folder: string, name: string, code: string): Promise<string> {
  const file = join(folder, `${name}.mjs`);
  const contents = `import { sqlite } from ${JSON.stringify(SOURCE)};\nconst path = process.argv[2]!;\n${code}`;
  await build({
    stdin: { contents, resolveDir: folder, loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    outfile: file,
  });
  chmodSync(file, 0o644);
  return file;
}

export function start(file: string, path: string, options: SpawnOptions = {}): ChildProcess {
  return spawn(process.execPath, [file, path], { stdio: ["ignore", "pipe", "inherit"], ...options });
}

/** What the process prints until it ends; it is gone then. */
export async function output(child: ChildProcess): Promise<string> {
  let text = "";
  const ended = new Promise((resolve) => child.once("close", resolve));
  for await (const chunk of child.stdout!) text += String(chunk);
  await ended;
  return text;
}

/** The next text the process prints. */
export function next(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout!.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`it ended with ${code}`)));
  });
}
