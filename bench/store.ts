/** Steps per second on SQLite against what `node:sqlite` itself can commit, side by side on the same disk. */
import { DatabaseSync } from "node:sqlite";
import path from "node:path";
import { sqlite } from "../dist/index.js";
import { alternate, heading, load, median, report, scratch } from "./lib.ts";
import { stepsPerSecond, type StepsWorkflow } from "./steps-rate.ts";

let files = 0;
const file = (): string => path.join(scratch, `bench${files++}.db`);

export async function benchStore(): Promise<void> {
  const { compiled } = (await load("steps")) as unknown as { compiled: { steps: StepsWorkflow } };
  heading("SQLite, WAL, synchronous=FULL");
  // As many raw commits as steps, each in a fresh file: a write-ahead log that still grows syncs about twice as slowly as one that is reused.
  const single = await alternate(
    5,
    () => stepsPerSecond(sqlite(file()), compiled.steps, 1, 1000),
    () => Promise.resolve(rawRate(1000, 1)),
  );
  report("one run of 1,000 null steps", single.subject, "steps/s");
  report("raw single-row commits", single.baseline, "rows/s");
  report("one run of 1,000 null steps / raw", single.ratio, "×", { bound: 0.6, atLeast: true });
  const many = await alternate(
    5,
    () => stepsPerSecond(sqlite(file()), compiled.steps, 1000, 10),
    () => Promise.resolve(rawRate(100_000, 100)),
  );
  report("1,000 runs × 10 steps", many.subject, "steps/s");
  report("raw rows in batches of 100", many.baseline, "rows/s");
  report("1,000 runs × 10 steps / raw in batches of 100", many.ratio, "×", { bound: 0.07, atLeast: true });
  report("time per step at step 100,000 / at step 100", await lateOverEarly(compiled.steps), "×", { bound: 1.2 });
}

/** Rows per second of prepared inserts of 300 bytes, `batch` to a transaction. */
function rawRate(rows: number, batch: number): number {
  const db = new DatabaseSync(file());
  db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, data BLOB)");
  const insert = db.prepare("INSERT INTO t (data) VALUES (?)");
  const data = new Uint8Array(300);
  const started = performance.now();
  for (let done = 0; done < rows; done += batch) {
    if (batch > 1) db.exec("BEGIN");
    for (let i = 0; i < batch; i++) insert.run(data);
    if (batch > 1) db.exec("COMMIT");
  }
  const elapsed = performance.now() - started;
  db.close();
  return (rows * 1000) / elapsed;
}

/** Median time of a step around number 100,000, over that around number 100, in one run. */
async function lateOverEarly(steps: StepsWorkflow): Promise<number> {
  const at: number[] = [];
  globalThis.onStep = (index: number) => void (at[index] = performance.now());
  await stepsPerSecond(sqlite(file()), steps, 1, 100_200);
  globalThis.onStep = undefined;
  const window = (from: number, to: number): number =>
    median(Array.from({ length: to - from }, (_, i) => at[from + i + 1]! - at[from + i]!));
  return window(99_500, 100_100) / window(50, 650);
}
