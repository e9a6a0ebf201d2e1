/**
 * Compares generated programs with their compiled forms until the time is up. What differs is shrunk and left in `.cache/fuzz`.
 *
 *     npm run fuzz -- --minutes 10 --seed 1 --family everywhere
 *
 * There are two families: `typed` programs as a workflow is written, and programs of the whole language, compiled to suspend `everywhere`.
 */
import path from "node:path";
import { parseArgs } from "node:util";
import { everywhereRound } from "./everywhere/run.ts";
import { typedRound } from "./typed.ts";

/** Programs of a round. */
const TYPED = 100;
const EVERYWHERE = 25;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    family: { type: "string", default: "both" },
    /** Report what is found as it is. */
    raw: { type: "boolean", default: false },
  },
});
if (!["typed", "everywhere", "both"].includes(values.family)) throw new Error(`no family ${values.family}`);
const folder = path.resolve(import.meta.dirname, "../../.cache/fuzz");
const end = Date.now() + Number(values.minutes) * 60_000;
const next = { typed: Number(values.seed), everywhere: Number(values.seed) };
let different = 0;

console.log(`seed ${values.seed}, ${values.minutes} minutes, ${values.family}`);
const totals = new Map<string, number>();
while (Date.now() < end) {
  if (values.family !== "everywhere") add("typed", typedRound(take("typed", TYPED), folder, values.raw));
  if (values.family !== "typed") add("everywhere", await everywhereRound(take("everywhere", EVERYWHERE), folder, values.raw));
  console.log([...totals].map(([name, count]) => `${count} ${name}`).join(", "));
}
process.exitCode = different === 0 ? 0 : 1;

function take(family: keyof typeof next, count: number): number[] {
  return Array.from({ length: count }, () => next[family]++);
}

function add(family: string, tally: { readonly different: number }): void {
  different += tally.different;
  for (const [name, count] of Object.entries(tally))
    totals.set(`${family} ${name}`, (totals.get(`${family} ${name}`) ?? 0) + count);
}
