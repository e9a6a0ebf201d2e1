/**
 * The fast suites, as they are run against a mutant: in order, up to the first failure. Prints where it is, and ends with what failed. Only what programs do
 * counts: the code in the goldens is no part of it, since any change of the compiler changes that.
 */
import { everywhere } from "./everywhere.ts";
import { fixtures } from "./fixtures.ts";
import { generatedEverywhere, generatedTyped } from "./generated.ts";
import { type Failure, FAILED, START } from "./report.ts";
import { snippets } from "./snippets.ts";

/** Yields the name of each test before it runs; returns the first failure. */
type Suite = () => AsyncGenerator<string, Failure | undefined>;

const SUITES: readonly (readonly [name: string, suite: Suite])[] = [
  ["fixtures", fixtures],
  ["everywhere", everywhere],
  ["fuzz everywhere", generatedEverywhere],
  ["fuzz typed", generatedTyped],
  ["conformance snippets", snippets],
];

for (const [name, suite] of SUITES) {
  const failure = await first(name, suite);
  if (!failure) continue;
  console.log(`${FAILED}${JSON.stringify(failure)}`);
  process.exit(1);
}

async function first(name: string, suite: Suite): Promise<Failure | undefined> {
  const tests = suite();
  for (;;) {
    const next = await tests.next();
    if (next.done) return next.value;
    console.log(`${START}${name}: ${next.value}`);
  }
}
