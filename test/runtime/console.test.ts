/** What runs write to the console: attributed, and shown once. Real workers and stores. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { step } from "../../src/runtime/effects/step.js";
import { sleep } from "../../src/runtime/effects/sleep.js";
import type { ConsoleLine } from "../../src/runtime/console.js";
import { queue } from "../../src/runtime/effects/queue.js";
import { open, type Flow } from "../../src/runtime/flow.js";
import { memory } from "../../src/runtime/store/memory.js";
import type { Store } from "../../src/runtime/store/store.js";
import type { WorkerOptions } from "../../src/runtime/worker.js";
import { done, fn, World } from "./kit.js";

const flows: Flow[] = [];
const original = { log: console.log, warn: console.warn };
let printed: string[] = [];
beforeEach(() => {
  printed = [];
  vi.spyOn(console, "log").mockImplementation((...args: unknown[]) => void printed.push(`log ${args.join(" ")}`));
  vi.spyOn(console, "info").mockImplementation((...args: unknown[]) => void printed.push(`info ${args.join(" ")}`));
  vi.spyOn(console, "warn").mockImplementation((...args: unknown[]) => void printed.push(`warn ${args.join(" ")}`));
});
afterEach(async () => {
  await Promise.all(flows.splice(0).map((flow) => flow.close()));
  vi.restoreAllMocks();
  // Whatever a test has done, the console is as it was.
  expect({ log: console.log, warn: console.warn }).toEqual(original);
});

/** `lines`: what the logger is told. */
function setup(store: Store = memory(), isHeard = true): { flow: Flow; world: World; lines: ConsoleLine[] } {
  const world = new World();
  const lines: ConsoleLine[] = [];
  const logger = { ...world.ports.logger, ...(isHeard && { said: (line: ConsoleLine) => void lines.push(line) }) };
  const flow = open({ store, ports: { ...world.ports, logger } });
  flows.push(flow);
  return { flow, world, lines };
}

const OPTIONS: WorkerOptions = { pollIntervalMs: 1_000, leaseMs: 1e12, graceMs: 1 };

const talk = fn(
  "talk",
  [
    (v) => {
      console.log("first %s", v["name"], { a: 1 });
      console.warn("careful");
      return sleep(1_000);
    },
    () => {
      console.log("second\nof two lines");
      console.table([{ a: 1 }]);
      console.assert(true, "fine");
      return done("ok");
    },
  ],
  { params: ["name"] },
);

test("workflow code: in the journal and with the logger, in order, by run", async () => {
  const { flow, world, lines } = setup();
  await flow.worker(OPTIONS);
  const a = await flow.start(talk, ["ada"], { id: "a" });
  await flow.start(talk, ["bob"], { id: "b" });
  await world.pass(5_000);
  expect(lines.filter(({ run }) => run === "a").slice(0, 3)).toEqual([
    { run: "a", level: "info", text: "first ada { a: 1 }" },
    { run: "a", level: "warn", text: "careful" },
    { run: "a", level: "info", text: "second\nof two lines" },
  ]);
  expect(lines.filter(({ run }) => run === "b")).toHaveLength(4);
  expect(lines[7]!.text).toContain("│ (index) │ a │");
  expect(printed).toEqual([]);
  const kinds = (await a.journal()).map(({ kind, data }) => (kind === "log" ? `log ${String(data["level"])}` : kind));
  expect(kinds).toEqual(["run.started", "log info", "log warn", "log info", "log info", "run.completed"]);
});

test("without a logger for it, it goes to the console with the run before it", async () => {
  const { flow, world } = setup(memory(), false);
  await flow.worker(OPTIONS);
  await flow.start(talk, ["ada"], { id: "a" });
  await world.pass(500);
  expect(printed).toEqual(["info [a] first ada { a: 1 }", "warn [a] careful"]);
});

/** A store whose next commit of a run fails with the machine. */
function failing(inner: Store): { store: Store; cut(): void } {
  let isCut = false;
  const store = new Proxy(inner, {
    get(target, key) {
      if (key === "commit" && isCut) return () => Promise.reject(new Error("power cut"));
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
  return { store, cut: () => void (isCut = true) };
}

test("a transition that is lost and made again says things once", async () => {
  const inner = memory();
  const { store, cut } = failing(inner);
  const first = setup(store);
  const worker = await first.flow.worker(OPTIONS);
  const ended = worker.done.catch((error: unknown) => (error as Error).message);
  await first.flow.start(talk, ["ada"], { id: "a" });
  await first.world.pass(500);
  cut();
  await first.world.pass(1_000);
  expect(await ended).toBe("power cut");
  const second = setup(inner);
  second.world.now = first.world.now;
  await second.flow.worker(OPTIONS);
  await second.world.pass(1_000);
  const texts = [...first.lines, ...second.lines].map(({ text }) => text.split("\n")[0]);
  expect(texts.filter((text) => text === "second")).toHaveLength(1);
  expect(first.lines).toHaveLength(2);
});

test("what a failing run has said before it failed is kept", async () => {
  const { flow, world, lines } = setup();
  await flow.worker(OPTIONS);
  await flow.start(
    fn("sayAndFail", [
      () => {
        console.log("about to fail");
        throw new Error("x");
      },
    ]),
    [],
  );
  await world.pass(100);
  expect(lines.map(({ text }) => text)).toEqual(["about to fail"]);
});

const gpu = queue("console.gpu");
const chat = async (what: string): Promise<string> => {
  console.log(`${what} begins`);
  await Promise.resolve();
  console.error(`${what} ends`);
  return what;
};
const here = step(chat, { name: "here" });
const elsewhere = step(chat, { name: "elsewhere", queue: gpu });

test("bodies of steps: at once, by run, step and attempt, here and in queues, after an await too", async () => {
  const { flow, world, lines } = setup();
  await flow.worker(OPTIONS);
  const run = await flow.start(fn("steps", [() => here("x"), () => elsewhere("y"), () => done()]), [], { id: "r" });
  await world.pass(5_000);
  expect(lines).toEqual([
    { run: "r", step: "here", attempt: 1, level: "info", text: "x begins" },
    { run: "r", step: "here", attempt: 1, level: "error", text: "x ends" },
    { run: "r", step: "elsewhere", attempt: 1, level: "info", text: "y begins" },
    { run: "r", step: "elsewhere", attempt: 1, level: "error", text: "y ends" },
  ]);
  expect((await run.journal()).filter(({ kind }) => kind === "log")).toEqual([]);
});

test("what an attempt leaves behind, the host, and the logger itself write as always", async () => {
  const world = new World();
  const said = ({ text }: ConsoleLine): void => console.log("logger", text);
  const flow = open({ store: memory(), ports: { ...world.ports, logger: { ...world.ports.logger, said } } });
  flows.push(flow);
  await flow.worker(OPTIONS);
  const { promise, resolve } = Promise.withResolvers<void>();
  const leaving = step(() => void promise.then(() => console.log("late")), { name: "leaving" });
  await flow.start(fn("leave", [() => leaving(), () => done(console.log("inside") as undefined)]), []);
  await world.pass(100);
  resolve();
  await world.settle();
  console.log("host");
  expect(printed).toEqual(["log logger inside", "log late", "log host"]);
});

test("I6: a run that holds console.log across a restart holds what console.log is then", async () => {
  const store = memory();
  const holds = fn("holds", [
    (v) => {
      v["log"] = console.log;
      return sleep("1 hour");
    },
    (v) => done((v["log"] as typeof console.log)(v["log"] === console.log)),
  ]);
  const first = setup(store);
  const worker = await first.flow.worker(OPTIONS);
  await first.flow.start(holds, [], { id: "h" });
  await first.world.pass(100);
  await worker.stop();
  const second = setup(store);
  second.world.now += 3_600_000;
  await second.flow.worker(OPTIONS);
  await second.world.pass(1_000);
  expect(second.lines).toEqual([{ run: "h", level: "info", text: "true" }]);
});

test("too much of it is cut", async () => {
  const { flow, world, lines } = setup();
  await flow.worker(OPTIONS);
  await flow.start(
    fn("chatty", [
      () => {
        console.log("x".repeat(100_000));
        for (let n = 0; n < 5_000; n++) console.log(n);
        return done();
      },
    ]),
    [],
  );
  await world.pass(100);
  expect(lines).toHaveLength(1_000);
  expect(lines[0]!.text).toMatch(/^x{16384}… \(100000 characters\)$/);
  expect(lines.at(-1)!.text).toContain("more than 1000 lines");
});

test("the console is left alone when nobody wants it attributed, and put back by the last worker that stops", async () => {
  const before = console.log;
  const { flow, world, lines } = setup();
  const plain = await flow.worker({ ...OPTIONS, console: false });
  expect(console.log).toBe(before);
  await flow.start(talk, ["ada"]);
  await world.pass(100);
  expect([lines, printed[0]]).toEqual([[], "log first %s ada [object Object]"]);
  await plain.stop();
  const workers = [await flow.worker(OPTIONS), await flow.worker(OPTIONS)];
  expect(console.log).not.toBe(before);
  await workers[0]!.stop();
  expect(console.log).not.toBe(before);
  await workers[1]!.stop();
  expect(console.log).toBe(before);
});
