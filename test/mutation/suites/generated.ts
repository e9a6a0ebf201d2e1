/** A bounded slice of what `npm run fuzz` does, of both families. */
import { compare } from "../../fuzz/compare.ts";
import { withHelpers } from "../../fuzz/everywhere/helpers.ts";
import { generate as generateEverywhere } from "../../fuzz/everywhere/program.ts";
import { generate } from "../../fuzz/generate.ts";
import { print } from "../../fuzz/tree.ts";
import { failureOf } from "./everywhere.ts";
import { type Failure, short } from "./report.ts";

const EVERYWHERE = 25;
const TYPED = 12;

export async function* generatedEverywhere(): AsyncGenerator<string, Failure | undefined> {
  for (let seed = 1; seed <= EVERYWHERE; seed++) {
    yield `seed ${seed}`;
    // Some generated programs are none, or do not end.
    const failure = await failureOf(withHelpers(print(generateEverywhere(seed)))).catch(() => undefined);
    if (failure) return failure;
  }
  return undefined;
}

export async function* generatedTyped(): AsyncGenerator<string, Failure | undefined> {
  yield `seeds 1 to ${TYPED}`;
  const programs = Array.from({ length: TYPED }, (_, index) => ({ name: `seed-${index + 1}`, text: print(generate(index + 1)) }));
  const finding = compare(programs).findings[0];
  if (!finding) return undefined;
  const { program, variant, expected, actual } = finding;
  if (variant === "compiler") return { how: short(actual.outcome), compiler: actual.outcome };
  return { how: short(`${program.name}, ${variant}: ${actual.outcome} instead of ${expected.outcome}`) };
}
