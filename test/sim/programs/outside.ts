/** What the programs can reach: the simulated outside world (through steps), and marks, by which the simulation sees which plain code ran. */
import { step, stepContext, type StepContext } from "flowc";

declare global {
  /** Plain code number `n` of a lane of a run is running. */
  function simMark(run: string, lane: string, n: number, what: string): void;
  /** An effect in the outside world. `shared` may be changed by others while it happens, in the workflow. */
  function simAct(context: StepContext, label: string, payload: string, shared: readonly string[]): Promise<string>;
  /** An effect that needs no time. */
  function simActNow(context: StepContext, label: string, payload: string, shared: readonly string[]): string;
  /** True the first so many times. */
  function simIsBroken(label: string, times: number): boolean;
}

/** Only a retry of the run helps. */
const isFatal = (error: unknown): boolean => error instanceof Error && error.message.startsWith("fatal");

const policy = {
  retry: { attempts: 1_000, backoff: "5 seconds", maxDelay: "10 minutes", retryIf: (error: unknown) => !isFatal(error) },
  timeout: "2 minutes",
} as const;

/** Attempts may fail, hang, or be slow, as the outside world decides. */
export const act = step(
  (label: string, payload: string, shared: readonly string[] = []) => simAct(stepContext(), label, payload, shared),
  policy,
);
/** Over in the tick it is started in. */
export const actNow = step(
  (label: string, payload: string, shared: readonly string[] = []) => simActNow(stepContext(), label, payload, shared),
  policy,
);

/**
 * The plain code of one strand, counted. The count is in the continuation, so code that runs again after it was committed counts the same number twice,
 * and so does code that runs on a continuation that was not the last one.
 */
export class Lane {
  n = 0;
  constructor(
    readonly run: string,
    readonly name: string,
  ) {}

  mark(what: string): void {
    simMark(this.run, this.name, ++this.n, what);
  }

  /** A name that no other effect of any run has. */
  label(): string {
    return `${this.run}/${this.name}/${this.n}`;
  }
}
