/**
 * What people have met in other engines, each shown not to happen here. Real worker; SQLite where it is about the disk, otherwise memory with time under control.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, test } from "vitest";
import { race, settle } from "../../src/runtime/effects/concurrent.js";
import { channel } from "../../src/runtime/effects/channel.js";
import { sleep } from "../../src/runtime/effects/sleep.js";
import { step } from "../../src/runtime/effects/step.js";
import { open, type Flow } from "../../src/runtime/flow.js";
import { memory } from "../../src/runtime/store/memory.js";
import { sqlite } from "../../src/runtime/store/sqlite/index.js";
import type { Store } from "../../src/runtime/store/store.js";
import { closure, done, fn, goto, World } from "./kit.js";

const flows: Flow[] = [];
const folders: string[] = [];
const log: string[] = [];
afterEach(async () => {
  await Promise.all(flows.splice(0).map((flow) => flow.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  log.length = 0;
});

function opened(store: Store = memory(), world?: World): Flow {
  const flow = open({ store, ...(world && { ports: world.ports }) });
  flows.push(flow);
  return flow;
}

function fileStore(): { readonly store: Store; readonly file: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "flowc-peers-"));
  folders.push(folder);
  const file = path.join(folder, "flow.db");
  return { store: sqlite(file, { synchronous: "OFF" }), file };
}

const say = step((text: string): string => (log.push(text), text), { name: "peers.say" });

test("the losers of a race are not left running", async () => {
  const world = new World();
  const flow = opened(memory(), world);
  await flow.worker({ pollIntervalMs: 3_600_000, leaseMs: 36_000_000 });
  const quick = closure("quick", [() => sleep(10), () => done("quick")], { captures: [] })();
  const slow = closure(
    "slow",
    [() => sleep("1 hour"), () => say("too late"), () => done("slow"), () => say("tidied"), () => done()],
    {
      captures: [],
      catches: { 0: 3 },
    },
  )();
  const racer = fn("racer", [() => race([quick as () => string, slow as () => string]), (v, first) => done([first, log.join()])]);
  const run = await flow.start(racer, []);
  await world.pass(2 * 3_600_000);
  // What the loser tidies up is over before the race is.
  expect(await run.result()).toEqual(["quick", "tidied"]);
  expect(log).toEqual(["tidied"]);
});

test("the order in which things ended is the same after a recovery", async () => {
  const world = new World();
  const store = memory();
  const first = opened(store, world);
  const worker = await first.worker({ pollIntervalMs: 1_000, leaseMs: 1_000 });
  const order = fn(
    "order",
    [
      (v) => {
        const part = (name: string, ms: number): (() => unknown) =>
          closure(`part ${name}`, [() => sleep(ms), (w) => done((w["seen"] as string[]).push(name))], { captures: ["seen"] })(
            v["seen"],
          );
        return settle([part("c", 300), part("a", 100), part("b", 200)] as (() => unknown)[]);
      },
      () => sleep(100_000),
      (v) => done(v["seen"]),
    ],
    { params: ["seen"] },
  );
  const run = await first.start(order, [[]]);
  await world.pass(150);
  // In the middle of it, in another worker.
  await worker.stop();
  await opened(store, world).worker({ pollIntervalMs: 1_000 });
  await world.pass(200_000);
  expect(await run.result()).toEqual(["a", "b", "c"]);
});

test("a message sent while nobody looks wakes its run, and a queue is not idle for seconds", async () => {
  const { store, file } = fileStore();
  const flow = opened(store);
  const go = channel<string>("go");
  const waits = fn("waitsForGo", [() => go.receive(), (v, text) => done(text)]);
  // The longest poll anybody may want: what comes in through this process is announced.
  await flow.worker({ pollIntervalMs: 60_000 });
  const run = await flow.start(waits, []);
  await expect.poll(async () => (await run.status()).status).toBe("waiting");
  const sent = performance.now();
  await run.send(go, "now");
  expect(await run.result()).toBe("now");
  expect(performance.now() - sent).toBeLessThan(1_000);
  expect(file).toContain("flow.db");
});

test("a step that is answered has its row in the history, in the same transaction", async () => {
  const { store, file } = fileStore();
  const flow = opened(store);
  const ten = fn("ten", [
    (v) => say(String((v["n"] = ((v["n"] as number | undefined) ?? 0) + 1))),
    (v) => ((v["n"] as number) < 10 ? goto(0) : done(v["n"])),
  ]);
  await flow.worker();
  const run = await flow.start(ten, []);
  await run.result();
  await flow.close();
  flows.length = 0;
  const db = new DatabaseSync(file, { readOnly: true });
  const entries = db.prepare("SELECT entries FROM journal ORDER BY n").all() as { entries: string }[];
  db.close();
  const completed = entries.flatMap(({ entries: text }) =>
    (JSON.parse(text) as [number, string][]).filter(([, kind]) => kind === "step.completed"),
  );
  expect(completed).toHaveLength(10);
  // Neither a commit without its entry nor the reverse: one row a transition.
  expect(entries).toHaveLength(11);
});

test("a run may take any number of steps, and its checkpoint does not grow with them", async () => {
  const { store } = fileStore();
  const flow = opened(store);
  const count = step((n: number): number => n, { name: "peers.count" });
  const many = fn("many", [
    (v) => count((v["n"] = ((v["n"] as number | undefined) ?? 0) + 1)),
    (v) => ((v["n"] as number) < 12_000 ? goto(0) : sleep(60_000)),
  ]);
  await flow.worker();
  const run = await flow.start(many, []);
  await expect.poll(async () => (await run.status()).status, { timeout: 60_000 }).toBe("waiting");
  const { image, parts } = (await store.getImage(run.id))!;
  expect(image.length + parts.reduce((sum, part) => sum + part.length, 0)).toBeLessThan(1_000);
  expect((await run.journal()).length).toBeGreaterThan(12_000);
  await run.cancel();
}, 90_000);

test("ten thousand messages to one run arrive, in order", async () => {
  const { store } = fileStore();
  const flow = opened(store);
  const inbox = channel<number>("inbox");
  const takes = fn("takes", [
    () => inbox.receive(),
    (v, n) => {
      if (n !== ((v["n"] as number | undefined) ?? 0)) return done(`message ${String(n)} after ${String(v["n"])}`);
      v["n"] = n + 1;
      return v["n"] === 10_000 ? done("all of them") : goto(0);
    },
  ]);
  const run = await flow.start(takes, []);
  for (let n = 0; n < 10_000; n++) await run.send(inbox, n);
  await flow.worker();
  expect(await run.result()).toBe("all of them");
}, 60_000);

test("a Date stays a Date, a Map a Map, through arguments, results, messages and the checkpoint", async () => {
  const { store } = fileStore();
  const flow = opened(store);
  const same = step((value: unknown): unknown => value, { name: "peers.same" });
  const inbox = channel<unknown>("values");
  const keeps = fn(
    "keeps",
    [
      (v) => same(v["value"]),
      (v, back) => {
        v["back"] = back;
        return inbox.receive();
      },
      (v, sent) => done([v["value"], v["back"], sent]),
    ],
    { params: ["value"] },
  );
  const value = { at: new Date(0), by: new Map([["k", 1n]]), of: new Set([undefined, -0]), re: /x/giu };
  await flow.worker();
  const run = await flow.start(keeps, [value]);
  await run.send(inbox, value);
  expect(await run.result()).toEqual([value, value, value]);
});
