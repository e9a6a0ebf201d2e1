import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { flowc, startFlowc } from "../../scripts/lib/flowc.mjs";
import { temporaryFolder } from "./folder.js";

test.each([
  { input: "clean.csv", stages: ["ingest", "analyse", "save", "report"], result: "accepted: see analysis.json" },
  { input: "messy.csv", stages: ["ingest", "analyse", "describe", "report"], result: "rejected: see problems.md" },
])("branches: $input goes through $stages", async ({ input, stages, result }) => {
  const output = temporaryFolder();
  const job = JSON.stringify({ input: `examples/branches/${input}`, output });
  const { code, stdout } = await flowc(["run", "examples/branches/pipeline.ts", "--input", job, "--store", "memory:"]);
  expect([...stdout.matchAll(/^done +(\w+)/gm)].map(([, stage]) => stage)).toEqual(stages);
  expect(stdout).toContain(`completed  '${result}'`);
  expect(code).toBe(0);
  expect(readFileSync(`${output}/report.txt`, "utf8")).toBe(`${result}\n`);
});

test("cancellable: the task beats, is cancelled, cleans up and throws on", async () => {
  const log = `${temporaryFolder()}/beats.log`;
  const options = JSON.stringify({ log, every: "100 ms", cancelAfter: "650 ms" });
  const { code, stdout } = await flowc(["run", "examples/cancellable/heartbeat.ts", "--input", options, "--store", "memory:"]);
  expect(stdout).toContain("completed  'cancelled: the task was cancelled: the supervisor has seen enough'");
  expect(code).toBe(0);
  const lines = readFileSync(log, "utf8").trim().split("\n");
  const beats = lines.length - 1;
  expect(beats).toBeGreaterThanOrEqual(2);
  expect(lines).toEqual([...Array.from({ length: beats }, (_, index) => `beat ${index + 1}`), `cleaned up after ${beats} beats`]);
});

test("script: a countdown that is killed goes on with the next number", async () => {
  const store = ["--store", `sqlite:${temporaryFolder()}/flow.db`];
  const command = ["run", "examples/script/countdown.ts", "--args", '[4, "300 ms"]', "--id", "launch", ...store];
  const first = startFlowc(command);
  await first.says(/^3…$/m);
  await first.kill();
  const { code, stdout } = await flowc(command);
  const printed = [...`${first.said.stdout}${stdout}`.matchAll(/^(\d)…$/gm)].map(([, number]) => number);
  expect([...new Set(printed)]).toEqual(["4", "3", "2", "1"]);
  expect(stdout).not.toMatch(/^4…$/m);
  expect(stdout).toContain("completed  'lift-off'");
  expect(code).toBe(0);
});
