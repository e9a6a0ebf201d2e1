/** The rounds of `npm run fuzz` with whole-language programs. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { check, fixtureOf, type Found, kindOf } from "./check.ts";

export interface Tally {
  equal: number;
  different: number;
  invalid: number;
  suspensions: number;
}

const known = new Set<string>();

/** Checks the programs of some seeds and leaves what differs in `folder`; one of each kind is shrunk. */
export async function everywhereRound(seeds: readonly number[], folder: string, raw: boolean): Promise<Tally> {
  const tally: Tally = { equal: 0, different: 0, invalid: 0, suspensions: 0 };
  for (const seed of seeds) {
    const { found, ran, suspensions } = await check(seed, raw ? 0 : undefined, (kind) => !known.has(kind));
    tally.suspensions += suspensions;
    if (!ran) tally.invalid++;
    else if (found) record(found, folder, tally);
    else tally.equal++;
  }
  return tally;
}

function record(found: Found, folder: string, tally: Tally): void {
  tally.different++;
  const kind = kindOf(found.difference);
  known.add(kind);
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `everywhere-${found.seed}.js`);
  writeFileSync(file, fixtureOf(found));
  console.log(`seed ${found.seed}: ${kind}\n  ${path.relative(process.cwd(), file)}`);
}
