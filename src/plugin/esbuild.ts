/** `flowc()` for esbuild: the program is compiled once per build, its files are served from memory with their source maps. */
import path from "node:path";
import type { BuildOptions, OnResolveArgs, PartialMessage, Plugin } from "esbuild";
import type { Diagnostic } from "../transform/types.js";
import { CompileError } from "./compile-error.js";
import { ownFile } from "./package.js";
import { Program } from "./program.js";
import { isProgramSource, sourceBehind } from "./source-file.js";

export interface FlowcPluginOptions {
  /** A tsconfig.json. Default: the nearest one above the first entry point. */
  readonly project?: string;
  /** Files to compile as entries besides esbuild's own `entryPoints`. */
  readonly files?: readonly string[];
}

export function flowc(options: FlowcPluginOptions = {}): Plugin {
  return {
    name: "flowc",
    setup(build) {
      const cwd = build.initialOptions.absWorkingDir ?? process.cwd();
      const entries = [...entryFiles(build.initialOptions), ...(options.files ?? [])].map((file) => path.resolve(cwd, file));
      let program = new Program({ project: options.project, cwd });
      /** Refused as a whole: said once, in onStart. */
      let refused = false;

      build.onStart(() => {
        program = new Program({ project: options.project, cwd });
        const result = reported(() => {
          program.add(entries.filter(isProgramSource));
          return { errors: [], warnings: program.diagnostics.map(messageOf) };
        });
        refused = result.errors.length > 0;
        return result;
      });
      build.onResolve({ filter: /^flowc(?:\/.*)?$/ }, ({ path: specifier }) => pathTo(ownFile(specifier)));
      build.onResolve({ filter: /^\.{1,2}\// }, (each) => pathTo(relativeSource(each)));
      build.onLoad({ filter: /\.[cm]?tsx?$/ }, ({ path: file }) => {
        if (!isProgramSource(file)) return undefined;
        if (refused) return { contents: "" };
        return reported(() => ({
          contents: program.codeOf(file),
          loader: "js",
          resolveDir: path.dirname(file),
          watchFiles: [...program.inputs],
        }));
      });
    },
  };
}

function entryFiles({ entryPoints }: BuildOptions): string[] {
  if (entryPoints === undefined) return [];
  if (!Array.isArray(entryPoints)) return Object.values(entryPoints);
  return entryPoints.map((entry) => (typeof entry === "string" ? entry : entry.in));
}

function relativeSource({ path: specifier, resolveDir }: OnResolveArgs): string | undefined {
  const source = sourceBehind(path.resolve(resolveDir, specifier));
  return source !== undefined && isProgramSource(source) ? source : undefined;
}

function pathTo(file: string | undefined): { path: string } | undefined {
  return file === undefined ? undefined : { path: file };
}

/** A refusal becomes esbuild's own errors; anything else is a bug and stays one. */
function reported<T>(body: () => T): T | { errors: PartialMessage[]; warnings: PartialMessage[] } {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const of = (severity: Diagnostic["severity"]) =>
      error.diagnostics.filter((each) => each.severity === severity).map(messageOf);
    const errors = of("error");
    return { errors: errors.length > 0 ? errors : [{ text: error.message }], warnings: of("warning") };
  }
}

function messageOf({ code, message, reason, fix, file, line, column, source }: Diagnostic): PartialMessage {
  const notes = [reason, fix].filter((text) => text !== "").map((text) => ({ text }));
  if (file === undefined) return { text: `${code}: ${message}`, notes };
  return { text: `${code}: ${message}`, notes, location: { file, line, column: column - 1, lineText: source } };
}
