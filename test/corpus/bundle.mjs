/** One script of a program and the library it uses. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const folder = path.join(import.meta.dirname, "programs");

/** The libraries that have a program. */
export function libraries() {
  return readdirSync(folder)
    .map((file) => file.replace(/\.mjs$/, ""))
    .sort();
}

/** The exact version that package.json names. */
export function versionOf(library) {
  const { devDependencies } = JSON.parse(readFileSync(path.join(import.meta.dirname, "../../package.json"), "utf8"));
  return devDependencies[library];
}

/** A script that calls `report` with what the program returns. */
export async function bundle(library) {
  const result = await build({
    stdin: { contents: `import main from ${JSON.stringify(`./${library}.mjs`)};\nreport(main());`, resolveDir: folder },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "neutral",
    // The build for modules is strict, like everything that is compiled.
    mainFields: ["module", "main"],
    conditions: ["import"],
    target: "esnext",
    keepNames: true,
    // Libraries that ask check more, and are longer.
    define: { "process.env.NODE_ENV": '"development"' },
    // papaparse asks for it when it is to write a stream of Node.
    alias: { stream: path.join(import.meta.dirname, "kit.mjs") },
    logLevel: "error",
  });
  return result.outputFiles[0].text;
}
