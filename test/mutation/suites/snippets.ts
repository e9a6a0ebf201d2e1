/** `fixtures/conformance/*.js`: each asserts what the language says about one thing, as the programs of a language suite do. */
import { globSync } from "node:fs";
import { runSnippet, SNIPPETS } from "../../conformance/snippets.ts";
import { type Failure, short } from "./report.ts";

export async function* snippets(): AsyncGenerator<string, Failure | undefined> {
  for (const name of globSync("*.js", { cwd: SNIPPETS }).sort()) {
    yield name;
    const failed = await runSnippet(name);
    if (failed !== undefined) return { how: short(failed) };
  }
  return undefined;
}
