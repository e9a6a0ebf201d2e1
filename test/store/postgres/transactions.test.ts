/** I4: what the body of a `step.tx` writes, its result and the continuation after it happen together, once. */
import { once } from "node:events";
import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { open, type Flow } from "../../../src/runtime/flow.js";
import { memory } from "../../../src/runtime/store/memory.js";
import { aes256gcm } from "../../../src/runtime/store/aes256gcm.js";
import { bundled, killed, started } from "../processes.js";
import { Schema, serverUrl } from "./server.js";
import { bookings, meanwhile, onBook, twice } from "./transactional.js";
import { Wire } from "./wire.js";

interface Row {
  readonly key: string;
  readonly attempt: number;
}

const SEATS = "CREATE TABLE $S.seats (key text NOT NULL, attempt integer NOT NULL)";
const quiet = { logger: { info: () => undefined, warn: () => undefined } };

let schema: Schema;
let flow: Flow;
beforeEach(async () => {
  schema = new Schema(await serverUrl());
  flow = open({ store: schema.connect(), ports: quiet });
  await flow.runs();
  await schema.sql(SEATS);
});
afterEach(async () => {
  onBook(undefined);
  await flow.close();
  await schema.destroy();
});

const rows = (): Promise<Row[]> => schema.sql<Row>("SELECT key, attempt FROM $S.seats ORDER BY key, attempt");

test("rows and results of many runs are there once each, in one commit a step", async () => {
  await flow.worker();
  const runs = await Promise.all(
    Array.from({ length: 20 }, (_, n) => flow.start(bookings, [schema.name, 3], { id: `run ${n}` })),
  );
  expect(await Promise.all(runs.map((run) => run.result()))).toEqual(runs.map(() => [1, 2, 3]));
  expect((await rows()).length).toBe(60);
  expect(new Set((await rows()).map(({ attempt }) => attempt))).toEqual(new Set([1]));
  for (const run of runs) expect((await run.status()).version).toBe(4);
  const [shared] = await schema.sql<{ n: number }>(
    "SELECT count(*)::int AS n FROM $S.seats s JOIN $S.journal j ON j.xmin = s.xmin WHERE j.entries LIKE '%step.completed%'",
  );
  expect(shared!.n).toBe(60);
});

test("a body that throws is rolled back, and counts as a failed attempt", async () => {
  await flow.worker();
  onBook(({ attempt }) => {
    if (attempt === 1) throw new Error("not yet");
  });
  const run = await flow.start(bookings, [schema.name, 1]);
  expect(await run.result()).toEqual([1]);
  expect((await rows()).map(({ attempt }) => attempt)).toEqual([2]);
});

test("a body whose attempts are used up leaves nothing", async () => {
  await flow.worker();
  onBook(() => {
    throw new Error("never");
  });
  const run = await flow.start(bookings, [schema.name, 1]);
  await expect(run.result()).rejects.toThrow(/book/);
  expect(await rows()).toEqual([]);
});

test.each<[string, string, RegExp]>([
  ["ends its transaction", "COMMIT", /must not COMMIT or ROLLBACK/],
  ["goes on after a statement that failed", "SELECT 1/0", /its error was caught/],
  [
    "leaves something that a constraint does not allow",
    "CREATE TABLE late (a int UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO late VALUES (1), (1)",
    /duplicate key/,
  ],
])("a body that %s fails, and says why", async (_, text, why) => {
  await flow.worker();
  onBook(async ({ client }) => {
    await client.query(text).catch(() => undefined);
  });
  const run = await flow.start(bookings, [schema.name, 1]);
  const error = await run.result().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(String((error as { cause?: unknown }).cause ?? error)).toMatch(why);
});

test("a result that cannot be saved takes the rows with it", async () => {
  await flow.worker();
  onBook(() => ({ later: new Promise(() => undefined) }));
  const run = await flow.start(bookings, [schema.name, 1]);
  await expect(run.result()).rejects.toThrow(/cannot be saved/);
  expect(await rows()).toEqual([]);
});

test("I5: a run that another worker has taken over meanwhile keeps the rows of that one only", async () => {
  const worker = await flow.worker();
  const other = open({ store: schema.connect(), ports: quiet });
  let bodies = 0;
  const gate = Promise.withResolvers<void>();
  onBook(async () => {
    if (++bodies === 1) await gate.promise;
  });
  const run = await flow.start(bookings, [schema.name, 1]);
  await expect.poll(() => bodies).toBe(1);
  // As if it had died: what it holds is given to others.
  await other.store.unregisterWorker(worker.id, Date.now());
  await other.worker();
  expect(await other.run(run.id).result()).toEqual([1]);
  gate.resolve();
  await delay(300);
  expect((await rows()).length).toBe(1);
  await other.close();
});

test("a call that was given up while its body ran leaves nothing", async () => {
  await flow.worker();
  let bodies = 0;
  onBook(async ({ client }) => {
    bodies++;
    await client.query("SELECT pg_sleep(0.6)");
  });
  const run = await flow.start(bookings, [schema.name, 2]);
  await expect.poll(() => bodies).toBe(1);
  await run.cancel("enough");
  await expect(run.result()).rejects.toThrow("enough");
  await delay(900);
  expect(await rows()).toEqual([]);
});

test("two strands: results that arrive while a body runs, and two bodies at once", async () => {
  await flow.worker();
  const run = await flow.start(meanwhile, [schema.name, 25]);
  expect(await run.result()).toEqual([25, 1]);
  const both = await flow.start(twice, [schema.name]);
  expect(await both.result()).toEqual([1, 1]);
  expect((await rows()).length).toBe(3);
  const kinds = (await both.journal()).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === "step.completed").length).toBe(2);
});

test("more bodies at once than connections wait for one another, and hinder no other run", async () => {
  await flow.close();
  flow = open({ store: schema.connect({ connections: 2 }), ports: quiet });
  await flow.worker();
  onBook(() => delay(20));
  const runs = await Promise.all(Array.from({ length: 12 }, () => flow.start(meanwhile, [schema.name, 5])));
  expect(await Promise.all(runs.map((run) => run.result()))).toEqual(runs.map(() => [5, 1]));
  expect((await rows()).length).toBe(12);
});

test("with an encrypted store", async () => {
  await flow.close();
  const cipher = aes256gcm({ current: "k", keys: { k: Buffer.alloc(32, 1) } });
  flow = open({ store: schema.connect(), ports: quiet, cipher });
  await flow.worker();
  const run = await flow.start(bookings, [schema.name, 3]);
  expect(await run.result()).toEqual([1, 2, 3]);
  expect((await rows()).length).toBe(3);
});

test("with a store that has no such transactions the call throws, and says what to do", async () => {
  const elsewhere = open({ store: memory(), ports: quiet });
  await elsewhere.worker();
  const run = await elsewhere.start(bookings, [schema.name, 1]);
  await expect(run.result()).rejects.toMatchObject({ message: expect.stringContaining("step.tx") as unknown });
  await elsewhere.close();
});

describe("a connection that is lost", () => {
  let wire: Wire;
  beforeEach(async () => {
    wire = await Wire.to(schema.server);
    await flow.close();
    flow = open({ store: new Schema(wire.url, schema.name).connect(), ports: quiet });
  });
  afterEach(() => wire.close());

  test.each([
    ["COMMIT, which does not arrive", () => wire.loseQuestionWith("COMMIT")],
    ["COMMIT, whose answer is lost", () => wire.loseAnswerTo("COMMIT")],
    ["the commit of the run, which does not arrive", () => wire.loseQuestionWith("SET CONSTRAINTS")],
    ["the commit of the run, whose answer is lost", () => wire.loseAnswerTo("flowc commit")],
    ["BEGIN", () => wire.loseQuestionWith("BEGIN")],
  ])("with %s: what is in the store counts, once", async (_, fault) => {
    await flow.worker({ pollIntervalMs: 50 });
    let n = 0;
    onBook(() => {
      if (++n === 2) fault();
    });
    const run = await flow.start(bookings, [schema.name, 4]);
    expect(await run.result()).toEqual([1, 2, 3, 4]);
    expect((await rows()).map(({ key }) => key)).toEqual([1, 2, 3, 4].map((call) => `${run.id}:${call}`));
    expect((await run.status()).version).toBe(5);
  });

  test("in the body is no failure of the body", async () => {
    await flow.worker({ pollIntervalMs: 50 });
    const seen: number[] = [];
    onBook(({ attempt }) => {
      seen.push(attempt);
      if (seen.length <= 4) wire.cut();
    });
    const run = await flow.start(bookings, [schema.name, 1]);
    expect(await run.result()).toEqual([1]);
    expect(seen).toEqual([1, 1, 1, 1, 1]);
    expect((await rows()).length).toBe(1);
  });
});

test("a worker that is killed in a body: the next one does it again, and there is one row a step", async () => {
  const run = await flow.start(bookings, [schema.name, 12]);
  const program = await bundled("postgres/transactional-worker.ts", schema.name);
  onTestFinished(() => rmSync(program));
  let kills = 0;
  for (; kills < 4; kills++) {
    const child = started(program, [schema.server, schema.name]);
    for (let bodies = 0; bodies < 2; bodies++) await once(child.stdout, "data");
    await killed(child);
  }
  await flow.worker();
  expect(await run.result()).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
  expect((await rows()).map(({ key }) => key).toSorted()).toEqual(
    Array.from({ length: 12 }, (_, n) => `${run.id}:${n + 1}`).toSorted(),
  );
  expect(kills).toBe(4);
});
