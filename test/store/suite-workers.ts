/** The specification of a store, the part about workers and their leases. */
import { describe, expect, test } from "vitest";
import { alive, type Bench, commitOf, ids, newRun, newWorker, type Traits } from "./kit.js";

export function describeWorkers(bench: () => Bench, { manyWorkers }: Traits): void {
  describe("workers", () => {
    test.each([
      ["whose lease has ended", 10_000, alive],
      ["that is not alive", 1_000, (other: { id: string }) => other.id !== "w1"],
    ])("a holder %s is replaced, and its runs are claimable at once", async (_name, now, isAlive) => {
      const { store } = bench();
      const claimed = await bench().held();
      await store.commit([commitOf(claimed, { wakeAt: 500_000 })]);
      expect(await bench().register("w2", now, isAlive)).toBe("registered");
      const [taken] = await bench().claim("w2", { now });
      expect(taken).toMatchObject({ id: "r1", owner: "w2", fence: claimed.fence + 1 });
      expect(await bench().renew("w1", now, 9_000)).toBe(false);
      // I5: the old one may still be running.
      expect(await store.commit([commitOf(claimed)])).toEqual(["superseded"]);
      expect(await bench().claim("w1", { now: 1e12 })).toEqual([]);
    });

    test("isAlive is asked about the holder", async () => {
      const { store } = bench();
      const holder = newWorker("w1", { pid: 77, host: "there" });
      await store.registerWorker(holder, 1_000, alive);
      const asked: object[] = [];
      await store.registerWorker(newWorker("w2", { host: "there" }), 1_000, (other) => asked.push(other) > 0);
      const { leaseMs: _, ...record } = holder;
      expect(asked).toEqual([{ ...record, leaseUntil: 10_000 }]);
    });

    test("unregistering releases what it holds, and makes room", async () => {
      const { store } = bench();
      const claimed = await bench().held();
      await store.unregisterWorker("w1", 1_500);
      expect(await store.getRun("r1")).toMatchObject({ owner: undefined, status: "ready" });
      expect(await store.commit([commitOf(claimed)])).toEqual(["superseded"]);
      expect(await bench().register("w2", 1_500)).toBe("registered");
      expect(ids(await bench().claim("w2", { now: 1_500 }))).toEqual(["r1"]);
    });

    test("unregistering somebody else changes nothing", async () => {
      const { store } = bench();
      await bench().held();
      await store.unregisterWorker("w9", 1_500);
      expect(await store.getRun("r1")).toMatchObject({ owner: "w1" });
      expect(await bench().renew("w1", 1_500, 9_000)).toBe(true);
    });

    test("registering again keeps the runs and extends the lease", async () => {
      await bench().held();
      expect(await bench().register("w1", 9_000)).toBe("registered");
      expect(await bench().store.getRun("r1")).toMatchObject({ owner: "w1" });
      expect(await bench().releaseDead("w1", 17_000)).toBe(false);
    });

    test("a worker never takes out itself", async () => {
      await bench().held();
      expect(await bench().releaseDead("w1", 1e12, () => false)).toBe(false);
      expect(await bench().renew("w1", 1e12, 9_000)).toBe(true);
      expect(await bench().store.getRun("r1")).toMatchObject({ owner: "w1" });
    });

    if (manyWorkers) describeMany(bench);
    else describeOne(bench);
  });
}

function describeOne(bench: () => Bench): void {
  test("a second one gets the holder's record", async () => {
    const { store } = bench();
    const holder = newWorker("w1", { pid: 7, host: "there", startedAt: 5 });
    expect(await store.registerWorker(holder, 1_000, alive)).toBe("registered");
    const { leaseMs, ...record } = holder;
    expect(await bench().register("w2")).toEqual({ ...record, leaseUntil: 1_000 + leaseMs });
    expect(await bench().renew("w2", 1_000, 99_000)).toBe(false);
    expect(await bench().register("w1")).toBe("registered");
  });
}

function describeMany(bench: () => Bench): void {
  test("several share the runs, each run with one of them", async () => {
    const { store } = bench();
    for (const id of ["w1", "w2", "w3"]) expect(await bench().register(id)).toBe("registered");
    for (let n = 0; n < 9; n++) await store.createRun(newRun(`r${n}`));
    const [a, b, c] = [
      await bench().claim("w1", { limit: 4 }),
      await bench().claim("w2", { limit: 4 }),
      await bench().claim("w3"),
    ];
    expect(ids([...a, ...b, ...c]).toSorted()).toEqual(Array.from({ length: 9 }, (_, n) => `r${n}`));
    expect(c.length).toBe(1);
    expect(await store.commit([commitOf(b[0]!), commitOf(a[0]!)])).toEqual(["committed", "committed"]);
  });

  test("a lease lasts as long as it is renewed, and holds for all runs of the worker", async () => {
    const { store } = bench();
    for (const id of ["w1", "w2"]) await bench().register(id);
    await store.createRun(newRun("r1"));
    await store.createRun(newRun("r2"));
    const held = await bench().claim("w1");
    await store.commit([commitOf(held[0]!, { wakeAt: 500_000 })]);
    expect(await bench().releaseDead("w2", 9_999)).toBe(false);
    expect(await bench().renew("w1", 9_999, 10_001)).toBe(true);
    expect(await bench().renew("w2", 9_999, 90_000)).toBe(true);
    expect(await bench().releaseDead("w2", 19_999)).toBe(false);
    expect(await bench().claim("w2", { now: 19_999 })).toEqual([]);
    expect(await bench().releaseDead("w2", 20_000)).toBe(true);
    expect(await bench().releaseDead("w2", 20_000)).toBe(false);
    expect(ids(await bench().claim("w2", { now: 20_000 })).toSorted()).toEqual(["r1", "r2"]);
    expect(await bench().renew("w1", 20_000, 9_000)).toBe(false);
  });

  test("one that isAlive denies is taken out at once, the others stay", async () => {
    const { store } = bench();
    for (const id of ["w1", "w2", "w3"]) await bench().register(id);
    await store.createRun(newRun("r1"));
    await bench().claim("w1");
    await store.createRun(newRun("r2"));
    await bench().claim("w2");
    expect(await bench().releaseDead("w3", 1_000, ({ id }) => id !== "w1")).toBe(true);
    expect(await store.getRun("r1")).toMatchObject({ owner: undefined, status: "ready" });
    expect(await store.getRun("r2")).toMatchObject({ owner: "w2", status: "running" });
    expect(await bench().renew("w2", 1_000, 9_000)).toBe(true);
  });

  test("a worker that was taken out registers again and begins with nothing", async () => {
    const claimed = await bench().held();
    await bench().register("w2", 20_000);
    expect(await bench().register("w1", 20_000)).toBe("registered");
    expect(await bench().store.commit([commitOf(claimed)])).toEqual(["superseded"]);
    const [again] = await bench().claim("w1", { now: 20_000 });
    expect(again).toMatchObject({ id: "r1", fence: claimed.fence + 1, version: 0 });
  });
}
