/** The specification of a store, the part about hooks and schedules when several connections are at work at once. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ClaimedRun, Delivery, Store, StoredSchedule } from "../../src/runtime/store/store.js";
import { alive, type Bench, bytes, commitOf, ids, message, newRun, newWorker, type Traits } from "./kit.js";

const ROUNDS = 25;

export function describeHookRaces(bench: () => Bench, { manyWorkers }: Traits): void {
  describe("two connections", () => {
    let store: Store;
    let other: Store;
    let theirs: string;
    beforeEach(async () => {
      store = bench().store;
      other = bench().medium.connect();
      theirs = manyWorkers ? "w2" : "w1";
      await bench().register("w1");
      await other.registerWorker(newWorker(theirs), 1_000, alive);
    });
    afterEach(() => other.close());

    const end = { status: "failed", outcome: bytes("why") } as const;
    const take = (from: Store, workerId: string, limit = 100): Promise<Delivery[]> =>
      from.claimDeliveries({ workerId, now: 3_000, hooks: ["alert", "mail"], limit });

    /** New runs that the first worker holds. */
    async function held(count: number, prefix = "r"): Promise<ClaimedRun[]> {
      for (let n = 0; n < count; n++) await store.createRun(newRun(`${prefix}${n}`));
      return bench().claim("w1");
    }

    test("a delivery is handed over once", async () => {
      for (const name of ["alert", "mail"]) await store.putHook({ name, events: ["failed"] });
      await store.commit((await held(30)).map((run) => commitOf(run, end)));
      const taken: Delivery[] = [];
      for (let n = 0; n < 20 && taken.length < 60; n++) {
        const claims = [take(store, "w1", 4), take(other, theirs, 4), take(store, "w1", 4), take(other, theirs, 4)];
        taken.push(...(await Promise.all(claims)).flat());
      }
      expect(new Set(taken.map(({ hook, run }) => `${hook} ${run}`)).size).toBe(60);
      expect(taken.map(({ attempt }) => attempt)).toEqual(taken.map(() => 1));
    });

    test("a delivery is finished or put off, not both", async () => {
      await store.putHook({ name: "alert", events: ["failed"] });
      await store.commit((await held(ROUNDS)).map((run) => commitOf(run, end)));
      for (const { id } of await take(store, "w1")) {
        const answers = await Promise.all([store.finishDelivery(id, "w1"), other.deferDelivery(id, "w1", 9_000)]);
        expect(answers.toSorted()).toEqual([false, true]);
      }
    });

    test("a hook that is made while runs end is told of each end after it, and of each once", async () => {
      for (let n = 0; n < ROUNDS; n++) {
        const runs = await held(6, `round ${n} run `);
        const during = commitEach(other, runs.slice(0, 3));
        await Promise.all([store.putHook({ name: "alert", events: ["failed"] }), ...during]);
        await Promise.all(commitEach(other, runs.slice(3)));
        const told = (await take(store, "w1")).map(({ run }) => run);
        expect(new Set(told).size).toBe(told.length);
        expect(told).toEqual(expect.arrayContaining(ids(runs.slice(3))));
        expect(await store.deleteHook("alert")).toBe(true);
      }
    });

    test("a hook that is taken out while runs end leaves nothing to the next one of its name", async () => {
      for (let n = 0; n < ROUNDS; n++) {
        await store.putHook({ name: "alert", events: ["failed"] });
        const runs = await held(6, `round ${n} run `);
        const during = commitEach(other, runs);
        expect((await Promise.all([store.deleteHook("alert"), ...during]))[0]).toBe(true);
        await store.putHook({ name: "alert", events: ["failed"] });
        expect(await take(store, "w1")).toEqual([]);
      }
    });

    function commitEach(to: Store, runs: readonly ClaimedRun[]): Promise<unknown>[] {
      return runs.map((run) => to.commit([commitOf(run, end)]));
    }

    test("of two that move a schedule on, one does, with the run and the message of the occurrence", async () => {
      await store.createRun(newRun("before"));
      await store.putSchedule(nightly("0"), undefined);
      for (let n = 0; n < ROUNDS; n++) {
        const move = (by: Store, name: string): Promise<string> =>
          by.putSchedule(nightly(`${n + 1} ${name}`), current, {
            starts: [newRun(`nightly@${n} ${name}`)],
            sends: [message("before", { id: `${n} ${name}`, topic: `${n}` })],
          });
        const current = (await store.getSchedule("nightly"))!.version;
        const answers = await Promise.all([move(store, "a"), move(other, "b"), move(store, "c"), move(other, "d")]);
        expect(answers.toSorted()).toEqual(["superseded", "superseded", "superseded", "written"]);
      }
      expect((await store.listRuns({})).length).toBe(1 + ROUNDS);
      const before = (await bench().claim("w1", { now: 9_000 })).find(({ id }) => id === "before");
      expect(before!.messages.map(({ topic }) => topic)).toEqual(Array.from({ length: ROUNDS }, (_, n) => `${n}`));
    });

    test("of two that make a schedule, one does", async () => {
      for (let n = 0; n < ROUNDS; n++) {
        const answers = await Promise.all([
          store.putSchedule(nightly("a"), undefined),
          other.putSchedule(nightly("b"), undefined),
        ]);
        expect(answers.toSorted()).toEqual(["superseded", "written"]);
        expect((await Promise.all([store.deleteSchedule("nightly"), other.deleteSchedule("nightly")])).toSorted()).toEqual([
          false,
          true,
        ]);
      }
    });

    if (manyWorkers) describeLoss(bench, () => other);
  });
}

const nightly = (version: string): StoredSchedule => ({
  name: "nightly",
  workflow: "src/a.ts#report",
  version,
  dueAt: 5_000,
  definition: "{}",
  args: bytes("[]"),
});

function describeLoss(bench: () => Bench, other: () => Store): void {
  test("a delivery taken against the loss of its worker is told by somebody", async () => {
    const { store } = bench();
    await store.putHook({ name: "alert", events: ["failed"] });
    for (let n = 1; n <= ROUNDS; n++) {
      await other().registerWorker(newWorker("w3", { pid: 7 }), 1_000, alive);
      await store.commit([commitOf(await bench().held(`r${n}`), { status: "failed" })]);
      const options = { now: 3_000, hooks: ["alert"], limit: 10 };
      await Promise.all([
        other().claimDeliveries({ ...options, workerId: "w3" }),
        store.releaseDead("w1", 1_000, ({ id }) => id !== "w3"),
      ]);
      const [delivery, ...rest] = await store.claimDeliveries({ ...options, workerId: "w1" });
      expect([delivery?.run, rest]).toEqual([`r${n}`, []]);
      expect(await store.finishDelivery(delivery!.id, "w1")).toBe(true);
    }
  });
}
