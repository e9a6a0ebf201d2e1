/** Runs that compute for long let others have their turn, and compute the same. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

interface Observed {
  readonly polled: { readonly loops: string; readonly order: string[]; readonly cancelled: string };
  readonly unpolled: string;
}

const execute = promisify(execFile);

test.each([
  ["as it is", []],
  ["minified", ["--minify"]],
])(
  "loops that only compute give way, and to a cancellation: %s",
  async (_, flags) => {
    const { stdout } = await execute(process.execPath, [path.join(import.meta.dirname, "main.ts"), ...flags]);
    const { polled, unpolled } = JSON.parse(stdout) as Observed;
    expect(polled.loops).toBe(unpolled);
    expect(polled.order).toEqual(["short", "long"]);
    expect(polled.cancelled).toBe("the run was cancelled: enough");
  },
  120_000,
);
