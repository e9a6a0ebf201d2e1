/** The mutants fit the sources. Whether each is noticed is what `npm run mutation` finds out, which takes too long for every test run. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { plant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";

const root = path.resolve(import.meta.dirname, "../..");

it.each(MUTANTS)("$name has its place", (mutant) => {
  const source = readFileSync(path.join(root, mutant.file), "utf8");
  expect(plant(mutant, source)).not.toBe(source);
});

it("names are unique", () => {
  expect(new Set(MUTANTS.map((mutant) => mutant.name)).size).toBe(MUTANTS.length);
});
