/** I4 and I5 against connections that break: what is known to have happened, and what happens when a call is made again. */
import { hostname } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { open } from "../../../src/runtime/flow.js";
import { outlast } from "../../../src/runtime/outage.js";
import { realPorts } from "../../../src/runtime/ports.js";
import type { NewTask, Store } from "../../../src/runtime/store/store.js";
import { alive, commitOf, entry, ids, message, newRun, newWorker } from "../kit.js";
import { attempts, countTo } from "./programs.js";
import { Schema, serverUrl } from "./server.js";
import { Wire } from "./wire.js";

let schema: Schema;
let wire: Wire;
let store: Store;
let direct: Store;
beforeEach(async () => {
  schema = new Schema(await serverUrl());
  wire = await Wire.to(schema.server);
  store = new Schema(wire.url, schema.name).connect();
  direct = schema.connect();
  await store.registerWorker(newWorker("w1", { leaseMs: 60_000 }), 1_000, alive);
});
afterEach(async () => {
  await store.close();
  await direct.close();
  await wire.close();
  await schema.destroy();
});

const unavailable = { code: "FLOW_STORE", reason: "unavailable" };

describe("I4: a commit", () => {
  test.each([
    ["that did not arrive", () => wire.loseQuestion(), 0],
    ["whose answer was lost", () => wire.loseAnswer(), 1],
  ])("%s is made again, and happens once", async (_, fault, versionBetween) => {
    await store.createRun(newRun("r1"));
    const [claimed] = await store.claim({ workerId: "w1", now: 1_000, limit: 1 });
    const group = [commitOf(claimed!, { journal: [entry(1)], part: Buffer.from("part") })];
    fault();
    await expect(store.commit(group)).rejects.toMatchObject(unavailable);
    await expect.poll(async () => (await direct.getRun("r1"))!.version).toBe(versionBetween);
    expect(await store.commit(group)).toEqual(["committed"]);
    expect((await direct.getRun("r1"))!.version).toBe(1);
    expect(await direct.readJournal("r1")).toEqual([entry(1)]);
    expect((await direct.getImage("r1"))!.parts.length).toBe(1);
  });

  test("that ended the run, when its answer was lost", async () => {
    await store.createRun(newRun("r1"));
    const [claimed] = await store.claim({ workerId: "w1", now: 1_000, limit: 1 });
    const end = commitOf(claimed!, { status: "completed", outcome: Buffer.from("done") });
    wire.loseAnswer();
    await expect(store.commit([end])).rejects.toMatchObject(unavailable);
    await expect.poll(async () => (await direct.getRun("r1"))!.status).toBe("completed");
    expect(await store.commit([end])).toEqual(["committed"]);
  });

  test("I5: that was lost on the way, and whose run was taken over since, is superseded", async () => {
    await store.createRun(newRun("r1"));
    const [claimed] = await store.claim({ workerId: "w1", now: 1_000, limit: 1 });
    const late = commitOf(claimed!, { journal: [entry(1)] });
    wire.loseQuestion();
    await expect(store.commit([late])).rejects.toMatchObject(unavailable);
    await direct.registerWorker(newWorker("w2"), 1_000, ({ id }) => id !== "w1");
    expect(ids(await direct.claim({ workerId: "w2", now: 1_000, limit: 1 }))).toEqual(["r1"]);
    expect(await store.commit([late])).toEqual(["superseded"]);
    expect(await direct.readJournal("r1")).toEqual([]);
  });
});

describe("a claim", () => {
  test.each([
    ["that did not arrive", () => wire.loseQuestion()],
    ["whose answer was lost", () => wire.loseAnswer()],
  ])("%s leaves no run behind", async (_, fault) => {
    await store.createRun(newRun("r0"));
    const [kept] = await store.claim({ workerId: "w1", now: 1_000, limit: 1 });
    for (let n = 1; n <= 3; n++) await store.createRun(newRun(`r${n}`));
    fault();
    await expect(store.claim({ workerId: "w1", now: 1_000, limit: 10 })).rejects.toMatchObject(unavailable);
    const claimed = await outlast(realPorts, () => store.claim({ workerId: "w1", now: 1_000, limit: 10, holds: ["r0"] }));
    expect(ids(claimed).toSorted()).toEqual(["r1", "r2", "r3"]);
    // What it held before it holds still.
    const results = await store.commit([kept!, ...claimed].map((run) => commitOf(run, { status: "completed" })));
    expect(new Set(results)).toEqual(new Set(["committed"]));
  });

  test("that arrives after a later one takes nothing", async () => {
    await store.createRun(newRun("r1"));
    const claim = (number: number): Promise<{ taken: string[] | null }[]> =>
      schema.sql(`SELECT $S.claim_runs('w1', ${number}, 1000, 10, NULL, NULL, NULL) AS taken`);
    await schema.sql("SELECT $S.claim_runs('w1', 1000, 1000, 0, NULL, NULL, NULL)");
    expect((await claim(999))[0]!.taken).toBeNull();
    expect((await claim(1001))[0]!.taken?.length).toBe(1);
  });
});

describe("tasks", () => {
  const task = (call: number): NewTask => ({
    queue: "gpu",
    call,
    attempt: 1,
    step: "a#b",
    priority: 0,
    dueAt: 0,
    payload: Buffer.from("input"),
  });
  const options = { workerId: "w1", now: 1_000, queues: [{ queue: "gpu", concurrency: 3 }], steps: ["a#b"], limit: 10 };
  beforeEach(async () => {
    await store.createRun(newRun("r1"));
    const [claimed] = await store.claim({ workerId: "w1", now: 1_000, limit: 1 });
    await store.commit([commitOf(claimed!, { tasks: [task(1), task(2), task(3)] })]);
  });

  test.each([
    ["that did not arrive", () => wire.loseQuestion()],
    ["whose answer was lost", () => wire.loseAnswer()],
  ])("taken by a claim %s are not left behind", async (_, fault) => {
    const [kept] = await store.claimTasks({ ...options, limit: 1 });
    fault();
    await expect(store.claimTasks(options)).rejects.toMatchObject(unavailable);
    const taken = await outlast(realPorts, () => store.claimTasks({ ...options, holds: [kept!.id] }));
    // What it held before it holds still.
    expect([kept!, ...taken].map(({ call }) => call)).toEqual([1, 2, 3]);
    expect(await store.finishTask(kept!.id, "w1", Buffer.from("done"), 2_000)).toBe("finished");
  });

  test.each([
    ["that did not arrive", () => wire.loseQuestion(), "finished"],
    ["whose answer was lost", () => wire.loseAnswer(), "superseded"],
  ])("finished by a call %s are finished once", async (_, fault, answer) => {
    const [taken] = await store.claimTasks({ ...options, limit: 1 });
    const cached = { key: "k", value: Buffer.from("v"), until: 9_000 };
    const finish = (): Promise<string> => store.finishTask(taken!.id, "w1", Buffer.from("done"), 2_000, cached);
    fault();
    await expect(finish()).rejects.toMatchObject(unavailable);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await outlast(realPorts, finish)).toBe(answer);
    expect((await store.pollMessages("w1")).map(({ kind, topic }) => `${kind} ${topic}`)).toEqual(["step 1:1"]);
    expect(Buffer.from((await store.readCache("k", 2_000))!).toString()).toBe("v");
  });
});

describe("word for a hook", () => {
  const options = { workerId: "w1", now: 3_000, hooks: ["alert"], limit: 10 };

  test.each([
    ["that did not arrive", () => wire.loseQuestion()],
    ["whose answer was lost", () => wire.loseAnswer()],
  ])("I4: of an end in a commit %s, made again, is left once", async (_, fault) => {
    await store.putHook({ name: "alert", events: ["failed"] });
    await store.createRun(newRun("r1"));
    const [claimed] = await store.claim({ workerId: "w1", now: 1_000, limit: 1 });
    const end = commitOf(claimed!, { status: "failed", outcome: Buffer.from("why") });
    fault();
    await expect(store.commit([end])).rejects.toMatchObject(unavailable);
    expect(await outlast(realPorts, () => store.commit([end]))).toEqual(["committed"]);
    expect(await store.claimDeliveries(options)).toMatchObject([{ run: "r1", event: "failed", attempt: 1 }]);
  });

  test.each([
    ["that did not arrive", () => wire.loseQuestion()],
    ["whose answer was lost", () => wire.loseAnswer()],
  ])("taken by a claim %s is not left behind", async (_, fault) => {
    await store.putHook({ name: "alert", events: ["failed"] });
    for (let n = 0; n < 3; n++) await store.createRun(newRun(`r${n}`));
    const runs = await store.claim({ workerId: "w1", now: 1_000, limit: 3 });
    await store.commit(runs.map((run) => commitOf(run, { status: "failed" })));
    const [kept] = await store.claimDeliveries({ ...options, limit: 1 });
    fault();
    await expect(store.claimDeliveries(options)).rejects.toMatchObject(unavailable);
    const taken = await outlast(realPorts, () => store.claimDeliveries({ ...options, holds: [kept!.id] }));
    expect([kept!, ...taken].map(({ run }) => run)).toEqual(["r0", "r1", "r2"]);
    // What it held before it holds still.
    expect(await store.finishDelivery(kept!.id, "w1")).toBe(true);
  });

  test("is not taken by a claim that arrives after a later one", async () => {
    await store.putHook({ name: "alert", events: ["failed"] });
    await store.createRun(newRun("r1"));
    const [claimed] = await store.claim({ workerId: "w1", now: 1_000, limit: 1 });
    await store.commit([commitOf(claimed!, { status: "failed" })]);
    const claim = (number: number): Promise<object[]> =>
      schema.sql(`SELECT * FROM $S.claim_deliveries('w1', ${number}, 3000, 10, '{alert}', NULL)`);
    await schema.sql("SELECT $S.claim_deliveries('w1', 1000, 3000, 0, '{alert}', NULL)");
    expect(await claim(999)).toEqual([]);
    expect(await claim(1001)).toHaveLength(1);
  });
});

test("a schedule whose writing was not answered is moved on once, with its run", async () => {
  const nightly = { name: "nightly", workflow: "a#b", dueAt: 5_000, definition: "{}", args: Buffer.from("[]") };
  await store.putSchedule({ ...nightly, version: "v1" }, undefined);
  const move = (): Promise<string> =>
    store.putSchedule({ ...nightly, version: "v2" }, "v1", { starts: [newRun("nightly@1")], sends: [] });
  wire.loseAnswer();
  await expect(move()).rejects.toMatchObject(unavailable);
  expect(await outlast(realPorts, move)).toBe("superseded");
  expect(ids(await direct.listRuns({}))).toEqual(["nightly@1"]);
});

test("a message with an id is sent again safely", async () => {
  await store.createRun(newRun("r1"));
  wire.loseAnswer();
  await expect(store.send(message("r1", { id: "m" }))).rejects.toMatchObject(unavailable);
  await outlast(realPorts, () => store.send(message("r1", { id: "m" })));
  await direct.registerWorker(newWorker("w2"), 1_000, alive);
  expect((await direct.claim({ workerId: "w2", now: 9_000, limit: 1 }))[0]!.messages.length).toBe(1);
});

test("notes are heard again after the connection that listens was lost", async () => {
  let work = 0;
  store.watch!((note) => (work += note.kind === "work" ? 1 : 0));
  await expect.poll(() => work).toBe(1);
  wire.cut();
  // Connected again: whatever was missed.
  await expect.poll(() => work, { timeout: 10_000 }).toBe(2);
  await direct.createRun(newRun("r1"));
  await expect.poll(() => work).toBe(3);
});

test("a worker goes on when the database is back, without doing anything twice, and result() waits through it", async () => {
  const warnings: string[] = [];
  const logger = { info: () => undefined, warn: (text: string) => void warnings.push(text) };
  const flow = open({ store, ports: { logger } });
  const worker = await flow.worker({ pollIntervalMs: 20 });
  const runs = await Promise.all(Array.from({ length: 5 }, (_, n) => flow.start(countTo, [30], { id: `run ${n}` })));
  const results = runs.map((run) => run.result());
  for (let n = 0; n < 3; n++) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    wire.down();
    await new Promise((resolve) => setTimeout(resolve, 150));
    wire.up();
  }
  expect(await Promise.all(results)).toEqual(runs.map(() => 30));
  await worker.stop();
  for (const run of runs) {
    expect(attempts(run.id)).toEqual(Array.from({ length: 30 }, (_, n) => `${run.id}:${n + 1}`));
    expect((await run.journal()).filter(({ kind }) => kind === "step.completed").length).toBe(30);
  }
  expect(warnings).toContain("the store cannot be reached; trying again");
});

test("a worker that is told to stop while the database is away stops", async () => {
  const flow = open({ store });
  const worker = await flow.worker({ pollIntervalMs: 20, graceMs: 200 });
  await flow.start(countTo, [1_000], { id: "long" });
  await expect.poll(async () => (await direct.getRun("long"))!.version).toBeGreaterThan(3);
  wire.down();
  await worker.stop();
  await expect(worker.done).rejects.toMatchObject(unavailable);
  // Nothing is lost: the next worker of this machine takes over.
  const next = newWorker("w3", { host: hostname() });
  await direct.registerWorker(next, Date.now(), ({ id }) => id !== worker.id);
  const [taken] = await direct.claim({ workerId: "w3", now: Date.now(), limit: 1 });
  expect(taken?.id).toBe("long");
});
