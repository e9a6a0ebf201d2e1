/** Runs that hold much: written in parts, loaded again by another worker, and limited in size. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, expect, test } from "vitest";
import { CheckpointTooLargeError, RunFailedError, UsageError } from "../../src/shared/errors.js";
import { step } from "../../src/runtime/effects/step.js";
import { type CheckpointLimits } from "../../src/runtime/limits.js";
import { open, type Flow } from "../../src/runtime/flow.js";
import { memory } from "../../src/runtime/store/memory.js";
import { sqlite } from "../../src/runtime/store/sqlite/index.js";
import type { Store } from "../../src/runtime/store/store.js";
import { done, fn, Sim, World } from "./kit.js";

const folder = mkdtempSync(path.join(tmpdir(), "flowc-large-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const opened: Flow[] = [];
afterEach(async () => {
  for (const flow of opened.splice(0)) await flow.close().catch(() => undefined);
});

function setup(store: Store, checkpoints: CheckpointLimits = {}): { world: World; flow: Flow } {
  const world = new World();
  const flow = open({ store, ports: world.ports, checkpoints });
  opened.push(flow);
  return { world, flow };
}

/** Lets steps pass while it is positive; each takes one. */
let passes = 0;
const visit = step((at: number): number | Promise<never> => (passes-- > 0 ? at : new Promise<never>(() => {})), {
  name: "visit",
});

interface State {
  items: { id: number; seen: number }[];
  index: Map<string, object>;
  photo: Uint8Array;
  n: number;
}

const STEPS = 40;
const RESULT = [1_996, 2, true, true, 3, STEPS];
const tour = fn("tour", [
  (v) => {
    const items = Array.from({ length: 2_000 }, (_, id) => ({ id, seen: 0 }));
    Object.assign(v, { items, index: new Map([["first", items[0]!]]), photo: new Uint8Array(300_000).fill(7), n: 0 });
    return visit(0);
  },
  ...Array.from({ length: STEPS }, (_, at) => (v: Record<string, unknown>, value: unknown) => {
    const state = v as unknown as State;
    state.items[at * 7]!.seen = Number(value) + 1;
    state.index.set(`at ${at}`, state.items[at]!);
    if (at % 10 === 9) state.items.splice(at, 1);
    state.photo[at * 1000] = at;
    state.n++;
    return visit(at + 1);
  }),
  (v) => {
    const { items, index, photo, n } = v as unknown as State;
    return done([items.length, items[7]!.seen, index.get("first") === items[0], index.get("at 5") === items[5], photo[3_000], n]);
  },
]);

test("a large run goes from process to process, in parts", () => {
  passes = Infinity;
  const sim = new Sim(tour);
  const kinds: string[] = [];
  const outcome = sim.play(() => {
    kinds.push(sim.last.part === undefined ? "image" : "part");
    if (kinds.length % 9 === 8) sim.crash();
  });
  expect(outcome).toEqual({ kind: "completed", value: RESULT });
  // What everything begins with, what follows each crash, and the end.
  expect(kinds.length).toBeGreaterThan(STEPS);
  expect(kinds.filter((kind) => kind === "image").length).toBeLessThan(9);
});

test("a large run goes from worker to worker", async () => {
  const store = sqlite(path.join(folder, "parts.db"));
  await open({ store }).start(tour, [], { id: "tour" });
  let parts = 0;
  for (let round = 0; round < 5; round++) {
    passes = 8;
    const worker = await open({ store }).worker({ graceMs: 10, pollIntervalMs: 5 });
    while (passes >= 0) await wait(5);
    await worker.stop();
    const continuation = (await store.getImage("tour"))!;
    parts += continuation.parts.length;
    expect(continuation.blobs.size).toBeGreaterThan(0);
  }
  passes = 100;
  const flow = open({ store });
  await flow.worker({ pollIntervalMs: 5 });
  expect(await flow.run("tour").result()).toEqual(RESULT);
  expect(parts).toBeGreaterThan(10);
  await flow.close();
});

test("says once that a continuation has become large, and what takes the most", async () => {
  const store = memory();
  const { world, flow } = setup(store, { warnBytes: 50_000 });
  passes = 100;
  const run = await flow.start(tour, []);
  await flow.worker();
  await world.settle();
  expect(await run.result()).toEqual(RESULT);
  const lines = (await run.journal()).filter(({ kind }) => kind === "checkpoint.large");
  expect(lines.length).toBe(1);
  expect(lines[0]!.data["size"]).toMatch(/^\d+\.\d KiB$/);
  expect(String(lines[0]!.data["largest"])).toMatch(/`photo` 29\d\.\d KiB in .*,`items` \d+\.\d KiB in /);
});

test("refuses a commit beyond the limit, with the same report, and goes on from there when the limit is raised", async () => {
  const store = memory();
  const first = setup(store, { maxBytes: 100_000 });
  const run = await first.flow.start(tour, [], { id: "r" });
  const worker = await first.flow.worker();
  const failed = run.result().catch((error: unknown) => error);
  await first.world.settle();
  const error = (await failed) as RunFailedError;
  expect(error).toBeInstanceOf(RunFailedError);
  expect(error.cause).toBeInstanceOf(CheckpointTooLargeError);
  expect((error.cause as Error).message).toMatch(
    /^The continuation takes \d+\.\d KiB, more than the limit of 97\.7 KiB\. Most of it: `photo` 29\d/,
  );
  expect((await run.status()).status).toBe("failed");
  await worker.stop();

  const second = setup(store);
  passes = 100;
  await second.flow.run("r").retry();
  await second.flow.worker();
  const result = second.flow.run("r").result();
  await second.world.settle();
  expect(((await result) as unknown[]).at(-1)).toBe(STEPS);
});

test.each([{ warnBytes: 0 }, { maxBytes: -1 }, { maxBytes: "1 MB" as unknown as number }])(
  "refuses limits that are none: %o",
  (limits) => {
    expect(() => open({ store: memory(), checkpoints: limits })).toThrow(UsageError);
  },
);
