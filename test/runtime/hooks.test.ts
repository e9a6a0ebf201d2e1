/** Hooks: real workers and stores, time under control. */
import { afterEach, expect, test } from "vitest";
import { sleep } from "../../src/runtime/effects/sleep.js";
import { note } from "../../src/runtime/effects/note.js";
import { open, type Flow } from "../../src/runtime/flow.js";
import type { RunEvent } from "../../src/runtime/hooks/hooks.js";
import { aes256gcm } from "../../src/runtime/store/aes256gcm.js";
import { memory } from "../../src/runtime/store/memory.js";
import type { HookEvent, Store } from "../../src/runtime/store/store.js";
import { CancelledError, TimeoutError, UsageError } from "../../src/shared/errors.js";
import { done, fn, World } from "./kit.js";

const flows: Flow[] = [];
const worlds: World[] = [];
afterEach(() =>
  Promise.all([...flows.splice(0).map((flow) => flow.close()), ...worlds.splice(0).map((world) => world.pass(10_000))]),
);

const OPTIONS = { pollIntervalMs: 100, leaseMs: 1e12, graceMs: 1 };

function setup(
  store: Store = memory(),
  world = new World(),
  cipher?: Parameters<typeof open>[0]["cipher"],
): { flow: Flow; world: World } {
  const flow = open({ store, ports: world.ports, ...(cipher && { cipher }) });
  flows.push(flow);
  worlds.push(world);
  return { flow, world };
}

const fine = fn("fine", [() => note("customer", "c-7"), () => done("ok")]);
const broken = fn("broken", [
  () => {
    throw new RangeError("out of stock");
  },
]);
const long = fn("long", [() => sleep("1 hour"), () => done("ok")]);

const ALL: HookEvent[] = ["completed", "failed", "cancelled", "timed-out", "crashed", "paused"];

test("a handler is told what happened, to what, and why", async () => {
  const { flow, world } = setup();
  const told: RunEvent[] = [];
  await flow.on(ALL, (event) => void told.push(event), { name: "all" });
  await flow.worker(OPTIONS);
  const started = world.now;
  await flow.start(fine, [], { id: "fine" });
  await flow.start(broken, [], { id: "broken" });
  await flow.start(long, [], { id: "late", deadline: "10 seconds" });
  const long1 = await flow.start(long, [], { id: "long" });
  await world.pass(1_000);
  await long1.pause("a look");
  await world.pass(1_000);
  await long1.resume();
  await long1.cancel("no need");
  await world.pass(20_000);
  const of = (status: HookEvent): RunEvent => told.find((event) => event.status === status)!;
  expect(told.map(({ run, status }) => `${run} ${status}`).toSorted()).toEqual([
    "broken failed",
    "fine completed",
    "late timed-out",
    "long cancelled",
    "long paused",
  ]);
  expect(of("completed")).toEqual({
    run: "fine",
    workflow: "test/program.ts#fine",
    status: "completed",
    notes: { customer: "c-7" },
    at: new Date(started),
    attempt: 1,
    idempotencyKey: "all:fine:1",
  });
  expect(of("failed").error).toEqual(new RangeError("out of stock"));
  expect(of("timed-out").error).toBeInstanceOf(TimeoutError);
  expect(of("cancelled").error).toBeInstanceOf(CancelledError);
  expect("error" in of("paused")).toBe(false);
});

test("one that throws is called again, later and later, with the same key", async () => {
  const { flow, world } = setup();
  const calls: { at: number; attempt: number; key: string }[] = [];
  const handler = ({ attempt, idempotencyKey: key }: RunEvent): void => {
    calls.push({ at: world.now, attempt, key });
    if (attempt < 4) throw new Error("the mail server is away");
  };
  await flow.on("failed", handler, { name: "mail" });
  await flow.worker(OPTIONS);
  const start = world.now;
  await flow.start(broken, [], { id: "broken" });
  await world.pass(60_000);
  expect(calls.map(({ attempt, key }) => `${attempt} ${key}`)).toEqual([1, 2, 3, 4].map((n) => `${n} mail:broken:1`));
  const seconds = calls.map(({ at }) => Math.floor((at - start) / 1_000));
  expect(seconds).toEqual([0, 1, 3, 7]);
  expect(world.warnings.filter((warning) => warning.startsWith("a hook has failed"))).toHaveLength(3);
});

test("one that hangs is given up and called again", async () => {
  const { flow, world } = setup();
  let calls = 0;
  await flow.on("completed", () => (++calls === 1 ? new Promise(() => undefined) : undefined), {
    name: "slow",
    timeout: "5 seconds",
  });
  await flow.worker(OPTIONS);
  await flow.start(fine, []);
  await world.pass(4_000);
  expect(calls).toBe(1);
  await world.pass(10_000);
  expect(calls).toBe(2);
});

test("what happens while no process with the handler is up is told later", async () => {
  const store = memory();
  const before = setup(store);
  const hook = await before.flow.on("failed", () => expect.unreachable(), { name: "alert" });
  hook.close();
  const worker = await before.flow.worker(OPTIONS);
  await before.flow.start(broken, [], { id: "r1" });
  await before.world.pass(1_000);
  await worker.stop();
  const after = setup(store);
  const told: string[] = [];
  await after.flow.on("failed", ({ run }) => void told.push(run), { name: "alert" });
  await after.flow.worker(OPTIONS);
  await after.world.pass(1_000);
  expect(told).toEqual(["r1"]);
});

test("I4: a worker that is lost while it tells leaves it to the next one", async () => {
  const store = memory();
  const world = new World();
  const first = setup(store, world);
  const told: string[] = [];
  await first.flow.on("failed", ({ attempt }) => (told.push(`first ${attempt}`), new Promise(() => undefined)), {
    name: "alert",
  });
  await first.flow.worker(OPTIONS);
  await first.flow.start(broken, [], { id: "r1" });
  await world.pass(1_000);
  const second = setup(store, world);
  await second.flow.on("failed", ({ attempt }) => void told.push(`second ${attempt}`), { name: "alert" });
  const id = (await second.flow.worker(OPTIONS)).id;
  // The other one is declared dead.
  await store.releaseDead(id, world.now, ({ id: other }) => other === id);
  await world.pass(1_000);
  expect(told).toEqual(["first 1", "second 2"]);
});

test("a retried run that fails again is told of again, with another key", async () => {
  const { flow, world } = setup();
  const keys: string[] = [];
  await flow.on("failed", ({ idempotencyKey }) => void keys.push(idempotencyKey), { name: "alert" });
  await flow.worker(OPTIONS);
  const run = await flow.start(broken, [], { id: "r1" });
  await world.pass(1_000);
  await run.retry();
  await world.pass(1_000);
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(2);
});

test("removed, it hears nothing more", async () => {
  const { flow, world } = setup();
  const told: string[] = [];
  const hook = await flow.on("completed", ({ run }) => void told.push(run), { name: "all" });
  await flow.worker(OPTIONS);
  await hook.remove();
  await flow.start(fine, []);
  await world.pass(1_000);
  await flow.on("completed", ({ run }) => void told.push(run), { name: "all" });
  await world.pass(1_000);
  expect(told).toEqual([]);
});

test("a stopping worker tells of what it has just seen", async () => {
  const { flow, world } = setup();
  const told: string[] = [];
  await flow.on("completed", ({ run }) => void told.push(run), { name: "all" });
  const worker = await flow.worker({ ...OPTIONS, pollIntervalMs: 1e9 });
  const run = await flow.start(fine, [], { id: "r1" });
  await run.result();
  await worker.stop();
  await world.settle();
  expect(told).toEqual(["r1"]);
});

test("in an encrypted store the reason is readable to the handler and to nobody else", async () => {
  const store = memory();
  const { flow, world } = setup(store, new World(), aes256gcm({ current: "k", keys: { k: new Uint8Array(32) } }));
  const told: unknown[] = [];
  await flow.on("failed", ({ error }) => void told.push(error), { name: "alert" });
  await store.putHook({ name: "thief", events: ["failed"] });
  const worker = await flow.worker(OPTIONS);
  await flow.start(broken, []);
  await world.pass(1_000);
  expect(told).toEqual([new RangeError("out of stock")]);
  const [stolen] = await store.claimDeliveries({ workerId: worker.id, now: world.now, hooks: ["thief"], limit: 1 });
  expect(Buffer.from(stolen!.outcome!).includes("out of stock")).toBe(false);
});

test("what is no hook is refused", async () => {
  const { flow } = setup();
  const nothing = (): void => undefined;
  await expect(flow.on("ended" as never, nothing, { name: "x" })).rejects.toThrow(
    /"ended" is no event of a run. Events: completed,/,
  );
  await expect(flow.on("failed", nothing, {} as never)).rejects.toThrow(/takes a name/);
  await expect(flow.on("failed", 1 as never, { name: "x" })).rejects.toBeInstanceOf(UsageError);
  await flow.on("failed", nothing, { name: "x" });
  await expect(flow.on("failed", nothing, { name: "x" })).rejects.toThrow(/already/);
});
