/** `--log` and `--log-level` of real workers and runs. */
import { expect, test } from "vitest";
import { bundled, jsonLines, Project } from "./project.js";

const PROGRAM = `
import { channel, step } from "flowc";
const Go = channel<string>("go");
const charge = step(async (cents: number): Promise<number> => {
  console.debug("charging %d", cents);
  if (cents < 0) throw new RangeError("less than nothing");
  return cents;
}, { name: "charge", retry: { attempts: 2, backoff: 1 } });
export function order(cents: number): number {
  console.log("ordering");
  charge(cents);
  Go.receive();
  console.warn("going");
  return cents;
}
export function broken(): number {
  return charge(-1);
}`;

async function project(): Promise<Project> {
  return new Project({ "app.mjs": await bundled(PROGRAM) });
}

type Line = Record<string, unknown>;
const about = (lines: readonly Line[], run: string): Line[] => lines.filter((line) => line["run"] === run);
const told = ({ level, msg }: Line): string => `${String(level)} ${String(msg)}`;

test("json: a line for each thing that happens, with the same fields everywhere, also after another worker has taken over", async () => {
  const made = await project();
  await made.flowc("run", "app.mjs", "order", "--args", "[7]", "--id", "a", "--detach");
  const first = made.start("worker", "app.mjs", "--log", "json", "--log-level", "debug");
  while (!first.said.stderr.includes("message on channel")) await new Promise((resolve) => setTimeout(resolve, 20));
  await first.kill();
  await made.flowc("send", "a", "go", "1");
  const second = await made.flowc("worker", "app.mjs", "--log", "json", "--drain");
  expect(second.code).toBe(0);
  // Nothing but what the command itself has to say.
  expect(second.stdout).toMatch(/^worker {5}ready, [^\n]*\n$/);

  const before = jsonLines(first.said.stderr);
  const after = jsonLines(second.stderr);
  for (const line of [...before, ...after]) {
    expect(line).toMatchObject({ worker: expect.any(String), pid: expect.any(Number), hostname: expect.any(String) });
    expect(Date.parse(String(line["time"]))).toBeGreaterThan(Date.now() - 600_000);
  }
  expect(about(before, "a").map(told)).toEqual([
    "debug run.claimed",
    "info run.started",
    "info ordering",
    "debug run.waiting",
    "debug charging 7",
    "info step.completed",
    "debug run.waiting",
  ]);
  expect(about(after, "a").map(told)).toEqual(["info message.received", "warn going", "info run.completed"]);
  for (const line of about([...before, ...after], "a")) expect(line).toMatchObject({ workflow: "app.ts#order" });
  expect(before.find(({ msg }) => msg === "charging 7")).toMatchObject({ event: "log", step: "charge", attempt: 1 });
  expect(before.find(({ msg }) => msg === "step.completed")).toMatchObject({
    event: "step.completed",
    step: "charge",
    attempt: 1,
    ms: expect.any(Number),
  });
  expect(new Set([...before, ...after].map(({ worker }) => worker)).size).toBe(2);
}, 120_000);

test("only what is important enough, in each form", async () => {
  const made = await project();
  const run = (id: string, ...options: string[]): ReturnType<Project["flowc"]> =>
    made.flowc("run", "app.mjs", "broken", "--id", id, ...options);
  const json = await run("a", "--log", "json", "--log-level", "warn");
  expect(json.code).toBe(1);
  const lines = json.stderr.trim().split("\n");
  expect(jsonLines(lines.filter((line) => line.startsWith("{")).join("\n")).map(told)).toEqual([
    "warn step.retrying",
    "warn step.failed",
    "error run.failed",
  ]);
  expect(lines.filter((line) => !line.startsWith("{"))[0]).toMatch(/^error: run a failed: /);

  const pretty = await run("b", "--log-level", "warn");
  expect(pretty.stdout.split("\n").map((line) => line.slice(0, 10).trim())).toEqual(["run", "retrying", "gave up", ""]);
  const silent = await run("c", "--log", "silent");
  expect([silent.stdout, silent.stderr.split("\n")[0]]).toEqual([
    "run        c\n",
    expect.stringMatching(/^error: run c failed: /),
  ]);

  const wrong = await run("d", "--log-level", "loud");
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("debug, info, warn, error")]);
}, 120_000);

test("what a program reads with --json does not depend on the log", async () => {
  const made = await project();
  const { code, stdout, stderr } = await made.flowc("run", "app.mjs", "broken", "--id", "a", "--json", "--log", "silent");
  expect([code, stderr]).toEqual([1, ""]);
  expect(jsonLines(stdout).map(({ kind }) => kind)).toEqual([
    "run",
    "run.started",
    "log",
    "step.retrying",
    "log",
    "step.failed",
    "run.failed",
    "end",
  ]);
}, 120_000);
