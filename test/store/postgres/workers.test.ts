/** Workers of several processes on one database, and what their runs take in it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { afterEach, beforeEach, expect, test } from "vitest";
import { open } from "../../../src/runtime/flow.js";
import type { NewTask, Store } from "../../../src/runtime/store/store.js";
import { UsageError } from "../../../src/shared/errors.js";
import { alive, commitOf, entry, message, newRun, newWorker } from "../kit.js";
import { countTo } from "./programs.js";
import { Schema, serverUrl } from "./server.js";

let schema: Schema;
let store: Store;
beforeEach(async () => {
  schema = new Schema(await serverUrl());
  store = schema.connect();
});
afterEach(async () => {
  await store.close();
  await schema.destroy();
});

const HOUR = 3_600_000;

/** The number of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ["-e", "0"], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid!;
}

test("a worker of this machine that dies is noticed by the living long before its lease ends", async () => {
  const flow = open({ store });
  const living = await flow.worker({ concurrency: 1 });
  const other = schema.connect();
  // The other one lives as long as nobody looks.
  const record = newWorker("dying", { pid: await deadProcess(), host: hostname(), leaseMs: HOUR });
  await flow.start(countTo, [3], { id: "r1" });
  await flow.run("r1").result();
  await schema.sql("UPDATE $S.workers SET host = host || '?'");
  await other.registerWorker(record, Date.now(), alive);
  await other.createRun({ ...newRun("r2"), createdAt: Date.now(), image: (await store.getImage("r1"))!.image });
  expect((await other.claim({ workerId: "dying", now: Date.now(), limit: 1 })).length + (await heldBy(living.id))).toBe(1);
  await schema.sql(`UPDATE $S.workers SET host = '${hostname()}'`);
  await expect.poll(async () => (await schema.sql("SELECT FROM $S.workers")).length, { timeout: 5_000 }).toBe(1);
  expect((await store.getRun("r2"))!.owner).not.toBe("dying");
  await other.close();
  await flow.close();
});

async function heldBy(worker: string): Promise<number> {
  return (await store.listRuns({})).filter(({ owner }) => owner === worker).length;
}

test("several workers share the runs, and each run ends once", async () => {
  const flows = [1, 2, 3].map(() => open({ store: schema.connect() }));
  const starter = open({ store });
  const runs = await Promise.all(Array.from({ length: 60 }, (_, n) => starter.start(countTo, [5], { id: `s${n}` })));
  const workers = await Promise.all(flows.map((flow) => flow.worker({ concurrency: 7 })));
  expect(await Promise.all(runs.map((run) => run.result()))).toEqual(runs.map(() => 5));
  for (const run of runs) {
    const kinds = (await run.journal()).map(({ kind }) => kind);
    expect(kinds).toEqual(["run.started", ...Array.from({ length: 5 }, () => "step.completed"), "run.completed"]);
    expect((await run.status()).version).toBe(6);
  }
  expect(new Set(workers.map(({ id }) => id)).size).toBe(3);
  await Promise.all(flows.map((flow) => flow.close()));
});

test("I7: a step adds its line in the journal and nothing else", async () => {
  await store.registerWorker(newWorker("w1"), 1_000, alive);
  for (let n = 0; n < 20; n++) await store.createRun(newRun(`r${n}`));
  const runs = await store.claim({ workerId: "w1", now: 1_000, limit: 20 });
  const image = Buffer.alloc(400, 1);
  const steps = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      const journal = [
        entry(1_764_000_000_000 + n, "step.completed", { step: "src/services.ts#charge", call: n, attempt: 1, ms: 12 }),
      ];
      await store.commit(runs.map((run) => commitOf(run, { image, journal })));
    }
  };
  await steps(20);
  // Other files use the server at the same time, and while a transaction of theirs is open nothing is pruned: the best of many is what a step takes.
  let least = Infinity;
  for (let round = 0; round < 15 && least >= 250; round++) {
    const before = await size();
    await steps(200);
    least = Math.min(least, ((await size()) - before) / (200 * runs.length));
  }
  expect(least).toBeLessThan(250);
});

async function size(): Promise<number> {
  const [row] = await schema.sql<{ size: string }>(
    "SELECT sum(pg_total_relation_size(c.oid)) AS size FROM pg_class c WHERE c.relnamespace = '$S'::regnamespace AND c.relkind = 'r'",
  );
  return Number(row!.size);
}

test("a group too large for one statement is committed in several", async () => {
  await store.registerWorker(newWorker("w1"), 1_000, alive);
  for (let n = 0; n < 3; n++) await store.createRun(newRun(`r${n}`));
  const runs = await store.claim({ workerId: "w1", now: 1_000, limit: 5 });
  const results = await store.commit(runs.map((run, n) => commitOf(run, { image: Buffer.alloc(12_000_000, n + 1) })));
  expect(results).toEqual(runs.map(() => "committed"));
  const rows = await schema.sql(
    "SELECT length(image) AS length, get_byte(image, 11999999) AS last, xmin::text FROM $S.runs ORDER BY n",
  );
  expect(rows).toMatchObject([1, 2, 3].map((last) => ({ length: 12_000_000, last })));
  expect(new Set(rows.map((row) => (row as { xmin: string }).xmin)).size).toBe(2);
});

test("texts that PostgreSQL cannot hold: ids and channels are refused, what a run waits for is shown without", async () => {
  await expect(store.createRun(newRun("a\0b"))).rejects.toThrow(UsageError);
  await expect(store.createRun(newRun("a\ud800"))).rejects.toThrow(/half a surrogate pair/);
  await store.createRun(newRun("r1"));
  await expect(store.send(message("r1", { topic: "a\0b" }))).rejects.toThrow(UsageError);
  await expect(store.send(message("r1", { id: "\0" }))).rejects.toThrow(/a message id/);
  await store.registerWorker(newWorker("w1"), 1_000, alive);
  const [claimed] = await store.claim({ workerId: "w1", now: 1_000, limit: 1 });
  const journal = [entry(1, "x", { "a\0b": "\ud800" })];
  expect(await store.commit([commitOf(claimed!, { waitingFor: "message a\0b", journal })])).toEqual(["committed"]);
  expect((await store.getRun("r1"))!.waitingFor).toBe("message a␀b");
  expect(await store.readJournal("r1")).toEqual(journal);
});

test("texts of any length and any characters: notes, keys of queues and of cached results", async () => {
  await store.registerWorker(newWorker("w1"), 1_000, alive);
  await store.createRun(newRun("r1"));
  const [claimed] = await store.claim({ workerId: "w1", now: 1_000, limit: 1 });
  const long = "ä\0\ud800".repeat(5_000);
  const task: NewTask = {
    queue: "gpu",
    call: 1,
    attempt: 1,
    step: "a#b",
    key: long,
    priority: 0,
    dueAt: 0,
    payload: Buffer.from(""),
  };
  const cached = [{ key: long, value: Buffer.from("found"), until: 9_000 }];
  const commit = commitOf(claimed!, { notes: { [long]: long, "": long }, tasks: [task], cached });
  expect(await store.commit([commit])).toEqual(["committed"]);
  expect((await store.getRun("r1"))!.notes).toEqual({ [long]: long, "": long });
  expect((await store.listRuns({ note: { "": long } })).length).toBe(1);
  expect((await store.listRuns({ note: { "": `${long}.` } })).length).toBe(0);
  expect(Buffer.from((await store.readCache(long, 1))!).toString()).toBe("found");
  const queues = [{ queue: "gpu", perKey: 1 }];
  expect((await store.claimTasks({ workerId: "w1", now: 1, queues, steps: ["a#b"], limit: 1 })).length).toBe(1);
});
