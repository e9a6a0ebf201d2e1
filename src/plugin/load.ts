import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../shared/errors.js";
import type { Diagnostic, Manifest } from "../transform/types.js";
import { serve } from "./hooks.js";
import { ownUrl } from "./package.js";
import { Program } from "./program.js";
import { isProgramSource } from "./source-file.js";

/** The host API a program is run with. */
export type Host = typeof import("../index.js");

/** Name under which a bundle exports the runtime it carries: its functions are known to that one and no other. */
export const BUNDLED_HOST = "$flowc";

export interface LoadedProgram {
  readonly file: string;
  /** The namespace of the entry file. */
  readonly module: Readonly<Record<string, unknown>>;
  /** `undefined` for JavaScript that was compiled without leaving its manifest beside it. */
  readonly manifest: Manifest | undefined;
  /** Warnings only: with errors nothing is loaded. */
  readonly diagnostics: readonly Diagnostic[];
  readonly host: Host;
}

/** Loads a workflow program: TypeScript is compiled in memory, JavaScript is taken as compiled before. */
export async function loadProgram(entry: string): Promise<LoadedProgram> {
  const file = path.resolve(entry);
  if (!existsSync(file)) throw new UsageError(`There is no file ${entry}.`);
  const program = new Program();
  if (isProgramSource(file)) program.add([file]);
  serve(program);
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  return {
    file,
    module,
    manifest: program.manifest ?? manifestBeside(file),
    diagnostics: program.diagnostics,
    host: (module[BUNDLED_HOST] as Host | undefined) ?? (await ownHost()),
  };
}

async function ownHost(): Promise<Host> {
  return (await import(ownUrl("flowc") ?? "flowc")) as Host;
}

function manifestBeside(file: string): Manifest | undefined {
  const manifest = path.join(path.dirname(file), "flowc.manifest.json");
  return existsSync(manifest) ? (JSON.parse(readFileSync(manifest, "utf8")) as Manifest) : undefined;
}
