/** The rounds of `npm run fuzz` with typed programs. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compare, type Finding } from "./compare.ts";
import { generate } from "./generate.ts";
import { describe } from "./report.ts";
import { shrink, signature } from "./shrink.ts";
import { print } from "./tree.ts";

export interface Tally {
  readonly equal: number;
  readonly different: number;
  /** Refused with a code, or not well-typed. */
  readonly refused: number;
}

const known = new Set<string>();

/** Compares the programs of some seeds and leaves what differs in `folder`. */
export function typedRound(seeds: readonly number[], folder: string, raw: boolean): Tally {
  const verdict = compare(seeds.map((each) => ({ name: `seed-${each}`, text: print(generate(each)) })));
  for (const finding of verdict.findings) record(finding, folder, raw);
  return { equal: verdict.equal, different: verdict.findings.length, refused: verdict.rejected.size };
}

/** One of each kind is shrunk; the others are named. */
function record(finding: Finding, folder: string, raw: boolean): void {
  const kind = signature(finding);
  const isNew = !known.has(kind);
  known.add(kind);
  console.log(`${finding.program.name}: ${kind}`);
  const number = Number(finding.program.name.slice("seed-".length));
  const shown = isNew && !raw ? shrink(generate(number), finding).finding : finding;
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${number}.ts`);
  writeFileSync(file, describe({ ...shown, program: { ...shown.program, name: finding.program.name } }));
  console.log(`  ${path.relative(process.cwd(), file)}`);
}
