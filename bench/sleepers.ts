/** A million runs that sleep: what a worker costs that has them in its store, how soon it is up, and how late it wakes those that are due. */
import path from "node:path";
import { open, sqlite } from "../dist/index.js";
import { heading, load, median, report, scratch } from "./lib.ts";

type Sleeper = (dueAt: number) => number;
const SLEEPERS = Number(process.env.SLEEPERS ?? 1_000_000);
const PER_SECOND = 1_000;
const SECONDS = 5;
const YEAR_MS = 365 * 86_400_000;

export async function benchSleepers(): Promise<void> {
  const { compiled } = (await load("sleepers")) as unknown as { compiled: { sleeper: Sleeper } };
  const file = path.join(scratch, "sleepers.db");
  heading(`${SLEEPERS.toLocaleString("en")} runs that sleep for years, SQLite`);
  await fill(file, compiled.sleeper);
  const store = sqlite(file);
  const flow = open({ store });
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const started = performance.now();
  const worker = await flow.worker();
  const first = await flow.start(compiled.sleeper, [0]);
  await first.result();
  report("from the start of the worker to the end of a new run", performance.now() - started, "ms", { bound: 2_000 });
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  report("memory the worker takes with them", (process.memoryUsage().rss - before) / 2 ** 20, "MiB");
  await punctual(flow, compiled.sleeper);
  await worker.stop();
  await flow.close();
}

/** Runs that come to sleep: begun by a worker, as any other. What is not measured need not survive a loss of power. */
async function fill(file: string, sleeper: Sleeper): Promise<void> {
  const flow = open({ store: sqlite(file, { synchronous: "OFF" }) });
  const worker = await flow.worker({ concurrency: 2_000 });
  const started = performance.now();
  for (let n = 0; n < SLEEPERS; n++) await flow.start(sleeper, [Date.now() + YEAR_MS + n], { id: `s${n}` });
  for (;;) {
    const [left] = await flow.runs({ status: ["ready", "running"], limit: 1 });
    if (left === undefined) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await worker.stop();
  await flow.close();
  report("(putting them there)", (performance.now() - started) / 1_000, "s");
}

/** So many a second become due, among all those that are not. */
async function punctual(flow: ReturnType<typeof open>, sleeper: Sleeper): Promise<void> {
  const begin = Date.now() + 15_000;
  const runs = [];
  for (let n = 0; n < PER_SECOND * SECONDS; n++) runs.push(await flow.start(sleeper, [begin + n * (1_000 / PER_SECOND)]));
  const late = (await Promise.all(runs.map((run) => run.result()))).sort((a, b) => a - b);
  const at = (part: number): number => late[Math.floor(late.length * part)]!;
  report(`woken late, of ${PER_SECOND} due a second: median`, median(late), "ms");
  report("the latest in a hundred", at(0.99), "ms", { bound: 100 });
  report("the latest of all", late.at(-1)!, "ms");
}
