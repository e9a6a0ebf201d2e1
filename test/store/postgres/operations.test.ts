/** Schedules and hooks, with several workers on one database, some of them in processes that are killed. */
import { rmSync } from "node:fs";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { open, type Flow } from "../../../src/runtime/flow.js";
import type { RunEvent } from "../../../src/runtime/hooks/hooks.js";
import { bundled, killed, said, started } from "../processes.js";
import { attempts, countTo, fails } from "./programs.js";
import { Schema, serverUrl } from "./server.js";

const logger = { info: () => undefined, warn: () => undefined };

let schema: Schema;
const flows: Flow[] = [];
beforeEach(async () => {
  schema = new Schema(await serverUrl());
});
afterEach(async () => {
  await Promise.all(flows.splice(0).map((flow) => flow.close()));
  await schema.destroy();
});

function opened(ports: Parameters<typeof open>[0]["ports"] = {}): Flow {
  const flow = open({ store: schema.connect(), ports: { logger, ...ports } });
  flows.push(flow);
  return flow;
}

test("a schedule that two workers carry out at once: each occurrence has one run, and none is left out", async () => {
  // Twenty seconds go by in one.
  const began = Date.now();
  const clock = { now: () => began + (Date.now() - began) * 20 };
  const [one, two] = [opened({ clock }), opened({ clock })];
  const options = { overlap: "allow", catchUp: "all" } as const;
  await Promise.all([one, two].map((flow) => flow.schedule("tick", { every: "1 second" }, countTo, [1], options)));
  await Promise.all([one, two].map((flow) => flow.worker({ pollIntervalMs: 5 })));
  await expect.poll(async () => (await one.runs({ limit: 1_000 })).length, { timeout: 15_000 }).toBeGreaterThan(60);
  await two.scheduled("tick").pause();
  const runs = await one.runs({ limit: 1_000 });
  const results = await Promise.all(runs.map(({ id }) => one.run(id).result()));
  expect(new Set(results)).toEqual(new Set([1]));
  const times = runs.map(({ id }) => Date.parse(id.slice("tick@".length))).toSorted((a, b) => a - b);
  expect(times).toEqual(times.map((_, n) => times[0]! + n * 1_000));
  for (const { id } of runs) expect(attempts(id)).toEqual([`${id}:1`]);
  expect((await two.scheduled("tick").describe()).started).toBe(runs.length);
});

test("a handler in another process is told at once, and one that throws is told again, with the same key", async () => {
  const told: RunEvent[] = [];
  const [runner, teller] = [opened(), opened()];
  const handler = (event: RunEvent): void => {
    if (told.push(event) === 1) throw new Error("the mail server is away");
  };
  await teller.on(["failed", "completed"], handler, { name: "mail" });
  await runner.worker();
  // Without word from the other one it would look again in a minute only.
  const worker = await teller.worker({ runs: false, pollIntervalMs: 60_000 });
  const run = await runner.start(fails, []);
  await expect.poll(() => told.length, { timeout: 5_000 }).toBe(1);
  expect(told[0]).toMatchObject({ run: run.id, status: "failed", attempt: 1, error: new RangeError("out of stock") });
  await worker.stop();
  await teller.worker({ runs: false, pollIntervalMs: 50 });
  await expect.poll(() => told.length, { timeout: 5_000 }).toBe(2);
  expect(told[1]).toMatchObject({ run: run.id, attempt: 2, idempotencyKey: told[0]!.idempotencyKey });
  await runner.start(countTo, [1], { id: "fine" });
  await expect.poll(() => told.length, { timeout: 5_000 }).toBe(3);
  expect(told[2]).toMatchObject({ run: "fine", status: "completed", attempt: 1 });
});

test.each([
  ["between the end and the word of it", "ended", 1],
  ["while it tells", "telling", 2],
])("I4: a worker that is killed %s: another one tells it", async (_, where, attempt) => {
  const flow = opened();
  await flow.start(fails, [], { id: "r1" });
  const program = await bundled("postgres/hook-worker.ts", schema.name);
  onTestFinished(() => rmSync(program));
  const child = started(program, [schema.server, schema.name, where]);
  try {
    expect(await said(child)).toBe(where);
    expect((await flow.run("r1").status()).status).toBe("failed");
  } finally {
    await killed(child);
  }
  const told: RunEvent[] = [];
  await flow.on("failed", (event) => void told.push(event), { name: "alert" });
  await flow.worker({ pollIntervalMs: 50 });
  await expect.poll(() => told.length, { timeout: 10_000 }).toBe(1);
  expect(told[0]).toMatchObject({ run: "r1", status: "failed", attempt, idempotencyKey: "alert:r1:2" });
  await expect.poll(() => schema.sql("SELECT FROM $S.deliveries"), { timeout: 5_000 }).toEqual([]);
  expect(told.length).toBe(1);
});
