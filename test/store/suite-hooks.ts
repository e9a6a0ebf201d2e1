/** The part of the specification of a store that is about hooks: word of ends and pauses that is kept until somebody has heard it. */
import { describe, expect, test } from "vitest";
import type { Commit, Delivery, Store } from "../../src/runtime/store/store.js";
import { alive, type Bench, bytes, commitOf, entry, newWorker, text } from "./kit.js";

export function describeHooks(bench: () => Bench): void {
  const store = (): Store => bench().store;
  const take = (over: Partial<Parameters<Store["claimDeliveries"]>[0]> = {}): Promise<Delivery[]> =>
    store().claimDeliveries({ workerId: "w1", now: 2_000, hooks: ["alert", "mail"], limit: 100, ...over });
  const shown = (deliveries: readonly Delivery[]): string[] =>
    deliveries.map(({ hook, run, event, at, version, attempt }) => [hook, run, event, at, version, attempt].join(" "));

  /** Each is a run that this commit was made of. */
  async function ended(...commits: readonly Partial<Commit>[]): Promise<void> {
    for (const [n, commit] of commits.entries())
      await store().commit([commitOf(await bench().held(`r${n + 1}`), { outcome: bytes(`outcome ${n + 1}`), ...commit })]);
  }

  describe("a hook", () => {
    test("is told of its events, each hook by itself, from when it is there", async () => {
      await ended({ status: "failed" });
      await store().putHook({ name: "alert", events: ["failed", "crashed"] });
      await store().putHook({ name: "mail", events: ["completed", "failed"] });
      for (const [n, status] of (["failed", "crashed", "completed", "cancelled", "timed-out"] as const).entries())
        await store().commit([commitOf(await bench().held(`run-${n}`), { status, outcome: bytes(status) })]);
      const deliveries = await take();
      expect(shown(deliveries).toSorted()).toEqual([
        "alert run-0 failed 2000 1 1",
        "alert run-1 crashed 2000 1 1",
        "mail run-0 failed 2000 1 1",
        "mail run-2 completed 2000 1 1",
      ]);
      expect(deliveries.map(({ event, outcome }) => [event, text(outcome)]).toSorted(([a], [b]) => (a! < b! ? -1 : 1))).toEqual([
        ["completed", undefined],
        ["crashed", "crashed"],
        ["failed", "failed"],
        ["failed", "failed"],
      ]);
    });

    test("is told of a pause once, however often the paused run commits", async () => {
      await store().putHook({ name: "alert", events: ["paused"] });
      const run = await bench().held();
      await store().commit([commitOf(run, { status: "paused", journal: [entry(2_000, "run.paused", { reason: "x" })] })]);
      await store().commit([commitOf(run, { status: "paused", journal: [entry(2_000)] })]);
      await store().commit([
        commitOf(run, { status: "waiting", journal: [entry(2_000, "run.paused"), entry(2_000, "run.resumed")] }),
      ]);
      expect(shown(await take())).toEqual(["alert r1 paused 2000 1 1"]);
    });

    test("is changed by writing it again, and taken out with what it was not told", async () => {
      await store().putHook({ name: "mail", events: ["completed"] });
      await store().putHook({ name: "alert", events: ["failed"] });
      await store().putHook({ name: "alert", events: ["completed", "cancelled"] });
      expect(await store().listHooks()).toEqual([
        { name: "alert", events: ["cancelled", "completed"] },
        { name: "mail", events: ["completed"] },
      ]);
      await ended({ status: "failed" }, { status: "completed" });
      expect([await store().deleteHook("alert"), await store().deleteHook("alert")]).toEqual([true, false]);
      await store().putHook({ name: "alert", events: ["failed"] });
      expect(shown(await take())).toEqual(["mail r2 completed 2000 1 1"]);
    });

    test("I4, I5: a commit that is superseded or was made before tells nothing", async () => {
      await store().putHook({ name: "alert", events: ["failed"] });
      const run = await bench().held();
      const commit = commitOf(run, { status: "failed", outcome: bytes("x") });
      expect(await store().commit([{ ...commit, fence: run.fence - 1 }])).toEqual(["superseded"]);
      expect(await store().commit([commit])).toEqual(["committed"]);
      expect(await store().commit([commit])).toEqual(["committed"]);
      expect(await take()).toHaveLength(1);
    });
  });

  describe("a delivery", () => {
    async function one(): Promise<Delivery> {
      await store().putHook({ name: "alert", events: ["failed"] });
      await ended({ status: "failed" });
      return (await take())[0]!;
    }

    test("is handed over once, to a worker, and for a hook that is asked for", async () => {
      await store().putHook({ name: "alert", events: ["failed"] });
      await ended({ status: "failed" }, { status: "failed" }, { status: "failed" });
      expect(await take({ workerId: "nobody" })).toEqual([]);
      expect(await take({ hooks: [] })).toEqual([]);
      expect(await take({ hooks: ["mail"] })).toEqual([]);
      expect((await take({ limit: 2 })).map(({ run }) => run)).toEqual(["r1", "r2"]);
      expect((await take()).map(({ run }) => run)).toEqual(["r3"]);
      expect(await take()).toEqual([]);
    });

    test("whose claim was not answered is handed over again to who says what it holds", async () => {
      await store().putHook({ name: "alert", events: ["failed"] });
      await ended({ status: "failed" }, { status: "failed" });
      const [first] = await take();
      expect(await take({ holds: [first!.id, first!.id + 1] })).toEqual([]);
      expect((await take({ holds: [first!.id] })).map(({ run, attempt }) => `${run} ${attempt}`)).toEqual(["r2 2"]);
      expect(await take({ workerId: "nobody", holds: [] })).toEqual([]);
    });

    test("given back because its claim was not answered, goes to whoever asks, also beyond what the worker has room for", async () => {
      await store().putHook({ name: "alert", events: ["failed"] });
      await ended({ status: "failed" }, { status: "failed" }, { status: "failed" });
      expect(await take()).toHaveLength(3);
      expect((await take({ holds: [], limit: 1 })).map(({ run }) => run)).toEqual(["r1"]);
      expect((await take({ limit: 5 })).map(({ run, attempt }) => `${run} ${attempt}`)).toEqual(["r2 2", "r3 2"]);
    });

    test("that is due longer comes first, whenever it was made", async () => {
      await store().putHook({ name: "alert", events: ["failed"] });
      await ended({ status: "failed" });
      const [first] = await take();
      await store().deferDelivery(first!.id, "w1", 7_000);
      await store().commit([commitOf(await bench().held("r2"), { status: "failed", at: 6_000 })]);
      expect((await take({ now: 9_000 })).map(({ run }) => run)).toEqual(["r2", "r1"]);
    });

    test("finished, is gone", async () => {
      const { id } = await one();
      expect(await store().finishDelivery(id, "w2")).toBe(false);
      expect([await store().finishDelivery(id, "w1"), await store().finishDelivery(id, "w1")]).toEqual([true, false]);
      await store().unregisterWorker("w1", 2_000);
      await bench().register("w1");
      expect(await take()).toEqual([]);
    });

    test("put off, comes again at its time", async () => {
      const { id } = await one();
      expect(await store().deferDelivery(id, "w2", 9_000)).toBe(false);
      expect(await store().deferDelivery(id, "w1", 9_000)).toBe(true);
      expect(await store().finishDelivery(id, "w1")).toBe(false);
      expect(await take({ now: 8_999 })).toEqual([]);
      const [again] = await take({ now: 9_000 });
      expect([again!.id, again!.attempt, text(again!.outcome)]).toEqual([id, 2, "outcome 1"]);
    });

    test("of a worker that stops or is lost goes to another one", async () => {
      const { id } = await one();
      await store().unregisterWorker("w1", 2_000);
      await store().registerWorker(newWorker("w2"), 2_000, alive);
      expect((await take({ workerId: "w2" })).map((each) => each.id)).toEqual([id]);
      await bench().register("w3", 3_000, () => false);
      expect((await take({ workerId: "w3" })).map((each) => [each.id, each.attempt])).toEqual([[id, 3]]);
      expect(await store().finishDelivery(id, "w2")).toBe(false);
    });
  });
}
