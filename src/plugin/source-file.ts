import { existsSync, statSync } from "node:fs";
import path from "node:path";

/** A TypeScript source of the program: not a declaration, not a dependency. */
export function isProgramSource(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file) && !/\.d\.[cm]?ts$/.test(file) && !file.split(path.sep).includes("node_modules");
}

const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx"],
  ".mjs": [".mts"],
  ".jsx": [".tsx"],
  "": [".ts", ".tsx", "/index.ts"],
};

/** What an import of `file` means when no such file exists: `./services.js` is `./services.ts` before it is compiled. */
export function sourceBehind(file: string): string | undefined {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return undefined;
  const extension = path.extname(file) in EXTENSIONS ? path.extname(file) : "";
  const stem = file.slice(0, file.length - extension.length);
  return EXTENSIONS[extension]?.map((each) => stem + each).find((candidate) => existsSync(candidate));
}
