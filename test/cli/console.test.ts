/** What programs write to the console, in the terminals and journals of real workers. */
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { jsonLines, Project } from "./project.js";

const PROGRAM = `
import { existsSync, writeFileSync } from "node:fs";
import { channel, step } from "flowc";
const Go = channel<string>("go");
const charge = step(async (cents: number): Promise<number> => {
  console.log("charging %d", cents);
  await new Promise((resolve) => setTimeout(resolve, 1));
  console.error("charged\\nin two lines");
  return cents;
}, { name: "charge" });
export function talk(folder: string): string {
  console.log("one");
  charge(7);
  Go.receive();
  console.warn("two\\nsecond line");
  writeFileSync(folder + "/inside", "");
  while (!existsSync(folder + "/open"));
  console.log("three");
  return "said";
}`;

function project(): Project {
  return new Project({
    "app.ts": PROGRAM,
    "tsconfig.json": `{ "compilerOptions": { "strict": true, "types": ["node"] } }`,
  });
}

/** How often a line is among what was said. */
function times(text: string, line: string): number {
  return text.split("\n").filter((each) => each.endsWith(line)).length;
}

test("a worker is killed in the middle of a transition: the next one says what the transition says, once, and the journal has it once", async () => {
  const made = project();
  await made.flowc("run", "app.ts", "--args", JSON.stringify([made.folder]), "--id", "r", "--detach");
  const first = made.start("worker", "app.ts");
  await first.says(/waiting {4}message/);
  await made.flowc("send", "r", "go", "1");
  while (!existsSync(made.path("inside"))) await delay(20);
  await first.kill();
  writeFileSync(made.path("open"), "");
  const second = await made.flowc("worker", "app.ts", "--drain");
  expect(second.code).toBe(0);

  const told = [first.said.stdout, second.stdout];
  expect(told.map((text) => times(text, "says       one"))).toEqual([1, 0]);
  expect(told.map((text) => times(text, "says       charge: charging 7"))).toEqual([1, 0]);
  expect(told.map((text) => times(text, "says       two"))).toEqual([0, 1]);
  expect(told.map((text) => times(text, "says       three"))).toEqual([0, 1]);
  expect(first.said.stdout).toContain("r  says       charge: charged\n           in two lines\n");

  const { stdout } = await made.flowc("inspect", "r", "--journal");
  const logs = stdout.split("\n").filter((line) => / {2}log/.test(line) || line.endsWith("second line"));
  expect(
    logs.map((line) =>
      line
        .replace(/^.*UTC/, "")
        .trim()
        .replaceAll(/ {2,}/g, " | "),
    ),
  ).toEqual(["log | one", "log warn | two", "second line", "log | three"]);
}, 120_000);

test("flowc run shows what its run says, and with --json as data", async () => {
  const made = project();
  writeFileSync(made.path("open"), "");
  await made.flowc("run", "app.ts", "--args", JSON.stringify([made.folder]), "--id", "r", "--detach");
  await made.flowc("send", "r", "go", "1");
  const { code, stdout } = await made.flowc("run", "app.ts", "--args", JSON.stringify([made.folder]), "--id", "r", "--json");
  expect(code).toBe(0);
  const said = jsonLines(stdout).filter(({ kind }) => kind === "log");
  expect(said.map(({ data }) => data)).toEqual([
    { level: "info", text: "one" },
    { step: "charge", attempt: 1, level: "info", text: "charging 7" },
    { step: "charge", attempt: 1, level: "error", text: "charged\nin two lines" },
    { level: "warn", text: "two\nsecond line" },
    { level: "info", text: "three" },
  ]);
  for (const { at } of said) expect(at).toBeGreaterThan(Date.now() - 600_000);
}, 120_000);
