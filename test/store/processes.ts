/** Workers in processes of their own. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { build } from "esbuild";

export type Child = ChildProcessByStdio<null, Readable, null>;

/** Bundles a source of this folder; the file is in the project, where it finds `pg`. @param name of the file, of which there is one only */
export async function bundled(source: string, name: string): Promise<string> {
  const outfile = path.join(import.meta.dirname, `../../.cache/${name}.mjs`);
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

/** `node <file> …`, which says what it does on its output. @param isLoud its errors are shown */
export function started(file: string, args: readonly string[], isLoud = true): Child {
  return spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", isLoud ? "inherit" : "ignore"] });
}

/** What it says next. Rejects when it ends instead. */
export async function said(child: Child): Promise<string> {
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`the process ended with ${String(code)}`)));
  const data = once(child.stdout, "data");
  return String((await Promise.race([data, ended]))[0]).trim();
}

/** With `kill -9`. */
export async function killed(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}
