/**
 * Node's module hooks, both synchronous and in this thread, so that program, compiler and runtime share one process and one runtime:
 * TypeScript files outside node_modules are served compiled, `./x.js` finds `./x.ts`, and `flowc` is this package.
 */
import { registerHooks, type LoadHookSync, type ResolveHookSync } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ownUrl } from "./package.js";
import type { Program } from "./program.js";
import { isProgramSource, sourceBehind } from "./source-file.js";

/** Serves `program` to every later import of this process. */
export function serve(program: Program): void {
  process.setSourceMapsEnabled(true);
  registerHooks({ resolve, load: loadFrom(program) });
}

const resolve: ResolveHookSync = (specifier, context, next) => {
  const own = ownUrl(specifier);
  if (own !== undefined) return { url: own, format: "module", shortCircuit: true };
  const source = sourceOf(specifier, context.parentURL);
  if (source !== undefined) return { url: pathToFileURL(source).href, format: "module", shortCircuit: true };
  return next(specifier, context);
};

/** The TypeScript file a relative or file: specifier stands for, `undefined` when Node finds a file by itself. */
function sourceOf(specifier: string, parent: string | undefined): string | undefined {
  if (!/^(?:\.{1,2}\/|\/|file:)/.test(specifier)) return undefined;
  const url = URL.parse(specifier, parent);
  return url?.protocol === "file:" ? sourceBehind(fileURLToPath(url)) : undefined;
}

function loadFrom(program: Program): LoadHookSync {
  return (url, context, next) => {
    if (!url.startsWith("file:")) return next(url, context);
    const file = fileURLToPath(url);
    if (!isProgramSource(file)) return next(url, context);
    return { format: "module", source: program.codeOf(file), shortCircuit: true };
  };
}
