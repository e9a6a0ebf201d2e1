/**
 * Simulates the runtime, seed after seed, until one is done, all are done, or the time is up.
 *
 *     npm run sim -- --seeds 100000 --from 1
 *     npm run sim -- --seeds 100000 --jobs 8
 *     npm run sim -- --minutes 10
 *     npm run sim -- --seed 4711 --trace
 *
 * Ends with 1 when a seed has a finding; the seed, what is broken and the end of the trace are printed.
 */
import { parseArgs } from "node:util";
import { plantByName } from "./plant.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    minutes: { type: "string", default: "Infinity" },
    seed: { type: "string" },
    trace: { type: "boolean", default: false },
    /** Processes to share the seeds. */
    jobs: { type: "string", default: "1" },
    /** The next seed is so many further. */
    step: { type: "string", default: "1" },
    /** Plants a bug first (`mutants.ts`): then a finding is what is wanted. */
    mutant: { type: "string" },
    /** Goes on after a finding. */
    all: { type: "boolean", default: false },
    /** Each seed twice: different traces are a finding. */
    twice: { type: "boolean", default: false },
  },
});
const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const jobs = Math.min(Number(values.jobs), count);
if (!Number.isInteger(first) || !(count >= 1)) throw new Error("--seed and --from are whole numbers, --seeds is at least 1");
process.exitCode = (await (jobs > 1 ? runJobs(jobs) : run())) === 0 ? 0 : 1;

async function run(): Promise<number> {
  // Before anything of the runtime is loaded.
  if (values.mutant !== undefined) plantByName(values.mutant);
  const { loadPrograms } = await import("./programs.ts");
  const { runSeeds } = await import("./run.ts");
  const { findings } = await runSeeds(await loadPrograms(), {
    first,
    count,
    step: Number(values.step),
    minutes: Number(values.minutes),
    isTraced: values.trace,
    goesOn: values.all,
    isTwice: values.twice,
  });
  return findings;
}

async function runJobs(number: number): Promise<number> {
  // Once, and not by all of them.
  const { loadPrograms } = await import("./programs.ts");
  await loadPrograms();
  const { runJobs: share } = await import("./jobs.ts");
  const { minutes, mutant, all, twice } = values;
  const rest = ["--minutes", minutes, ...(mutant === undefined ? [] : ["--mutant", mutant])];
  return share({
    jobs: number,
    first,
    count,
    goesOn: all,
    rest: [...rest, ...(all ? ["--all"] : []), ...(twice ? ["--twice"] : [])],
  });
}
