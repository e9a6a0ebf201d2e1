/** Programs that use libraries nobody here wrote do the same natively, compiled, and restored from bytes at every suspension. `npm run corpus` prints a table. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

interface Report {
  readonly version: string;
  /** Length of the native result. */
  readonly result: number;
  readonly suspensions: number;
  readonly declined: number;
  readonly differences: readonly unknown[];
}

const main = path.join(import.meta.dirname, "main.mjs");
const libraries = readdirSync(path.join(import.meta.dirname, "programs")).map((file) => file.replace(/\.mjs$/, ""));

/** In a process of its own, which gives its memory back. */
function run(library: string, ...options: string[]): Report {
  return JSON.parse(
    execFileSync(process.execPath, [main, "--json", library, ...options], { encoding: "utf8", maxBuffer: 2 ** 28 }),
  ) as Report;
}

describe("library corpus", () => {
  it.each(libraries)(
    "%s",
    (library) => {
      const { version, result, suspensions, declined, differences } = run(library);
      console.log(`${library} ${version}: ${suspensions} suspensions, ${declined} declined`);
      expect(differences).toEqual([]);
      expect(result).toBeGreaterThan(500);
      expect(suspensions).toBeGreaterThan(500);
    },
    120_000,
  );
});
