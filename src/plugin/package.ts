import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The folder of this very package: both src/plugin and dist/plugin are two levels below it. */
const root = new URL("../../", import.meta.url);

interface PackageJson {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

let exported: PackageJson["exports"] | undefined;

/**
 * The file `flowc` or `flowc/…` stands for in this package, `undefined` for any other specifier. A compiled program has to use the
 * runtime that loads it: a second copy, installed beside the program, would keep a registry of its own.
 */
export function ownFile(specifier: string): string | undefined {
  if (specifier !== "flowc" && !specifier.startsWith("flowc/")) return undefined;
  exported ??= (JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as PackageJson).exports;
  const target = exported[`.${specifier.slice("flowc".length)}`];
  if (target === undefined) return undefined;
  const file = fileURLToPath(new URL(typeof target === "string" ? target : target.default, root));
  return existsSync(file) ? file : undefined;
}

/** `ownFile` as a URL, for `import`. */
export function ownUrl(specifier: string): string | undefined {
  const file = ownFile(specifier);
  return file === undefined ? undefined : pathToFileURL(file).href;
}
