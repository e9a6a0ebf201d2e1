import { expect, test } from "vitest";
import { CancelledError, NotSaveableError, StepError, TimeoutError } from "../../src/shared/errors.js";
import { channel } from "../../src/runtime/effects/channel.js";
import { sleep, sleepUntil } from "../../src/runtime/effects/sleep.js";
import { perform, step } from "../../src/runtime/effects/step.js";
import { spawn, type Task } from "../../src/runtime/effects/task.js";
import { withTimeout } from "../../src/runtime/effects/timeout.js";
import { closure, done, fn, goto, Sim, type Stage } from "./kit.js";

/** What the bodies of the steps saw, in order. Cleared by each test that looks. */
const seen: string[] = [];
const say = step(
  (text: string): string => {
    seen.push(text);
    return text.toUpperCase();
  },
  { name: "say" },
);
let failures = 0;
const flaky = step(
  (): string => {
    seen.push("flaky");
    if (failures-- > 0) throw new RangeError("not now");
    return "at last";
  },
  { name: "flaky", retry: { attempts: 3, backoff: "1 second", jitter: 0 } },
);

const answers = channel<string>("answers");

function fresh(): void {
  seen.length = 0;
  failures = 0;
}

const twoSteps = fn(
  "twoSteps",
  [
    (v) => say(`a ${String(v["name"])}`),
    (v, a) => {
      v["a"] = a;
      return say("b");
    },
    (v, b) => done([v["a"], b]),
  ],
  { params: ["name"] },
);

test("steps run one after the other, and their results are what the calls answer", () => {
  fresh();
  const sim = new Sim(twoSteps, ["bob"]);
  expect(sim.play()).toEqual({ kind: "completed", value: ["A BOB", "B"] });
  expect(seen).toEqual(["a bob", "b"]);
});

test("I4: one transition a step in the steady state", () => {
  fresh();
  const sim = new Sim(twoSteps, ["bob"]);
  let commits = 0;
  sim.play(() => commits++);
  expect(commits).toBe(3); // begin, after a, after b
  expect(sim.kinds()).toEqual(["run.started", "step.completed", "step.completed", "run.completed"]);
});

test("I3: nothing starts before the transition is handed over, and its input is in the image", () => {
  fresh();
  const sim = new Sim(twoSteps, ["bob"]);
  const transition = sim.advance();
  expect(seen).toEqual([]);
  expect(transition.status).toBe("running");
  expect(transition.start).toHaveLength(1);
  expect(sim.graph.strands.first?.wait).toMatchObject({ kind: "step", step: "say", input: ["a bob"], call: 1 });
});

test("I2: a crash after any commit repeats at most the step under way, and changes no result", () => {
  for (let crashAt = 0; crashAt < 3; crashAt++) {
    fresh();
    const sim = new Sim(twoSteps, ["bob"]);
    let commits = 0;
    const outcome = sim.play(() => {
      if (commits++ === crashAt && sim.outcome === undefined) sim.crash();
    });
    expect(outcome).toEqual({ kind: "completed", value: ["A BOB", "B"] });
    expect(seen).toEqual(["a bob", "b"]);
  }
});

test("a repeated attempt has the same call number and arguments, so the same idempotency key", () => {
  fresh();
  const sim = new Sim(twoSteps, ["bob"]);
  sim.advance();
  const [first] = sim.starts;
  sim.perform(first!); // runs, but the process dies before its result is committed
  sim.crash();
  expect(sim.starts).toMatchObject([{ call: first!.call, attempt: 1, wait: { input: ["a bob"] } }]);
});

const mutate = step(
  (list: number[]): number => {
    list.push(99);
    return list.length;
  },
  { name: "mutate" },
);
const passesObject = fn("passesObject", [
  (v) => {
    v["list"] = [1, 2];
    return mutate(v["list"] as number[]);
  },
  (v, length) => done({ list: v["list"], length }),
]);

test("a body that changes its arguments does not change the workflow's objects", () => {
  expect(new Sim(passesObject).play()).toEqual({ kind: "completed", value: { list: [1, 2], length: 3 } });
});

const changesWhileRunning = fn("changesWhileRunning", [
  (v) => {
    v["box"] = { n: 1 };
    v["task"] = spawn(stepOnBox(v["box"]));
    return sleep(1);
  },
  (v) => {
    (v["box"] as { n: number }).n = 2;
    return sleep(1);
  },
  (v) => (v["task"] as Task<unknown>).join(),
  (_, value) => done(value),
]);
const readBox = step((box: { n: number }): number => box.n, { name: "readBox" });
const stepOnBox = closure("stepOnBox", [(v) => readBox(v["box"] as { n: number }), (_, n) => done(n)], { captures: ["box"] });

test("each attempt is given the arguments afresh, whatever an earlier one did to them", () => {
  const lengths: number[] = [];
  const spoil = step(
    (list: number[]): string => {
      lengths.push(list.push(0));
      if (lengths.length < 3) throw new Error("again");
      return "ok";
    },
    { name: "spoil" },
  );
  expect(new Sim(fn("spoils.args", [() => spoil([1]), (_, value) => done(value)])).play()).toEqual({
    kind: "completed",
    value: "ok",
  });
  expect(lengths).toEqual([2, 2, 2]);
});

test("I3: what another strand changes meanwhile does not change what a repeated attempt is given", () => {
  const sim = new Sim(changesWhileRunning);
  sim.advance();
  sim.now += 1;
  sim.advance(); // main has changed the box and committed; the step has not run yet
  sim.crash();
  expect(sim.play()).toEqual({ kind: "completed", value: 1 });
});

// ── retries and failure ──────────────────────────────────────────────────────────────────────────────────────────────

const callsFlaky = fn("callsFlaky", [() => flaky(), (_, value) => done(value)]);
const catchesFlaky = fn("catchesFlaky", [() => flaky(), (_, value) => done(value), (_, error) => done(error)], {
  catches: { 0: 2 },
});

test("a failed attempt is made again after its backoff, durably", () => {
  fresh();
  failures = 2;
  const sim = new Sim(callsFlaky);
  sim.advance();
  const event = sim.perform(sim.starts.shift()!);
  const transition = sim.advance(event);
  expect(transition).toMatchObject({ status: "retrying", wakeAt: sim.now + 1_000, waitingFor: "step flaky, attempt 2" });
  sim.crash();
  expect(sim.starts).toMatchObject([{ attempt: 2, notBefore: sim.now + 1_000 }]);
  const began = sim.now;
  expect(sim.play()).toEqual({ kind: "completed", value: "at last" });
  expect(sim.now - began).toBe(3_000); // 1 s, then 2 s
  expect(seen).toHaveLength(3);
});

test("the outcome of an earlier attempt is ignored", () => {
  fresh();
  failures = 1;
  const sim = new Sim(callsFlaky);
  sim.advance();
  const [first] = sim.starts;
  sim.advance(sim.perform(sim.starts.shift()!));
  sim.advance({ kind: "stepSucceeded", call: first!.call, attempt: 1, result: { value: "too late" } });
  expect(sim.play()).toEqual({ kind: "completed", value: "at last" });
});

test("used-up attempts throw a StepError with the last error as its cause, which the program can catch", () => {
  fresh();
  failures = 3;
  const outcome = new Sim(catchesFlaky).play() as { value: StepError };
  expect(outcome.value).toBeInstanceOf(StepError);
  expect(outcome.value).toMatchObject({ step: "flaky", attempts: 3 });
  expect(outcome.value.cause).toBeInstanceOf(RangeError);
});

test("an error that is not retryable is tried once", () => {
  fresh();
  const once = step(
    (): never => {
      seen.push("once");
      throw new TypeError("bad input");
    },
    { name: "once", retry: { nonRetryable: [TypeError] } },
  );
  const picky = step(
    (): never => {
      seen.push("picky");
      throw new Error("fatal");
    },
    { name: "picky", retry: { retryIf: (e) => (e as Error).message !== "fatal" } },
  );
  const workflow = fn("nonRetryable", [() => once(), () => done(), () => picky(), () => done(), (_, error) => done(error)], {
    catches: { 0: 2, 2: 4 },
  });
  const outcome = new Sim(workflow).play();
  expect(seen).toEqual(["once", "picky"]);
  expect(outcome).toMatchObject({ kind: "completed", value: { attempts: 1 } });
});

test("a failed run keeps its continuation: retry attempts the failed step anew", () => {
  fresh();
  failures = 4;
  const sim = new Sim(callsFlaky);
  expect(sim.play()).toMatchObject({ kind: "failed", error: { name: "StepError" } });
  expect(seen).toHaveLength(3);
  sim.crash(); // what a retry does: another worker loads what is stored
  expect(sim.starts).toMatchObject([{ call: 1, attempt: 1 }]);
  expect(sim.play()).toEqual({ kind: "completed", value: "at last" });
  expect(seen).toHaveLength(5);
});

let bug = true;
const throwsAfterStep = fn("throwsAfterStep", [
  () => say("paid"),
  (_, value) => {
    if (bug) throw new Error("a bug after the step");
    return done(value);
  },
]);

test("a failed run delivers a result that had arrived again, without running the step again", () => {
  fresh();
  bug = true;
  const sim = new Sim(throwsAfterStep);
  expect(sim.play()).toMatchObject({ kind: "failed", error: { message: "a bug after the step" } });
  sim.crash();
  expect(sim.play()).toMatchObject({ kind: "failed" });
  bug = false;
  sim.crash();
  expect(sim.play()).toEqual({ kind: "completed", value: "PAID" });
  expect(seen).toEqual(["paid"]);
});

test("a run that throws before it waits is failed, and a retry begins it again", () => {
  let broken = true;
  const workflow = fn("throwsAtOnce", [
    () => {
      if (broken) throw new Error("early");
      return done("fine");
    },
  ]);
  const sim = new Sim(workflow);
  expect(sim.play()).toMatchObject({ kind: "failed", error: { message: "early" } });
  expect(sim.last.image).toBeUndefined();
  broken = false;
  sim.crash();
  expect(sim.play()).toEqual({ kind: "completed", value: "fine" });
});

test("a failed run has consumed no message: a retry receives it again", () => {
  let broken = true;
  const workflow = fn("throwsOnMessage", [
    () => answers.receive(),
    (_, message) => {
      if (broken) throw new Error("cannot handle it");
      return done(message);
    },
  ]);
  const sim = new Sim(workflow);
  sim.advance();
  const message = sim.message("answers", "hello");
  expect(sim.advance(message)).toMatchObject({ status: "failed", consumed: [] });
  broken = false;
  sim.crash();
  sim.advance(message);
  expect(sim.outcome).toEqual({ kind: "completed", value: "hello" });
});

// ── saving ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const holds = (name: string, value: () => unknown, catches: Record<number, number> = {}) =>
  fn(
    name,
    [
      (v) => {
        v["secret"] = value();
        return sleep(1);
      },
      (v) => done(v["secret"]),
      (v, error) => {
        v["secret"] = undefined;
        v["error"] = (error as Error).name;
        return sleep(1);
      },
      (v) => done(v["error"]),
    ],
    { catches },
  );

test("I8: a value that cannot be saved is an error at the suspension point, which the program can catch", () => {
  const sim = new Sim(holds("catchesUnsaveable", () => new FinalizationRegistry(() => undefined), { 0: 2 }));
  expect(sim.play()).toEqual({ kind: "completed", value: "NotSaveableError" });
});

test("I8: uncaught, the run fails and what is stored stays", () => {
  const sim = new Sim(holds("unsaveable", () => Promise.resolve()));
  const before = sim.image;
  const outcome = sim.play() as { kind: string; error: NotSaveableError };
  expect(outcome.kind).toBe("failed");
  expect(outcome.error).toBeInstanceOf(NotSaveableError);
  expect(outcome.error.path).toMatch(/^secret/);
  expect(sim.image).toBe(before);
});

test("I8: an argument that cannot be saved is an error at the call; the step does not start", () => {
  fresh();
  const workflow = fn(
    "badArgument",
    [
      () => say(new FinalizationRegistry(() => undefined) as never),
      () => done("unreachable"),
      (_, error) => done((error as Error).name),
    ],
    { catches: { 0: 2 } },
  );
  expect(new Sim(workflow).play()).toEqual({ kind: "completed", value: "NotSaveableError" });
  expect(seen).toEqual([]);
});

test("I8: the strand that put the value there gets the error", () => {
  const spoils = closure(
    "spoils",
    [
      (v) => sleep((v["box"] as { n: number }).n),
      (v) => {
        (v["box"] as Record<string, unknown>)["bad"] = new FinalizationRegistry(() => undefined);
        return sleep(5);
      },
      () => done("unreachable"),
      (v, error) => {
        delete (v["box"] as Record<string, unknown>)["bad"];
        return done((error as Error).name);
      },
    ],
    { captures: ["box"], catches: { 1: 3 } },
  );
  const workflow = fn("innocent", [
    (v) => {
      v["box"] = { n: 1 };
      v["task"] = spawn(spoils(v["box"]));
      return sleep(100);
    },
    (v) => (v["task"] as Task<unknown>).join(),
    (_, value) => done(value),
  ]);
  expect(new Sim(workflow).play()).toEqual({ kind: "completed", value: "NotSaveableError" });
});

test("a loop that always catches the refusal ends in failure instead of never", () => {
  const forever = fn(
    "forever",
    [
      (v) => {
        v["bad"] = new FinalizationRegistry(() => undefined);
        return sleep(1);
      },
      () => done(),
      () => goto(0),
    ],
    { catches: { 0: 2 } },
  );
  expect(new Sim(forever).play()).toMatchObject({ kind: "failed", error: { name: "NotSaveableError" } });
});

test("a result that cannot be saved fails the run", () => {
  const workflow = fn("badResult", [() => sleep(1), () => done(new FinalizationRegistry(() => undefined))]);
  expect(new Sim(workflow).play()).toMatchObject({ kind: "failed", error: { name: "NotSaveableError" } });
});

// ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

test("sleep ends at its time, also after a crash", () => {
  const workflow = fn("sleeps", [() => sleep("2 days 4 hours"), () => sleepUntil(0), () => done("awake")]);
  const sim = new Sim(workflow);
  const began = sim.now;
  expect(sim.play(() => sim.outcome ?? sim.crash())).toEqual({ kind: "completed", value: "awake" });
  expect(sim.now - began).toBe(52 * 3_600_000);
});

const inner = (stages: Stage[], catches: Record<number, number> = {}, name = `inner${Math.random()}`) =>
  closure(name, stages, { captures: [], catches })();

test("withTimeout answers what the function answers when it is in time, and the scope is gone", () => {
  const body = inner([() => sleep(10), () => done("in time")]);
  const workflow = fn("inTime", [
    () => withTimeout(20, body),
    (v, value) => {
      v["value"] = value;
      return sleep(100);
    },
    (v) => done(v["value"]),
  ]);
  const sim = new Sim(workflow);
  expect(sim.play(() => sim.outcome ?? sim.crash())).toEqual({ kind: "completed", value: "in time" });
});

test("withTimeout raises TimeoutError where the function waits; its handlers may wait themselves, and it fires once", () => {
  const body = inner(
    [
      () => sleep("1 hour"),
      () => done("late"),
      (v, error) => {
        v["error"] = error;
        return sleep("1 hour");
      },
      (v) => {
        throw v["error"];
      },
    ],
    { 0: 2 },
  );
  const workflow = fn("timesOut", [() => withTimeout("10 minutes", body), () => done("no"), (_, error) => done(error)], {
    catches: { 0: 2 },
  });
  const sim = new Sim(workflow);
  const began = sim.now;
  const outcome = sim.play(() => sim.outcome ?? sim.crash()) as { value: unknown };
  expect(outcome.value).toBeInstanceOf(TimeoutError);
  expect(sim.now - began).toBe(70 * 60_000);
  expect(sim.kinds().filter((kind) => kind === "timeout")).toHaveLength(1);
});

/** Waits for an hour, and for another one when it is interrupted. */
const slowToLeave = (): (() => unknown) =>
  inner(
    [
      () => sleep("1 hour"),
      () => done("late"),
      (v, error) => {
        v["error"] = error;
        return sleep("1 hour");
      },
      (v) => {
        throw v["error"];
      },
    ],
    { 0: 2 },
  );

test("a timeout does not take the place of a cancellation that is on its way out", () => {
  const body = slowToLeave();
  const stages = [
    () => withTimeout("10 minutes", body),
    () => done("no"),
    (_: unknown, error: unknown) => {
      if (error instanceof TimeoutError) return done("timed out");
      throw error;
    },
  ];
  const workflow = fn("cancelledInScope", stages, { catches: { 0: 2 } });
  const sim = new Sim(workflow);
  const began = sim.now;
  sim.advance();
  sim.now += 5 * 60_000;
  sim.advance(sim.message("enough", undefined, "cancel"));
  expect(sim.kinds().filter((kind) => kind === "timeout")).toEqual([]);
  const outcome = sim.play(() => sim.outcome) as { kind: string };
  expect(outcome.kind).toBe("cancelled");
  expect(sim.now - began).toBe(65 * 60_000);
  expect(sim.kinds().filter((kind) => kind === "timeout")).toEqual([]);
});

test("nor does an inner timeout take the place of an outer one", () => {
  const body = slowToLeave();
  const inside = inner(
    [() => withTimeout("20 minutes", body), (_, v) => done(v), (_, error) => done(`inside: ${String(error)}`)],
    {
      0: 2,
    },
  );
  const workflow = fn("outerFirst", [() => withTimeout("10 minutes", inside), (_, v) => done(v), (_, error) => done(error)], {
    catches: { 0: 2 },
  });
  const sim = new Sim(workflow);
  const outcome = sim.play(() => sim.outcome ?? sim.crash()) as { value: unknown };
  expect(String(outcome.value)).toMatch(/^inside: TimeoutError: timed out after 10 min/);
  expect(sim.kinds().filter((kind) => kind === "timeout")).toHaveLength(1);
});

test("of two nested timeouts the nearer one fires, inside the further one", () => {
  const body = inner([() => sleep(1_000), () => done("late")]);
  for (const [outer, inside, expected] of [
    [100, 50, "inner after 50"],
    [50, 100, "outer after 50"],
  ] as const) {
    const nested = inner(
      [
        () => withTimeout(inside, body),
        (_, v) => done(v),
        (_, error) => {
          if ((error as Error).message.includes(`${inside} ms`)) return done(`inner after ${inside}`);
          throw error;
        },
      ],
      { 0: 2 },
    );
    const workflow = fn(
      `nested${outer}`,
      [() => withTimeout(outer, nested), (_, v) => done(v), () => done(`outer after ${outer}`)],
      { catches: { 0: 2 } },
    );
    const sim = new Sim(workflow);
    const began = sim.now;
    expect(sim.play(() => sim.outcome ?? sim.crash())).toEqual({ kind: "completed", value: expected });
    expect(sim.now - began).toBe(50);
  }
});

test("what was due earlier happens first when both are overdue after an outage", () => {
  const body = inner([() => sleep("1 hour"), () => done("slept")]);
  const workflow = fn("outage", [() => withTimeout("2 hours", body), (_, v) => done(v)]);
  const sim = new Sim(workflow);
  sim.advance();
  sim.now += 24 * 3_600_000;
  sim.crash();
  expect(sim.play()).toEqual({ kind: "completed", value: "slept" });
});

test("a timeout aborts the step that was waited for, and a late result changes nothing", () => {
  fresh();
  const body = inner([() => say("slow"), (_, v) => done(v)]);
  const workflow = fn("abortsStep", [() => withTimeout(50, body), () => done("no"), () => sleep(10), () => done("timed out")], {
    catches: { 0: 2 },
  });
  const sim = new Sim(workflow);
  sim.advance();
  const late = sim.perform(sim.starts[0]!);
  sim.now += 50;
  expect(sim.advance()).toMatchObject({ abort: [1] });
  sim.advance(late);
  expect(sim.play()).toEqual({ kind: "completed", value: "timed out" });
});

// ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const receiver = fn("receiver", [
  () => answers.receive(),
  (v, first) => {
    v["all"] = [first];
    return answers.receive({ timeout: 100 });
  },
  (v, second) => {
    (v["all"] as unknown[]).push(second);
    return answers.receive({ timeout: 100 });
  },
  (v, third) => done([...(v["all"] as unknown[]), third, answers.tryReceive()]),
]);

test("messages are received in the order they were sent, also those sent before anybody waited", () => {
  const sim = new Sim(receiver);
  const transition = sim.advance(
    sim.message("answers", "one"),
    sim.message("other", 0),
    sim.message("answers", "two"),
    sim.message("answers", "three"),
    sim.message("answers", "four"),
  );
  expect(transition.consumed).toEqual([1, 2, 3, 4, 5]);
  expect(sim.outcome).toEqual({ kind: "completed", value: ["one", "two", "three", "four"] });
});

test("receive waits for a message; with a timeout it answers undefined", () => {
  const sim = new Sim(receiver);
  expect(sim.advance()).toMatchObject({ status: "waiting", wakeAt: undefined, waitingFor: 'message on channel "answers"' });
  sim.crash();
  sim.advance(sim.message("answers", "late"));
  const began = sim.now;
  expect(sim.play(() => sim.outcome ?? sim.crash())).toEqual({
    kind: "completed",
    value: ["late", undefined, undefined, undefined],
  });
  expect(sim.now - began).toBe(200);
});

test("a message nobody has received yet is in the image, not in the store", () => {
  const workflow = fn("later", [() => sleep(10), () => done(answers.tryReceive())]);
  const sim = new Sim(workflow);
  sim.advance();
  expect(sim.advance(sim.message("answers", { deep: [1] })).consumed).toEqual([1]);
  sim.crash();
  expect(sim.play()).toEqual({ kind: "completed", value: { deep: [1] } });
});

// ── strands ──────────────────────────────────────────────────────────────────────────────────────────────────────────

test("spawned strands run next to main and share objects with it, also after a crash", () => {
  const child = closure(
    "child",
    [
      () => sleep(10),
      (v) => {
        (v["box"] as { n: number }).n++;
        return done((v["box"] as { n: number }).n);
      },
    ],
    { captures: ["box"] },
  );
  const workflow = fn("parent", [
    (v) => {
      v["box"] = { n: 0 };
      v["tasks"] = [spawn(child(v["box"])), spawn(child(v["box"]))];
      return (v["tasks"] as Task<unknown>[])[0]!.join();
    },
    (v, a) => {
      v["a"] = a;
      return (v["tasks"] as Task<unknown>[])[1]!.join();
    },
    (v, b) => done([v["a"], b, (v["box"] as { n: number }).n]),
  ]);
  const sim = new Sim(workflow);
  expect(sim.play(() => sim.outcome ?? sim.crash())).toEqual({ kind: "completed", value: [1, 2, 2] });
});

const failing = closure(
  "failing",
  [
    () => sleep(5),
    () => {
      throw new Error("child failed");
    },
  ],
  { captures: [] },
);

test("join throws the error of the task", () => {
  const workflow = fn(
    "joinsFailing",
    [() => spawn(failing()).join(), () => done("no"), (_, error) => done((error as Error).message)],
    { catches: { 0: 2 } },
  );
  const sim = new Sim(workflow);
  expect(sim.play(() => sim.outcome ?? sim.crash())).toEqual({ kind: "completed", value: "child failed" });
});

test("join after the end throws or answers at once", () => {
  const workflow = fn(
    "joinsLate",
    [
      (v) => {
        v["task"] = spawn(failing());
        return sleep(50);
      },
      (v) => (v["task"] as Task<unknown>).join(),
      () => done("no"),
      (_, error) => done((error as Error).message),
    ],
    { catches: { 1: 3 } },
  );
  const sim = new Sim(workflow);
  expect(sim.play(() => sim.outcome ?? sim.crash())).toEqual({ kind: "completed", value: "child failed" });
});

test("the error of a task nobody joined fails the run when main ends", () => {
  const workflow = fn("neverJoins", [
    () => {
      spawn(failing());
      return sleep(50);
    },
    () => done("main is fine"),
  ]);
  expect(new Sim(workflow).play()).toMatchObject({ kind: "failed", error: { message: "child failed" } });
});

test("a task that joins itself gets an error instead of waiting for ever", () => {
  const selfish = closure("selfish", [(v) => (v["box"] as { task: Task<unknown> }).task.join(), () => done()], {
    captures: ["box"],
  });
  const workflow = fn("selfJoin", [
    () => {
      const box: Record<string, unknown> = {};
      box["task"] = spawn(selfish(box));
      return (box["task"] as Task<unknown>).join();
    },
  ]);
  expect(new Sim(workflow).play()).toMatchObject({
    kind: "failed",
    error: { message: expect.stringContaining("join itself") as string },
  });
});

const cleansUp = closure(
  "cleansUp",
  [
    () => sleep("1 day"),
    () => done("finished"),
    (v, error) => {
      v["error"] = error;
      return say("cleaning up");
    },
    (v) => {
      throw v["error"];
    },
  ],
  { captures: [], catches: { 0: 2 } },
);

test("cancel raises CancelledError in the task where it waits; its handlers may wait; join throws it", () => {
  fresh();
  const workflow = fn(
    "cancelsTask",
    [
      (v) => {
        v["task"] = spawn(cleansUp());
        return sleep(10);
      },
      (v) => {
        (v["task"] as Task<unknown>).cancel("enough");
        (v["task"] as Task<unknown>).cancel("twice does nothing");
        return (v["task"] as Task<unknown>).join();
      },
      () => done("no"),
      (_, error) => done(error),
    ],
    { catches: { 1: 3 } },
  );
  const sim = new Sim(workflow);
  const outcome = sim.play(() => sim.outcome ?? sim.crash()) as { value: unknown };
  expect(outcome.value).toBeInstanceOf(CancelledError);
  expect((outcome.value as Error).message).toContain("enough");
  expect(seen).toEqual(["cleaning up"]);
});

test("a task cancelled before it began runs nothing", () => {
  fresh();
  const speaks = closure("speaks", [() => say("never"), () => done()], { captures: [] });
  const workflow = fn("cancelsAtOnce", [
    () => {
      const task = spawn(speaks());
      task.cancel();
      return sleep(1);
    },
    () => done("ok"),
  ]);
  expect(new Sim(workflow).play()).toEqual({ kind: "completed", value: "ok" });
  expect(seen).toEqual([]);
});

test("when main ends, tasks that still run are cancelled, and the run ends after their cleanup", () => {
  fresh();
  const workflow = fn("leavesTask", [
    () => {
      spawn(cleansUp());
      return sleep(10);
    },
    () => done("result"),
  ]);
  const sim = new Sim(workflow);
  expect(sim.play(() => sim.outcome ?? sim.crash())).toEqual({ kind: "completed", value: "result" });
  expect(seen).toEqual(["cleaning up"]);
});

test("a cancelled run ends as cancelled after its cleanup", () => {
  fresh();
  const workflow = fn(
    "cancellable",
    [
      () => sleep("1 day"),
      () => done("finished"),
      (v, error) => {
        v["error"] = error;
        return say("undo");
      },
      (v) => {
        throw v["error"];
      },
    ],
    { catches: { 0: 2 } },
  );
  const sim = new Sim(workflow);
  sim.advance();
  sim.advance(sim.message("customer left", undefined, "cancel"));
  sim.crash();
  const outcome = sim.play() as { kind: string; error: Error };
  expect(outcome.kind).toBe("cancelled");
  expect(outcome.error).toBeInstanceOf(CancelledError);
  expect(outcome.error.message).toContain("customer left");
  expect(seen).toEqual(["undo"]);
});

test("a run that catches the cancellation and returns is completed", () => {
  const workflow = fn("stubborn", [() => sleep("1 day"), () => done("no"), () => done("anyway")], { catches: { 0: 2 } });
  const sim = new Sim(workflow);
  sim.advance();
  sim.advance(sim.message("", undefined, "cancel"));
  expect(sim.outcome).toEqual({ kind: "completed", value: "anyway" });
});

test("a run cancelled before it began runs nothing", () => {
  fresh();
  const sim = new Sim(twoSteps, ["x"]);
  const transition = sim.advance(sim.message("changed my mind", undefined, "cancel"));
  expect(transition.status).toBe("cancelled");
  expect(seen).toEqual([]);
});

// ── perform ──────────────────────────────────────────────────────────────────────────────────────────────────────────

test("perform runs a saved closure on a copy of what it captured", () => {
  const body = closure(
    "inline",
    [
      (v) => {
        (v["order"] as { total: number }).total *= 2;
        return done((v["order"] as { total: number }).total);
      },
    ],
    { captures: ["order"] },
  );
  const workflow = fn("performs", [
    (v) => {
      v["order"] = { total: 21 };
      return perform(body(v["order"]) as () => number);
    },
    (v, doubled) => done([doubled, (v["order"] as { total: number }).total]),
  ]);
  const sim = new Sim(workflow);
  sim.advance();
  sim.crash();
  expect(sim.play()).toEqual({ kind: "completed", value: [42, 21] });
});
