/** What the language says about one thing, asserted by the program itself: native, compiled, and suspended and restored wherever it can be. */
import { globSync } from "node:fs";
import { expect, it } from "vitest";
import { runSnippet, SNIPPETS } from "./snippets.ts";

it.each(globSync("*.js", { cwd: SNIPPETS }).sort())("%s", async (name) => {
  expect(await runSnippet(name)).toBe(undefined);
});
