/** The part of the specification of a store that is about runs whose workers are lost: how often, and what becomes of those that may be the reason. */
import { describe, expect, test } from "vitest";
import { SUSPECT_LOSSES, type ClaimedRun, type ClaimOptions, type Store } from "../../src/runtime/store/store.js";
import { alive, type Bench, commitOf, ids, newRun, newWorker, type Traits } from "./kit.js";

export function describeLosses(bench: () => Bench, { manyWorkers }: Traits): void {
  const store = (): Store => bench().store;
  const claim = (workerId: string, over: Partial<ClaimOptions> = {}): Promise<ClaimedRun[]> => bench().claim(workerId, over);

  /** Creates runs, and loses so many workers that hold them. Afterwards `w1` is there. */
  async function lost(times: number, ...runs: readonly string[]): Promise<void> {
    for (const id of runs) await store().createRun(newRun(id));
    for (let n = 0; n < times; n++) {
      await store().registerWorker(newWorker(`lost ${n}`), 1_000, ({ id }) => id === `lost ${n}`);
      expect(ids(await claim(`lost ${n}`))).toEqual(runs);
    }
    await store().registerWorker(newWorker("w1"), 1_000, ({ id }) => id === "w1");
  }

  test("losses count the workers that were lost with a run, until it commits", async () => {
    await lost(2, "r1");
    const [claimed] = await claim("w1");
    expect(claimed!.losses).toBe(2);
    await store().commit([commitOf(claimed!, { release: true, wakeAt: 0 })]);
    expect((await claim("w1"))[0]!.losses).toBe(0);
  });

  test("a worker that leaves is not lost", async () => {
    await bench().held();
    await store().unregisterWorker("w1", 1_000);
    await store().registerWorker(newWorker("w2"), 1_000, alive);
    expect((await claim("w2"))[0]!.losses).toBe(0);
  });

  describe("suspects", () => {
    test("are handed over before others and by themselves, when one is asked for", async () => {
      await lost(SUSPECT_LOSSES, "s1", "s2");
      for (const id of ["a", "b"]) await store().createRun(newRun(id, { createdAt: 500 }));
      const taken: string[][] = [];
      for (let n = 0; n < 4; n++) taken.push(ids(await claim("w1", { suspects: "one" })));
      expect(taken).toEqual([["s1"], ["s2"], ["a", "b"], []]);
    });

    test("stay when none is asked for", async () => {
      await lost(SUSPECT_LOSSES, "s1", "s2");
      for (const id of ["a", "b", "c"]) await store().createRun(newRun(id));
      expect(ids(await claim("w1", { suspects: "none", limit: 2 }))).toEqual(["a", "b"]);
      expect(ids(await claim("w1", { suspects: "none" }))).toEqual(["c"]);
    });

    test("are like the others to who does not ask", async () => {
      await lost(SUSPECT_LOSSES, "s1", "s2");
      await store().createRun(newRun("a"));
      expect(ids(await claim("w1")).toSorted()).toEqual(["a", "s1", "s2"]);
    });

    test("are due like the others, and of these workflows", async () => {
      await lost(SUSPECT_LOSSES, "s1");
      expect(await claim("w1", { suspects: "one", now: 999 })).toEqual([]);
      expect(await claim("w1", { suspects: "one", workflows: ["x#y"] })).toEqual([]);
      expect(await claim("w1", { suspects: "one", workflows: [] })).toEqual([]);
      expect(ids(await claim("w1", { suspects: "one", workflows: [newRun("s1").workflow] }))).toEqual(["s1"]);
    });

    test("are no more after a commit, nor before so many losses", async () => {
      await lost(SUSPECT_LOSSES, "s1", "s2");
      for (const run of await claim("w1"))
        await store().commit([commitOf(run, run.id === "s1" ? { release: true, wakeAt: 1_000 } : { status: "failed" })]);
      await store().retryRun("s2", 1_000, { at: 1_000, kind: "run.retried", data: {} });
      await store().createRun(newRun("a"));
      expect(ids(await claim("w1", { suspects: "one" })).toSorted()).toEqual(["a", "s1", "s2"]);
    });

    test("with fewer losses a run is none", async () => {
      await lost(SUSPECT_LOSSES - 1, "r1", "r2");
      await store().createRun(newRun("a"));
      expect(ids(await claim("w1", { suspects: "one" })).toSorted()).toEqual(["a", "r1", "r2"]);
    });

    test("whose claim was not answered are handed over to who says what it holds", async () => {
      await lost(SUSPECT_LOSSES, "s1", "s2");
      await claim("w1", { suspects: "one" });
      expect(ids(await claim("w1", { suspects: "none", holds: [] }))).toEqual(["s1"]);
      expect(ids(await claim("w1", { suspects: "one", holds: ["s1"] }))).toEqual(["s2"]);
    });

    test("that two connections ask for at once are handed over once each", async () => {
      const suspects = Array.from({ length: 20 }, (_, n) => `s${n}`);
      await lost(SUSPECT_LOSSES, ...suspects);
      const other = bench().medium.connect();
      const theirs = manyWorkers ? "w2" : "w1";
      await other.registerWorker(newWorker(theirs), 1_000, alive);
      const options = { now: 1_000, limit: 10, suspects: "one" } as const;
      const taken: string[] = [];
      for (let n = 0; n < 20; n++) {
        const claims = [store().claim({ ...options, workerId: "w1" }), other.claim({ ...options, workerId: theirs })];
        for (const claimed of await Promise.all(claims)) {
          expect(claimed.length).toBeLessThanOrEqual(1);
          taken.push(...ids(claimed));
        }
      }
      expect(taken.toSorted()).toEqual(suspects.toSorted());
      await other.close();
    });
  });
}
