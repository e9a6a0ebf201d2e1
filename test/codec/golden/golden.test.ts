/**
 * Checkpoints that were written once and have to be readable for ever. The goldens of the version that is written now lie in `v<version>`, and the encoder has to
 * give their very bytes; those of older versions stay in their folders, and only have to decode. `npm run goldens:codec` writes those that are new or stale.
 */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { FORMAT_VERSION } from "../../../src/runtime/codec/format.js";
import { decode, encode } from "../../../src/runtime/codec/index.js";
import { inside } from "../graphs.js";
import { difference } from "../isomorphic.js";
import { CASES } from "./cases.js";

const update = process.env.UPDATE_GOLDENS === "1";
const folder = import.meta.dirname;
const current = path.join(folder, `v${FORMAT_VERSION}`);
/** See program.test.ts. */
const OF_THE_PROGRAM = ["program frames", "program values"];
const fileOf = (name: string): string => path.join(current, `${name}.bin`);

describe.each(Object.entries(CASES))("%s", (name, make) => {
  test("is written as it was", () => {
    const bytes = encode(make());
    if (update) {
      mkdirSync(current, { recursive: true });
      writeFileSync(fileOf(name), bytes);
    }
    expect(existsSync(fileOf(name)), `${name}.bin is missing: npm run goldens:codec`).toBe(true);
    // Other bytes that mean the same are a change of the format, too: give it a number, and keep these.
    expect(Buffer.compare(bytes, readFileSync(fileOf(name))), `${name}.bin is stale`).toBe(0);
  });

  const written = globSync(`v*/${name}.bin`, { cwd: folder });
  test.each(written)("%s decodes to the expected value", (file) => {
    expect(difference(make(), decode(readFileSync(path.join(folder, file))), inside)).toBeUndefined();
  });
});

test("no golden is an orphan", () => {
  const names = globSync("v*/*.bin", { cwd: folder }).map((file) => path.basename(file, ".bin"));
  expect(names.filter((name) => !Object.hasOwn(CASES, name) && !OF_THE_PROGRAM.includes(name))).toEqual([]);
  expect(names.length).toBeGreaterThanOrEqual(Object.keys(CASES).length);
});
