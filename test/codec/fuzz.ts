/**
 * Attacks the decoder with hostile bytes, in a thread that is watched: a case that does not end is found, too.
 *
 *     npm run fuzz:codec -- --count 1000000 --from 0
 */
import { buildSync } from "esbuild";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

interface Task {
  readonly module: string;
  readonly from: number;
  readonly to: number;
  readonly current: Int32Array;
}

/** Cases between two lines of the report. */
const SLICE = 50_000;
const HANGS_AFTER_MS = 10_000;

if (isMainThread) await main();
else await attackSlices(workerData as Task);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { count: { type: "string", default: "100000" }, from: { type: "string", default: "0" } },
  });
  const module = path.resolve(import.meta.dirname, "../../.cache/fuzz-codec.mjs");
  const entryPoints = [path.join(import.meta.dirname, "hostile.ts")];
  buildSync({ entryPoints, outfile: module, bundle: true, platform: "node", format: "esm", target: "es2024" });
  const from = Number(values.from);
  const current = new Int32Array(new SharedArrayBuffer(4));
  const task: Task = { module: pathToFileURL(module).href, from, to: from + Number(values.count), current };
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  worker.on("message", (line: string) => console.log(line));
  let last = -1;
  const watch = setInterval(() => {
    if (current[0] === last) {
      console.log(`case ${last} hangs`);
      process.exit(1);
    }
    last = current[0]!;
  }, HANGS_AFTER_MS);
  worker.on("error", (error) => {
    console.error(error);
    process.exitCode = 1;
  });
  worker.on("exit", () => clearInterval(watch));
}

async function attackSlices({ module, from, to, current }: Task): Promise<void> {
  const { attackAll } = (await import(module)) as typeof import("./hostile.js");
  const total = { value: 0, error: 0, slowestMs: 0, slowest: from };
  for (let at = from; at < to; at += SLICE) {
    const tally = attackAll(at, Math.min(at + SLICE, to), (id) => (current[0] = id));
    total.value += tally.value;
    total.error += tally.error;
    if (tally.slowestMs > total.slowestMs) Object.assign(total, { slowestMs: tally.slowestMs, slowest: tally.slowest });
    const done = total.value + total.error;
    parentPort!.postMessage(
      `${done} cases: ${total.value} values, ${total.error} errors, slowest ${total.slowestMs.toFixed(0)} ms (case ${total.slowest})`,
    );
  }
}
