import path from "node:path";
import { UsageError } from "../shared/errors.js";
import type { Manifest } from "../transform/types.js";
import { compilerOptionsFor } from "./tsconfig.js";

export interface EmitPaths {
  readonly outdir: string;
  javaScriptOf(source: string): string;
}

/** Where outputs go: `--outdir`, else the tsconfig's outDir; below it the layout that tsc would make (rootDir, else the project's folder). */
export function emitPaths(
  files: readonly string[],
  options: { readonly project?: string; readonly outdir?: string },
  manifest: Manifest,
): EmitPaths {
  const { outDir, rootDir } = compilerOptionsFor(
    files[0] === undefined ? process.cwd() : path.dirname(path.resolve(files[0])),
    options.project,
  );
  const chosen = options.outdir === undefined ? outDir : path.resolve(options.outdir);
  if (chosen === undefined)
    throw new UsageError("Where should the output go? Give --outdir <folder>, or set outDir in the tsconfig.json.");
  const root = rootDir ?? projectRoot(manifest) ?? process.cwd();
  return {
    outdir: chosen,
    javaScriptOf: (source) => path.join(chosen, path.relative(root, source)).replace(/\.([cm]?)tsx?$/, ".$1js"),
  };
}

/** Module ids are relative to the project's folder, so a module shows where that is. */
function projectRoot({ modules: [first] }: Manifest): string | undefined {
  return first === undefined ? undefined : path.resolve(first.file, ...first.id.split("/").map(() => ".."));
}
