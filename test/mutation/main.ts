/**
 * Plants each mutant in a copy of the project, builds it, and runs the fast suites up to the first failure. Ends with 1 when a mutant survives, or when it only
 * breaks the build, which says nothing about the suites.
 *
 *     npm run mutation                          all mutants
 *     npm run mutation -- --only spill-dropped,point-used-twice
 *     npm run mutation -- --write               writes docs/mutation.md as well; with --only, the other rows are those of the run before
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Mutant, plant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { withEarlier } from "./results.ts";
import { Scratch } from "./scratch.ts";
import { writePage } from "./page.ts";
import { judge, passes, type Result } from "./verdict.ts";

const root = path.resolve(import.meta.dirname, "../..");
const { values } = parseArgs({
  options: { only: { type: "string" }, write: { type: "boolean", default: false }, jobs: { type: "string", default: "2" } },
});
const wanted = values.only?.split(",");
const mutants = MUTANTS.filter((mutant) => wanted?.includes(mutant.name) ?? true);
if (mutants.length === 0) throw new Error(`no mutant is called ${values.only}`);
for (const mutant of mutants) plant(mutant, readFileSync(path.join(root, mutant.file), "utf8"));

// What is killed by a signal runs no exit handlers, and so would leave its children behind.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const started = Date.now();
const pending = [...mutants];
const results: Result[] = [];
await Promise.all(Array.from({ length: Math.min(Number(values.jobs), mutants.length) }, (_, index) => work(index)));
results.sort((a, b) => mutants.indexOf(a.mutant) - mutants.indexOf(b.mutant));
const alive = results.filter((result) => !result.killed);
console.log(
  `${results.length - alive.length} of ${results.length} mutants were noticed, ${Math.round((Date.now() - started) / 1000)} s`,
);
for (const { mutant, by } of alive) console.log(`not noticed: ${mutant.name} (${mutant.file}): ${by}`);
if (values.write) await writePage(path.join(root, "docs/mutation.md"), withEarlier(MUTANTS, results));
process.exitCode = alive.length === 0 ? 0 : 1;

/** Takes mutants until none is left. Before the first, the suites have to pass without any. */
async function work(index: number): Promise<void> {
  const scratch = new Scratch(`scratch-${index}`);
  await passes(scratch, index === 0);
  for (let mutant = pending.shift(); mutant; mutant = pending.shift()) results.push(await tell(scratch, mutant));
}

async function tell(scratch: Scratch, mutant: Mutant): Promise<Result> {
  const result = await judge(scratch, mutant);
  console.log(`${result.killed ? "killed  " : "SURVIVED"} ${mutant.name} (${result.seconds} s): ${result.by}. ${result.how}`);
  return result;
}
