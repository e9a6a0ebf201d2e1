/** A fixed slice of what `npm run sim` does for as long as it is let. */
import { expect, test } from "vitest";
import { sim } from "./child.ts";

const SEEDS = 80;

test(`${SEEDS} seeds without a finding, with faults of all kinds`, async () => {
  const { code, output } = await sim("--seeds", String(SEEDS));
  expect(output).toContain("0 findings");
  expect(code).toBe(0);
  const [, commits, late, deaths] = /(\d+) commits, (\d+) too late, (\d+) worker deaths/.exec(output.trim().split("\n").at(-1)!)!;
  expect(Number(commits)).toBeGreaterThan(SEEDS * 10);
  expect(Number(late)).toBeGreaterThan(0);
  expect(Number(deaths)).toBeGreaterThan(SEEDS);
}, 300_000);

// The first four: a sleep within a `withTimeout` and the timeout were both overdue, and another strand gave way between them: the error came after the `withTimeout` had been
// left. The last: a run that was cancelled cleaned up within a `withTimeout`, whose error took the place of the cancellation, and computed for ever.
test.each([21_157, 23_345, 23_962, 24_959, 46_889])(
  "seed %i, which has found something, does not any more",
  async (seed) => {
    const { code, output } = await sim("--seed", String(seed));
    expect(output).toContain(" 0 findings");
    expect(code).toBe(0);
  },
  300_000,
);

test("a seed replays exactly, line by line, and another one does not", async () => {
  const [first, again, other] = await Promise.all([
    sim("--seed", "17", "--trace"),
    sim("--seed", "17", "--trace"),
    sim("--seed", "18", "--trace"),
  ]);
  expect(linesOf(again.output)).toEqual(linesOf(first.output));
  expect(hashOf(again.output)).toBe(hashOf(first.output));
  expect(hashOf(other.output)).not.toBe(hashOf(first.output));
}, 300_000);

test("a seed does the same again in one process", async () => {
  const { code, output } = await sim("--seeds", "8", "--twice");
  expect(output).toContain("8 seeds");
  expect(code).toBe(0);
}, 300_000);

function linesOf(output: string): string[] {
  // The last line has real times.
  return output.trim().split("\n").slice(0, -1);
}

function hashOf(output: string): string {
  return /hash (\w+)\s*$/.exec(output)![1]!;
}
