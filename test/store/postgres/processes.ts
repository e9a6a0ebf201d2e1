/** Workers in processes of their own. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { build } from "esbuild";
import type { Schema } from "./server.js";

/** Bundles a source of this folder; the file is in the project, where it finds `pg`. */
export async function bundled(source: string, schema: Schema): Promise<string> {
  const outfile = path.join(import.meta.dirname, `../../../.cache/${schema.name}.mjs`);
  mkdirSync(path.dirname(outfile), { recursive: true });
  await build({
    entryPoints: [path.join(import.meta.dirname, source)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    external: ["pg"],
  });
  return outfile;
}

/** `node <file> <server> <schema> …`, which says what it does on its output. */
export function started(file: string, schema: Schema, ...more: string[]): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, [file, schema.server, schema.name, ...more], { stdio: ["ignore", "pipe", "inherit"] });
}

/** What it says next. Rejects when it ends instead. */
export async function said(child: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`the process ended with ${String(code)}`)));
  const data = once(child.stdout, "data");
  return String((await Promise.race([data, ended]))[0]).trim();
}

/** With `kill -9`. */
export async function killed(child: ChildProcessByStdio<null, Readable, null>): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}
