/** The specification of a store, as tests. Every store passes it: call `run` with a factory. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Blob } from "../../src/runtime/codec/blobs.js";
import type { ClaimedRun, ClaimOptions, Commit, Store } from "../../src/runtime/store/store.js";
import { Bench, bytes, commitOf, entry, ids, message, newRun, text, type Medium, type Traits } from "./kit.js";
import { describeHooks } from "./suite-hooks.js";
import { describeHookRaces } from "./suite-hook-races.js";
import { describeLosses } from "./suite-losses.js";
import { describeOutward } from "./suite-outward.js";
import { describeRaces } from "./suite-races.js";
import { describeTaskRaces } from "./suite-task-races.js";
import { describeSchedules } from "./suite-schedules.js";
import { describeTasks } from "./suite-tasks.js";
import { describeWorkers } from "./suite-workers.js";

export function run(storeName: string, traits: Traits, factory: () => Medium | Promise<Medium>): void {
  describe(`the store ${storeName}`, () => {
    let bench: Bench;
    let store: Store;

    beforeEach(async () => {
      const medium = await factory();
      store = medium.connect();
      bench = new Bench(medium, store);
    });
    afterEach(async () => {
      await store.close();
      await bench.medium.destroy();
    });

    const claim = (workerId: string, over: Partial<ClaimOptions> = {}): Promise<ClaimedRun[]> => bench.claim(workerId, over);
    const held = (id?: string, worker?: string): Promise<ClaimedRun> => bench.held(id, worker);

    describe("createRun", () => {
      test("makes a ready run that is due", async () => {
        expect(await store.createRun(newRun("r1"))).toBe("created");
        const found = await store.getRun("r1");
        expect(found).toMatchObject({
          id: "r1",
          workflow: "src/checkout.ts#checkout",
          status: "ready",
          createdAt: 1_000,
          updatedAt: 1_000,
          wakeAt: 1_000,
          owner: undefined,
          waitingFor: "",
          version: 0,
          outcome: undefined,
        });
        expect(found).not.toHaveProperty("image");
        const { image, parts, blobs } = (await store.getImage("r1"))!;
        expect([text(image), parts, blobs]).toEqual(["image of r1", [], new Map()]);
        expect(await store.getImage("unknown")).toBeUndefined();
      });

      test("leaves an existing run alone, whatever its state", async () => {
        const claimed = await held();
        await store.commit([commitOf(claimed, { status: "completed", outcome: bytes("done") })]);
        expect(await store.createRun(newRun("r1", { image: bytes("other"), workflow: "x#y" }))).toBe("exists");
        expect(await store.getRun("r1")).toMatchObject({ status: "completed", workflow: "src/checkout.ts#checkout" });
      });

      test("keeps no reference to what the caller may change", async () => {
        const image = bytes("abc");
        await store.createRun(newRun("r1", { image }));
        image.fill(0);
        expect(text((await store.getImage("r1"))!.image)).toBe("abc");
      });
    });

    test("getRun of an unknown id is undefined", async () => {
      expect(await store.getRun("nope")).toBeUndefined();
    });

    describe("listRuns", () => {
      beforeEach(async () => {
        for (const n of [1, 2, 3, 4, 5])
          await store.createRun(newRun(`r${n}`, { createdAt: n, workflow: n % 2 ? "a#odd" : "a#even" }));
      });

      test("newest first, without payloads", async () => {
        const runs = await store.listRuns({});
        expect(ids(runs)).toEqual(["r5", "r4", "r3", "r2", "r1"]);
        expect(runs[0]).not.toHaveProperty("image");
      });

      test("by workflow, by status, by page", async () => {
        expect(ids(await store.listRuns({ workflow: "a#even" }))).toEqual(["r4", "r2"]);
        expect(ids(await store.listRuns({ limit: 2 }))).toEqual(["r5", "r4"]);
        expect(ids(await store.listRuns({ limit: 2, after: "r4" }))).toEqual(["r3", "r2"]);
        expect(ids(await store.listRuns({ after: "r1" }))).toEqual([]);
        expect(ids(await store.listRuns({ after: "unknown" }))).toEqual([]);
        await bench.register("w");
        await claim("w", { limit: 1 });
        expect(ids(await store.listRuns({ status: ["running"] }))).toEqual(["r1"]);
        expect(ids(await store.listRuns({ status: ["ready"], workflow: "a#odd" }))).toEqual(["r5", "r3"]);
        expect(await store.listRuns({ status: [] })).toEqual([]);
      });

      test("at most 100 unless asked for more", async () => {
        for (let n = 6; n <= 130; n++) await store.createRun(newRun(`r${n}`, { createdAt: n }));
        expect((await store.listRuns({})).length).toBe(100);
        expect((await store.listRuns({ limit: 1000 })).length).toBe(130);
      });
    });

    describe("claim", () => {
      beforeEach(() => bench.register("w1"));

      test("hands over a due run with all of it, and marks it as held", async () => {
        await store.createRun(newRun("r1"));
        const [claimed] = await claim("w1");
        expect(claimed).toMatchObject({ id: "r1", status: "running", owner: "w1", fence: 1, messages: [], version: 0 });
        expect(text(claimed!.image)).toBe("image of r1");
        expect(await store.getRun("r1")).toMatchObject({ status: "running", owner: "w1" });
        expect(await claim("w1")).toEqual([]);
      });

      test("not before its time, oldest first, no more than asked for", async () => {
        for (const [id, createdAt] of [
          ["a", 30],
          ["b", 10],
          ["c", 20],
          ["d", 2_000],
        ] as const)
          await store.createRun(newRun(id, { createdAt }));
        expect(ids(await claim("w1", { limit: 2 }))).toEqual(["b", "c"]);
        expect(ids(await claim("w1"))).toEqual(["a"]);
        expect(ids(await claim("w1", { now: 1_999 }))).toEqual([]);
        expect(ids(await claim("w1", { now: 2_000 }))).toEqual(["d"]);
      });

      test("of the named workflows only", async () => {
        await store.createRun(newRun("a", { workflow: "x#a" }));
        await store.createRun(newRun("b", { workflow: "x#b" }));
        expect(ids(await claim("w1", { workflows: [] }))).toEqual([]);
        expect(ids(await claim("w1", { workflows: ["x#b", "x#c"] }))).toEqual(["b"]);
      });

      test("raises the fence with every claim", async () => {
        await store.createRun(newRun("r1"));
        const [first] = await claim("w1");
        await store.commit([commitOf(first!, { wakeAt: 1_500, release: true })]);
        expect(await claim("w1", { now: 1_499 })).toEqual([]);
        const [second] = await claim("w1", { now: 1_500 });
        expect(second!.fence).toBeGreaterThan(first!.fence);
      });

      test("not a run that waits for a message alone, until one comes", async () => {
        await store.createRun(newRun("r1"));
        const [first] = await claim("w1");
        await store.commit([commitOf(first!, { wakeAt: undefined, release: true })]);
        expect(await claim("w1", { now: 1e12 })).toEqual([]);
        await store.send(message("r1"));
        expect(ids(await claim("w1", { now: 3_000 }))).toEqual(["r1"]);
      });

      test("not an ended run", async () => {
        for (const status of ["completed", "failed", "cancelled"] as const) {
          await store.createRun(newRun(status));
          const [claimed] = await claim("w1");
          await store.commit([commitOf(claimed!, { status, wakeAt: 1 })]);
        }
        expect(await claim("w1", { now: 1e12 })).toEqual([]);
      });

      test("nothing to a worker that is not registered", async () => {
        await store.createRun(newRun("r1"));
        expect(await claim("nobody")).toEqual([]);
        expect(ids(await claim("w1"))).toEqual(["r1"]);
      });

      test("not a run that somebody holds, however long ago it was due", async () => {
        await store.createRun(newRun("r1"));
        const [held] = await claim("w1");
        await store.commit([commitOf(held!, { wakeAt: 1_100 })]);
        expect(await claim("w1", { now: 1e12 })).toEqual([]);
      });

      test("what it holds without knowing, when it tells what it knows", async () => {
        for (const id of ["r1", "r2", "r3"]) await store.createRun(newRun(id));
        const [first] = await claim("w1", { limit: 1 });
        const [unknown] = await claim("w1", { limit: 1 });
        expect(ids(await claim("w1", { limit: 0 }))).toEqual([]);
        const [again, other, ...rest] = await claim("w1", { limit: 1, holds: [first!.id] });
        expect([again!.id, other!.id, rest]).toEqual([unknown!.id, "r3", []]);
        expect(again!.fence).toBeGreaterThan(unknown!.fence);
        expect(await claim("w1", { holds: ["r1", "r2", "r3"] })).toEqual([]);
        // I5: should its answer come after all, it is the newer one that counts.
        expect(await store.commit([commitOf(unknown!)])).toEqual(["superseded"]);
      });

      test("hands over the waiting messages, oldest first", async () => {
        await store.createRun(newRun("r1"));
        await store.createRun(newRun("r2"));
        for (const topic of ["a", "b"]) await store.send(message("r1", { topic, sentAt: 500 }));
        await store.send(message("r2", { topic: "other", sentAt: 500 }));
        const claimed = (await claim("w1")).find(({ id }) => id === "r1")!;
        expect(claimed.messages.map(({ topic }) => topic)).toEqual(["a", "b"]);
        expect(claimed.messages[0]).toMatchObject({ run: "r1", kind: "send", sentAt: 500 });
        expect(text(claimed.messages[0]!.payload)).toBe("yes");
      });
    });

    describe("commit", () => {
      beforeEach(() => bench.register("w1"));

      test("writes state, image, journal and version at once", async () => {
        const claimed = await held();
        const image = bytes("second image");
        expect(
          await store.commit([
            commitOf(claimed, { image, wakeAt: 9_000, journal: [entry(2_000), entry(2_001, "x", { n: [1, null, "ä"] })] }),
          ]),
        ).toEqual(["committed"]);
        image.fill(0);
        const found = await store.getRun("r1");
        expect(found).toMatchObject({
          status: "waiting",
          updatedAt: 2_000,
          wakeAt: 9_000,
          owner: "w1",
          waitingFor: "step charge",
          waitingSince: 2_000,
          version: 1,
        });
        expect(text((await store.getImage("r1"))!.image)).toBe("second image");
        expect(await store.readJournal("r1")).toEqual([entry(2_000), entry(2_001, "x", { n: [1, null, "ä"] })]);
      });

      test("without an image or an outcome, those stay", async () => {
        const claimed = await held();
        await store.commit([commitOf(claimed, { outcome: bytes("partial") })]);
        await store.commit([commitOf(claimed, { status: "failed" })]);
        const found = await store.getRun("r1");
        expect([text((await store.getImage("r1"))!.image), text(found!.outcome)]).toEqual(["image of r1", "partial"]);
      });

      describe.each([
        ["a small image", 100],
        ["a large one", 100_000],
      ])("in parts, after %s", (_, size) => {
        const large = (fill: number): Uint8Array => new Uint8Array(size).fill(fill);
        const isLarge = ({ image }: { image: Uint8Array }, fill: number): boolean => Buffer.compare(image, large(fill)) === 0;

        test("keeps the parts in order, and hands them over with the image", async () => {
          await store.createRun(newRun("r1", { image: large(1) }));
          const [claimed] = await claim("w1");
          expect([isLarge(claimed!, 1), claimed!.parts]).toEqual([true, []]);
          const part = bytes("one");
          await store.commit([commitOf(claimed!, { part })]);
          part.fill(0);
          await store.commit([commitOf(claimed!, { part: bytes("two") })]);
          await store.commit([commitOf(claimed!, { release: true, wakeAt: 0, part: bytes("three") })]);
          const found = (await store.getImage("r1"))!;
          expect(isLarge(found, 1)).toBe(true);
          expect(found.parts.map(text)).toEqual(["one", "two", "three"]);
          const [again] = await claim("w1");
          expect([isLarge(again!, 1), again!.parts.map(text)]).toEqual([true, ["one", "two", "three"]]);
        });

        test("a new image takes the place of all of them", async () => {
          await store.createRun(newRun("r1", { image: large(1) }));
          await store.createRun(newRun("r2", { image: large(9) }));
          const [claimed, other] = await claim("w1");
          await store.commit([commitOf(claimed!, { part: bytes("one") }), commitOf(other!, { part: bytes("other") })]);
          for (const image of [large(2), bytes("small"), large(3)]) {
            await store.commit([commitOf(claimed!, { image })]);
            const written = (await store.getImage("r1"))!;
            expect([Buffer.compare(written.image, image), written.parts]).toEqual([0, []]);
            await store.commit([commitOf(claimed!, { part: bytes("more") })]);
            expect((await store.getImage("r1"))!.parts.map(text)).toEqual(["more"]);
          }
          expect((await store.getImage("r2"))!.parts.map(text)).toEqual(["other"]);
        });

        test("a superseded commit changes no part", async () => {
          await store.createRun(newRun("r1", { image: large(1) }));
          const [first] = await claim("w1");
          await store.commit([commitOf(first!, { part: bytes("one"), release: true, wakeAt: 0 })]);
          const [second] = await claim("w1");
          expect(await store.commit([commitOf(first!, { part: bytes("stale") })])).toEqual(["superseded"]);
          expect(await store.commit([commitOf(first!, { image: large(7) })])).toEqual(["superseded"]);
          await store.commit([commitOf(second!, { part: bytes("two") })]);
          const found = (await store.getImage("r1"))!;
          expect([isLarge(found, 1), found.parts.map(text)]).toEqual([true, ["one", "two"]]);
        });

        test("a failed run keeps image and parts", async () => {
          await store.createRun(newRun("r1", { image: large(1) }));
          const [claimed] = await claim("w1");
          await store.commit([commitOf(claimed!, { part: bytes("one") })]);
          await store.commit([commitOf(claimed!, { status: "failed", outcome: bytes("why") })]);
          const found = (await store.getImage("r1"))!;
          expect([isLarge(found, 1), found.parts.map(text)]).toEqual([true, ["one"]]);
        });
      });

      describe("blobs", () => {
        const blob = (n: number, size = 10): Blob => ({
          id: n.toString(16).padStart(64, "a"),
          bytes: new Uint8Array(size).fill(n),
        });
        const blobsOf = async (id: string): Promise<Map<string, number>> =>
          new Map([...(await store.getImage(id))!.blobs].map(([key, bytes]) => [key, bytes[0]!]));
        const numbers = (...ns: number[]): Map<string, number> => new Map(ns.map((n) => [blob(n).id, n]));

        test("are handed over with the continuation that refers to them", async () => {
          const claimed = await held();
          const first = blob(1, 100_000);
          await store.commit([commitOf(claimed, { image: bytes("image"), blobs: [first], refers: [first.id] })]);
          first.bytes.fill(9);
          await store.commit([commitOf(claimed, { part: bytes("part"), blobs: [blob(2)], release: true, wakeAt: 0 })]);
          expect(await blobsOf("r1")).toEqual(numbers(1, 2));
          const [again] = await claim("w1");
          expect(Buffer.compare(again!.blobs.get(first.id)!, new Uint8Array(100_000).fill(1))).toBe(0);
        });

        test("go when the image no longer refers to them", async () => {
          const claimed = await held();
          const [a, b, c] = [blob(1), blob(2), blob(3)];
          await store.commit([commitOf(claimed, { image: bytes("1"), blobs: [a, b], refers: [a.id, b.id] })]);
          await store.commit([commitOf(claimed, { image: bytes("2"), blobs: [c], refers: [b.id, c.id] })]);
          expect(await blobsOf("r1")).toEqual(numbers(2, 3));
          await store.commit([commitOf(claimed, { image: bytes("3"), refers: [] })]);
          expect(await blobsOf("r1")).toEqual(numbers());
        });

        test("are shared by the runs that refer to them", async () => {
          await store.createRun(newRun("r1"));
          await store.createRun(newRun("r2"));
          const [r1, r2] = await claim("w1");
          const a = blob(1);
          const image = bytes("image");
          await store.commit([r1!, r2!].map((run) => commitOf(run, { image, blobs: [a], refers: [a.id] })));
          await store.commit([commitOf(r1!, { image, refers: [] })]);
          expect([await blobsOf("r1"), await blobsOf("r2")]).toEqual([numbers(), numbers(1)]);
          // Another run may bring the same contents again.
          await store.commit([commitOf(r2!, { image, refers: [] })]);
          await store.commit([commitOf(r1!, { image, blobs: [blob(1)], refers: [a.id] })]);
          expect(await blobsOf("r1")).toEqual(numbers(1));
        });

        test("a superseded commit neither adds nor removes any", async () => {
          const claimed = await held();
          const a = blob(1);
          await store.commit([commitOf(claimed, { image: bytes("1"), blobs: [a], refers: [a.id], release: true, wakeAt: 0 })]);
          await claim("w1");
          await store.commit([commitOf(claimed, { image: bytes("2"), blobs: [blob(2)], refers: [blob(2).id] })]);
          expect(await blobsOf("r1")).toEqual(numbers(1));
        });
      });

      test("keeps since when it waits for the same thing", async () => {
        const claimed = await held();
        await store.commit([commitOf(claimed, { at: 2_000, waitingFor: "message approval" })]);
        await store.commit([commitOf(claimed, { at: 3_000, waitingFor: "message approval" })]);
        expect((await store.getRun("r1"))!.waitingSince).toBe(2_000);
        await store.commit([commitOf(claimed, { at: 4_000, waitingFor: "step ship" })]);
        expect((await store.getRun("r1"))!.waitingSince).toBe(4_000);
      });

      test("I5: with an older fence changes nothing", async () => {
        const first = await held();
        await store.send(message("r1"));
        await store.commit([commitOf(first, { release: true })]);
        const [second] = await claim("w1", { now: 9_999 });
        const late = commitOf(first, {
          image: bytes("stale"),
          status: "failed",
          outcome: bytes("stale"),
          journal: [entry(1)],
          consumed: second!.messages.map(({ seq }) => seq),
        });
        const before = await store.getRun("r1");
        expect(await store.commit([late])).toEqual(["superseded"]);
        expect(await store.commit([{ ...late, journal: [] }])).toEqual(["superseded"]);
        expect(await store.getRun("r1")).toEqual(before);
        expect(await store.readJournal("r1")).toEqual([]);
        expect((await store.pollMessages("w1")).length).toBe(1);
      });

      test("I5: after the lease was given back, or for an unknown run, changes nothing", async () => {
        const claimed = await held();
        await store.commit([commitOf(claimed, { release: true })]);
        expect(await store.commit([commitOf(claimed, { journal: [entry(1)] }), commitOf({ ...claimed, id: "unknown" })])).toEqual(
          ["superseded", "superseded"],
        );
        expect((await store.getRun("r1"))!.version).toBe(1);
      });

      test("of a group: each by its own fence, answers in order", async () => {
        for (const id of ["a", "b", "c"]) await store.createRun(newRun(id));
        await bench.register("w1");
        const [a, b, c] = await claim("w1");
        const group = [commitOf(a!, { journal: [entry(5)] }), commitOf(b!, { fence: 99 }), commitOf(c!)];
        expect(await store.commit(group)).toEqual(["committed", "superseded", "committed"]);
        expect((await store.getRun("a"))!.version).toBe(1);
        expect((await store.getRun("b"))!.version).toBe(0);
        expect(await store.readJournal("a")).toEqual([entry(5)]);
      });

      describe("I4: made again", () => {
        test("changes nothing and is committed", async () => {
          const claimed = await held();
          await store.send(message("r1"));
          const [waiting] = await store.pollMessages("w1");
          const group = [commitOf(claimed, { image: bytes("one"), journal: [entry(1)], consumed: [waiting!.seq] })];
          expect(await store.commit(group)).toEqual(["committed"]);
          const before = await store.getRun("r1");
          expect(await store.commit(group)).toEqual(["committed"]);
          expect(await store.getRun("r1")).toEqual(before);
          expect(await store.readJournal("r1")).toEqual([entry(1)]);
          expect(await store.commit([commitOf(claimed, { journal: [entry(2)] })])).toEqual(["committed"]);
          expect(await store.readJournal("r1")).toEqual([entry(1), entry(2)]);
        });

        test.each([
          ["part", { part: bytes("part") }],
          ["nothing", {}],
          ["image", { image: bytes("other") }],
        ])("with %s in it, next to a commit that is new", async (_, content: Partial<Commit>) => {
          const first = commitOf(await held("r1"), content);
          await store.commit([first]);
          const second = commitOf(await held("r2"));
          expect(await store.commit([first, second])).toEqual(["committed", "committed"]);
          expect((await store.getRun("r1"))!.version).toBe(1);
          expect((await store.getRun("r2"))!.version).toBe(1);
          const { image, parts } = (await store.getImage("r1"))!;
          expect(text(image)).toBe(text(content.image) ?? "image of r1");
          expect(parts.map(text)).toEqual(content.part === undefined ? [] : ["part"]);
        });

        test("also when it gave the run back or ended it, also after a retry, and not when somebody else has the run", async () => {
          const claimed = await held();
          const release = commitOf(claimed, { release: true, wakeAt: 0 });
          await store.commit([release]);
          expect(await store.commit([release])).toEqual(["committed"]);
          const [second] = await claim("w1");
          expect(await store.commit([release])).toEqual(["superseded"]);
          const end = commitOf(second!, { status: "failed" });
          await store.commit([end]);
          expect(await store.commit([end])).toEqual(["committed"]);
          await store.retryRun("r1", 7_000, entry(7_000, "run.retried"));
          expect(await store.commit([end])).toEqual(["committed"]);
          expect(await store.getRun("r1")).toMatchObject({ status: "ready", version: 3 });
        });

        test("one that comes too early changes nothing", async () => {
          const claimed = await held();
          expect(await store.commit([commitOf(claimed, { version: 2, journal: [entry(1)] })])).toEqual(["superseded"]);
          expect((await store.getRun("r1"))!.version).toBe(0);
          expect(await store.readJournal("r1")).toEqual([]);
        });
      });

      test("of nothing", async () => {
        expect(await store.commit([])).toEqual([]);
      });

      test("releases: nobody holds it, and it is due at its time", async () => {
        const claimed = await held();
        await store.commit([commitOf(claimed, { wakeAt: 5_000, release: true })]);
        expect(await store.getRun("r1")).toMatchObject({ owner: undefined, wakeAt: 5_000 });
        expect(await claim("w1", { now: 4_999 })).toEqual([]);
      });

      test("releases at once when a message came in the meantime, and not when it was consumed", async () => {
        const claimed = await held();
        await store.send(message("r1", { sentAt: 1_900 }));
        const [waiting] = await store.pollMessages("w1");
        await store.commit([commitOf(claimed, { at: 2_000, wakeAt: 5_000, release: true })]);
        const [again] = await claim("w1", { now: 2_000 });
        expect(again!.messages.map(({ seq }) => seq)).toEqual([waiting!.seq]);
        await store.commit([commitOf(again!, { at: 2_100, wakeAt: 5_000, consumed: [waiting!.seq], release: true })]);
        expect(await claim("w1", { now: 4_999 })).toEqual([]);
        expect((await claim("w1", { now: 5_000 }))[0]!.messages).toEqual([]);
      });

      test("an ended run is always released", async () => {
        const claimed = await held();
        await store.commit([commitOf(claimed, { status: "completed", outcome: bytes("42"), wakeAt: 1, waitingFor: "" })]);
        expect(await store.getRun("r1")).toMatchObject({ status: "completed", owner: undefined, wakeAt: undefined });
      });
    });

    describe("messages", () => {
      test("unknown and ended runs take none", async () => {
        expect(await store.send(message("nope"))).toBe("unknown");
        const claimed = await held();
        await store.commit([commitOf(claimed, { status: "failed" })]);
        expect(await store.send(message("r1"))).toBe("ended");
      });

      test("the same id is kept once, also after it was consumed", async () => {
        const claimed = await held();
        expect(await store.send(message("r1", { id: "m1" }))).toBe("sent");
        expect(await store.send(message("r1", { id: "m1" }))).toBe("duplicate");
        const [only, ...others] = await store.pollMessages("w1");
        expect(others).toEqual([]);
        await store.commit([commitOf(claimed, { consumed: [only!.seq] })]);
        expect(await store.pollMessages("w1")).toEqual([]);
        expect(await store.send(message("r1", { id: "m1" }))).toBe("duplicate");
        await store.createRun(newRun("r2"));
        expect(await store.send(message("r2", { id: "m1" }))).toBe("sent");
      });

      test("polling gives those of runs the worker holds that were not consumed, oldest first", async () => {
        const claimed = await held("r1");
        await store.createRun(newRun("r2"));
        await store.send(message("r1", { topic: "a" }));
        await store.send(message("r2", { topic: "not held" }));
        await store.send(message("r1", { kind: "cancel", topic: "b" }));
        const all = await store.pollMessages("w1");
        expect(all.map(({ topic, kind }) => [topic, kind])).toEqual([
          ["a", "send"],
          ["b", "cancel"],
        ]);
        expect(await store.pollMessages("w1")).toEqual(all);
        await store.commit([commitOf(claimed, { consumed: [all[0]!.seq] })]);
        expect(await store.pollMessages("w1")).toEqual([all[1]]);
        expect(await store.pollMessages("other")).toEqual([]);
      });

      test("numbers never come back", async () => {
        const claimed = await held();
        await store.send(message("r1"));
        const [first] = await store.pollMessages("w1");
        await store.commit([commitOf(claimed, { consumed: [first!.seq] })]);
        await store.send(message("r1"));
        expect((await store.pollMessages("w1"))[0]!.seq).toBeGreaterThan(first!.seq);
      });

      test("a message of another run cannot be consumed", async () => {
        const claimed = await held("r1");
        await store.createRun(newRun("r2"));
        await store.send(message("r2", { sentAt: 1_000 }));
        const [other] = await claim("w1", { now: 5_000 });
        await store.commit([commitOf(claimed, { consumed: [other!.messages[0]!.seq] })]);
        expect((await store.pollMessages("w1")).length).toBe(1);
      });
    });

    describe("retryRun", () => {
      test("makes a failed run claimable again from what it kept", async () => {
        const claimed = await held();
        await store.commit([commitOf(claimed, { status: "failed", outcome: bytes("error"), journal: [entry(1, "run.failed")] })]);
        expect(await store.retryRun("r1", 7_000, entry(7_000, "run.retried"))).toBe("ready");
        expect(await store.getRun("r1")).toMatchObject({ status: "ready", outcome: undefined, wakeAt: 7_000, updatedAt: 7_000 });
        const [again] = await claim("w1", { now: 7_000 });
        expect(text(again!.image)).toBe("image of r1");
        await store.commit([commitOf(again!, { journal: [entry(8_000)] })]);
        expect((await store.readJournal("r1")).map(({ kind }) => kind)).toEqual(["run.failed", "run.retried", "step.completed"]);
      });

      test("any other run stays as it is", async () => {
        expect(await store.retryRun("nope", 1, entry(1))).toBe("unknown");
        await store.createRun(newRun("r1"));
        expect(await store.retryRun("r1", 1, entry(1))).toBe("not-failed");
        expect(await store.readJournal("r1")).toEqual([]);
      });
    });

    describeWorkers(() => bench, traits);
    describeRaces(() => bench, traits);
    describeTaskRaces(() => bench, traits);
    describeHookRaces(() => bench, traits);
    describeLosses(() => bench, traits);
    describeOutward(() => bench);
    describeTasks(() => bench);
    describeSchedules(() => bench);
    describeHooks(() => bench);

    test("a closed store refuses politely", async () => {
      await store.close();
      await expect(store.getRun("r1")).rejects.toMatchObject({ code: "FLOW_STORE", reason: "closed" });
      await store.close();
    });
  });
}
