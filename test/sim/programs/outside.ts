/** What the programs can reach: the simulated outside world (through steps), and marks, by which the simulation sees which plain code ran. */
import { queue, step, stepContext, type StepContext } from "flowc";
import type { Queued } from "./ops.ts";

declare global {
  /** Plain code number `n` of a lane of a run is running. */
  function simMark(run: string, lane: string, n: number, what: string): void;
  /** An effect in the outside world. `shared` may be changed by others while it happens, in the workflow. */
  function simAct(context: StepContext, label: string, payload: string, shared: readonly string[]): Promise<string>;
  /** An effect that needs no time. */
  function simActNow(context: StepContext, label: string, payload: string, shared: readonly string[]): string;
  /** An effect that takes long and says how far it has got. */
  function simBeat(context: StepContext, label: string, payload: string): Promise<string>;
  /** Something to be kept by others: `key=…`, each time something else. */
  function simFetch(context: StepContext, key: string, label: string): Promise<string>;
  /** True the first so many times. */
  function simIsBroken(label: string, times: number): boolean;
  /** How many milliseconds the program has computed for in one go. A call would do, but for the compiler: a loop without calls is one that gives way. */
  var simBusy: { ms: number };
  /** A promise that the program itself can check. */
  function simExpect(isKept: boolean, otherwise: string): void;
  /** Id of the run that is running. */
  function simSelf(): string;
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

const patient = { ...policy, timeout: "30 minutes", heartbeatTimeout: "4 minutes" } as const;
/** Says how far it has got. */
export const beat = step((label: string, payload: string) => simBeat(stepContext(), label, payload), patient);

export const QUEUES = {
  narrow: { concurrency: 2 },
  keyed: { concurrency: 4, perKey: 1 },
  rated: { rate: { limit: 3, per: "10 minutes" } },
} as const;
const narrow = queue("narrow", QUEUES.narrow);
const byKey = queue("keyed", QUEUES.keyed);
const rated = queue("rated", QUEUES.rated);

const actNarrow = step((label: string, key: string) => simAct(stepContext(), label, key, []), { ...policy, queue: narrow });
const actUrgent = step((label: string, key: string) => simAct(stepContext(), label, key, []), {
  ...policy,
  queue: narrow,
  priority: 5,
});
const actKeyed = step((label: string, key: string) => simAct(stepContext(), label, key, []), {
  ...policy,
  queue: byKey,
  key: (_: string, key: string) => key,
});
const actRated = step((label: string, key: string) => simAct(stepContext(), label, key, []), { ...policy, queue: rated });
const beatNarrow = step((label: string, key: string) => simBeat(stepContext(), label, key), { ...patient, queue: narrow });

/** Steps that whatever worker may make that serves their queue. */
export const queued: Readonly<Record<Queued, (label: string, key: string) => string>> = {
  narrow: actNarrow,
  urgent: actUrgent,
  keyed: actKeyed,
  rated: actRated,
  beating: beatNarrow,
};

const cache = { key: (key: string) => key, ttl: "3 hours" } as const;
export const fetch = step((key: string, label: string) => simFetch(stepContext(), key, label), { ...policy, cache });
export const fetchQueued = step((key: string, label: string) => simFetch(stepContext(), key, label), {
  ...policy,
  cache,
  queue: narrow,
});

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
