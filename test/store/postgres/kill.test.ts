/** The database killed with kill -9 and started again. */
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres } from "../../../scripts/lib/postgres.mjs";
import { open } from "../../../src/runtime/flow.js";
import { outlast } from "../../../src/runtime/outage.js";
import { realPorts } from "../../../src/runtime/ports.js";
import { postgres } from "../../../src/runtime/store/postgres/index.js";
import { alive, commitOf, entry, newRun, newWorker, text } from "../kit.js";
import { attempts, countTo } from "./programs.js";

let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** Kills the server after a while, again and again, and starts it after another one. */
async function killAgainAndAgain(times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    await delay(120 + n * 31);
    await server.end(n % 2 === 0 ? "SIGKILL" : "SIGQUIT");
    await delay(30);
    await server.start();
  }
}

test("I4: groups that are sent until they are answered happen once each, all of a group or nothing", async () => {
  const store = postgres(server.url, { schema: "groups" });
  await store.registerWorker(newWorker("w1", { leaseMs: 60_000 }), 1_000, alive);
  for (let n = 0; n < 10; n++) await store.createRun(newRun(`r${n}`));
  const runs = await store.claim({ workerId: "w1", now: 1_000, limit: 10 });
  let version = 0;
  let isOver = false;
  const kills = killAgainAndAgain(4).then(() => (isOver = true));
  while (!isOver) {
    version++;
    const image = Buffer.from(`image ${version}`);
    const group = runs.map((run) => commitOf(run, { image, journal: [entry(version)] }));
    expect(new Set(await outlast(realPorts, () => store.commit(group)))).toEqual(new Set(["committed"]));
  }
  await kills;
  expect(version).toBeGreaterThan(20);
  for (const { id } of runs) {
    expect((await store.getRun(id))!.version).toBe(version);
    expect(text((await store.getImage(id))!.image)).toBe(`image ${version}`);
    expect((await store.readJournal(id)).map(({ at }) => at)).toEqual(Array.from({ length: version }, (_, n) => n + 1));
  }
  await store.close();
});

test("leases do not run out while the database is away", async () => {
  const store = postgres(server.url, { schema: "leases" });
  for (const id of ["w1", "w2"]) await store.registerWorker(newWorker(id, { leaseMs: 400, host: hostname() }), 1_000, alive);
  await server.end("SIGQUIT");
  await delay(600);
  await server.start();
  expect(await outlast(realPorts, () => store.releaseDead("w2", 1_000, alive))).toBe(false);
  expect(await store.renew("w1", 1_000, 400)).toBe(true);
  await delay(900);
  expect(await store.releaseDead("w2", 1_000, alive)).toBe(true);
  expect(await store.renew("w1", 1_000, 400)).toBe(false);
  await store.close();
});

test("workers and result() wait until it is back; nothing is lost and nothing is done twice", async () => {
  const logger = { info: () => undefined, warn: () => undefined };
  const flows = [1, 2].map(() => open({ store: postgres(server.url, { schema: "workers" }), ports: { logger } }));
  const [flow, other] = flows as [(typeof flows)[0], (typeof flows)[0]];
  for (const each of flows) await each.worker({ concurrency: 6 });
  const runs = await Promise.all(Array.from({ length: 10 }, (_, n) => flow.start(countTo, [40], { id: `k${n}` })));
  const results = runs.map((run) => other.run(run.id).result());
  await killAgainAndAgain(3);
  expect(await Promise.all(results)).toEqual(runs.map(() => 40));
  for (const { id } of runs) expect(attempts(id)).toEqual(Array.from({ length: 40 }, (_, n) => `${id}:${n + 1}`));
  await Promise.all(flows.map((each) => each.close()));
});
