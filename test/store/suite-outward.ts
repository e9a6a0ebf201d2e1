/** The part of the specification of a store that is about what a commit does beyond its own run: runs started, messages sent, ends told, facts noted. */
import { describe, expect, test } from "vitest";
import type { ClaimedRun, Commit, NewRun, RunStatus, Store } from "../../src/runtime/store/store.js";
import { type Bench, bytes, commitOf, newRun, text } from "./kit.js";

const END: Partial<Commit> = { status: "completed", outcome: bytes("done") };

export function describeOutward(bench: () => Bench): void {
  const store = (): Store => bench().store;
  const held = (id?: string, worker?: string): Promise<ClaimedRun> => bench().held(id, worker);
  const claim = (workerId: string, now = 1_000): Promise<ClaimedRun[]> => bench().claim(workerId, { now });

  const kinds = (run: ClaimedRun | undefined): string[] =>
    run?.messages.map(({ kind, topic, payload }) => `${kind} ${topic} ${text(payload)}`) ?? [];
  const child = (id: string, over: Partial<NewRun> = {}): NewRun =>
    newRun(id, { parent: "r1", endsWithParent: true, createdAt: 2_000, ...over });
  const named = (runs: readonly ClaimedRun[], id: string): ClaimedRun => runs.find((run) => run.id === id)!;

  describe("a commit that starts runs", () => {
    test("creates them with it: they are due and know their parent", async () => {
      const parent = await held();
      expect(await store().commit([commitOf(parent, { starts: [child("c1"), child("c2")] })])).toEqual(["committed"]);
      expect(await store().getRun("c1")).toMatchObject({ status: "ready", parent: "r1", wakeAt: 2_000 });
      expect((await store().getRun("r1"))!.parent).toBeUndefined();
      const claimed = await claim("w1", 2_000);
      expect(claimed.map((run) => [run.id, text(run.image), run.parent])).toEqual([
        ["c1", "image of c1", "r1"],
        ["c2", "image of c2", "r1"],
      ]);
      expect((await store().listRuns({ parent: "r1" })).map(({ id }) => id)).toEqual(["c2", "c1"]);
    });

    test("leaves a run alone that is there already", async () => {
      const parent = await held();
      await store().createRun(newRun("c1", { workflow: "other#one" }));
      await store().commit([commitOf(parent, { starts: [child("c1"), child("c2")] })]);
      expect(await store().getRun("c1")).toMatchObject({ workflow: "other#one", parent: undefined });
      expect(await store().getRun("c2")).toBeDefined();
    });

    test("of a large continuation", async () => {
      const parent = await held();
      const image = new Uint8Array(100_000).fill(7);
      await store().commit([commitOf(parent, { starts: [child("c1", { image })] })]);
      expect(Buffer.compare((await store().getImage("c1"))!.image, image)).toBe(0);
    });

    test("I5: superseded, starts none, sends nothing, notes nothing", async () => {
      const parent = await held();
      await store().createRun(newRun("r2"));
      const stale: Commit = {
        ...commitOf(parent, {
          starts: [child("c1")],
          sends: [{ run: "r2", kind: "send", topic: "t", payload: bytes("x"), sentAt: 2_000 }],
          notes: { a: 1 },
          watches: ["r2"],
        }),
        fence: parent.fence - 1,
      };
      expect(await store().commit([stale])).toEqual(["superseded"]);
      expect(await store().getRun("c1")).toBeUndefined();
      expect((await store().getRun("r1"))!.notes).toEqual({});
      const other = named(await claim("w1", 2_000), "r2");
      expect(kinds(other)).toEqual([]);
      await store().commit([commitOf(other, END)]);
      expect(await store().pollMessages("w1")).toEqual([]);
    });
  });

  test("a run that begins later is scheduled, and not due before", async () => {
    await store().createRun(newRun("r1", { startAt: 5_000 }));
    await bench().register("w1");
    expect(await store().getRun("r1")).toMatchObject({ status: "scheduled", wakeAt: 5_000 });
    expect(await claim("w1", 4_999)).toEqual([]);
    expect((await claim("w1", 5_000)).map(({ id }) => id)).toEqual(["r1"]);
  });

  describe("a commit that sends", () => {
    test("puts the message into the receiver's box, which is due; one id is kept once", async () => {
      const sender = await held();
      await store().createRun(newRun("r2", { startAt: 90_000 }));
      const message = { run: "r2", kind: "send", topic: "news", payload: bytes("hello"), sentAt: 2_000, id: "m1" } as const;
      await store().commit([commitOf(sender, { sends: [message, message] })]);
      const receiver = named(await claim("w1", 2_000), "r2");
      expect(kinds(receiver)).toEqual(["send news hello"]);
    });

    test("to nobody, loses the message and nothing else", async () => {
      const sender = await held();
      const message = { run: "nobody", kind: "send", topic: "news", payload: bytes("hello"), sentAt: 2_000 } as const;
      expect(await store().commit([commitOf(sender, { sends: [message], waitingFor: "reply" })])).toEqual(["committed"]);
      expect(await store().getRun("r1")).toMatchObject({ waitingFor: "reply", version: 1 });
    });
  });

  describe("a watch", () => {
    test.each<[RunStatus]>([["completed"], ["failed"], ["cancelled"], ["timed-out"], ["crashed"]])(
      "tells of the end, with the outcome: %s",
      async (status) => {
        const watcher = await held();
        await store().createRun(newRun("r2"));
        const watched = named(await claim("w1"), "r2");
        await store().commit([commitOf(watcher, { watches: ["r2"], release: true })]);
        expect(await claim("w1", 2_000)).toEqual([]);
        await store().commit([commitOf(watched, { status, outcome: bytes("why") })]);
        expect(kinds((await claim("w1", 2_000))[0])).toEqual(["ended r2 why"]);
      },
    );

    test("of what has ended already, or never was, tells at once", async () => {
      const watched = await held("r2");
      await store().commit([commitOf(watched, END)]);
      const watcher = await held("r1");
      await store().commit([commitOf(watcher, { watches: ["r2", "nobody"], release: true })]);
      expect(kinds((await claim("w1", 2_000))[0])).toEqual(["ended r2 done", "ended nobody "]);
    });

    test("tells once", async () => {
      const watcher = await held();
      await store().createRun(newRun("r2"));
      const watched = named(await claim("w1"), "r2");
      await store().commit([commitOf(watcher, { watches: ["r2", "r2"] })]);
      await store().commit([commitOf(watched, { status: "failed", outcome: bytes("why") })]);
      const [message, ...others] = await store().pollMessages("w1");
      expect([message!.kind, others]).toEqual(["ended", []]);
      await store().commit([commitOf(watcher, { consumed: [message!.seq] })]);
      await store().retryRun("r2", 3_000, { at: 3_000, kind: "run.retried", data: {} });
      const again = named(await claim("w1", 3_000), "r2");
      await store().commit([commitOf(again, END)]);
      expect(await store().pollMessages("w1")).toEqual([]);
    });

    test.each<[RunStatus]>([["failed"], ["crashed"]])("tells a watcher that is %s when it is retried", async (status) => {
      const watcher = await held();
      await store().createRun(newRun("r2"));
      const watched = named(await claim("w1"), "r2");
      await store().commit([commitOf(watcher, { watches: ["r2"] })]);
      await store().commit([commitOf(watcher, { status, outcome: bytes("why") })]);
      await store().commit([commitOf(watched, END)]);
      expect(await claim("w1", 9_000)).toEqual([]);
      await store().retryRun("r1", 9_000, { at: 9_000, kind: "run.retried", data: {} });
      expect((await claim("w1", 9_000)).map((run) => [run.id, kinds(run)])).toEqual([["r1", ["ended r2 done"]]]);
    });

    test("does not wake a watcher that has ended", async () => {
      const watcher = await held();
      await store().createRun(newRun("r2"));
      const watched = named(await claim("w1"), "r2");
      await store().commit([commitOf(watcher, { watches: ["r2"] })]);
      await store().commit([commitOf(watcher, END)]);
      await store().commit([commitOf(watched, END)]);
      expect(await store().getRun("r1")).toMatchObject({ status: "completed", wakeAt: undefined });
      expect(await claim("w1", 9_000)).toEqual([]);
    });
  });

  describe("when a parent is over", () => {
    async function family(status: RunStatus): Promise<ClaimedRun[]> {
      const parent = await held();
      const starts = [child("c1"), child("c2", { endsWithParent: false }), child("c3"), child("c4", { startAt: 90_000 })];
      await store().commit([commitOf(parent, { starts })]);
      await store().commit([commitOf(named(await claim("w1", 2_000), "c3"), END)]);
      await store().commit([commitOf(parent, { status, outcome: bytes("x") })]);
      const told = await store().pollMessages("w1");
      expect(told.map(({ run, kind }) => `${kind} ${run}`)).toEqual(FINAL.has(status) ? ["orphaned c1"] : []);
      return claim("w1", 2_000);
    }
    const FINAL = new Set<RunStatus>(["completed", "cancelled", "timed-out"]);

    test.each<[RunStatus]>([["completed"], ["cancelled"], ["timed-out"]])(
      "its children hear of it, those that end with it: %s",
      async (status) => {
        expect((await family(status)).map((run) => [run.id, kinds(run)])).toEqual([["c4", ["orphaned  "]]]);
      },
    );

    test("a child that has failed hears of it when it is retried", async () => {
      const parent = await held();
      await store().commit([commitOf(parent, { starts: [child("c1")] })]);
      await store().commit([commitOf(named(await claim("w1", 2_000), "c1"), { status: "failed", outcome: bytes("x") })]);
      await store().commit([commitOf(parent, END)]);
      expect(await claim("w1", 9_000)).toEqual([]);
      await store().retryRun("c1", 9_000, { at: 9_000, kind: "run.retried", data: {} });
      expect(kinds((await claim("w1", 9_000))[0])).toEqual(["orphaned  "]);
    });

    test.each<[RunStatus]>([["failed"], ["crashed"]])("but not when it can be retried: %s", async (status) => {
      expect(await family(status)).toEqual([]);
    });
  });

  test("notes are kept with the run, replaced by key, and runs are found by them", async () => {
    const first = await held("r1");
    const second = await held("r2");
    const notes = { customer: "c-7", amount: 12.5, vip: true, gone: null, "odd key ä": "" };
    await store().commit([commitOf(first, { notes }), commitOf(second, { notes: { customer: "c-8" } })]);
    await store().commit([commitOf(first, { notes: { amount: 13 } })]);
    expect((await store().getRun("r1"))!.notes).toEqual({ ...notes, amount: 13 });
    const found = async (note: Commit["notes"]): Promise<string[]> =>
      (await store().listRuns({ note: note! })).map(({ id }) => id);
    expect(await found({ customer: "c-7" })).toEqual(["r1"]);
    expect(await found({ customer: "c-7", vip: true, amount: 13, gone: null })).toEqual(["r1"]);
    expect(await found({ customer: "c-7", vip: "true" })).toEqual([]);
    expect(await found({ amount: 12.5 })).toEqual([]);
    expect(await found({})).toEqual(["r2", "r1"]);
  });

  test("runs are found by when they were created", async () => {
    for (const createdAt of [10, 20, 30]) await store().createRun(newRun(`r${createdAt}`, { createdAt }));
    expect((await store().listRuns({ since: 20 })).map(({ id }) => id)).toEqual(["r30", "r20"]);
  });

  test("a crashed run can be retried, a paused one is no end", async () => {
    const claimed = await held();
    await store().commit([commitOf(claimed, { status: "crashed", outcome: bytes("x") })]);
    expect(await store().retryRun("r1", 3_000, { at: 3_000, kind: "run.retried", data: {} })).toBe("ready");
    const [again] = await claim("w1", 3_000);
    await store().commit([commitOf(again!, { status: "paused", release: true })]);
    expect(await claim("w1", 9_000)).toEqual([]);
    const resume = { run: "r1", kind: "resume", topic: "", payload: new Uint8Array([1]), sentAt: 9_000 } as const;
    expect(await store().send(resume)).toBe("sent");
    expect((await claim("w1", 9_000))[0]!.messages[0]!.kind).toBe("resume");
  });
}
