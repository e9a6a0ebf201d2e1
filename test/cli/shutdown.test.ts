/** How workers end: asked to, asked twice, and with steps that do not end. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { Schema, serverUrl } from "../store/postgres/server.js";
import { jsonLines, Project } from "./project.js";

const PROGRAM = `
import { appendFileSync, existsSync } from "node:fs";
import { sleep, step, stepContext } from "flowc";
const say = (line: string): void => appendFileSync("ledger", line + "\\n");
const work = step(async (name: string): Promise<string> => {
  const { idempotencyKey, signal } = stepContext();
  say(name + " begins " + idempotencyKey);
  signal.addEventListener("abort", () => say(name + " is given up"));
  while (!existsSync(name + ".done")) await new Promise((resolve) => setTimeout(resolve, 20));
  say(name + " ends");
  return name;
}, { name: "work" });
export function two(): string {
  return work("first") + " " + work("second");
}
export function sleeps(ms: number): string {
  sleep(ms);
  return "woken";
}`;

class Shop extends Project {
  constructor() {
    super({
      "app.ts": PROGRAM,
      "tsconfig.json": `{ "compilerOptions": { "strict": true, "types": ["node"] } }`,
    });
  }

  get ledger(): string[] {
    return existsSync(this.path("ledger")) ? readFileSync(this.path("ledger"), "utf8").trim().split("\n") : [];
  }

  finish(name: string): void {
    writeFileSync(this.path(`${name}.done`), "");
  }

  async runs(): Promise<Record<string, unknown>[]> {
    return jsonLines((await this.flowc("runs", "--json")).stdout);
  }
}

type Process = ReturnType<Project["start"]>;

/** A worker with a run in its first step and another one that sleeps. */
async function busy(shop: Shop, sleepMs: number, ...options: string[]): Promise<Process> {
  await shop.flowc("run", "app.ts", "sleeps", "--args", `[${sleepMs}]`, "--id", "s", "--detach");
  await shop.flowc("run", "app.ts", "two", "--id", "w", "--detach");
  const worker = shop.start("worker", "app.ts", ...options);
  while (shop.ledger.length === 0) await delay(20);
  await worker.says(/s {2}waiting {4}sleep/);
  return worker;
}

/** Long for a busy machine, and short beside a grace of ten minutes. */
const A_WHILE_MS = 60_000;

/** Code and time of the end. */
async function endOf(worker: Process): Promise<{ code: number | null; signal: NodeJS.Signals | null; ms: number }> {
  const begun = performance.now();
  const { code, signal } = await worker.ended;
  return { code, signal, ms: performance.now() - begun };
}

test("SIGTERM: the step under way ends and counts, no other begins, leases are given back, and another worker goes on at once", async () => {
  const shop = new Shop();
  const worker = await busy(shop, 500_000, "--grace", "10 minutes");
  worker.child.kill("SIGTERM");
  await worker.says(/stopping {3}steps under way have 10 minutes/);
  shop.finish("first");
  const { code, ms } = await endOf(worker);
  expect(code).toBe(0);
  expect(ms).toBeLessThan(A_WHILE_MS);
  expect(shop.ledger).toEqual(["first begins w:1", "first ends"]);
  const runs = await shop.runs();
  expect(runs.map(({ id }) => id)).toEqual(["w", "s"]);
  for (const run of runs) expect(run["owner"]).toBeUndefined();

  shop.finish("second");
  const next = shop.start("worker", "app.ts");
  await next.says(/ready[^]*w {2}completed/);
  expect(shop.ledger).toEqual(["first begins w:1", "first ends", "second begins w:2", "second ends"]);
  next.child.kill("SIGINT");
  expect((await endOf(next)).code).toBe(0);
}, 240_000);

test("a step that does not end is given up after the grace, its process ends all the same, and the next worker makes it again with the same key", async () => {
  const shop = new Shop();
  const worker = await busy(shop, 5_000, "--grace", "700ms");
  worker.child.kill("SIGTERM");
  const { code, ms } = await endOf(worker);
  expect(code).toBe(0);
  expect(ms).toBeGreaterThan(600);
  expect(ms).toBeLessThan(A_WHILE_MS);
  expect(shop.ledger).toEqual(["first begins w:1", "first is given up"]);
  expect((await shop.runs()).find(({ id }) => id === "w")!["owner"]).toBeUndefined();
  shop.finish("first");
  shop.finish("second");
  const next = await shop.flowc("worker", "app.ts", "--drain");
  expect(next.code).toBe(0);
  expect(shop.ledger.slice(2)).toEqual(["first begins w:1", "first ends", "second begins w:2", "second ends"]);
}, 240_000);

test("a second signal ends the process at once, and nothing is lost", async () => {
  const shop = new Shop();
  const worker = await busy(shop, 500_000, "--grace", "10 minutes");
  worker.child.kill("SIGTERM");
  await worker.says(/stopping/);
  // What comes sooner is taken for an echo of the first.
  await delay(1_000);
  worker.child.kill("SIGTERM");
  const { signal, ms } = await endOf(worker);
  expect([signal, ms < A_WHILE_MS]).toEqual(["SIGTERM", true]);
  shop.finish("first");
  shop.finish("second");
  const next = shop.start("worker", "app.ts");
  await next.says(/w {2}completed/);
  expect(shop.ledger.filter((line) => line.endsWith("ends"))).toEqual(["first ends", "second ends"]);
  await next.kill();
}, 240_000);

test("beside another worker: that one takes the runs while the process of the first still ends", async () => {
  const schema = new Schema(await serverUrl());
  onTestFinished(() => schema.destroy());
  const shop = new Shop();
  shop.env["FLOWC_STORE"] = schema.url;
  const worker = await busy(shop, 500_000, "--grace", "10 minutes");
  const other = shop.start("worker", "app.ts");
  await other.says(/ready/);
  worker.child.kill("SIGTERM");
  await worker.says(/stopping/);
  shop.finish("first");
  while (!shop.ledger.includes("second begins w:2")) await delay(20);
  expect(await endOf(worker)).toMatchObject({ code: 0 });
  shop.finish("second");
  await other.says(/w {2}completed/);
  expect(shop.ledger).toEqual(["first begins w:1", "first ends", "second begins w:2", "second ends"]);
  await other.kill();
}, 240_000);
