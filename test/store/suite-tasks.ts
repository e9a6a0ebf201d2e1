/** The part of the specification of a store that is about tasks: step attempts that any worker may make, and results that other runs may use. */
import { describe, expect, test } from "vitest";
import type { ClaimedRun, Commit, NewTask, QueueLimits, Store, Task } from "../../src/runtime/store/store.js";
import { type Bench, bytes, commitOf, newRun, newWorker, text, alive } from "./kit.js";

const STEPS = ["src/a.ts#gpu", "src/a.ts#mail"];

function newTask(call: number, over: Partial<NewTask> = {}): NewTask {
  const payload = bytes(`input of ${call}`);
  return { queue: "gpu", call, attempt: 1, step: STEPS[0]!, priority: 0, dueAt: 1_000, payload, ...over };
}

export function describeTasks(bench: () => Bench): void {
  const store = (): Store => bench().store;
  const take = (
    over: Partial<QueueLimits> = {},
    now = 2_000,
    workerId = "w1",
    limit = 100,
    holds?: readonly number[],
  ): Promise<Task[]> =>
    store().claimTasks({
      workerId,
      now,
      queues: [{ queue: "gpu", ...over }],
      steps: STEPS,
      limit,
      ...(holds !== undefined && { holds }),
    });
  const calls = (tasks: readonly Task[]): number[] => tasks.map(({ call }) => call);
  const finish = (task: Task, answer = "done", worker = "w1"): Promise<"finished" | "superseded"> =>
    store().finishTask(task.id, worker, bytes(answer), 3_000);

  /** A run that has put these tasks into the queue and waits for them. */
  async function queued(...tasks: readonly NewTask[]): Promise<ClaimedRun> {
    const run = await bench().held();
    await store().commit([commitOf(run, { tasks, release: true })]);
    return run;
  }

  describe("a task", () => {
    test("is handed over with what it is made with, once", async () => {
      await queued(newTask(7, { key: "k", priority: 3 }));
      const [task, ...others] = await take();
      expect(others).toEqual([]);
      expect(task).toMatchObject({
        queue: "gpu",
        run: "r1",
        call: 7,
        attempt: 1,
        step: STEPS[0],
        key: "k",
        priority: 3,
        dueAt: 1_000,
      });
      expect([text(task!.payload), task!.details]).toEqual(["input of 7", undefined]);
      expect(await take()).toEqual([]);
      expect(await store().heldTasks("w1")).toEqual([task!.id]);
    });

    test("whose claim was not answered is given back by the next one, which says what the worker holds", async () => {
      await queued(newTask(1), newTask(2), newTask(3));
      const [first, second, third] = await take();
      expect(await take({}, 2_000, "nobody", 100, [])).toEqual([]);
      expect(await take({}, 2_000, "w1", 100, [first!.id, second!.id, third!.id])).toEqual([]);
      expect(calls(await take({}, 2_000, "w1", 1, [first!.id]))).toEqual([2]);
      expect((await store().heldTasks("w1")).toSorted((a, b) => a - b)).toEqual([first!.id, second!.id]);
      // What it held before it holds still.
      expect([await finish(first!), await finish(third!), await finish(second!)]).toEqual(["finished", "superseded", "finished"]);
      expect(calls(await take())).toEqual([3]);
    });

    test("counts for the limits of its queue once when it is handed over again", async () => {
      await queued(newTask(1, { key: "k" }), newTask(2, { key: "k" }), newTask(3));
      expect(calls(await take({ concurrency: 1 }))).toEqual([1]);
      expect(calls(await take({ concurrency: 1 }, 2_000, "w1", 100, []))).toEqual([1]);
      expect(calls(await take({ perKey: 1 }, 2_000, "w1", 100, []))).toEqual([1, 3]);
    });

    test("not before its time, of another queue, or of a step nobody here has", async () => {
      await queued(newTask(1, { dueAt: 5_000 }), newTask(2, { queue: "cpu" }), newTask(3, { step: "x#y" }));
      expect(await take()).toEqual([]);
      expect(calls(await take({}, 5_000))).toEqual([1]);
      expect(calls(await take({ queue: "cpu" }))).toEqual([2]);
    });

    test("by priority, then by age, no more than asked for", async () => {
      await queued(
        newTask(1),
        newTask(2, { priority: 5, dueAt: 1_500 }),
        newTask(3, { priority: 5 }),
        newTask(4, { priority: -1 }),
      );
      expect(calls(await take({}, 2_000, "w1", 2))).toEqual([3, 2]);
      expect(calls(await take())).toEqual([1, 4]);
    });

    test("is not handed to somebody who is no worker", async () => {
      await queued(newTask(1));
      expect(await take({}, 2_000, "nobody")).toEqual([]);
    });

    test("finished, is gone, and its run hears of it and is due", async () => {
      await queued(newTask(7));
      const [task] = await take();
      expect(await finish(task!)).toBe("finished");
      expect(await finish(task!)).toBe("superseded");
      expect(await store().heldTasks("w1")).toEqual([]);
      const [run] = await bench().claim("w1", { now: 3_000 });
      expect(run!.messages.map(({ kind, topic, payload }) => [kind, topic, text(payload)])).toEqual([["step", "7:1", "done"]]);
    });

    test("keeps what the attempt says of itself", async () => {
      await queued(newTask(1));
      const [task] = await take();
      expect(await store().noteProgress(task!.id, "w1", bytes("half"))).toBe(true);
      expect(await store().noteProgress(task!.id, "w2", bytes("stolen"))).toBe(false);
      await store().unregisterWorker("w1", 2_000);
      await store().registerWorker(newWorker("w2"), 2_000, alive);
      const [again] = await take({}, 2_000, "w2");
      expect([again!.id, text(again!.details)]).toEqual([task!.id, "half"]);
    });

    test("I5: of a lost worker goes to another one, and the lost one changes nothing", async () => {
      await queued(newTask(1));
      const [task] = await take();
      await bench().register("w2", 1_000, () => false);
      expect(calls(await take({}, 2_000, "w2"))).toEqual([1]);
      expect(await finish(task!)).toBe("superseded");
      expect(await store().noteProgress(task!.id, "w1", bytes("x"))).toBe(false);
      expect(await finish(task!, "done", "w2")).toBe("finished");
    });
  });

  describe("a call has one task", () => {
    test("a later attempt takes the place of the earlier; the same again changes nothing", async () => {
      const run = await bench().held();
      await store().commit([commitOf(run, { tasks: [newTask(1)] })]);
      const [first] = await take();
      await store().commit([commitOf(run, { tasks: [newTask(1, { payload: bytes("other") })] })]);
      expect(await take()).toEqual([]);
      await store().commit([commitOf(run, { tasks: [newTask(1, { attempt: 2, payload: bytes("again"), dueAt: 4_000 })] })]);
      expect(await finish(first!)).toBe("superseded");
      expect(await take()).toEqual([]);
      const [second] = await take({}, 4_000);
      expect([second!.attempt, text(second!.payload)]).toEqual([2, "again"]);
    });

    test("whose end waits for the run is not put in again", async () => {
      const run = await bench().held();
      await store().commit([commitOf(run, { tasks: [newTask(7), newTask(8)] })]);
      const [first] = await take();
      await finish(first!);
      await store().commit([commitOf(run, { tasks: [newTask(7), newTask(8)] })]);
      expect(calls(await take())).toEqual([]);
      const consumed = (await store().pollMessages("w1")).map(({ seq }) => seq);
      await store().commit([commitOf(run, { consumed, tasks: [newTask(7, { attempt: 2 })] })]);
      expect((await take()).map(({ call, attempt }) => [call, attempt])).toEqual([[7, 2]]);
    });

    test("whose claim was not answered is handed over again to who says what it holds", async () => {
      await queued(newTask(1), newTask(2), newTask(3));
      const [first] = await take({}, 2_000, "w1", 2);
      const again = await store().claimTasks({
        workerId: "w1",
        now: 2_000,
        queues: [{ queue: "gpu", concurrency: 2 }],
        steps: STEPS,
        limit: 100,
        holds: [first!.id],
      });
      expect(calls(again)).toEqual([2]);
      expect(calls(await take())).toEqual([3]);
    });

    test("withdrawn, or of an ended run, it is gone", async () => {
      const run = await bench().held();
      await store().commit([commitOf(run, { tasks: [newTask(1), newTask(2), newTask(3)] })]);
      const [first] = await take({}, 2_000, "w1", 1);
      await store().commit([commitOf(run, { withdrawn: [1, 2] })]);
      expect(await finish(first!)).toBe("superseded");
      expect(await store().heldTasks("w1")).toEqual([]);
      await store().commit([commitOf(run, { status: "failed", outcome: bytes("x") })]);
      expect(await take()).toEqual([]);
    });

    test("I5: a superseded commit puts in and withdraws none", async () => {
      const run = await bench().held();
      await store().commit([commitOf(run, { tasks: [newTask(1)] })]);
      const stale: Commit = {
        ...commitOf(run, { tasks: [newTask(2)], withdrawn: [1], cached: [{ key: "k", value: bytes("v"), until: 9_000 }] }),
        fence: 0,
      };
      expect(await store().commit([stale])).toEqual(["superseded"]);
      expect(calls(await take())).toEqual([1]);
      expect(await store().readCache("k", 2_000)).toBeUndefined();
    });
  });

  describe("the limits of a queue", () => {
    const many = (count: number, over: (n: number) => Partial<NewTask> = () => ({})): NewTask[] =>
      Array.from({ length: count }, (_, n) => newTask(n + 1, over(n)));

    test("so many at once, over all workers", async () => {
      await queued(...many(5));
      const [first, second] = await take({ concurrency: 2 });
      expect(await take({ concurrency: 2 })).toEqual([]);
      await finish(first!);
      expect(calls(await take({ concurrency: 2 }))).toEqual([3]);
      await finish(second!);
      expect(calls(await take({ concurrency: 3 }))).toEqual([4, 5]);
    });

    test("so many of a key; tasks without one are not limited, and nobody waits behind a key that is full", async () => {
      await queued(...many(7, (n) => (n === 6 ? {} : { key: n < 4 ? "a" : "b" })));
      expect(calls(await take({ perKey: 1 }))).toEqual([1, 5, 7]);
      expect(await take({ perKey: 1 })).toEqual([]);
      expect(calls(await take({ perKey: 2 }))).toEqual([2, 6]);
    });

    test("so many in a time, and as many at once after an idle time", async () => {
      await queued(...many(10));
      const rate = { limit: 2, perMs: 1_000 };
      expect(calls(await take({ rate }, 2_000))).toEqual([1, 2]);
      expect(calls(await take({ rate }, 2_499))).toEqual([]);
      expect(calls(await take({ rate }, 2_500))).toEqual([3]);
      expect(calls(await take({ rate }, 3_000))).toEqual([4]);
      expect(calls(await take({ rate }, 90_000))).toEqual([5, 6]);
    });

    test("of queues that are asked for together, each its own", async () => {
      await queued(newTask(1), newTask(2), newTask(3, { queue: "mail", step: STEPS[1]! }), newTask(4, { queue: "mail" }));
      const queues = [{ queue: "gpu", concurrency: 1 }, { queue: "mail" }];
      const taken = await store().claimTasks({ workerId: "w1", now: 2_000, queues, steps: STEPS, limit: 100 });
      expect(calls(taken)).toEqual([1, 3, 4]);
    });
  });

  test("what is due next, of runs nobody holds and of tasks", async () => {
    const next = (now: number, queues: readonly string[] = ["gpu"], workflows?: readonly string[]): Promise<number | undefined> =>
      store().nextDue({ now, queues, ...(workflows && { workflows }) });
    expect(await next(0)).toBeUndefined();
    await queued(newTask(1, { dueAt: 7_000 }), newTask(2, { dueAt: 9_000, queue: "mail" }));
    await store().createRun(newRun("later", { startAt: 8_000 }));
    expect(await next(2_000)).toBe(7_000);
    expect(await next(7_000)).toBe(8_000);
    expect(await next(2_000, [])).toBe(8_000);
    expect(await next(2_000, ["mail"], [])).toBe(9_000);
    expect(await next(9_000)).toBeUndefined();
    await take({}, 7_000);
    await bench().claim("w1", { now: 8_000 });
    expect(await next(2_000)).toBeUndefined();
  });

  test("a cached result is answered until it is over, and replaced by a later one", async () => {
    const run = await bench().held();
    const cached = [{ key: "rate EUR", value: bytes("1.1"), until: 5_000 }];
    await store().commit([commitOf(run, { cached, tasks: [newTask(1)] })]);
    expect(text(await store().readCache("rate EUR", 4_999))).toBe("1.1");
    expect(await store().readCache("rate EUR", 5_000)).toBeUndefined();
    expect(await store().readCache("rate USD", 2_000)).toBeUndefined();
    const [task] = await take();
    await store().finishTask(task!.id, "w1", bytes("x"), 3_000, { key: "rate EUR", value: bytes("1.2"), until: 8_000 });
    expect(text(await store().readCache("rate EUR", 6_000))).toBe("1.2");
  });
}
