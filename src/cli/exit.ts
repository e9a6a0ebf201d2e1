/** Exit codes; documented in docs/cli.md and in `flowc --help`. */
export const EXIT = {
  ok: 0,
  /** The run failed, crashed, timed out or was cancelled. */
  runEnded: 1,
  /** Wrong arguments, or the program does not compile. */
  usage: 2,
  /** The store is locked, read-only, damaged, newer, full, encrypted with another key, or another worker has it. */
  store: 3,
  unknownRun: 4,
  /** Program and checkpoint do not belong together: changed code, another ABI, bytes that are no checkpoint. */
  mismatch: 5,
  /** An error nobody caught: a bug in flowc, or in the program outside its steps. */
  internal: 70,
  interrupted: 130,
} as const;

export const EXIT_HELP = `Exit codes:
  0    done
  1    the run failed, crashed, timed out or was cancelled
  2    wrong arguments, or the program does not compile
  3    the store cannot be used
  4    there is no such run
  5    the program does not match the stored run (changed code, another ABI, a damaged checkpoint)
  70   an error nobody caught: a bug in flowc, or in the program outside its workflows and steps
  130  interrupted`;

const BY_CODE: Readonly<Record<string, number>> = {
  FLOW_COMPILE: EXIT.usage,
  FLOW_USAGE: EXIT.usage,
  FLOW_OUTSIDE_RUN: EXIT.usage,
  FLOW_STORE: EXIT.store,
  FLOW_CIPHER: EXIT.store,
  FLOW_UNKNOWN_RUN: EXIT.unknownRun,
  FLOW_ABI: EXIT.mismatch,
  FLOW_PROGRAM_CHANGED: EXIT.mismatch,
  FLOW_CORRUPT_CHECKPOINT: EXIT.mismatch,
  FLOW_RUN_FAILED: EXIT.runEnded,
  FLOW_CANCELLED: EXIT.runEnded,
  FLOW_TIMEOUT: EXIT.runEnded,
  FLOW_STEP: EXIT.runEnded,
  FLOW_NOT_SAVEABLE: EXIT.runEnded,
  FLOW_FOREIGN_FRAME: EXIT.runEnded,
};

/** The `code` of an error, `undefined` when it has none. By shape, since a bundle brings error classes of its own. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Errors without a code of ours are either the system's (a file that cannot be written) or a bug. */
export function exitCodeOf(error: unknown): number {
  const code = codeOf(error);
  if (code === undefined) return EXIT.internal;
  return BY_CODE[code] ?? EXIT.usage;
}
