/** The catalogue and its page. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { CATALOGUE, catalogueMarkdown } from "../../src/transform/diagnostics.js";

const page = path.resolve(import.meta.dirname, "../../docs/diagnostics.md");

it("docs/diagnostics.md is current", () => {
  if (process.env.UPDATE_GOLDENS === "1") writeFileSync(page, catalogueMarkdown());
  expect(readFileSync(page, "utf8")).toBe(catalogueMarkdown());
});

it("every diagnostic says why and what to do", () => {
  for (const [code, entry] of Object.entries(CATALOGUE)) {
    expect(code).toMatch(/^FLOW[12]\d{3}$/);
    expect(entry.reason.length, code).toBeGreaterThan(30);
    expect(entry.fix.length, code).toBeGreaterThan(20);
  }
});
