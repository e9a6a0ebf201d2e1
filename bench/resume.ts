/** A run goes on in a new worker: the time until its next step begins must not depend on how many are behind it. */
import { type ChildProcess, fork } from "node:child_process";
import { closeSync, copyFileSync, existsSync, fsyncSync, openSync } from "node:fs";
import path from "node:path";
import { open, sqlite } from "../dist/index.js";
import { heading, load, median, report, scratch } from "./lib.ts";

type Long = (count: number) => number;
const BEHIND = [100, 10_000, 1_000_000];
const ROUNDS = 9;

export async function benchResume(): Promise<void> {
  const { compiled } = (await load("sleepers")) as unknown as { compiled: { long: Long } };
  heading("a run whose process was killed goes on in a new worker, SQLite");
  const files: string[] = [];
  for (const behind of BEHIND) files.push(await walk(compiled.long, behind));
  // Alternately, so that what else the machine does concerns all of them.
  const times = files.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [index, file] of files.entries()) times[index]!.push(await resume(file, round));
  for (const [index, behind] of BEHIND.entries())
    report(
      `${behind.toLocaleString("en")} steps behind it: from the worker's start to the next step`,
      median(times[index]!),
      "ms",
    );
  report("1,000,000 / 100", median(times.at(-1)!) / median(times[0]!), "×", { bound: 1.2 });
}

/** A store with a run that was killed in the step after so many others. */
async function walk(long: Long, behind: number): Promise<string> {
  const file = path.join(scratch, `resume${behind}.db`);
  const flow = open({ store: sqlite(file) });
  await flow.start(long, [behind], { id: "long" });
  await flow.close();
  const child = fork(path.join(import.meta.dirname, "programs/walker.mjs"), [path.join(scratch, "sleepers.compiled.js"), file]);
  await new Promise<void>((resolve) => child.once("message", () => resolve()));
  await kill(child);
  return file;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

/** What is copied has to be on the disk: the worker would wait for that with its first commit. */
function copyToDisk(from: string, to: string): void {
  copyFileSync(from, to);
  const file = openSync(to, "r+");
  fsyncSync(file);
  closeSync(file);
}

/** Milliseconds until the step begins. */
async function resume(file: string, round: number): Promise<number> {
  const copy = `${file}.${round}.db`;
  for (const part of ["", "-wal"]) if (existsSync(file + part)) copyToDisk(file + part, copy + part);
  const flow = open({ store: sqlite(copy) });
  const started = performance.now();
  const begun = new Promise<number>((resolve) => {
    const onLast = (): number => {
      resolve(performance.now() - started);
      return 0;
    };
    Object.assign(globalThis, { onLast });
  });
  const worker = await flow.worker();
  const ms = await begun;
  await worker.stop();
  await flow.close();
  return ms;
}
