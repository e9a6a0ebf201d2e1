/**
 * Every file of fixtures/everywhere is the body of a strict function, run native, compiled without suspensions, and compiled so that it suspends and is restored
 * wherever it can be. A file that `npm run fuzz` leaves in .cache/fuzz can be put there as it is.
 */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { compiled, type Observed, runCompiled, runNative } from "./run.ts";

const folder = path.resolve(import.meta.dirname, "../../fixtures/everywhere");
const cases = globSync("*.js", { cwd: folder }).sort();

it("finds fixtures", () => {
  expect(cases.length).toBeGreaterThan(30);
});

it.each(cases)("%s", async (name) => {
  const text = readFileSync(path.join(folder, name), "utf8");
  const native = runNative(text);
  const code = compiled(text);
  for (const variant of ["never", "always", "3/1"] as const) {
    const observed = await runCompiled(code, variant);
    expect(behaviour(observed), variant).toEqual(behaviour(native));
    // Of a program that throws nobody knows how often it suspended.
    if (variant === "always" && observed.outcome.startsWith("value")) expect(observed.suspensions).toBeGreaterThan(0);
  }
});

function behaviour({ outcome, trace }: Observed): readonly string[] {
  return [...trace, outcome];
}
