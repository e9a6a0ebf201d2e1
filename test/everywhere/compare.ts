/** Runs a program native and compiled and says where they first differ. */
import { compiled, type Observed, runCompiled, runNative, type Variant } from "./run.ts";

export interface Difference {
  readonly variant: Variant | "compiler";
  /** The first line of the trace, or the outcome, that differs. */
  readonly expected: string;
  readonly actual: string;
}

export interface Comparison {
  readonly native: Observed;
  /** How often the compiled program suspended and was restored. */
  readonly suspensions: number;
  readonly difference: Difference | undefined;
}

/** Suspending and restoring everywhere takes its time. */
const SLOWER = 40;

/** Throws SyntaxError for what is no program, and an Error for one that does not end or recurses without end. */
export async function compare(text: string, variants: readonly Variant[], patience = 10_000): Promise<Comparison> {
  const native = runNative(text, patience);
  if (native.outcome.startsWith("stopped")) throw new Error(native.outcome);
  // How deep the stack may become is not the language's to say.
  if ([...native.trace, native.outcome].some((line) => line.includes("RangeError"))) throw new Error("too deep");
  let suspensions = 0;
  let code: string;
  try {
    code = compiled(text);
  } catch (error) {
    return { native, suspensions, difference: { variant: "compiler", expected: "compiles", actual: placeOf(error as Error) } };
  }
  for (const variant of variants) {
    const observed = await runCompiled(code, variant, SLOWER * patience);
    suspensions += observed.suspensions;
    const difference = firstDifference(native, observed, variant);
    if (difference) return { native, suspensions, difference };
  }
  return { native, suspensions, difference: undefined };
}

/** The message and where it comes from, without places in the program. */
function placeOf(error: Error): string {
  const at = /^ *at .*$/m.exec(error.stack ?? "")?.[0].trim() ?? "";
  return `${error.message.replace(/\(program.js:\d+\)/, "")} ${error instanceof SyntaxError ? "" : at}`.trim();
}

function firstDifference(native: Observed, observed: Observed, variant: Variant): Difference | undefined {
  const wanted = [...native.trace, native.outcome];
  const got = [...observed.trace, observed.outcome];
  const at = wanted.findIndex((line, index) => line !== got[index]);
  if (at < 0) return undefined;
  return { variant, expected: wanted[at]!, actual: got[at] ?? "nothing" };
}
