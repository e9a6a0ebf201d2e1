/** The specification of a store, the part about tasks and messages when several connections are at work at once. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ClaimedRun, Commit, NewTask, QueueLimits, Store, Task } from "../../src/runtime/store/store.js";
import { alive, type Bench, bytes, commitOf, newRun, newWorker, type Traits } from "./kit.js";

const ROUNDS = 25;
const STEP = "src/a.ts#gpu";

const newTask = (call: number, over: Partial<NewTask> = {}): NewTask => ({
  queue: "gpu",
  call,
  attempt: 1,
  step: STEP,
  priority: 0,
  dueAt: 1_000,
  payload: bytes("input"),
  ...over,
});

export function describeTaskRaces(bench: () => Bench, { manyWorkers }: Traits): void {
  describe("two connections", () => {
    let store: Store;
    let other: Store;
    let theirs: string;
    let parent: ClaimedRun;
    beforeEach(async () => {
      store = bench().store;
      other = bench().medium.connect();
      theirs = manyWorkers ? "w2" : "w1";
      parent = await bench().held();
      await bench().register(theirs);
    });
    afterEach(() => other.close());

    const put = (count: number, over: (n: number) => Partial<NewTask> = () => ({})): Promise<unknown> =>
      store.commit([commitOf(parent, { tasks: Array.from({ length: count }, (_, n) => newTask(n + 1, over(n))) })]);
    /** Both take, several times at once; what each was given. */
    const takeAtOnce = async (limits: Omit<QueueLimits, "queue">, now = 2_000, limit = 100): Promise<Task[]> => {
      const queues = [{ queue: "gpu", ...limits }];
      const take = (from: Store, workerId: string): Promise<Task[]> =>
        from.claimTasks({ workerId, now, queues, steps: [STEP], limit });
      const taken = await Promise.all([take(store, "w1"), take(other, theirs), take(store, "w1"), take(other, theirs)]);
      return taken.flat();
    };
    const finish = (task: Task, worker: string): Promise<string> => store.finishTask(task.id, worker, bytes("done"), 3_000);
    /** Whoever of the two holds it. */
    const finishAnyhow = async (task: Task): Promise<void> => {
      const answers = [await finish(task, "w1"), ...(manyWorkers ? [await finish(task, theirs)] : [])];
      expect(answers.filter((answer) => answer === "finished").length).toBe(1);
    };

    test("a task is handed over once, also without limits", async () => {
      await put(60);
      const taken: Task[] = [];
      for (let n = 0; n < 20 && taken.length < 60; n++) taken.push(...(await takeAtOnce({}, 2_000, 4)));
      expect(taken.map(({ call }) => call).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
    });

    test("of a queue that takes one at a time, one is under way", async () => {
      await put(ROUNDS);
      const order: number[] = [];
      for (let n = 0; n < ROUNDS; n++) {
        const taken = await takeAtOnce({ concurrency: 1 });
        expect(taken.length).toBe(1);
        order.push(taken[0]!.call);
        await finishAnyhow(taken[0]!);
      }
      expect(order).toEqual(Array.from({ length: ROUNDS }, (_, n) => n + 1));
    });

    test("of each key no more than so many", async () => {
      await put(4 * ROUNDS, (n) => ({ key: n % 2 === 0 ? "a" : "b" }));
      for (let n = 0; n < ROUNDS; n++) {
        const taken = await takeAtOnce({ perKey: 2 });
        expect(new Set(taken.map(({ key }) => key))).toEqual(new Set(["a", "b"]));
        expect(taken.filter(({ key }) => key === "a").length).toBe(2);
        expect(taken.length).toBe(4);
        for (const task of taken) await finishAnyhow(task);
      }
    });

    test("in a time no more than so many", async () => {
      await put(4 * ROUNDS);
      for (let n = 0; n < ROUNDS; n++) {
        const taken = await takeAtOnce({ rate: { limit: 3, perMs: 1_000 } }, 10_000 + n * 1_000);
        expect(taken.length).toBe(3);
      }
    });

    test("a task is finished once, or withdrawn", async () => {
      await put(ROUNDS);
      const taken = await takeAtOnce({});
      let finished = 0;
      for (const task of taken) {
        const worker = (await store.heldTasks("w1")).includes(task.id) ? "w1" : theirs;
        const [answer, again] = await Promise.all([
          finish(task, worker),
          other.finishTask(task.id, worker, bytes("done"), 3_000),
          ...(task.call % 2 === 0 ? [store.commit([commitOf(parent, { withdrawn: [task.call] })])] : []),
        ]);
        const ends = [answer, again].filter((end) => end === "finished").length;
        expect(ends).toBeLessThanOrEqual(1);
        if (task.call % 2 === 1) expect(ends).toBe(1);
        finished += ends;
      }
      expect((await store.pollMessages("w1")).filter(({ kind }) => kind === "step").length).toBe(finished);
    });

    test("a watch against the end of what is watched: told, once", async () => {
      const watches: string[] = [];
      for (let n = 0; n < ROUNDS; n++) {
        const id = `watched ${n}`;
        await store.createRun(newRun(id));
        const [watched] = await bench().claim("w1");
        await Promise.all([
          store.commit([commitOf(watched!, { status: "completed", outcome: bytes("done") })]),
          other.commit([commitOf(parent, { watches: [id] })]),
        ]);
        watches.push(id);
      }
      const told = await store.pollMessages("w1");
      expect(told.map(({ kind, topic }) => [kind, topic])).toEqual(watches.map((id) => ["ended", id]));
    });

    test("runs of two groups that send to each other all hear of it, in an order that is kept", async () => {
      await other.registerWorker(newWorker(theirs), 1_000, alive);
      for (const id of ["a1", "b1", "a2", "b2"]) await store.createRun(newRun(id));
      const claimed = await bench().claim("w1");
      const group = (letter: string, n: number, to: readonly string[]): Commit[] =>
        claimed
          .filter(({ id }) => id.startsWith(letter))
          .map((run) =>
            commitOf(run, { sends: to.map((run) => ({ run, kind: "send", topic: `${n}`, payload: bytes(""), sentAt: 2_000 })) }),
          );
      for (let n = 0; n < ROUNDS; n++) {
        const results = await Promise.all([
          store.commit(group("a", n, ["b2", "b1"])),
          other.commit(group("b", n, ["a1", "a2"]).toReversed()),
        ]);
        expect(results.flat()).toEqual(["committed", "committed", "committed", "committed"]);
      }
      const messages = await store.pollMessages("w1");
      for (const id of ["a1", "b1", "a2", "b2"]) {
        const topics = messages.filter(({ run }) => run === id).map(({ topic }) => Number(topic));
        expect(topics).toEqual(Array.from({ length: 2 * ROUNDS }, (_, at) => Math.floor(at / 2)));
      }
    });

    test("of two commits that start one run, one does", async () => {
      await store.createRun(newRun("r2"));
      const second = (await bench().claim("w1")).find(({ id }) => id === "r2")!;
      for (let n = 0; n < ROUNDS; n++) {
        const starts = (run: ClaimedRun): Commit =>
          commitOf(run, { starts: [newRun(`c${n}`, { parent: run.id }), newRun(`d${n}`, { parent: run.id })] });
        const both = await Promise.all([store.commit([starts(parent)]), other.commit([starts(second)])]);
        expect(both).toEqual([["committed"], ["committed"]]);
      }
      expect((await store.listRuns({ limit: 1_000 })).length).toBe(2 + 2 * ROUNDS);
    });

    if (manyWorkers)
      describeLoss(
        bench,
        () => other,
        () => parent,
      );
  });
}

function describeLoss(bench: () => Bench, other: () => Store, parent: () => ClaimedRun): void {
  test("a task put in against the loss of its worker is done by somebody", async () => {
    const { store } = bench();
    for (let n = 1; n <= ROUNDS; n++) {
      await other().registerWorker(newWorker("w3", { pid: 7 }), 1_000, alive);
      await store.commit([commitOf(parent(), { tasks: [newTask(n)] })]);
      const queues = [{ queue: "gpu", concurrency: 1 }];
      const options = { now: 2_000, queues, steps: [STEP], limit: 10 };
      await Promise.all([
        other().claimTasks({ ...options, workerId: "w3" }),
        store.releaseDead("w1", 1_000, ({ id }) => id !== "w3"),
      ]);
      const [task] = await store.claimTasks({ ...options, workerId: "w1" });
      expect(task?.call).toBe(n);
      expect(await store.finishTask(task!.id, "w1", bytes("done"), 3_000)).toBe("finished");
    }
  });
}
