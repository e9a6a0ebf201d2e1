/** The table of what a checkpoint holds: executed, and its page. `UPDATE_GOLDENS=1` writes the page. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { page, type Tables } from "./values/page.ts";

const file = path.resolve(import.meta.dirname, "../../docs/saved-values.md");
const output = execFileSync(process.execPath, ["--harmony-temporal", path.join(import.meta.dirname, "values/main.ts")], {
  encoding: "utf8",
  maxBuffer: 1 << 26,
});
const tables = JSON.parse(output.split("\n").findLast((line) => line.startsWith("{"))!) as Tables;
const rows = tables.groups.flatMap((group) => group.rows);

test("there are many kinds, each once", () => {
  expect(rows.length).toBeGreaterThanOrEqual(90);
  const names = [...rows, ...tables.refused].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(rows)("$name", ({ identity, cycles, mutation, parts }) => {
  test("is the same graph again", () => expect(["yes", "same object"]).toContain(identity));
  test("may reach itself", () => expect(["yes", "–"]).toContain(cycles));
  test("is written in parts", () => expect(parts).toBe("yes"));
  test("lives on", () => expect(["yes", "–", "same object"]).toContain(mutation));
});

test.each(tables.refused)("$name is refused, with a reason and a way out", ({ reason }) => {
  expect(reason).toMatch(/^its? .+\. [A-Z].+\.$/);
});

test("docs/saved-values.md is current", () => {
  if (process.env.UPDATE_GOLDENS === "1") writeFileSync(file, page(tables));
  expect(readFileSync(file, "utf8")).toBe(page(tables));
});
