/** What the process that runs the suites tells the one that started it. */

export const START = "@test ";
export const FAILED = "@failed ";

export interface Failure {
  /** How it differed, in a line. */
  readonly how: string;
  /** The compiler refused to go on: this is what it said, in full. */
  readonly compiler?: string;
}

/** What a run of the suites came to; `undefined`: everything passed. */
export interface Outcome {
  /** `fixtures: loops/kinds.ts`. */
  readonly test: string;
  readonly failure: Failure;
}

export function outcomeOf(output: string, code: number | null, silent: boolean): Outcome | undefined {
  if (code === 0 && !silent) return undefined;
  const lines = output.split("\n");
  const test = lines.findLast((line) => line.startsWith(START))?.slice(START.length) ?? "start";
  const failed = lines.find((line) => line.startsWith(FAILED));
  if (failed) return { test, failure: JSON.parse(failed.slice(FAILED.length)) as Failure };
  if (silent) return { test, failure: { how: "did not end" } };
  const said = lines.find((line) => /Error|out of memory/.test(line)) ?? "nothing";
  return { test, failure: { how: `died: ${said.trim()}`, ...(said.includes("InvariantError") && { compiler: said }) } };
}

/** Text for a cell of a table, without the folder that the run was in. */
export function short(text: string): string {
  const here = text.replaceAll(/(?:file:\/\/)?\/[^\s()]*\/\.cache\/[^/\s()]*\//g, "");
  const line = here.replaceAll(/\s+/g, " ").trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
