import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../shared/errors.js";
import type { TypedProgram } from "../transform/typed-program.js";
import type { Diagnostic, Manifest } from "../transform/types.js";
import { serve } from "./hooks.js";
import { Program } from "./program.js";
import { isProgramSource } from "./source-file.js";

/** The host API a program is run with. */
export type Host = typeof import("./host.js");

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
  /** The types of TypeScript sources, with `keepTypes`, once. They take a hundred megabytes, and a program may run for months: whoever asks lets go of them. */
  takeTypes(): TypedProgram | undefined;
}

export interface LoadOptions {
  /** There will be questions about them. */
  readonly keepTypes?: boolean;
}

/** Loads a workflow program: TypeScript is compiled in memory, JavaScript is taken as compiled before. Throws UsageError or CompileError. */
export async function loadProgram(entry: string, options: LoadOptions = {}): Promise<LoadedProgram> {
  const [program] = await loadPrograms([entry], options);
  return program!;
}

/** Loads several entries as one program, so that a module they share is compiled and loaded once. */
export async function loadPrograms(entries: readonly string[], options: LoadOptions = {}): Promise<LoadedProgram[]> {
  const files = entries.map((entry) => path.resolve(entry));
  const missing = entries.find((_, index) => !existsSync(files[index]!));
  if (missing !== undefined) throw new UsageError(`There is no file ${missing}.`);
  const folder = entries.find((_, index) => statSync(files[index]!).isDirectory());
  if (folder !== undefined)
    throw new UsageError(`${folder === "" ? "The current folder" : folder} is a folder; name a file in it.`);
  const program = new Program(options);
  const sources = files.filter(isProgramSource);
  if (sources.length > 0) program.add(sources);
  serve(program);
  const loaded: LoadedProgram[] = [];
  for (const file of files) loaded.push(await importEntry(file, program));
  return loaded;
}

async function importEntry(file: string, program: Program): Promise<LoadedProgram> {
  const module = await importFile(file);
  return {
    file,
    module,
    manifest: program.manifest ?? manifestBeside(file),
    diagnostics: program.diagnostics,
    takeTypes: () => program.takeTypes(),
    host: (module[BUNDLED_HOST] as Host | undefined) ?? (await import("./host.js")),
  };
}

/** Errors of flowc itself are clear already; anything else is the program's own and needs to be told apart from a bug here. */
async function importFile(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    if (isOwnError(error)) throw error;
    throw new UsageError(`${path.relative(process.cwd(), file)} cannot be loaded: ${String(error)}`, { cause: error });
  }
}

/** By shape: a bundle has error classes of its own. */
function isOwnError(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("FLOW_");
}

function manifestBeside(file: string): Manifest | undefined {
  const manifest = path.join(path.dirname(file), "flowc.manifest.json");
  return existsSync(manifest) ? (JSON.parse(readFileSync(manifest, "utf8")) as Manifest) : undefined;
}
