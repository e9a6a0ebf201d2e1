/** `flowc schedule` beside a worker, and schedules in a bundle. */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { jsonLines, Project } from "./project.js";

const PROGRAM = `
import { open, sqlite, step } from "flowc";
const say = step((what: string) => { console.log("said " + what); });
export function report(what: string): string {
  say(what);
  return what;
}
export async function plan(file: string): Promise<void> {
  const flow = open({ store: sqlite(file) });
  await flow.schedule("nightly", "0 2 * * *", report, ["daily"], { timeZone: "Europe/Berlin" });
  await flow.close();
}`;

function project(): Project {
  return new Project({
    "report.ts": PROGRAM,
    "plan.ts": `import { plan } from "./report.ts";\nawait plan(process.argv[2]!);`,
    "cron.ts": `import "flowc/cron";\nexport * from "./report.ts";`,
    "tsconfig.json": `{ "compilerOptions": { "strict": true, "module": "nodenext", "target": "es2024", "noEmit": true, "allowImportingTsExtensions": true, "types": ["node"] } }`,
  });
}

/** Makes the schedule, by a program of its own. */
async function planned(): Promise<Project> {
  const made = project();
  const { status, stderr } = spawnSync(process.execPath, ["--import", "flowc/register", "plan.ts", made.path("flow.db")], {
    cwd: made.folder,
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return made;
}

test("lists, pauses, resumes and deletes", async () => {
  const made = await planned();
  const { stdout } = await made.flowc("schedule", "list");
  expect(stdout).toMatch(/nightly {3}0 2 \* \* \* \(Europe\/Berlin\) {2}\d{4}-\d\d-\d\d \d\d:00:00 UTC {2}report\.ts#report/);
  expect((await made.flowc("schedule", "pause", "nightly", "a", "b")).code).toBe(2);
  await made.flowc("schedule", "pause", "nightly", "moving");
  expect((await made.flowc("schedule", "list")).stdout).toContain("paused: moving");
  await made.flowc("schedule", "resume", "nightly");
  const [listed] = jsonLines((await made.flowc("schedule", "list", "--json")).stdout);
  expect(listed).toMatchObject({ name: "nightly", workflow: "report.ts#report", started: 0 });
  expect(listed!["next"]).toHaveLength(5);
  expect((await made.flowc("schedule", "delete", "nightly")).stdout).toBe("deleted nightly\n");
  expect((await made.flowc("schedule", "list")).stdout).toBe("no schedules\n");
  const { code, stderr } = await made.flowc("schedule", "trigger", "nightly");
  expect([code, stderr]).toEqual([2, expect.stringContaining("There is no schedule nightly")]);
});

test("a worker carries out what is triggered and backfilled, from source and from a bundle", async () => {
  const made = await planned();
  const from = new Date(Date.now() - 3 * 86_400_000).toISOString();
  const to = new Date(Date.now() - 86_400_000).toISOString();
  await made.flowc("schedule", "trigger", "nightly");
  const [asked] = jsonLines((await made.flowc("schedule", "backfill", "nightly", from, to, "--json")).stdout);
  expect((asked!["runs"] as string[]).length).toBe(2);
  const worker = made.start("worker", "report.ts");
  await worker.says(/(said daily[^]*){3}/);
  worker.child.kill("SIGTERM");
  expect((await worker.ended).code).toBe(0);
  expect((await made.flowc("compile", "cron.ts", "--bundle", "out.mjs")).code).toBe(0);
  rmSync(made.path("node_modules"), { recursive: true });
  await made.flowc("schedule", "trigger", "nightly");
  const bundled = made.start("worker", "out.mjs");
  await bundled.says(/said daily/);
  bundled.child.kill("SIGTERM");
  await bundled.ended;
}, 240_000);

test("a bundle without schedules does not carry the library", async () => {
  const made = project();
  await made.flowc("compile", "report.ts", "--bundle", "plain.mjs");
  await made.flowc("compile", "cron.ts", "--bundle", "cron.mjs");
  const read = (name: string): string => readFileSync(made.path(name), "utf8");
  expect([read("plain.mjs"), read("cron.mjs")].map((text) => text.includes("CronPattern"))).toEqual([false, true]);
}, 240_000);
