/** Steps in full: queues and their limits, other workers, heartbeats, all the timeouts, cached results. Real workers, memory store, time under control. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { open, type Flow } from "../../src/runtime/flow.js";
import { stepContext } from "../../src/runtime/effects/context.js";
import { queue } from "../../src/runtime/effects/queue.js";
import { step } from "../../src/runtime/effects/step.js";
import { all } from "../../src/runtime/effects/concurrent.js";
import { withTimeout } from "../../src/runtime/effects/timeout.js";
import { memory } from "../../src/runtime/store/memory.js";
import type { Store } from "../../src/runtime/store/store.js";
import type { WorkerOptions } from "../../src/runtime/worker.js";
import { StepError, StoreError, TimeoutError } from "../../src/shared/errors.js";
import { closure, done, fn, World } from "./kit.js";

const flows: Flow[] = [];
const worlds: World[] = [];
/** What the bodies said, and what they wait for. */
let log: string[] = [];
let gates = new Map<string, { open(value?: unknown): void; fail(error: Error): void }>();

beforeEach(() => {
  log = [];
  gates = new Map();
});
afterEach(async () => {
  // What waits for ever is given up when the time to stop is over.
  await Promise.all([...flows.splice(0).map((flow) => flow.close()), ...worlds.splice(0).map((world) => world.pass(5_000))]);
});

async function setup(options: WorkerOptions = {}, store: Store = memory()): Promise<{ world: World; flow: Flow; store: Store }> {
  const world = new World();
  const flow = open({ store, ports: world.ports });
  flows.push(flow);
  worlds.push(world);
  await flow.worker({ pollIntervalMs: 1_000, leaseMs: 3_600_000, graceMs: 1, ...options });
  return { world, flow, store };
}

/** A body that says its name and ends when it is told to. */
function gated(name: string): (text: string) => Promise<string> {
  return (text) => {
    log.push(`${name} ${text}`);
    return new Promise((resolve, reject) =>
      gates.set(text, { open: (value) => resolve((value as string) ?? text), fail: reject }),
    );
  };
}

const gpu = queue("gpu", { concurrency: 2 });
const render = step(gated("render"), { name: "q.render", queue: gpu, retry: { attempts: 2, backoff: 1_000, jitter: 0 } });
const one = fn("oneRender", [(v) => render(v["text"] as string), (v, value) => done(value), (v, error) => done(error)], {
  params: ["text"],
  catches: { 0: 2 },
});

test("tasks whose claim was not answered are made nevertheless, and none is made twice", async () => {
  const store = memory();
  const { flow, world } = await setup({}, store);
  const [first] = await Promise.all([flow.start(one, ["a"]), world.pass(1_000)]);
  expect(log).toEqual(["render a"]);
  // The answer to the claim, and that to the end of the first task, are lost.
  const lost = new StoreError("the answer was lost", "unavailable");
  const [claim, finish] = [store.claimTasks.bind(store), store.finishTask.bind(store)];
  let losses = 0;
  store.claimTasks = async (options) => {
    const tasks = await claim(options);
    if (tasks.length > 0 && losses++ === 0) throw lost;
    return tasks;
  };
  let tries = 0;
  store.finishTask = (...args) => (tries++ < 3 ? Promise.reject(lost) : finish(...args));
  gates.get("a")!.open();
  const second = await flow.start(one, ["b"]);
  await world.pass(10_000);
  expect([losses > 0, tries > 3, log]).toEqual([true, true, ["render a", "render b"]]);
  gates.get("b")!.open();
  await world.pass(2_000);
  expect(await Promise.all([first.result(), second.result()])).toEqual(["a", "b"]);
});

test("a step of a queue is made by a worker that serves it, and its run is in nobody's memory meanwhile", async () => {
  const { flow, world, store } = await setup({ queues: [] });
  const run = await flow.start(one, ["a"]);
  await world.pass(5_000);
  expect(log).toEqual([]);
  expect(await run.status()).toMatchObject({ status: "waiting", waitingFor: "step q.render in queue gpu", owner: undefined });
  const other = open({ store, ports: world.ports });
  flows.push(other);
  await other.worker({ queues: ["gpu"], runs: false, leaseMs: 3_600_000 });
  await world.settle();
  expect(log).toEqual(["render a"]);
  gates.get("a")!.open("picture of a");
  await world.settle();
  expect(await run.result()).toBe("picture of a");
  expect((await run.journal()).map(({ kind }) => kind)).toEqual(["run.started", "step.completed", "run.completed"]);
});

test("no more at once than the queue allows", async () => {
  const { flow, world } = await setup();
  const runs = await Promise.all(["a", "b", "c"].map((text) => flow.start(one, [text])));
  await world.settle();
  expect(log).toEqual(["render a", "render b"]);
  gates.get("b")!.open();
  await world.settle();
  expect(log).toEqual(["render a", "render b", "render c"]);
  gates.get("a")!.open();
  gates.get("c")!.open();
  await world.settle();
  expect(await Promise.all(runs.map((run) => run.result()))).toEqual(["a", "b", "c"]);
});

test("a failed attempt is made again after its backoff, by whoever is there then; the last failure is thrown", async () => {
  const { flow, world } = await setup();
  const run = await flow.start(one, ["a"]);
  await world.settle();
  gates.get("a")!.fail(new RangeError("first"));
  await world.pass(999);
  expect(log).toHaveLength(1);
  expect(await run.status()).toMatchObject({ waitingFor: "step q.render in queue gpu, attempt 2" });
  await world.pass(1_001);
  expect(log).toHaveLength(2);
  gates.get("a")!.fail(new RangeError("second"));
  await world.settle();
  const error = (await run.result()) as StepError;
  expect([error.name, error.message]).toEqual(["StepError", "step q.render failed after 2 attempts: RangeError: second"]);
});

test("by priority, and so many of a key", async () => {
  const mail = queue("q.mail", { concurrency: 1, perKey: 1 });
  const low = step(gated("low"), { name: "q.low", queue: mail, key: (text: string) => text[0]! });
  const high = step(gated("high"), { name: "q.high", queue: mail, priority: 10, key: (text: string) => text[0]! });
  const lows = fn("lows", [(v) => low(v["text"] as string), () => done()], { params: ["text"] });
  const highs = fn("highs", [(v) => high(v["text"] as string), () => done()], { params: ["text"] });
  const { flow, world } = await setup();
  for (const text of ["a1", "a2", "b1"]) await flow.start(lows, [text]);
  await world.settle();
  await flow.start(highs, ["b2"]);
  await world.settle();
  expect(log).toEqual(["low a1"]);
  gates.get("a1")!.open();
  await world.settle();
  gates.get("b2")!.open();
  await world.settle();
  expect(log.slice(0, 3)).toEqual(["low a1", "high b2", "low a2"]);
});

/** A store in memory that calls `before` with the name of each method that is called, and waits for what it answers. */
function watched(before: (method: string) => Promise<void> | undefined): Store {
  const inner = memory();
  return new Proxy(inner, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== "function") return member;
      const method = member.bind(target) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        await before(String(key));
        return method(...args);
      };
    },
  });
}

test("a worker that makes steps of queues only does not ask without pause once one was due", async () => {
  let asked = 0;
  const store = watched((method) => {
    if (method !== "claimTasks") return undefined;
    // What asks without pause would keep the test from ending.
    return ++asked < 100 ? undefined : new Promise(() => undefined);
  });
  const { flow, world } = await setup({ queues: [], pollIntervalMs: 10_000 }, store);
  await flow.worker({ runs: false, pollIntervalMs: 10_000, leaseMs: 3_600_000, graceMs: 1 });
  const run = await flow.start(one, ["a"]);
  await world.settle();
  gates.get("a")!.fail(new Error("out of memory"));
  await world.pass(30_000);
  gates.get("a")!.open();
  await world.pass(10);
  expect([await run.result(), asked < 30]).toEqual(["a", true]);
});

test("a call that is given up while its result is looked for in the cache never begins", async () => {
  let find: (() => void) | undefined;
  const store = watched((method) => (method === "readCache" ? new Promise((resolve) => (find = resolve)) : undefined));
  const { flow, world } = await setup({}, store);
  const sought = step((key: string) => log.push(key), { name: "q.sought", cache: { key: (key: string) => key, ttl: "1 hour" } });
  const seeks = fn("seeks", [() => sought("k")]);
  const gives = fn("gives up", [() => withTimeout(1_000, seeks), () => done("found"), () => done("given up")], {
    catches: { 0: 2 },
  });
  const run = await flow.start(gives, []);
  await world.pass(1_000);
  find!();
  await world.settle();
  expect([await run.result(), log]).toEqual(["given up", []]);
});

test("what an attempt says of itself is written in the order in which it is said", async () => {
  let write: (() => void) | undefined;
  let writing = 0;
  const store = watched((method) => {
    if (method !== "noteProgress") return undefined;
    writing++;
    return new Promise((resolve) => (write = resolve));
  });
  const { flow, world } = await setup({}, store);
  const beats = step(
    async (): Promise<unknown> => {
      const context = stepContext();
      if (context.details !== undefined) return context.details;
      for (let n = 1; n <= 3; n++) {
        context.heartbeat(n);
        await new Promise<void>((resolve) => void world.ports.timers.after(2_000, resolve));
      }
      throw new Error("no more");
    },
    { name: "q.beats", queue: "q.beats", retry: { attempts: 2, backoff: 1 } },
  );
  const run = await flow.start(fn("beats", [() => beats(), (_, value) => done(value)]), []);
  await world.pass(5_000);
  expect(writing).toBe(1);
  write!();
  await world.settle();
  expect(writing).toBe(2);
  write!();
  await world.pass(10_000);
  expect(await run.result()).toBe(3);
});

test("at most so many in a time", async () => {
  const slow = queue("q.slow", { rate: { limit: 2, per: "10 seconds" } });
  const call = step(gated("call"), { name: "q.call", queue: slow });
  const caller = fn("caller", [(v) => call(v["text"] as string), () => done()], { params: ["text"] });
  const { flow, world } = await setup();
  for (const text of ["a", "b", "c", "d"]) await flow.start(caller, [text]);
  await world.settle();
  expect(log).toHaveLength(2);
  await world.pass(4_000);
  expect(log).toHaveLength(2);
  await world.pass(2_000);
  expect(log).toHaveLength(3);
  await world.pass(6_000);
  expect(log).toHaveLength(4);
});

test("a call nobody waits for any more is withdrawn, and an attempt under way is told", async () => {
  let aborted = false;
  const watch = step(
    (): Promise<void> => {
      stepContext().signal.addEventListener("abort", () => (aborted = true));
      return new Promise(() => undefined);
    },
    { name: "q.watch", queue: "q.watch" },
  );
  const inner = fn("watches", [() => watch()]);
  const impatient = fn(
    "impatient",
    [() => withTimeout("5 seconds", inner), () => done(), (v, error) => done((error as Error).name)],
    {
      catches: { 0: 2 },
    },
  );
  const { flow, world, store } = await setup();
  const run = await flow.start(impatient, []);
  await world.pass(6_000);
  expect(await run.result()).toBe("TimeoutError");
  await world.pass(2_000);
  expect(aborted).toBe(true);
  const [worker] = await Promise.all([store.heldTasks("id-1"), store.heldTasks("id-2")]);
  expect(worker).toEqual([]);
});

test("strands of one run wait in a queue side by side", async () => {
  const { flow, world } = await setup();
  const part = closure("part", [(v) => render(v["text"] as string), (_, value) => done(value)], { captures: ["text"] });
  const both = fn("both", [() => all([part("x") as () => string, part("y") as () => string]), (_, list) => done(list)]);
  const run = await flow.start(both, []);
  await world.settle();
  expect(log).toEqual(["render x", "render y"]);
  gates.get("y")!.open();
  await world.settle();
  gates.get("x")!.open();
  await world.settle();
  expect(await run.result()).toEqual(["x", "y"]);
});

test("a failed run that is retried has its steps made anew", async () => {
  const { flow, world } = await setup();
  const strict = fn("strictRender", [(v) => render(v["text"] as string), (_, value) => done(value)], {
    params: ["text"],
  });
  const run = await flow.start(strict, ["a"]);
  await world.settle();
  gates.get("a")!.fail(new Error("one"));
  await world.pass(2_000);
  gates.get("a")!.fail(new Error("two"));
  await world.settle();
  expect((await run.status()).status).toBe("failed");
  await run.retry();
  await world.settle();
  expect(log).toHaveLength(3);
  gates.get("a")!.open("at last");
  await world.settle();
  expect(await run.result()).toBe("at last");
});

// heartbeats and timeouts

test.each([["in a queue"], ["here"]])(
  "an attempt that goes silent is given up; the next one knows how far it had got: %s",
  async (where) => {
    const seen: unknown[] = [];
    const walk = step(
      async (): Promise<string> => {
        const context = stepContext();
        seen.push([context.attempt, context.details]);
        if (context.attempt === 2) return "arrived";
        context.heartbeat({ at: 3 });
        return new Promise(() => undefined);
      },
      {
        name: `q.walk ${where}`,
        heartbeatTimeout: "10 seconds",
        retry: { attempts: 2, backoff: 0 },
        ...(where === "in a queue" && { queue: "q.walk" }),
      },
    );
    const walks = fn(`walks ${where}`, [() => walk(), (_, value) => done(value)]);
    const { flow, world } = await setup();
    const run = await flow.start(walks, []);
    await world.pass(9_999);
    expect(seen).toEqual([[1, undefined]]);
    await world.pass(2_000);
    expect(await run.result()).toBe("arrived");
    expect(seen).toEqual([
      [1, undefined],
      [2, { at: 3 }],
    ]);
    if (where === "here") {
      const retrying = (await run.journal()).find(({ kind }) => kind === "step.retrying");
      expect(retrying!.data).toMatchObject({ error: `TimeoutError: step q.walk here: attempt 1 had no heartbeat for 10 s` });
    }
  },
);

test("heartbeats keep an attempt alive, and are written once a second at most", async () => {
  let beat: (() => void) | undefined;
  let end: ((text: string) => void) | undefined;
  const busy = step(
    (): Promise<string> => {
      const context = stepContext();
      let n = 0;
      beat = () => context.heartbeat(++n);
      return new Promise((resolve) => (end = resolve));
    },
    { name: "q.busy", heartbeatTimeout: "2 seconds" },
  );
  const { flow, world, store } = await setup();
  const run = await flow.start(fn("busyness", [() => busy(), (_, value) => done(value)]), []);
  await world.settle();
  const before = (await store.getRun(run.id))!.version;
  for (let i = 0; i < 30; i++) {
    beat!();
    await world.pass(100);
  }
  const commits = (await store.getRun(run.id))!.version - before;
  expect(commits).toBeGreaterThanOrEqual(3);
  expect(commits).toBeLessThanOrEqual(4);
  end!("done");
  await world.settle();
  expect(await run.result()).toBe("done");
});

test.each([["in a queue"], ["here"]])("all attempts together are given up after scheduleToClose: %s", async (where) => {
  const never = step(
    (): Promise<never> => {
      log.push("try");
      throw new Error("not yet");
    },
    {
      name: `q.never ${where}`,
      scheduleToClose: "10 seconds",
      retry: { attempts: Infinity, backoff: 3_000, factor: 1, jitter: 0 },
      ...(where === "in a queue" && { queue: "q.never" }),
    },
  );
  const tries = fn(`tries ${where}`, [() => never(), () => done(), (_, error) => done(error)], { catches: { 0: 2 } });
  const { flow, world } = await setup();
  const run = await flow.start(tries, []);
  await world.pass(9_999);
  expect((await run.status()).status).not.toBe("completed");
  await world.pass(1_001);
  const error = (await run.result()) as StepError;
  expect(error).toBeInstanceOf(StepError);
  expect(error.cause).toBeInstanceOf(TimeoutError);
  expect((error.cause as Error).message).toMatch(/was given up after 1[01] s in all/);
  expect(log).toHaveLength(4);
});

// cache

test.each([["in a queue"], ["here"]])("a cached result is used by other runs until it is over: %s", async (where) => {
  const rate = step((currency: string): { currency: string; n: number } => ({ currency, n: log.push(currency) }), {
    name: `q.rate ${where}`,
    cache: { key: (currency: string) => currency, ttl: "1 hour" },
    ...(where === "in a queue" && { queue: "q.rate" }),
  });
  const asks = fn(`asks ${where}`, [(v) => rate(v["currency"] as string), (_, value) => done(value)], {
    params: ["currency"],
  });
  const { flow, world } = await setup();
  const ask = async (currency: string): Promise<unknown> => {
    const run = await flow.start(asks, [currency]);
    await world.pass(1);
    return run.result();
  };
  expect(await ask("EUR")).toEqual({ currency: "EUR", n: 1 });
  expect(await ask("EUR")).toEqual({ currency: "EUR", n: 1 });
  expect(await ask("USD")).toEqual({ currency: "USD", n: 2 });
  await world.pass(3_600_000);
  expect(await ask("EUR")).toEqual({ currency: "EUR", n: 3 });
});

// bad options

test.each<[string, () => unknown]>([
  ['queue "x1": concurrency is 0', () => queue("x1", { concurrency: 0 })],
  ['queue "x2": rate.limit is 1.5', () => queue("x2", { rate: { limit: 1.5, per: 1 } })],
  ['queue "x3": rate.per has to be longer', () => queue("x3", { rate: { limit: 1, per: 0 } })],
  ["queue() takes a name", () => queue("")],
  ['queue "gpu" is declared twice', () => queue("gpu", { concurrency: 3 })],
  ["s: queue is 7", () => step(() => 1, { name: "s", queue: 7 as never })],
  ["s: priority is NaN", () => step(() => 1, { name: "s", priority: Number.NaN })],
  ["s: key has to be a function", () => step(() => 1, { name: "s", key: "k" as never })],
  ["s: cache.key has to be a function", () => step(() => 1, { name: "s", cache: { ttl: 1 } as never })],
  ['s: scheduleToClose: "soon" is not', () => step(() => 1, { name: "s", scheduleToClose: "soon" as never })],
])("%s", (message, make) => {
  expect(make).toThrow(message.replace('"soon" is not', "cannot read"));
});

test("a key that is no text fails the call, before anything starts", async () => {
  const odd = step((n: number) => n, { name: "q.odd", queue: gpu, key: (n: number) => n as never });
  const { flow, world } = await setup();
  const run = await flow.start(fn("oddly", [() => odd(1), () => done()]), []);
  await world.settle();
  await expect(run.result()).rejects.toThrow("step q.odd: its key function answered no text");
});
