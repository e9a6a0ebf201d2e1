/** What runs do with each other and with the outside world: children, messages, callbacks, notes, pauses, deadlines. Real worker, memory store, time under control. */
import { afterEach, expect, test } from "vitest";
import { open, type Flow } from "../../src/runtime/flow.js";
import { callback } from "../../src/runtime/effects/callback.js";
import { channel } from "../../src/runtime/effects/channel.js";
import { type ChildOptions, type ChildRun, send, start } from "../../src/runtime/effects/child.js";
import { note } from "../../src/runtime/effects/note.js";
import { sleep } from "../../src/runtime/effects/sleep.js";
import { step } from "../../src/runtime/effects/step.js";
import { spawn } from "../../src/runtime/effects/task.js";
import { memory } from "../../src/runtime/store/memory.js";
import type { Store } from "../../src/runtime/store/store.js";
import { CancelledError, RunFailedError, TimeoutError, UnknownRunError, UsageError } from "../../src/shared/errors.js";
import { done, fn, goto, World } from "./kit.js";

type Workflow = (...args: unknown[]) => unknown;
const flows: Flow[] = [];
afterEach(async () => {
  await Promise.all(flows.splice(0).map((flow) => flow.close()));
});

async function setup(store: Store = memory()): Promise<{ world: World; flow: Flow; store: Store }> {
  const world = new World();
  const flow = open({ store, ports: world.ports });
  flows.push(flow);
  // Virtual days pass; what happens in this process is announced anyway.
  await flow.worker({ pollIntervalMs: 3_600_000, leaseMs: 36_000_000 });
  return { world, flow, store };
}

const news = channel<string>("news");
const log: string[] = [];
const say = step((text: string): void => void log.push(text), { name: "runs.say" });
let broken = 0;
const fragile = step(
  (): string => {
    if (broken-- > 0) throw new RangeError("no luck");
    return "luck";
  },
  { name: "runs.fragile", retry: false },
);

/** Waits for a message and ends as it says. */
const child = fn("child", [
  () => news.receive(),
  (v, text) => {
    if (text === "fail") throw new RangeError("as told");
    return done({ text });
  },
]);
/** Tidies up when it is cancelled. */
const tidy = fn("tidy", [() => sleep("10 days"), () => done(), () => say("tidied"), () => done()], { catches: { 0: 2 } });

/** Starts a child and answers what becomes of it. */
const parent = fn(
  "parent",
  [
    (v) => {
      const handle = start(v["which"] as Workflow, [], v["options"] as ChildOptions);
      v["child"] = handle;
      return sleep(1);
    },
    (v) => (v["child"] as ChildRun).result(),
    (v, value) => done(["answered", value]),
    (v, error) => done(["threw", error]),
  ],
  { params: ["which", "options"], catches: { 1: 3 } },
);

test("a child is a run of its own, and its result comes back", async () => {
  const { flow, world } = await setup();
  const run = await flow.start(parent, [child, {}], { id: "p" });
  await world.pass(10);
  expect(await flow.run("p/1").status()).toMatchObject({ parent: "p", status: "waiting" });
  expect((await flow.runs({ parent: "p" })).map(({ id }) => id)).toEqual(["p/1"]);
  expect(await run.status()).toMatchObject({ waitingFor: "end of run p/1" });
  await flow.run("p/1").send(news, "fine");
  await world.settle();
  expect(await run.result()).toEqual(["answered", { text: "fine" }]);
});

test("a child's failure is thrown at result, with its error as cause", async () => {
  const { flow, world } = await setup();
  const run = await flow.start(parent, [child, { id: "c" }]);
  await world.pass(10);
  await flow.run("c").send(news, "fail");
  await world.settle();
  const [how, error] = (await run.result()) as [string, Error];
  expect([how, error.message]).toEqual(["threw", "run c failed: RangeError: as told"]);
  expect(error).toBeInstanceOf(RunFailedError);
  expect(error.cause).toBeInstanceOf(RangeError);
});

test("a child that ends before anybody asks is not forgotten", async () => {
  const { flow, world } = await setup();
  const late = fn("late", [
    (v) => {
      v["child"] = start(child, [], { id: "c" });
      return sleep("1 day");
    },
    (v) => (v["child"] as ChildRun).result(),
    (v, value) => {
      v["first"] = value;
      return (v["child"] as ChildRun).result();
    },
    (v, value) => done([v["first"], value]),
  ]);
  const run = await flow.start(late, []);
  await world.pass(10);
  await flow.run("c").send(news, "early");
  await world.pass(86_400_000);
  expect(await run.result()).toEqual([{ text: "early" }, { text: "early" }]);
});

test("children end with their parent, unless they are abandoned", async () => {
  const { flow, world } = await setup();
  const brief = fn("brief", [
    () => {
      start(tidy, [], { id: "kept", onParentEnd: "abandon" });
      start(tidy, [], { id: "tidied" });
      return sleep(5);
    },
    () => done(),
  ]);
  log.length = 0;
  await flow.start(brief, []);
  await world.pass(10);
  expect(log).toEqual(["tidied"]);
  expect((await flow.run("tidied").status()).status).toBe("completed");
  expect((await flow.run("kept").status()).status).toBe("waiting");
});

test("starting an id that exists answers that run; result of an abandoned child is asked for when it is needed", async () => {
  const { flow, world } = await setup();
  await flow.start(child, [], { id: "c" });
  const run = await flow.start(parent, [child, { id: "c", onParentEnd: "abandon" }]);
  await flow.run("c").send(news, "shared");
  await world.pass(10);
  expect(await run.result()).toEqual(["answered", { text: "shared" }]);
});

test("a child can be cancelled, and sent messages", async () => {
  const { flow, world } = await setup();
  const strict = fn(
    "strict",
    [
      (v) => {
        v["child"] = start(child, []);
        (v["child"] as ChildRun).cancel("enough");
        return (v["child"] as ChildRun).result();
      },
      () => done("not reached"),
      (v, error) => {
        v["error"] = error;
        const other = start(child, []);
        other.send(news, "hello");
        return other.result();
      },
      (v, value) => done([v["error"], value]),
    ],
    { catches: { 0: 2 } },
  );
  const run = await flow.start(strict, []);
  await world.pass(10);
  const [error, value] = (await run.result()) as [Error, unknown];
  expect(error).toBeInstanceOf(CancelledError);
  expect(error.message).toBe("the run was cancelled: enough");
  expect(value).toEqual({ text: "hello" });
});

test("start refuses what is no workflow, and bad options", async () => {
  const { flow, world } = await setup();
  const starts = (value: unknown, options: unknown): Workflow =>
    fn("bad", [() => void start(value as Workflow, [], options as ChildOptions)]);
  for (const [value, options, message] of [
    [7, {}, "start takes a workflow function, not number"],
    [child, { id: "" }, "start: a run id is a text of at least one character"],
    [child, { onParentEnd: "x" }, 'start: onParentEnd is x; it can be "cancel" or "abandon"'],
  ] as const) {
    const run = await flow.start(starts(value, options), []);
    await world.settle();
    await expect(run.result()).rejects.toThrow(message);
  }
});

test("runs send each other messages; what is sent to nobody is lost", async () => {
  const { flow, world } = await setup();
  const sender = fn("sender", [
    () => {
      send("c", news, "from afar");
      send("nobody", "news", "lost");
      return sleep(1);
    },
    () => done("sent"),
  ]);
  const receiver = await flow.start(child, [], { id: "c" });
  const run = await flow.start(sender, []);
  await world.pass(10);
  expect([await run.result(), await receiver.result()]).toEqual(["sent", { text: "from afar" }]);
});

test("a run that fails in the same transition has started and sent nothing", async () => {
  const { flow, world } = await setup();
  const hasty = fn("hasty", [
    () => {
      start(child, [], { id: "c" });
      note("a", 1);
      throw new Error("no");
    },
  ]);
  const run = await flow.start(hasty, []);
  await world.settle();
  await expect(run.result()).rejects.toThrow("no");
  expect((await run.status()).notes).toEqual({});
  await expect(flow.run("c").status()).rejects.toBeInstanceOf(UnknownRunError);
});

// callbacks

const announce = fn("announce", [(v) => say(v["token"] as string), () => done()], { params: ["token"] });
const asks = fn(
  "asks",
  [
    (v) => callback(announce, v["options"] as { timeout: string }),
    (v, value) => done(["answered", value]),
    (v, error) => done(["threw", error]),
  ],
  { params: ["options"], catches: { 0: 2 } },
);

test("a callback waits for the answer to its token, and for the first one only", async () => {
  const { flow, world } = await setup();
  log.length = 0;
  const run = await flow.start(asks, []);
  await world.settle();
  expect(await run.status()).toMatchObject({ waitingFor: "answer to a callback" });
  await flow.answer(log[0]!, { yes: true });
  await flow.answer(log[0]!, "again").catch(() => undefined);
  await world.settle();
  expect(await run.result()).toEqual(["answered", { yes: true }]);
  await expect(flow.answer("nonsense", 1)).rejects.toBeInstanceOf(UsageError);
  // Repeated, as by somebody who did not see that it had arrived.
  await flow.answer(log[0]!, 1);
  await expect(flow.answer(log[0]!.replace(/.$/, "x"), 1)).rejects.toThrow("has ended");
});

test("an answer that comes before anybody waits counts, one after the timeout does not", async () => {
  const { flow, world } = await setup();
  log.length = 0;
  const answered = fn(
    "answered",
    [
      (v) => {
        void flow.answer(v["token"] as string, "at once");
        return sleep(50);
      },
      () => done(),
    ],
    { params: ["token"] },
  );
  const eager = fn("eager", [
    () => callback(answered),
    (v, value) => {
      v["first"] = value;
      return callback(announce, { timeout: "1 hour" });
    },
    (v, value) => {
      v["second"] = value;
      return sleep("1 day");
    },
    (v) => done([v["first"], v["second"]]),
  ]);
  const run = await flow.start(eager, []);
  await world.pass(100);
  await world.pass(3_600_000);
  await flow.answer(log[0]!, "late");
  await world.settle();
  expect((await run.inspect()).mailboxes).toEqual({});
  await world.pass(86_400_000);
  expect(await run.result()).toEqual(["at once", undefined]);
});

test("a callback whose announcement fails is over", async () => {
  const { flow, world } = await setup();
  const unlucky = fn("unlucky", [() => fragile()]);
  const failing = fn("failing", [() => callback(unlucky)]);
  broken = 1;
  const run = await flow.start(failing, []);
  await world.settle();
  await expect(run.result()).rejects.toThrow("no luck");
});

// notes

test("runs are found by what they noted", async () => {
  const { flow, world } = await setup();
  const noting = fn(
    "noting",
    [
      (v) => {
        note("customer", v["customer"] as string);
        note("open", true);
        return sleep("1 day");
      },
      () => {
        note("open", false);
        return done();
      },
    ],
    { params: ["customer"] },
  );
  await flow.start(noting, ["c-7"], { id: "a" });
  await flow.start(noting, ["c-8"], { id: "b" });
  await world.settle();
  expect((await flow.runs({ note: { customer: "c-7" } })).map(({ id }) => id)).toEqual(["a"]);
  expect((await flow.runs({ note: { open: true } })).map(({ id }) => id)).toEqual(["b", "a"]);
  await world.pass(86_400_000);
  expect((await flow.run("a").status()).notes).toEqual({ customer: "c-7", open: false });
});

test.each([
  ["", 1, "the key is a text"],
  ["k", undefined, 'note "k": the value is of type undefined'],
  ["k", {}, 'note "k": the value is an object'],
  ["k", Number.NaN, 'note "k": the value is NaN'],
])("note(%j, %j) is refused", async (key, value, message) => {
  const { flow, world } = await setup();
  const run = await flow.start(fn("odd", [() => note(key, value as never)]), []);
  await world.settle();
  await expect(run.result()).rejects.toThrow(message);
});

// pausing

test("a paused run goes on with nothing until it is resumed, and misses nothing", async () => {
  const { flow, world } = await setup();
  const busy = fn("busy", [() => sleep(1_000), () => news.receive(), (v, text) => done(text)]);
  const run = await flow.start(busy, []);
  await world.settle();
  await run.pause("a look at it");
  await run.send(news, "meanwhile");
  await world.pass(5_000);
  expect(await run.status()).toMatchObject({ status: "paused", waitingFor: "to be resumed: a look at it", owner: undefined });
  await run.resume();
  await world.settle();
  expect(await run.result()).toBe("meanwhile");
});

test("an attempt that waits for its backoff when the run is paused begins when it is resumed", async () => {
  const { flow, world } = await setup();
  let attempts = 0;
  const shaky = step(
    () => {
      if (++attempts === 1) throw new Error("not yet");
      return "at last";
    },
    { name: "runs.shaky", retry: { attempts: 2, backoff: 1_000, jitter: 0 } },
  );
  const run = await flow.start(fn("tries", [() => shaky(), (v, text) => done(text)]), []);
  await world.settle();
  await run.pause();
  await world.pass(60_000);
  expect([attempts, (await run.status()).status, (await run.status()).owner]).toEqual([1, "paused", undefined]);
  await run.resume();
  await world.pass(1_000);
  expect([await run.result(), attempts]).toEqual(["at last", 2]);
});

test("the result of a step that was under way is kept over the pause", async () => {
  const { flow, world } = await setup();
  let finish: ((text: string) => void) | undefined;
  let calls = 0;
  const slow = step(
    () => {
      calls++;
      return new Promise<string>((resolve) => (finish = resolve));
    },
    { name: "runs.slow" },
  );
  const run = await flow.start(fn("waitsForSlow", [() => slow(), (v, text) => done(text)]), []);
  await world.settle();
  await run.pause();
  await world.pass(1_000);
  finish!("done after all");
  await world.pass(1_000);
  expect(await run.status()).toMatchObject({ status: "paused", owner: undefined });
  await run.resume();
  await world.settle();
  expect([await run.result(), calls]).toEqual(["done after all", 1]);
});

test("a run can be paused before it begins, and cancelled while it is paused", async () => {
  const { flow, world } = await setup();
  const run = await flow.start(child, [], { delay: "1 hour" });
  expect((await run.status()).status).toBe("scheduled");
  await run.pause();
  await world.pass(2 * 3_600_000);
  expect((await run.status()).status).toBe("paused");
  await run.cancel("never mind");
  await world.settle();
  expect((await run.status()).status).toBe("cancelled");
});

test("pauseOnFailure: a step that has used up its attempts pauses the run; resumed, it tries again", async () => {
  const { flow, world } = await setup();
  broken = 2;
  const run = await flow.start(fn("careful", [() => fragile(), (v, luck) => done(luck)]), [], {
    pauseOnFailure: true,
  });
  await world.settle();
  expect(await run.status()).toMatchObject({
    status: "paused",
    waitingFor: "to be resumed: step runs.fragile failed: RangeError: no luck",
  });
  await run.resume();
  await world.settle();
  expect((await run.status()).status).toBe("paused");
  await run.resume();
  await world.settle();
  expect(await run.result()).toBe("luck");
});

test("pauseOnFailure and stepBudget: also while strands tidy up after the main function has ended", async () => {
  const { flow, world } = await setup();
  broken = 1;
  log.length = 0;
  // Cancelled when main ends, it makes a step that fails, and then many.
  const tidy = fn("tidy", [() => sleep(1e9), () => fragile(), () => say("tidied"), () => goto(2)], { catches: { 0: 1 } });
  const main = fn("main", [() => (spawn(tidy), sleep(1)), () => done("over")]);
  const run = await flow.start(main, [], { pauseOnFailure: true, stepBudget: 5 });
  await world.settle();
  await world.pass(10);
  expect(await run.status()).toMatchObject({
    status: "paused",
    waitingFor: "to be resumed: step runs.fragile failed: RangeError: no luck",
  });
  await run.resume();
  await world.settle();
  const { waitingFor } = await run.status();
  expect(waitingFor).toMatch(/^to be resumed: it has called \d+ steps, as many as its budget allows/);
  expect(log.length).toBeLessThan(10);
});

test("a run that is cancelled in a pause learns of the steps that have ended in it", async () => {
  const { flow, world } = await setup();
  let answer = (_: string): void => undefined;
  const book = step(() => new Promise<string>((resolve) => (answer = resolve)), { name: "runs.book" });
  log.length = 0;
  const trip = fn(
    "trip",
    [
      () => book(),
      (v, booking) => ((v["booking"] = booking), sleep(1e9)),
      () => done(),
      (v) => say(`undo ${String(v["booking"])}`),
      () => done(),
    ],
    { catches: { 0: 3, 1: 3 } },
  );
  const run = await flow.start(trip, []);
  await world.settle();
  await run.pause("wait");
  await world.settle();
  answer("room 7");
  await world.settle();
  expect((await run.status()).status).toBe("paused");
  await run.cancel("enough");
  await world.settle();
  expect(log).toEqual(["undo room 7"]);
});

test("stepBudget: a run that goes round and round is paused, and may go on", async () => {
  const { flow, world } = await setup();
  log.length = 0;
  const round = fn("round", [() => say("again"), () => goto(0)]);
  const run = await flow.start(round, [], { stepBudget: 10 });
  await world.settle();
  expect(await run.status()).toMatchObject({
    status: "paused",
    waitingFor: "to be resumed: it has called 10 steps, as many as its budget allows; resumed, it may call 10 more",
  });
  expect(log).toHaveLength(10);
  await run.resume();
  await world.settle();
  expect((await run.status()).status).toBe("paused");
  expect(log).toHaveLength(21);
  await run.cancel();
  await expect(flow.start(round, [], { stepBudget: 0 })).rejects.toThrow("stepBudget is 0");
});

// time

test("a run over its deadline meets TimeoutError where it waits, and is timed-out when it ends of it", async () => {
  const { flow, world } = await setup();
  const run = await flow.start(child, [], { deadline: "2 hours" });
  await world.pass(2 * 3_600_000 - 1);
  expect((await run.status()).status).toBe("waiting");
  await world.pass(1);
  expect((await run.status()).status).toBe("timed-out");
  await expect(run.result()).rejects.toBeInstanceOf(TimeoutError);
});

test("a run that handles its deadline ends as it likes", async () => {
  const { flow, world } = await setup();
  const calm = fn("calm", [() => sleep("1 day"), () => done("slept"), (v, error) => done((error as Error).name)], {
    catches: { 0: 2 },
  });
  const run = await flow.start(calm, [], { deadline: new Date(world.now + 5_000) });
  await world.pass(5_000);
  expect(await run.result()).toBe("TimeoutError");
  expect((await run.status()).status).toBe("completed");
});

test("a run starts when it is told to", async () => {
  const { flow, world } = await setup();
  const at = world.now + 3_600_000;
  const run = await flow.start(fn("now", [() => done("ran")]), [], { startAt: at });
  await world.pass(3_599_999);
  expect(await run.status()).toMatchObject({ status: "scheduled", wakeAt: at });
  await world.pass(1);
  expect(await run.result()).toBe("ran");
  await expect(flow.start(child, [], { startAt: 1, delay: 1 })).rejects.toThrow("give startAt or delay");
  await expect(flow.start(child, [], { startAt: new Date("x") })).rejects.toThrow("is no point in time");
});

test("what is sent to a run that starts later waits until then", async () => {
  const { flow, world } = await setup();
  const at = world.now + 3_600_000;
  const run = await flow.start(fn("reads", [() => channel<string>("mail").receive(), (v, text) => done(text)]), [], {
    startAt: at,
  });
  await run.send("mail", "early");
  await world.pass(3_599_999);
  expect(await run.status()).toMatchObject({ status: "scheduled", wakeAt: at });
  await run.pause();
  await run.resume();
  await world.settle();
  expect(await run.status()).toMatchObject({ status: "scheduled", wakeAt: at });
  await world.pass(1);
  expect(await run.result()).toBe("early");
});

// poison

/** Waits in a step that ends when it is told to. */
const gates = new Map<string, () => void>();
const stay = step(
  (name: string) => {
    log.push(`${name} began`);
    return new Promise<void>((resolve) => gates.set(name, resolve));
  },
  { name: "runs.stay" },
);
const stays = fn("stays", [(v) => stay(v["name"] as string), () => done()], { params: ["name"] });

test("of runs that may be what workers were lost with one is tried at a time: by itself, until it has committed, or for two seconds", async () => {
  log.length = 0;
  const store = memory();
  const world = new World();
  const flow = open({ store, ports: world.ports });
  flows.push(flow);
  const suspects = ["s1", "s2", "s3"];
  for (const id of suspects) await flow.start(stays, [id], { id });
  const first = await flow.worker({ graceMs: 1 });
  await world.settle();
  expect(log.splice(0)).toEqual(["s1 began", "s2 began", "s3 began"]);
  const stopped = first.stop();
  await world.pass(10);
  await stopped;
  for (let n = 0; n < 3; n++) {
    const workerId = `lost ${n}`;
    await store.registerWorker({ id: workerId, pid: n, host: "gone", startedAt: world.now, leaseMs: 10 }, world.now, () => true);
    await store.claim({ workerId, now: world.now, limit: 10 });
    world.now += 20;
  }
  await flow.start(stays, ["a"], { id: "a" });
  await flow.worker({ pollIntervalMs: 3_600_000, leaseMs: 36_000_000 });
  await world.pass(1_900);
  expect(log).toEqual(["s1 began"]);
  // It takes long: the others go on, but no suspect.
  await world.pass(200);
  expect(log).toEqual(["s1 began", "a began"]);
  await world.pass(10_000);
  expect(log.splice(0)).toEqual(["s1 began", "a began"]);
  gates.get("s1")!();
  await world.settle();
  expect(log.splice(0)).toEqual(["s2 began"]);
  await flow.start(stays, ["b"], { id: "b" });
  await world.settle();
  expect(log).toEqual([]);
  // It does not take long: the next one begins at once.
  gates.get("s2")!();
  await world.settle();
  expect(log.splice(0)).toEqual(["s3 began"]);
  gates.get("s3")!();
  await world.settle();
  expect(log.splice(0)).toEqual(["b began"]);
  for (const gate of gates.values()) gate();
  await world.settle();
  const states = await flow.runs();
  expect(states.map(({ status }) => status)).toEqual(states.map(() => "completed"));
});

test("a run that took ten workers with it is crashed, keeps its place, and can be retried", async () => {
  const store = memory();
  const world = new World();
  const flow = open({ store, ports: world.ports });
  flows.push(flow);
  const run = await flow.start(child, [], { id: "poison" });
  for (let n = 1; n <= 10; n++) {
    await store.registerWorker({ id: `w${n}`, pid: n, host: "gone", startedAt: world.now, leaseMs: 10 }, world.now, () => true);
    await store.claim({ workerId: `w${n}`, now: world.now, limit: 1 });
    world.now += 20;
  }
  await flow.worker();
  await world.settle();
  expect((await run.status()).status).toBe("crashed");
  await expect(run.result()).rejects.toThrow("run poison crashed: Error: 10 workers in a row were lost while they held this run");
  await run.retry();
  await run.send(news, "fine now");
  await world.settle();
  expect(await run.result()).toEqual({ text: "fine now" });
});
