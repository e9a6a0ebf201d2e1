/** Two processes, as far as the store can tell: nobody waits for a poll. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { open, type Flow } from "../../../src/runtime/flow.js";
import type { Commit, NewTask, StoreNote } from "../../../src/runtime/store/store.js";
import { alive, commitOf, message, newRun, newWorker } from "../kit.js";
import { waits } from "./programs.js";
import { Schema, serverUrl } from "./server.js";

let schema: Schema;
let host: Flow;
let elsewhere: Flow;
beforeEach(async () => {
  schema = new Schema(await serverUrl());
  [host, elsewhere] = [open({ store: schema.connect() }), open({ store: schema.connect() })];
});
afterEach(async () => {
  await host.close();
  await elsewhere.close();
  await schema.destroy();
});

const HOUR = 3_600_000;

const newTask: NewTask = {
  queue: "gpu",
  call: 1,
  attempt: 1,
  step: "a#b",
  priority: 0,
  dueAt: 0,
  payload: Buffer.from("input"),
};

test("a start, a message and a cancellation wake a worker elsewhere, and the end is heard of here", async () => {
  await elsewhere.worker({ pollIntervalMs: HOUR });
  // The worker listens as soon as it has looked for the first time; what came before that it has seen then.
  const run = await host.start(waits, []);
  const result = run.result();
  await expect.poll(async () => (await run.status()).waitingFor, { timeout: 5_000 }).toContain("word");
  await run.send("word", "hello");
  expect(await result).toBe("hello");

  const second = await host.start(waits, []);
  await expect.poll(async () => (await second.status()).waitingFor, { timeout: 5_000 }).toContain("word");
  await second.cancel("enough");
  await expect(second.result()).rejects.toThrow("enough");
});

test("runs given back by a worker that stops are taken at once by another", async () => {
  const first = await host.worker({ pollIntervalMs: HOUR, parkAfterMs: HOUR });
  const run = await host.start(waits, []);
  await expect.poll(async () => (await run.status()).owner).toBeUndefined();
  await first.stop();
  await elsewhere.worker({ pollIntervalMs: HOUR });
  await run.send("word", "again");
  expect(await elsewhere.run(run.id).result()).toBe("again");
});

test("notes come from others only, many at once as one, and all ends are told", async () => {
  const store = host.store;
  const heard: StoreNote[] = [];
  const own: StoreNote[] = [];
  store.watch!((note) => own.push(note));
  const stop = elsewhere.store.watch!((note) => heard.push(note));
  // Each is told once that something may have been missed.
  await expect.poll(() => own.length + heard.length).toBe(2);
  own.length = heard.length = 0;

  await store.registerWorker(newWorker("w1"), 1_000, alive);
  for (let n = 0; n < 300; n++) await store.createRun(newRun(`${"x".repeat(40)} ${n}`));
  const runs = await store.claim({ workerId: "w1", now: 1_000, limit: 300 });
  const results = await store.commit(runs.map((run) => commitOf(run, { status: "completed" })));
  expect(new Set(results)).toEqual(new Set(["committed"]));
  const ended = (): string[] => heard.flatMap((note) => (note.kind === "ended" ? [note.run] : []));
  await expect.poll(() => ended().length).toBe(300);
  expect(new Set(ended())).toEqual(new Set(runs.map(({ id }) => id)));
  const work = heard.filter(({ kind }) => kind === "work").length;
  expect(work).toBeGreaterThan(0);
  expect(work).toBeLessThan(300);
  expect(own).toEqual([]);

  stop();
  heard.length = 0;
  await store.createRun(newRun("last"));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(heard).toEqual([]);
});

test.each<[string, Partial<Commit>, boolean]>([
  ["starts a run", { starts: [newRun("child")] }, true],
  ["sends a message", { sends: [message("watcher")] }, true],
  ["puts in a task", { tasks: [newTask] }, true],
  ["watches a run that is over", { watches: ["nobody"] }, true],
  ["ends a run that is watched", { status: "completed" }, true],
  ["takes note of a fact", { notes: { a: 1 } }, false],
  ["does nothing for others", {}, false],
])("a commit that %s is announced to other processes: only when they have something to do", async (_, over, isAnnounced) => {
  const { store } = host;
  await store.registerWorker(newWorker("w1"), 1_000, alive);
  await store.createRun(newRun("r1"));
  await store.createRun(newRun("watcher"));
  const [run, watcher] = await store.claim({ workerId: "w1", now: 1_000, limit: 2 });
  await store.commit([commitOf(watcher!, { watches: ["r1"], release: true })]);
  const heard: StoreNote[] = [];
  elsewhere.store.watch!((note) => heard.push(note));
  await expect.poll(() => heard.length).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  heard.length = 0;
  await store.commit([commitOf(run!, over)]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(heard.some(({ kind }) => kind === "work")).toBe(isAnnounced);
});

test("the end of a run that nobody watches is work for nobody", async () => {
  const { store } = host;
  await store.registerWorker(newWorker("w1"), 1_000, alive);
  await store.createRun(newRun("r1"));
  const [run] = await store.claim({ workerId: "w1", now: 1_000, limit: 1 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const heard: StoreNote[] = [];
  elsewhere.store.watch!((note) => heard.push(note));
  await expect.poll(() => heard.length).toBe(1);
  await store.commit([commitOf(run!, { status: "completed" })]);
  await expect.poll(() => heard.slice(1)).toEqual([{ kind: "ended", run: "r1" }]);
});
