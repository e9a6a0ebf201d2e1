/** Whole runs, parked in every state: what this version has written goes on for ever. */
import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { FORMAT_VERSION } from "../../../../src/runtime/codec/format.js";
import type { Observed } from "./observe.ts";
import { scenarios } from "./scenarios.ts";

const current = `v${FORMAT_VERSION}`;
const script = path.join(import.meta.dirname, "observe.ts");
const observe = (command: string, version: string): Record<string, Observed> =>
  JSON.parse(execFileSync(process.execPath, [script, command, version], { encoding: "utf8" })) as Record<string, Observed>;
if (process.env.UPDATE_GOLDENS === "1") observe("write", current);
const versions = globSync("v*/runs.json", { cwd: path.join(import.meta.dirname, "..") }).map((file) => path.dirname(file));

test("the current version has its goldens", () => {
  expect(versions).toContain(current);
});

describe.each(versions)("runs parked by %s", (version) => {
  const observed = observe("read", version);

  test.each(Object.entries(scenarios))("%s", (name, { status, ends }) => {
    expect(observed[name]).toMatchObject({ status, ends });
  });

  if (version === current) {
    test("would be written the same now", () => {
      expect(Object.keys(observed).filter((name) => !observed[name]!.isSame)).toEqual([]);
    });
  }
});
