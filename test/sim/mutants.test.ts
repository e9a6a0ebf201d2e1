/** The simulator can fail: each planted bug is found, and for what it is. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { sim } from "./child.ts";
import { MUTANTS, planted } from "./mutants.ts";

const runtime = path.resolve(import.meta.dirname, "../../dist/runtime");

test.each(MUTANTS)("$name is found", { timeout: 180_000 }, async (mutant) => {
  const { code, output } = await sim(
    "--mutant",
    mutant.name,
    "--from",
    String(mutant.from ?? 1),
    "--seeds",
    String(mutant.within),
  );
  expect(output).toContain("1 findings");
  expect(output).toMatch(mutant.finding);
  expect(output).not.toContain("NOT REPEATABLE");
  expect(code).toBe(1);
});

test("a mutant whose place has changed is stale", () => {
  const [mutant] = MUTANTS;
  const text = readFileSync(path.join(runtime, mutant!.file), "utf8");
  expect(planted(mutant!, text)).not.toBe(text);
  expect(() => planted(mutant!, "something else")).toThrow(/stale/);
});
