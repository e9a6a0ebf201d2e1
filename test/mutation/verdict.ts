/** Whether a mutant is noticed, and by what. */
import type { Mutant } from "./mutant.ts";
import type { Scratch } from "./scratch.ts";
import { outcomeOf, short } from "./suites/report.ts";

export interface Result {
  readonly mutant: Mutant;
  readonly killed: boolean;
  /** The test that failed, or what the compiler said. */
  readonly by: string;
  /** How the test failed. */
  readonly how: string;
  readonly seconds: number;
}

/** The suites may stay silent for as long as it takes to compile all fixtures on a slow machine. */
const PATIENCE_MS = 90_000;

/** An assertion of the compiler names the invariant; any other crash is no answer. */
const INVARIANT = /internal error: ([^$`]*?)\. Please report it/;

/** Throws unless the project builds and, if asked for, passes without any mutant. */
export async function passes(scratch: Scratch, runs: boolean): Promise<void> {
  const built = await scratch.build();
  if (built.code !== 0) throw new Error(`the project does not build:\n${built.output}`);
  if (!runs) return;
  const { output, code, silent } = await scratch.suites(PATIENCE_MS);
  const outcome = outcomeOf(output, code, silent);
  if (outcome)
    throw new Error(`the suites fail without any mutant: ${outcome.test}: ${outcome.failure.how}\n${output.slice(-2_000)}`);
}

export async function judge(scratch: Scratch, mutant: Mutant): Promise<Result> {
  const started = Date.now();
  const verdict = await scratch.with(mutant, () => run(scratch));
  return { mutant, ...verdict, seconds: Math.round((Date.now() - started) / 1000) };
}

type Verdict = Omit<Result, "mutant" | "seconds">;

async function run(scratch: Scratch): Promise<Verdict> {
  const built = await scratch.build();
  if (built.code !== 0) return fromCompiler("the build", built.output);
  const { output, code, silent } = await scratch.suites(PATIENCE_MS);
  const outcome = outcomeOf(output, code, silent);
  if (!outcome) return { killed: false, by: "nothing", how: "all suites pass" };
  const { test, failure } = outcome;
  return failure.compiler === undefined ? { killed: true, by: test, how: failure.how } : fromCompiler(test, failure.compiler);
}

function fromCompiler(where: string, said: string): Verdict {
  const invariant = INVARIANT.exec(said)?.[1];
  if (invariant !== undefined) return { killed: true, by: `the compiler, at ${where}`, how: short(invariant) };
  return { killed: false, by: `${where} only breaks`, how: short(said.slice(0, 400)) };
}
