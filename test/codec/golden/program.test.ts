/** Goldens that refer to a compiled program: frames that go on, closures that share a variable, an instance of a class, what is saved by reference. */
import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { FORMAT_VERSION } from "../../../src/runtime/codec/format.js";

interface Observed {
  readonly frames: unknown;
  readonly values: unknown;
  /** Names of goldens that would be written differently now. */
  readonly stale: readonly string[];
}

const current = `v${FORMAT_VERSION}`;
const script = path.join(import.meta.dirname, "observe.ts");
const observe = (command: string, version: string): Observed =>
  JSON.parse(execFileSync(process.execPath, [script, command, version], { encoding: "utf8" })) as Observed;
if (process.env.UPDATE_GOLDENS === "1") observe("write", current);
const versions = globSync("v*/program frames.bin", { cwd: import.meta.dirname }).map((file) => path.dirname(file));

test("the current version has its goldens", () => {
  expect(versions).toContain(current);
});

test.each(versions)("those of %s are read, and the program goes on", (version) => {
  const { frames, values, stale } = observe("read", version);
  expect(frames).toEqual({ depth: 3, kind: "returned", value: "Ada has pen and ink and pen: 3 items, 126 cents" });
  expect(values).toEqual({
    shared: 5,
    sameFunction: true,
    byReference: [true, true, true, true],
    instance: [true, true, { name: "b", owner: 0, items: [] }],
  });
  if (version === current) expect(stale).toEqual([]);
});
