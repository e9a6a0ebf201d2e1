import { setTimeout as wait } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import {
  CancelledError,
  RunFailedError,
  StepError,
  StoreError,
  TimeoutError,
  UnknownRunError,
  UsageError,
} from "../../src/shared/errors.js";
import { channel } from "../../src/runtime/effects/channel.js";
import { stepContext } from "../../src/runtime/effects/context.js";
import { sleep } from "../../src/runtime/effects/sleep.js";
import { step } from "../../src/runtime/effects/step.js";
import { spawn, type Task } from "../../src/runtime/effects/task.js";
import { open, type Flow } from "../../src/runtime/flow.js";
import { memory } from "../../src/runtime/store/memory.js";
import type { Commit, Store } from "../../src/runtime/store/store.js";
import { closure, done, fn, World } from "./kit.js";

const opened: Flow[] = [];
afterEach(async () => {
  for (const flow of opened.splice(0)) await flow.close().catch(() => undefined);
});

function setup(store: Store = memory()): { world: World; flow: Flow; store: Store } {
  const world = new World();
  const flow = open({ store, ports: world.ports });
  opened.push(flow);
  return { world, flow, store };
}

interface Seen {
  readonly key: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly runId: string;
  readonly step: string;
}
let seen: Seen[] = [];
/** Answers of `work`, in order: a value, or an error to throw; `undefined`: never. */
let script: (() => unknown)[] = [];
const work = step(
  (): unknown => {
    const context = stepContext();
    seen.push({
      key: context.idempotencyKey,
      attempt: context.attempt,
      signal: context.signal,
      runId: context.runId,
      step: context.step,
    });
    return (script.shift() ?? (() => "default"))();
  },
  { name: "work", retry: { attempts: 3, backoff: 100, jitter: 0 }, timeout: "1 minute" },
);
function play(...answers: (() => unknown)[]): void {
  seen = [];
  script = answers;
}

const once = fn("once", [() => work(), (_, value) => done(value)]);
const twice = fn("twice", [
  () => work(),
  (v, a) => {
    v["a"] = a;
    return work();
  },
  (v, b) => done([v["a"], b]),
]);
const fail = (message: string) => () => {
  throw new Error(message);
};

test("start, work, result", async () => {
  play(
    () => "a",
    async () => "b",
  );
  const { flow, world } = setup();
  const run = await flow.start(twice, [], { id: "r1" });
  await flow.worker();
  const result = run.result();
  await world.settle();
  expect(await result).toEqual(["a", "b"]);
  expect(seen.map(({ key, attempt, runId, step: name }) => ({ key, attempt, runId, name }))).toEqual([
    { key: "r1:1", attempt: 1, runId: "r1", name: "work" },
    { key: "r1:2", attempt: 1, runId: "r1", name: "work" },
  ]);
  expect((await run.journal()).map((entry) => entry.kind)).toEqual([
    "run.started",
    "step.completed",
    "step.completed",
    "run.completed",
  ]);
  expect(await run.status()).toMatchObject({ status: "completed", owner: undefined, waitingFor: "" });
});

test("starting with an id that exists answers the existing run, and another workflow is refused", async () => {
  const { flow } = setup();
  await flow.start(once, [], { id: "same" });
  await flow.start(once, [], { id: "same" });
  expect(await flow.runs()).toHaveLength(1);
  await expect(flow.start(twice, [], { id: "same" })).rejects.toThrow(/exists already/);
});

test("what is not a compiled workflow is refused with the way out", async () => {
  const { flow } = setup();
  await expect(flow.start(() => 1, [])).rejects.toThrow(UsageError);
  await expect(flow.start(() => 1, [])).rejects.toThrow(/not compiled by flowc/);
  await expect(flow.run("nobody").result()).rejects.toThrow(UnknownRunError);
});

test("attempts fail, are retried after their backoff with the same key, and succeed", async () => {
  play(
    fail("one"),
    async () => fail("two")(),
    () => "third",
  );
  const { flow, world } = setup();
  const run = await flow.start(once, [], { id: "r" });
  await flow.worker();
  await world.settle();
  expect(seen).toHaveLength(1);
  expect(await run.status()).toMatchObject({ status: "retrying", waitingFor: "step work, attempt 2" });
  await world.pass(99);
  expect(seen).toHaveLength(1);
  await world.pass(1);
  expect(seen).toHaveLength(2);
  await world.pass(200);
  expect(await run.result()).toBe("third");
  expect(seen.map(({ key, attempt }) => [key, attempt])).toEqual([
    ["r:1", 1],
    ["r:1", 2],
    ["r:1", 3],
  ]);
});

test("used-up attempts fail the run; retry attempts anew with the same key and goes on", async () => {
  play(
    fail("1"),
    fail("2"),
    fail("3"),
    () => "fixed",
    () => "second",
  );
  const { flow, world } = setup();
  const run = await flow.start(twice, [], { id: "r" });
  await flow.worker();
  await world.pass(1_000);
  const error = (await run.result().catch((e: unknown) => e)) as RunFailedError;
  expect(error).toBeInstanceOf(RunFailedError);
  expect(error.cause).toBeInstanceOf(StepError);
  expect(((error.cause as StepError).cause as Error).message).toBe("3");
  await run.retry();
  await world.settle();
  expect(await run.result()).toEqual(["fixed", "second"]);
  expect(seen.map(({ key }) => key)).toEqual(["r:1", "r:1", "r:1", "r:1", "r:2"]);
  await expect(run.retry()).rejects.toThrow(/has not failed/);
});

test("an attempt that takes too long is aborted and counts as failed; its late answer is ignored", async () => {
  let answer!: (value: string) => void;
  play(
    () => new Promise((resolve) => (answer = resolve)),
    () => "second attempt",
  );
  const { flow, world } = setup();
  const run = await flow.start(once, []);
  await flow.worker();
  await world.pass(60_000);
  expect(seen[0]?.signal.aborted).toBe(true);
  expect(seen[0]?.signal.reason).toBeInstanceOf(TimeoutError);
  answer("late");
  await world.pass(100);
  expect(await run.result()).toBe("second attempt");
});

const approval = channel<string>("approval");
const asks = fn("asks", [() => approval.receive({ timeout: "2 days" }), (_, answer) => done(answer ?? "nobody answered")]);

test("a run that waits for a message is not in memory, and the message wakes it", async () => {
  const { flow, world } = setup();
  const run = await flow.start(asks, []);
  await flow.worker();
  await world.settle();
  expect(await run.status()).toMatchObject({ status: "waiting", owner: undefined });
  await run.send(approval, "yes");
  await world.settle();
  expect(await run.result()).toBe("yes");
  await expect(run.send("approval", "again")).rejects.toThrow(/has ended/);
});

test("a far timer wakes a parked run at its time", async () => {
  const { flow, world } = setup();
  const run = await flow.start(asks, []);
  await flow.worker({ pollIntervalMs: 3_600_000, leaseMs: 36_000_000 });
  await world.pass(2 * 86_400_000 - 1);
  expect((await run.status()).status).toBe("waiting");
  await world.pass(1);
  expect(await run.result()).toBe("nobody answered");
});

test("a parked run that is due while there is no room for it does not keep the worker busy", async () => {
  let finish!: (value: string) => void;
  play(() => new Promise((resolve) => (finish = resolve)));
  const store = memory();
  const { flow, world } = setup(store);
  let polls = 0;
  const poll = store.pollMessages.bind(store);
  store.pollMessages = (...args) => {
    polls++;
    return poll(...args);
  };
  await flow.start(fn("parks", [() => sleep(5_000), () => done()]), []);
  await flow.worker({ concurrency: 1, pollIntervalMs: 1_000, leaseMs: 3_600_000 });
  await world.pass(100);
  await flow.start(once, []);
  await world.pass(4_900);
  polls = 0;
  // Real ticks, in which a worker that sleeps for no time at all goes round as often.
  for (let i = 0; i < 20; i++) await world.pass(0);
  const seenPolls = polls;
  finish("done");
  await world.pass(1_000);
  expect(seenPolls).toBeLessThan(3);
});

test("a near timer is kept in memory", async () => {
  const naps = fn("naps", [() => sleep(500), () => done("awake")]);
  const { flow, world } = setup();
  const run = await flow.start(naps, []);
  await flow.worker();
  await world.settle();
  expect((await run.status()).owner).toBeDefined();
  await world.pass(500);
  expect(await run.result()).toBe("awake");
});

test("a message to a run whose step is running is received after it, and is not lost", async () => {
  let answer!: (value: string) => void;
  play(() => new Promise((resolve) => (answer = resolve)));
  const both = fn("both", [
    () => work(),
    (v, a) => {
      v["a"] = a;
      return approval.receive();
    },
    (v, m) => done([v["a"], m]),
  ]);
  const { flow, world } = setup();
  const run = await flow.start(both, []);
  await flow.worker();
  await world.settle();
  await run.send("approval", "early");
  await world.settle();
  answer("step");
  await world.settle();
  expect(await run.result()).toEqual(["step", "early"]);
});

test("cancel aborts the running step and raises CancelledError; cleanup may run steps", async () => {
  const cancellable = fn(
    "cancelStep",
    [
      () => work(),
      () => done("no"),
      (v, error) => {
        v["error"] = error;
        return work();
      },
      (v) => {
        throw v["error"];
      },
    ],
    { catches: { 0: 2 } },
  );
  play(
    () => new Promise(() => undefined),
    () => "cleaned up",
  );
  const { flow, world } = setup();
  const run = await flow.start(cancellable, []);
  await flow.worker();
  await world.settle();
  await run.cancel("not wanted");
  await world.settle();
  await expect(run.result()).rejects.toThrow(CancelledError);
  expect(seen).toHaveLength(2);
  expect(seen[0]?.signal.aborted).toBe(true);
  expect((await run.status()).status).toBe("cancelled");
});

/** A store whose commits can be held back, refused or broken. */
function tampered(
  store: Store,
  commit: (commits: readonly Commit[], real: Store["commit"]) => ReturnType<Store["commit"]>,
): Store {
  const real = store.commit.bind(store);
  store.commit = (commits) => commit(commits, real);
  return store;
}

test("I3: while the commit with the intent is on its way, the step does not run", async () => {
  play();
  let release!: () => void;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const store = tampered(memory(), async (commits, real) => {
    await gate;
    return real(commits);
  });
  const { flow, world } = setup(store);
  const run = await flow.start(once, []);
  await flow.worker();
  await world.settle();
  expect(seen).toHaveLength(0);
  release();
  await world.settle();
  expect(await run.result()).toBe("default");
});

test("an attempt whose backoff ends while the commit that gives it up is on its way does not begin", async () => {
  play(fail("one"), () => "nobody waits for this");
  let gate: Promise<void> | undefined;
  const store = tampered(memory(), async (commits, real) => {
    const results = await real(commits);
    await gate;
    return results;
  });
  const { flow, world } = setup(store);
  const run = await flow.start(once, []);
  await flow.worker();
  await world.pass(50);
  expect(seen).toHaveLength(1);
  let release!: () => void;
  gate = new Promise((resolve) => (release = resolve));
  await run.cancel();
  await world.pass(200);
  release();
  await world.settle();
  await expect(run.result()).rejects.toThrow(CancelledError);
  expect(seen).toHaveLength(1);
});

test("an attempt whose backoff ends while another commit is on its way begins after it", async () => {
  play(fail("one"), () => "two");
  let gate: Promise<void> | undefined;
  const store = tampered(memory(), async (commits, real) => {
    await gate;
    return real(commits);
  });
  const { flow, world } = setup(store);
  const run = await flow.start(once, []);
  await flow.worker();
  await world.pass(50);
  let release!: () => void;
  gate = new Promise((resolve) => (release = resolve));
  await run.send("unread", 1);
  await world.pass(200);
  expect(seen).toHaveLength(1);
  release();
  await world.settle();
  expect(await run.result()).toBe("two");
});

test("a lease is renewed once at a time, also when it has ended meanwhile", async () => {
  const store = memory();
  const renew = store.renew.bind(store);
  let answer!: () => void;
  const gate = new Promise<void>((resolve) => (answer = resolve));
  let renewals = 0;
  store.renew = async (...args) => {
    renewals++;
    const result = await renew(...args);
    await gate;
    return result;
  };
  const { flow, world } = setup(store);
  await flow.worker({ leaseMs: 3_000, pollIntervalMs: 500 });
  await world.pass(4_000);
  expect(renewals).toBe(1);
  answer();
  await world.pass(2_000);
  expect(renewals).toBeGreaterThan(1);
});

test("a run that was claimed in an answer that was lost is not held for ever", async () => {
  play();
  const store = memory();
  const claim = store.claim.bind(store);
  let isLost = true;
  store.claim = async (options) => {
    const claimed = await claim(options);
    if (claimed.length > 0 && isLost) {
      isLost = false;
      throw new StoreError("the connection was lost", "unavailable");
    }
    return claimed;
  };
  const { flow, world } = setup(store);
  const run = await flow.start(once, []);
  await flow.worker();
  await world.pass(1_000);
  expect(isLost).toBe(false);
  expect(await run.result()).toBe("default");
});

test("group commit: what is ready together is committed together, while the group before is under way", async () => {
  play();
  const sizes: number[] = [];
  const store = tampered(memory(), async (commits, real) => {
    sizes.push(commits.length);
    return real(commits);
  });
  const { flow, world } = setup(store);
  for (let i = 0; i < 50; i++) await flow.start(twice, []);
  await flow.worker();
  await world.settle();
  expect((await flow.runs({ status: ["completed"] })).length).toBe(50);
  expect(sizes).toEqual([50, 50, 50]);
});

test("I5: a superseded commit changes nothing, starts nothing, and the step of the loser is aborted", async () => {
  play(
    () => new Promise(() => undefined),
    () => "by the second",
  );
  const store = memory();
  const { flow, world } = setup(store);
  const run = await flow.start(once, [], { id: "r" });
  await flow.worker({ leaseMs: 30_000 });
  await world.settle();
  expect(seen).toHaveLength(1);
  const { owner, version } = await run.status();
  // The worker is believed dead: its registration and leases are gone, and somebody else claims the run.
  await store.unregisterWorker(owner!, world.now);
  const other = { id: "other", pid: 1, host: "elsewhere", startedAt: 0, leaseMs: 15_000 };
  await store.registerWorker(other, world.now, () => true);
  expect(await store.claim({ workerId: "other", now: world.now, limit: 10 })).toHaveLength(1);
  await world.pass(10_000); // the renewal finds out
  expect(seen[0]?.signal.aborted).toBe(true);
  expect(await run.status()).toMatchObject({ owner: "other", version });
  // The other one dies as well, and the first, registered again, takes the run over.
  await world.pass(5_300);
  expect(await run.result()).toBe("by the second");
  expect(seen.map(({ key }) => key)).toEqual(["r:1", "r:1"]);
  expect(world.warnings.join()).toContain("lost its registration");
});

test("a worker whose commit is superseded drops the run", async () => {
  play();
  const store = tampered(memory(), async (commits) => commits.map(() => "superseded" as const));
  const { flow, world } = setup(store);
  const run = await flow.start(once, []);
  await flow.worker();
  await world.settle();
  expect(seen).toHaveLength(0);
  expect((await run.status()).version).toBe(0);
});

test("when the store fails, the worker stops with that error, and another worker loses nothing", async () => {
  play(
    () => "a",
    () => "b",
    () => "b again",
  );
  let commits = 0;
  const store = tampered(memory(), async (list, real) => {
    if (++commits === 2) throw new StoreError("no space left on device", "full");
    return real(list);
  });
  const { flow, world } = setup(store);
  const run = await flow.start(twice, [], { id: "r" });
  const worker = await flow.worker();
  await world.settle();
  await expect(worker.done).rejects.toThrow(/no space left/);
  expect((await run.status()).waitingFor).toBe("step work");
  await flow.worker();
  await world.settle();
  expect(await run.result()).toEqual(["b", "b again"]);
  expect(seen.map(({ key }) => key)).toEqual(["r:1", "r:1", "r:2"]);
});

test("stop lets running steps finish and commits them, and gives the runs back", async () => {
  let answer!: (value: string) => void;
  play(
    () => new Promise((resolve) => (answer = resolve)),
    () => "later",
  );
  const { flow, world } = setup();
  const run = await flow.start(twice, [], { id: "r" });
  const worker = await flow.worker();
  await world.settle();
  const stopped = worker.stop();
  await world.settle();
  answer("finished");
  await stopped;
  expect(seen).toHaveLength(1);
  expect(await run.status()).toMatchObject({ owner: undefined, waitingFor: "step work" });
  await flow.worker();
  await world.settle();
  expect(await run.result()).toEqual(["finished", "later"]);
});

test("a worker that was held up beyond its lease does not start its own steps again", async () => {
  play(() => new Promise(() => undefined));
  const { flow, world } = setup();
  await flow.start(once, []);
  const worker = await flow.worker({ leaseMs: 30_000 });
  await world.settle();
  world.now += 40_000; // no timer had a chance
  await flow.start(asks, []); // makes it look for work
  await world.settle();
  expect(seen).toHaveLength(1);
  const stopped = worker.stop();
  await world.pass(5_000);
  await stopped;
});

/** Two strands, each with two steps in a row. */
const pairChild = closure("pair.child", [() => work(), () => work(), (_, value) => done(value)], { captures: [] });
const pair = fn("pair", [
  (v) => {
    v["task"] = spawn(pairChild());
    return work();
  },
  (v) => {
    v["both"] = true;
    return (v["task"] as Task<unknown>).join();
  },
  (_, value) => done(value),
]);

test("while one strand's transition is on its way to the store, the other's result is kept and comes next", async () => {
  const gates: (() => void)[] = [];
  const answer: ((value: string) => void)[] = [];
  play(
    () => new Promise((resolve) => answer.push(resolve)),
    () => new Promise((resolve) => answer.push(resolve)),
    () => "last",
  );
  let held = false;
  const store = tampered(memory(), async (commits, real) => {
    if (held) await new Promise<void>((resolve) => gates.push(resolve));
    return real(commits);
  });
  const { flow, world } = setup(store);
  const run = await flow.start(pair, []);
  await flow.worker();
  await world.settle();
  held = true;
  answer[0]!("main");
  await world.settle();
  answer[1]!("child");
  await world.settle();
  held = false;
  gates.forEach((open) => open());
  await world.settle();
  expect(await run.result()).toBe("last");
});

test("a message that is polled while the commit that consumes it is on its way is received once", async () => {
  const twoMessages = fn("twoMessages", [
    () => approval.receive(),
    (v, first) => {
      v["first"] = first;
      return approval.receive({ timeout: 100 });
    },
    (v, second) => done([v["first"], second]),
  ]);
  let release!: () => void;
  let held: Promise<void> | undefined = new Promise((resolve) => (release = resolve));
  const store = tampered(memory(), async (commits, real) => {
    await held;
    return real(commits);
  });
  const { flow, world } = setup(store);
  const run = await flow.start(twoMessages, []);
  await run.send("approval", "only one");
  await flow.worker({ pollIntervalMs: 10 });
  await world.pass(50); // polls meanwhile
  held = undefined;
  release();
  await world.pass(1_000);
  expect(await run.result()).toEqual(["only one", undefined]);
});

test("a stopping worker starts no further step, while another one of the run is still running", async () => {
  const answer: ((value: string) => void)[] = [];
  play(
    () => new Promise((resolve) => answer.push(resolve)),
    () => new Promise((resolve) => answer.push(resolve)),
  );
  const { flow, world } = setup();
  await flow.start(pair, []);
  const worker = await flow.worker();
  await world.settle();
  const stopped = worker.stop();
  answer[1]!("child goes on to its second step");
  await world.settle();
  expect(seen).toHaveLength(2);
  answer[0]!("main");
  await stopped;
  expect(seen).toHaveLength(2);
});

test("no timer is left behind by a step with a timeout that ended in time, nor by a worker that stopped", async () => {
  play();
  const { flow, world } = setup();
  await flow.start(once, []);
  const worker = await flow.worker();
  await world.settle();
  expect(world.timers).toBe(2); // lease renewal and polling
  await worker.stop();
  expect(world.timers).toBe(0);
});

test("stop aborts what does not finish in time", async () => {
  play(() => new Promise(() => undefined));
  const { flow, world } = setup();
  await flow.start(once, []);
  const worker = await flow.worker({ graceMs: 1_000 });
  await world.settle();
  const stopped = worker.stop();
  await world.pass(1_000);
  await stopped;
  expect(seen[0]?.signal.aborted).toBe(true);
});

test("a run whose step no loaded module declares fails where it is, and says so", async () => {
  play();
  const removed = step(() => 1, { name: "removedLater" });
  const workflow = fn("usesRemoved", [() => removed(), (_, value) => done(value)]);
  const { flow, world, store } = setup();
  const run = await flow.start(workflow, []);
  const stored = (await store.getImage(run.id))!;
  const { Driver } = await import("../../src/runtime/driver/driver.js");
  const { codec } = await import("./kit.js");
  const { checkLimits } = await import("../../src/runtime/limits.js");
  const waiting = new Driver(stored, { codec, limits: checkLimits(), random: () => 0, newId: () => "id" }).advance([], world.now);
  const patched = codec.decode(waiting.image!) as { strands: { first: { wait: { step: string } } } };
  patched.strands.first.wait.step = "src/gone.ts#gone";
  const { id: fresh } = await flow.start(workflow, [], { id: "patched" });
  expect(fresh).toBe("patched");
  await store.registerWorker({ id: "me", pid: 1, host: "elsewhere", startedAt: 0, leaseMs: 1 }, world.now, () => true);
  const [claimed] = await store
    .claim({ workerId: "me", now: world.now, limit: 10 })
    .then((list) => list.filter((each) => each.id === "patched"));
  await store.commit([
    {
      run: "patched",
      fence: claimed!.fence,
      version: 1,
      at: world.now,
      status: "ready",
      image: codec.encode(patched),
      wakeAt: world.now,
      waitingFor: "",
      consumed: [],
      journal: [],
      release: true,
    },
  ]);
  await flow.worker();
  await world.pass(10);
  const error = (await flow
    .run("patched")
    .result()
    .catch((e: unknown) => e)) as RunFailedError;
  expect((error.cause as Error).name).toBe("ProgramChangedError");
  expect(error.message).toContain("src/gone.ts#gone");
});

test("a damaged continuation fails the run instead of the worker", async () => {
  const { flow, world, store } = setup();
  await store.createRun({
    id: "damaged",
    workflow: "test/program.ts#once",
    image: new Uint8Array([1, 2, 3]),
    createdAt: world.now,
  });
  play();
  const healthy = await flow.start(once, []);
  await flow.worker();
  await world.settle();
  expect(await healthy.result()).toBe("default");
  await expect(flow.run("damaged").result()).rejects.toThrow(RunFailedError);
});

test("inspect shows where a run stands", async () => {
  const { flow, world } = setup();
  const inner = fn("inner", [
    (v) => {
      v["total"] = 3;
      return approval.receive();
    },
    () => done(),
  ]);
  const outer = fn("outer", [
    (v) => {
      v["order"] = { id: 7 };
      return inner();
    },
    () => done(),
  ]);
  const run = await flow.start(outer, []);
  await flow.worker();
  await world.settle();
  const { strands } = await run.inspect();
  expect(strands).toMatchObject([
    {
      id: 0,
      waitingFor: 'message on channel "approval"',
      waitingSince: world.now,
      frames: [
        { function: "outer", file: "test/program.ts", line: 1, column: 1, text: "outer stage 0", slots: { order: { id: 7 } } },
        { function: "inner", slots: { total: 3 } },
      ],
    },
  ]);
});

test("with the real clock: many runs with asynchronous steps", async () => {
  const slow = step(
    async (n: number) => {
      await wait(n % 5);
      return n;
    },
    { name: "slow" },
  );
  const sums = fn(
    "sums",
    [
      (v) => slow(v["n"] as number),
      (v, a) => {
        v["a"] = a;
        return slow((v["n"] as number) + 1);
      },
      (v, b) => done((v["a"] as number) + (b as number)),
    ],
    { params: ["n"] },
  );
  const flow = open({ store: memory() });
  opened.push(flow);
  await flow.worker();
  const runs = await Promise.all(Array.from({ length: 200 }, (_, n) => flow.start(sums, [n])));
  expect(await Promise.all(runs.map((run) => run.result()))).toEqual(runs.map((_, n) => 2 * n + 1));
});

function bound(store: Store, key: PropertyKey): unknown {
  const member: unknown = Reflect.get(store, key);
  return typeof member === "function" ? (member.bind(store) as unknown) : member;
}

test("a worker record with the number of this process is alive only when this process started it", async () => {
  const store = memory();
  const verdicts: boolean[][] = [];
  let first = "";
  const registerWorker: Store["registerWorker"] = (worker, now, isAlive) => {
    const record = { ...worker, leaseUntil: 0 };
    verdicts.push([isAlive({ ...record, id: "before a restart" }), isAlive({ ...record, id: first })]);
    return store.registerWorker(worker, now, isAlive);
  };
  const asked = new Proxy(store, {
    get: (target, key) => (key === "registerWorker" ? registerWorker : bound(target, key)),
  });
  const { flow } = setup(asked);
  const worker = await flow.worker();
  first = worker.id;
  await flow.worker().catch(() => undefined);
  await worker.stop();
  await flow.worker();
  expect(verdicts.map(([before]) => before)).toEqual([false, false, false]);
  expect(verdicts.map(([, own]) => own)).toEqual([false, true, false]);
});
