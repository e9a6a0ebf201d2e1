/** `fixtures/everywhere/*.js` as `test/everywhere` runs them: whole-language programs that suspend wherever they can. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { compare } from "../../everywhere/compare.ts";
import { type Failure, short } from "./report.ts";

const folder = path.resolve(import.meta.dirname, "../../../fixtures/everywhere");

/** Many times what a program takes: on a busy machine none must be taken for one that never ends. */
const PATIENCE_MS = 15_000;

export async function* everywhere(): AsyncGenerator<string, Failure | undefined> {
  for (const name of globSync("*.js", { cwd: folder }).sort()) {
    yield name;
    const failure = await failureOf(readFileSync(path.join(folder, name), "utf8"));
    if (failure) return failure;
  }
  return undefined;
}

/** How the program differs from itself when it is compiled. */
export async function failureOf(text: string): Promise<Failure | undefined> {
  const { difference } = await compare(text, ["never", "always", "3/1"], PATIENCE_MS);
  if (!difference) return undefined;
  const { variant, expected, actual } = difference;
  return variant === "compiler"
    ? { how: short(actual), compiler: actual }
    : { how: short(`${variant}: ${actual} instead of ${expected}`) };
}
