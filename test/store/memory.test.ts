import { expect, test } from "vitest";
import { memory } from "../../src/runtime/store/memory.js";
import type { Store } from "../../src/runtime/store/store.js";
import { commitOf, newRun, run, workerRecord } from "./suite.js";

run("in memory", () => {
  const store = memory();
  // There is one connection; closing a second handle leaves it open.
  const handle = new Proxy<Store>(store, {
    get: (target, key) => (key === "close" ? async () => {} : bound(target, key as keyof Store)),
  });
  let first = true;
  return { connect: () => (first ? ((first = false), store) : handle), destroy: () => {} };
});

function bound(store: Store, key: keyof Store): unknown {
  const member: unknown = store[key];
  return typeof member === "function" ? (member.bind(store) as unknown) : member;
}

const alive = (): boolean => true;

test("with many workers, each holds the runs it claimed as long as its lease lasts", async () => {
  const store = memory({ workers: "many" });
  expect(await store.registerWorker(workerRecord("w1"), 1_000, alive)).toBe("registered");
  expect(await store.registerWorker(workerRecord("w2", { leaseUntil: 90_000 }), 1_000, alive)).toBe("registered");
  await store.createRun(newRun("r1"));
  const options = { now: 1_000, leaseUntil: 10_000, limit: 10 };
  const [first] = await store.claim({ ...options, workerId: "w1" });
  expect(await store.claim({ ...options, workerId: "w2", now: 10_000 })).toEqual([]);
  expect(await store.renew("w1", 20_000)).toBe(true);
  expect(await store.claim({ ...options, workerId: "w2", now: 20_000 })).toEqual([]);
  const [second] = await store.claim({ ...options, workerId: "w2", now: 20_001, leaseUntil: 90_000 });
  expect(second).toMatchObject({ id: "r1", owner: "w2", fence: first!.fence + 1 });
  // I5: the first one may still be running, and it may still renew; the run is not its own.
  expect(await store.commit([commitOf(first!)])).toEqual(["superseded"]);
  expect(await store.renew("w1", 500_000)).toBe(true);
  expect(await store.commit([commitOf(second!)])).toEqual(["committed"]);
});

test("with many workers, one that registers takes out those whose lease has ended, and no others", async () => {
  const store = memory({ workers: "many" });
  await store.createRun(newRun("r1"));
  await store.registerWorker(workerRecord("late"), 1_000, alive);
  await store.registerWorker(workerRecord("good", { leaseUntil: 90_000 }), 1_000, alive);
  await store.claim({ workerId: "late", now: 1_000, leaseUntil: 10_000, limit: 10 });
  expect(await store.registerWorker(workerRecord("new", { leaseUntil: 90_000 }), 10_000, alive)).toBe("registered");
  expect(await store.getRun("r1")).toMatchObject({ owner: undefined, status: "ready" });
  expect([await store.renew("late", 90_000), await store.renew("good", 95_000)]).toEqual([false, true]);
});
