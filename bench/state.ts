/** What a step costs a run that holds much: it should be what changes, not what is held (I7). */
import { DatabaseSync } from "node:sqlite";
import path from "node:path";
import { open, sqlite } from "../dist/index.js";
import { decode, encode } from "../dist/runtime/codec/index.js";
import { $module } from "../dist/runtime/registry.js";
import type { Commit, Store } from "../dist/runtime/store/store.js";
import { ABI_VERSION, Surgery } from "../dist/shared/abi.js";
import { orders } from "./graphs.ts";
import { heading, load, median, report, scratch, time } from "./lib.ts";

type Workflow = (size: number, count: number) => number;
let files = 0;
const file = (): string => path.join(scratch, `state${files++}.db`);

/** One run, measured from its third step on: the first ones write everything. */
interface Measured {
  /** Milliseconds a step, median. */
  readonly ms: number;
  /** Bytes of continuation written a step, mean. */
  readonly bytes: number;
  /** Bytes written before that. */
  readonly first: number;
  /** The whole continuation. */
  readonly image: Uint8Array;
}

const SKIPPED = 5;

export async function benchState(): Promise<void> {
  const { compiled } = (await load("state")) as unknown as {
    compiled: Record<"holding" | "ordering" | "deep" | "buffering", Workflow>;
  };
  globalThis.makeOrders = orders;
  heading("State that stays: SQLite, WAL, synchronous=FULL");
  const holding = await measure(compiled.holding, 20_000, 300);
  report("20,000 objects, one changed a step: the whole", holding.image.length / 1024, "KiB");
  report("20,000 objects, one changed a step: written", holding.bytes, "B/step", { bound: 2048 });
  report("20,000 objects, one changed a step: time", holding.ms, "ms/step", { bound: 3 });
  report("writing all of it instead", fullWrite(holding.image), "ms/step");
  const ordering = await measure(compiled.ordering, 5_000, 100);
  report("5,000 orders (34,000 objects, with Maps and Dates): time", ordering.ms, "ms/step");
  const buffering = await measure(compiled.buffering, 50_000_000, 60);
  report("a buffer of 50 MB: written once, blobs included", buffering.first / 1e6, "MB");
  report("a buffer of 50 MB: written", buffering.bytes, "B/step", { bound: 2048 });
  report("a buffer of 50 MB: time", buffering.ms, "ms/step");
  const rounds = [];
  for (let i = 0; i < 5; i++) {
    const shallow = await measure(compiled.deep, 5, 400);
    const deep = await measure(compiled.deep, 1000, 400);
    rounds.push({ ms: deep.ms, ratio: deep.ms / shallow.ms, bytes: deep.bytes });
  }
  report("a step 1,000 frames deep", median(rounds.map((round) => round.ms)), "ms/step");
  report("a step 1,000 frames deep / 5 frames deep", median(rounds.map((round) => round.ratio)), "×", { bound: 1.2 });
  report("a step 1,000 frames deep: written", median(rounds.map((round) => round.bytes)), "B/step");
  // Says of itself what the compiler says of a module that imports a package.
  $module(ABI_VERSION, "bench/foreign.ts", Surgery.REDEFINE | Surgery.RESHAPE);
  heading("The same in a program with foreign code, which could do anything to an object");
  report("20,000 objects, one changed a step: time", (await measure(compiled.holding, 20_000, 300)).ms, "ms/step", { bound: 3 });
  report("5,000 orders, one changed a step: time", (await measure(compiled.ordering, 5_000, 100)).ms, "ms/step");
}

async function measure(workflow: Workflow, size: number, count: number): Promise<Measured> {
  const store = sqlite(file());
  const counted = counting(store);
  const flow = open({ store });
  const at: number[] = [];
  let before = 0;
  globalThis.onStep = (index: number) => {
    at[index] = performance.now();
    if (index === SKIPPED) before = counted.written;
  };
  const run = await flow.start(workflow, [size, count]);
  const worker = await flow.worker();
  await run.result();
  globalThis.onStep = undefined;
  await worker.stop();
  await flow.close();
  const steps = at.slice(SKIPPED + 1).map((moment, index) => moment - at[SKIPPED + index]!);
  return { ms: median(steps), bytes: (counted.written - before) / steps.length, first: before, image: counted.image! };
}

/** Counts what is committed: the bytes of continuations, and the last whole one. */
function counting(store: Store): { written: number; image: Uint8Array | undefined } {
  const counted = { written: 0, image: undefined as Uint8Array | undefined };
  const commit = store.commit.bind(store);
  store.commit = (commits: readonly Commit[]) => {
    for (const { image, part, blobs = [] } of commits) {
      counted.written += [image, part, ...blobs.map((blob) => blob.bytes)].reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0);
      if (image !== undefined) counted.image = image;
    }
    return commit(commits);
  };
  return counted;
}

/** Milliseconds to encode everything and to commit it as one row. */
function fullWrite(image: Uint8Array): number {
  const root = decode(image);
  const db = new DatabaseSync(file());
  db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, data BLOB)");
  const write = db.prepare("INSERT OR REPLACE INTO t (id, data) VALUES (1, ?)");
  const rounds = Array.from({ length: 9 }, () => time(() => write.run(encode(root))));
  db.close();
  return median(rounds);
}
