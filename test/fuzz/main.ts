/**
 * Compares generated programs with their compiled forms until the time is up. What differs is shrunk and left in `.cache/fuzz/<seed>.ts`.
 *
 *     npm run fuzz -- --minutes 10 --seed 1
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { compare, type Finding } from "./compare.ts";
import { generate } from "./generate.ts";
import { describe } from "./report.ts";
import { shrink, signature } from "./shrink.ts";
import { print } from "./tree.ts";

/** Programs compiled at once. */
const BATCH = 100;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    /** Report what is found as it is. */
    raw: { type: "boolean", default: false },
  },
});
const folder = path.resolve(import.meta.dirname, "../../.cache/fuzz");
const end = Date.now() + Number(values.minutes) * 60_000;
const known = new Set<string>();
let seed = Number(values.seed);
let equal = 0;
let refused = 0;
let different = 0;

console.log(`seed ${seed}, ${values.minutes} minutes`);
while (Date.now() < end) {
  const seeds = Array.from({ length: BATCH }, () => seed++);
  const verdict = compare(seeds.map((each) => ({ name: `seed-${each}`, text: print(generate(each)) })));
  equal += verdict.equal;
  refused += verdict.rejected.size;
  different += verdict.findings.length;
  for (const finding of verdict.findings) record(finding);
  console.log(`${equal} equal, ${different} different, ${refused} refused or not well-typed`);
}
process.exitCode = different === 0 ? 0 : 1;

/** One of each kind is shrunk; the others are named. */
function record(finding: Finding): void {
  const kind = signature(finding);
  const isNew = !known.has(kind);
  known.add(kind);
  console.log(`${finding.program.name}: ${kind}`);
  const number = Number(finding.program.name.slice("seed-".length));
  const shown = isNew && !values.raw ? shrink(generate(number), finding).finding : finding;
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${number}.ts`);
  writeFileSync(file, describe({ ...shown, program: { ...shown.program, name: finding.program.name } }));
  console.log(`  ${path.relative(process.cwd(), file)}`);
}
