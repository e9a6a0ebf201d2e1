/** Seeds on several processors: each job is a process of its own with every so-manieth seed. */
import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";

export interface Jobs {
  readonly jobs: number;
  readonly first: number;
  readonly count: number;
  /** Do not stop at the first finding. */
  readonly goesOn: boolean;
  /** What all jobs are told besides. */
  readonly rest: readonly string[];
}

/** What a job says last. */
const LAST = /^(\d+) seeds .*?, (\d+) virtual hours .*, (\d+) runs, (\d+) commits, .* (\d+) findings/;

/** Answers the number of findings. Jobs that fail otherwise throw an Error. */
export async function runJobs({ jobs, first, count, goesOn, rest }: Jobs): Promise<number> {
  const started = performance.now();
  const total = [0, 0, 0, 0, 0];
  const children: ChildProcess[] = [];
  let isOver = false;
  const ends = Array.from({ length: jobs }, (_, job) => {
    const seeds = Math.ceil((count - job) / jobs);
    const args = ["--from", String(first + job), "--step", String(jobs), "--seeds", String(seeds), ...rest];
    const child = spawn(process.execPath, [path.join(import.meta.dirname, "main.ts"), ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    createInterface({ input: child.stdout }).on("line", (line) => {
      console.log(`job ${job + 1}: ${line}`);
      const last = LAST.exec(line);
      last?.slice(1).forEach((text, index) => (total[index]! += Number(text)));
    });
    return new Promise<void>((resolve, reject) => {
      child.on("close", (code) => {
        if (code === 1 && !goesOn && !isOver) {
          isOver = true;
          for (const other of children) other.kill();
        }
        if (code === 0 || code === 1 || isOver) resolve();
        else reject(new Error(`job ${job + 1} ended with ${code}`));
      });
    });
  });
  await Promise.all(ends);
  const [seeds, hours, runs, commits, findings] = total as [number, number, number, number, number];
  const minutes = (performance.now() - started) / 60_000;
  console.log(
    `${jobs} jobs: ${seeds} seeds (${Math.round(seeds / minutes)} a minute), ${hours} virtual hours (${Math.round(hours / minutes)} a minute), ` +
      `${runs} runs, ${commits} commits, ${findings} findings`,
  );
  return findings;
}
