/** Many strands of one run, with real workers on a real file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { all } from "../../src/runtime/effects/concurrent.js";
import { stepContext } from "../../src/runtime/effects/context.js";
import { map } from "../../src/runtime/effects/map.js";
import { step } from "../../src/runtime/effects/step.js";
import { withTimeout } from "../../src/runtime/effects/timeout.js";
import { open, type Flow } from "../../src/runtime/flow.js";
import { sqlite } from "../../src/runtime/store/sqlite/index.js";
import { closure, done, fn } from "./kit.js";

let folder = "";
let flow: Flow;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "flowc-map-"));
  flow = open({ store: sqlite(path.join(folder, "flow.db")) });
  runs.clear();
  broken.clear();
  most = running = 0;
});
afterEach(async () => {
  await flow.close();
  rmSync(folder, { recursive: true, force: true });
});

/** How often each item's body ran to its end, the keys it was given, and which items fail for now. */
const runs = new Map<number, { ended: number; keys: Set<string> }>();
const broken = new Set<number>();
let running = 0;
let most = 0;

const handle = step(
  async (item: number): Promise<number> => {
    most = Math.max(most, ++running);
    const entry = runs.get(item) ?? { ended: 0, keys: new Set() };
    runs.set(item, entry.keys.add(stepContext().idempotencyKey) && entry);
    try {
      await wait((item * 7) % 5);
      if (broken.has(item)) throw new Error(`item ${item} is broken`);
      entry.ended++;
      return item + 1;
    } finally {
      running--;
    }
  },
  { name: "handle", retry: false },
);
const forever = step(() => new Promise<never>(() => undefined), { name: "forever", retry: false });

const each = fn("each", [(v) => handle(v["item"] as number), (_, value) => done(value)], { params: ["item"] });
const many = fn("many", [(v) => map(range(v["count"] as number), each, { concurrency: 40 }), (_, list) => done(list)], {
  params: ["count"],
});
const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

test("every item is handled once, in any order, and the results are in theirs", async () => {
  const worker = await flow.worker();
  const run = await flow.start(many, [400]);
  expect(await run.result()).toEqual(range(400).map((item) => item + 1));
  await worker.stop();
  expect([...runs.values()].every(({ ended }) => ended === 1)).toBe(true);
  expect(most).toBe(40);
});

test("another worker goes on with what had not ended, under the same keys", async () => {
  const first = await flow.worker({ graceMs: 1 });
  const run = await flow.start(many, [400]);
  while (runs.size < 100) await wait(1);
  await first.stop();
  const before = runs.size;
  expect(before).toBeLessThan(400);
  const second = await flow.worker();
  expect(await run.result()).toEqual(range(400).map((item) => item + 1));
  await second.stop();
  expect([...runs.values()].filter(({ keys }) => keys.size !== 1)).toEqual([]);
  // What was cut off ran again, and nothing else.
  expect([...runs.values()].filter(({ ended }) => ended > 1).length).toBeLessThanOrEqual(40);
});

test("a run that failed goes on with the items that had not finished", async () => {
  broken.add(57);
  const worker = await flow.worker();
  const run = await flow.start(many, [200]);
  await expect(run.result()).rejects.toThrow(/item 57 is broken/);
  const finished = new Set([...runs].filter(([, { ended }]) => ended === 1).map(([item]) => item));
  broken.clear();
  await run.retry();
  expect(await run.result()).toEqual(range(200).map((item) => item + 1));
  await worker.stop();
  // One whose result came in with the failure is kept; one that was still running is started anew.
  expect([...runs.values()].filter(({ ended }) => ended > 1).length).toBeLessThanOrEqual(40);
  expect(finished.size).toBeGreaterThan(10);
});

test("a timeout around it gives up what is under way, and the run is inspected by item", async () => {
  const stuck = closure("stuck", [() => all([forever, forever]), () => done("no")], { captures: [] });
  const limited = fn("limitedMap", [() => withTimeout(200, stuck())]);
  const worker = await flow.worker();
  const run = await flow.start(limited, []);
  while ((await run.inspect()).strands.length < 3) await wait(5);
  expect((await run.inspect()).strands.map(({ name }) => name)).toEqual(["main", "all[0]", "all[1]"]);
  await expect(run.result()).rejects.toThrow(/timed out after 200 ms, waiting for all of 2: 2 running/);
  await worker.stop();
});
