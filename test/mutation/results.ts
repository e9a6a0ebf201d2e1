/** What earlier runs found out, so that a run of a few mutants can write the whole page. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Mutant } from "./mutant.ts";
import type { Result } from "./verdict.ts";

const file = path.resolve(import.meta.dirname, "../../.cache/mutation/results.json");

/** The results of all mutants: new ones, and for the others the last known. Throws when there is none for a mutant as it is now. */
export function withEarlier(mutants: readonly Mutant[], results: readonly Result[]): Result[] {
  const known = [...results, ...earlier()];
  const all = mutants.map((mutant) => {
    const found = known.find((result) => JSON.stringify(result.mutant) === JSON.stringify(mutant));
    if (!found) throw new Error(`mutant ${mutant.name} has not been run`);
    return found;
  });
  writeFileSync(file, JSON.stringify(all));
  return all;
}

function earlier(): Result[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Result[]) : [];
}
