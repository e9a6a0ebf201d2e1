/**
 * Simulates the runtime, seed after seed, until one is done, all are done, or the time is up.
 *
 *     npm run sim -- --seeds 100000 --from 1
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
    /** Plants a bug first (`mutants.ts`): then a finding is what is wanted. */
    mutant: { type: "string" },
    /** Goes on after a finding. */
    all: { type: "boolean", default: false },
    /** Each seed twice: different traces are a finding. */
    twice: { type: "boolean", default: false },
  },
});
// Before anything of the runtime is loaded.
if (values.mutant !== undefined) plantByName(values.mutant);
const { loadPrograms } = await import("./programs.ts");
const { runSeeds } = await import("./run.ts");

const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
if (!Number.isInteger(first) || !(count >= 1)) throw new Error("--seed and --from are whole numbers, --seeds is at least 1");
const report = await runSeeds(await loadPrograms(), {
  first,
  count,
  minutes: Number(values.minutes),
  isTraced: values.trace,
  goesOn: values.all,
  isTwice: values.twice,
});
process.exitCode = report.findings === 0 ? 0 : 1;
