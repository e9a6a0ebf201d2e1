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

test("fan-out: every file in its place, one translator cancelled or given up for each, killed half way", async () => {
  const folder = temporaryFolder();
  const job = JSON.stringify({ folder: "examples/fan-out/press", report: `${folder}/report.txt` });
  const command = ["run", "examples/fan-out/survey.ts", "--input", job, "--id", "survey", "--store", `sqlite:${folder}/flow.db`];
  const first = startFlowc(command);
  await first.says(/^done +read of map\[0\]/m);
  await first.kill();
  const { code, stdout } = await flowc(command);
  expect(stdout).toContain("completed  '32 words in 4 files'");
  expect(stdout).toMatch(/^done +translate of map\[1\] > all\[2\] > any\[1\]/m);
  expect(stdout).not.toMatch(/^done +read of map\[0\]/m);
  expect(code).toBe(0);
  expect(readFileSync(`${folder}/report.txt`, "utf8").split("\n")).toEqual([
    'a-tides.txt: "TIDE TABLES", 8 words, longest line 12',
    'b-harbour.txt: "A VERY LONG ACCOUNT OF THE HARBOUR", 15 words, longest line 34',
    'c-weather.txt: "WEATHER", 2 words, longest line 7',
    'd-letters.txt: "LETTERS", 7 words, longest line 31',
    "32 words in 4 files",
    "",
  ]);
});

test("overlap: what does not depend on each other begins together", async () => {
  const { code, stdout } = await flowc(["run", "examples/overlap/invoice.ts", "--input", '{"order":7}', "--store", "memory:"]);
  const begun = [...stdout.matchAll(/^says +\w+: begin (.*)$/gm)].map(([, what]) => what);
  expect(new Set(begun.slice(0, 2))).toEqual(new Set(["customer", "lines"]));
  expect(new Set(begun.slice(2))).toEqual(new Set(["discount on cup", "discount on tea", "tax of NL"]));
  // Nothing of the second round had to wait for something else of it.
  const firstDone = stdout.search(/^done +(discount|taxRate)/m);
  expect(stdout.lastIndexOf("begin ")).toBeLessThan(firstDone);
  expect(stdout).toContain("completed  'customer 7: 1257 + 21%'");
  expect(code).toBe(0);
});

test("cancellable: the task beats, is cancelled, cleans up and throws on", async () => {
  const log = `${temporaryFolder()}/beats.log`;
  const options = JSON.stringify({ log, every: "100 ms", cancelAfter: "650 ms" });
  const { code, stdout } = await flowc(["run", "examples/cancellable/heartbeat.ts", "--input", options, "--store", "memory:"]);
  expect(stdout).toContain("completed  'cancelled: the task was cancelled: the supervisor has seen enough'");
  expect(code).toBe(0);
  const lines = readFileSync(log, "utf8").trim().split("\n");
  const beats = lines.filter((line) => line.startsWith("beat"));
  expect(beats.length).toBeGreaterThanOrEqual(2);
  expect(beats).toEqual(Array.from(beats, (_, index) => `beat ${index + 1}`));
  // A beat that is under way when the task is cancelled is counted, and written or not.
  const counted = [beats.length, beats.length + 1].map((count) => `cleaned up after ${count} beats`);
  expect(counted).toContain(lines.find((line) => !line.startsWith("beat")));
});

test("script: a countdown that is killed goes on with the next number", async () => {
  const store = ["--store", `sqlite:${temporaryFolder()}/flow.db`];
  const command = ["run", "examples/script/countdown.ts", "--args", '[4, "300 ms"]', "--id", "launch", ...store];
  const first = startFlowc(command);
  await first.says(/^says +3…$/m);
  await first.kill();
  const { code, stdout } = await flowc(command);
  const printed = [...`${first.said.stdout}${stdout}`.matchAll(/^says +(\d)…$/gm)].map(([, number]) => number);
  // Each once: a line is shown when the code before the next wait is saved.
  expect(printed).toEqual(["4", "3", "2", "1"]);
  expect(stdout).toContain("completed  'lift-off'");
  expect(code).toBe(0);
});
