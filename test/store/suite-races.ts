/** The specification of a store, the part about what several connections do at once. Each race is run many times over: whatever the order, the sum is right. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Commit, Store } from "../../src/runtime/store/store.js";
import { alive, newWorker, type Bench, bytes, commitOf, entry, ids, message, newRun, text, type Traits } from "./kit.js";

const ROUNDS = 25;

export function describeRaces(bench: () => Bench, { manyWorkers }: Traits): void {
  describe("two connections", () => {
    let store: Store;
    let other: Store;
    beforeEach(() => {
      store = bench().store;
      other = bench().medium.connect();
    });
    afterEach(() => other.close());

    test("of two creators of one id, one creates", async () => {
      for (let n = 0; n < ROUNDS; n++) {
        const results = await Promise.all([store.createRun(newRun(`r${n}`)), other.createRun(newRun(`r${n}`))]);
        expect(results.toSorted()).toEqual(["created", "exists"]);
      }
      expect((await store.listRuns({})).length).toBe(ROUNDS);
    });

    test("a run is handed over once", async () => {
      for (let n = 0; n < 50; n++) await store.createRun(newRun(`r${n}`));
      await bench().register("w1");
      const theirs = manyWorkers ? "w2" : "w1";
      await bench().register(theirs);
      const options = { now: 1_000, limit: 7 };
      const seen: string[] = [];
      for (let n = 0; n < 8; n++) {
        const claims = await Promise.all([
          store.claim({ ...options, workerId: "w1" }),
          other.claim({ ...options, workerId: theirs }),
          store.claim({ ...options, workerId: "w1" }),
        ]);
        seen.push(...claims.flatMap(ids));
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length).toBe(50);
    });

    test("each sees what the other committed", async () => {
      const claimed = await bench().held();
      expect(await other.send(message("r1"))).toBe("sent");
      expect((await store.pollMessages("w1")).length).toBe(1);
      const commit = commitOf(claimed, { image: bytes("by the other"), journal: [entry(1)] });
      expect(await other.commit([commit])).toEqual(["committed"]);
      expect(text((await store.getImage("r1"))!.image)).toBe("by the other");
      expect(await store.commit([commitOf(claimed, { journal: [entry(2)] })])).toEqual(["committed"]);
      expect((await other.readJournal("r1")).map(({ at }) => at)).toEqual([1, 2]);
    });

    test("I4: of one commit made on both at once, one happens", async () => {
      const claimed = await bench().held();
      for (let n = 1; n <= ROUNDS; n++) {
        const commit = commitOf(claimed, { part: bytes(`part ${n}`), journal: [entry(n)] });
        expect(await Promise.all([store.commit([commit]), other.commit([commit])])).toEqual([["committed"], ["committed"]]);
      }
      expect((await store.getRun("r1"))!.version).toBe(ROUNDS);
      expect((await store.getImage("r1"))!.parts.map(text)).toEqual(Array.from({ length: ROUNDS }, (_, n) => `part ${n + 1}`));
      expect((await store.readJournal("r1")).map(({ at }) => at)).toEqual(Array.from({ length: ROUNDS }, (_, n) => n + 1));
    });

    test("of two sends of one message, one arrives", async () => {
      await bench().held();
      for (let n = 0; n < ROUNDS; n++) {
        const sent = message("r1", { id: `m${n}` });
        const results = await Promise.all([store.send(sent), other.send(sent)]);
        expect(results.toSorted()).toEqual(["duplicate", "sent"]);
      }
      const seqs = (await store.pollMessages("w1")).map(({ seq }) => seq);
      expect(seqs.length).toBe(ROUNDS);
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    });

    test("a send against the end of the run: refused, or kept with the run", async () => {
      await bench().register("w1");
      for (let n = 0; n < ROUNDS; n++) {
        await store.createRun(newRun(`r${n}`));
        const [claimed] = await bench().claim("w1");
        const end = commitOf(claimed!, { status: "completed", outcome: bytes("done") });
        const [[committed], sent] = await Promise.all([store.commit([end]), other.send(message(`r${n}`))]);
        expect(committed).toBe("committed");
        expect(["sent", "ended"]).toContain(sent);
        expect(await other.send(message(`r${n}`))).toBe("ended");
        expect(await store.getRun(`r${n}`)).toMatchObject({ status: "completed", owner: undefined, wakeAt: undefined });
      }
      expect(await bench().claim("w1", { now: 1e12 })).toEqual([]);
    });

    test("a send against the release of the run: it is never left asleep with a message", async () => {
      await bench().register("w1");
      for (let n = 0; n < ROUNDS; n++) {
        await store.createRun(newRun(`r${n}`));
        const [claimed] = await bench().claim("w1");
        const parked = commitOf(claimed!, { wakeAt: undefined, release: true });
        await Promise.all([store.commit([parked]), other.send(message(`r${n}`))]);
        const [again] = await bench().claim("w1", { now: 3_000 });
        expect(again?.messages.length).toBe(1);
        await store.commit([commitOf(again!, { status: "completed" })]);
      }
    });

    test("a retry on both at once happens once", async () => {
      const claimed = await bench().held();
      await store.commit([commitOf(claimed, { status: "failed" })]);
      const retried = [store.retryRun("r1", 5, entry(5)), other.retryRun("r1", 5, entry(5))];
      expect((await Promise.all(retried)).toSorted()).toEqual(["not-failed", "ready"]);
      expect((await store.readJournal("r1")).length).toBe(1);
    });

    test("blobs shared by runs that are committed on both at once are there as long as a run refers to them", async () => {
      await bench().register("w1");
      const a = { id: "a".repeat(64), bytes: new Uint8Array(1_000).fill(1) };
      await store.createRun(newRun("r1"));
      await store.createRun(newRun("r2"));
      const [r1] = await bench().claim("w1", { limit: 1 });
      const theirs = manyWorkers ? "w2" : "w1";
      await other.registerWorker(newWorker(theirs), 1_000, alive);
      const [r2] = await other.claim({ workerId: theirs, now: 1_000, limit: 1 });
      const image = bytes("image");
      for (let n = 0; n < ROUNDS; n++) {
        // One run lets the contents go while the other brings them, in turns.
        const [gives, takes] = n % 2 === 0 ? ["r1", "r2"] : ["r2", "r1"];
        const change = (run: string): Partial<Commit> =>
          run === gives ? { image, refers: [] } : { image, blobs: [a], refers: [a.id] };
        await Promise.all([store.commit([commitOf(r1!, change("r1"))]), other.commit([commitOf(r2!, change("r2"))])]);
        expect((await store.getImage(gives))!.blobs.size).toBe(0);
        expect((await store.getImage(takes))!.blobs.get(a.id)?.length).toBe(1_000);
      }
    });

    if (manyWorkers) describeTakeOver(bench, () => other);
  });
}

function describeTakeOver(bench: () => Bench, other: () => Store): void {
  test("I5: a commit against the take-over of its run: before it, or superseded", async () => {
    const { store } = bench();
    await bench().register("w1");
    for (let n = 0; n < ROUNDS; n++) {
      const [loser, taker] = n % 2 === 0 ? ["w1", "w2"] : ["w2", "w1"];
      await bench().register(loser);
      await store.createRun(newRun(`r${n}`));
      const [claimed] = await bench().claim(loser);
      const late = commitOf(claimed!, { image: bytes("by the loser"), journal: [entry(1)] });
      const [[result]] = await Promise.all([store.commit([late]), bench().register(taker, 1_000, ({ id }) => id !== loser)]);
      const [taken] = await bench().claim(taker, { now: 9_000 });
      expect(taken!.id).toBe(`r${n}`);
      expect([taken!.version, text(taken!.image)]).toEqual(result === "committed" ? [1, "by the loser"] : [0, `image of r${n}`]);
      expect(await store.commit([{ ...late, version: taken!.version + 1 }])).toEqual(["superseded"]);
      expect(await store.commit([commitOf(taken!, { status: "completed" })])).toEqual(["committed"]);
    }
  });

  test("a claim against the take-over of its worker leaves no run with the dead", async () => {
    const { store } = bench();
    await bench().register("w2");
    for (let n = 0; n < ROUNDS; n++) {
      await bench().register("w1");
      await store.createRun(newRun(`r${n}`));
      await Promise.all([bench().claim("w1"), other().releaseDead("w2", 1_000, ({ id }) => id !== "w1")]);
      const [taken] = await bench().claim("w2");
      expect(taken?.id).toBe(`r${n}`);
      await store.commit([commitOf(taken!, { status: "completed" })]);
    }
  });

  test("groups that share no run do not hinder each other, in whatever order their runs come", async () => {
    const { store } = bench();
    for (const id of ["w1", "w2"]) await bench().register(id);
    for (let n = 0; n < 40; n++) await store.createRun(newRun(`r${n}`));
    const mine = await bench().claim("w1", { limit: 20 });
    const theirs = await bench().claim("w2");
    for (let n = 0; n < ROUNDS; n++) {
      const results = await Promise.all([
        store.commit(mine.map((run) => commitOf(run, { journal: [entry(n)] }))),
        other().commit(theirs.toReversed().map((run) => commitOf(run, { journal: [entry(n)] }))),
      ]);
      expect(new Set(results.flat())).toEqual(new Set(["committed"]));
    }
    expect((await store.listRuns({})).map(({ version }) => version)).toEqual(Array.from({ length: 40 }, () => ROUNDS));
  });
}
