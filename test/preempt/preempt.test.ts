/** Runs that compute for long let others have their turn, and compute the same. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

interface Observed {
  readonly polled: {
    readonly loops: string;
    readonly orders: Readonly<Record<string, string[]>>;
    readonly library: string;
    readonly cancelled: string;
  };
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
    expect(Object.keys(polled.orders)).toHaveLength(4);
    for (const [name, order] of Object.entries(polled.orders)) expect([name, ...order]).toEqual([name, "short", "long"]);
    expect(polled.library).toBe("true true");
    expect(polled.cancelled).toBe("the run was cancelled: enough");
  },
  120_000,
);
