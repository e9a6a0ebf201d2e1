/**
 * What the runtime tells whoever traces and counts: a port, so that the runtime depends on no such library. Without it nothing is measured and nothing is made. All of it
 * is told after the fact it is about is durable, but for attempts, which are told of when they begin; what is lost in a crash is not told again.
 */
import type { Logger } from "./ports.js";
import { oneLine } from "./saved.js";
import { LIVE_STATUSES, type Commit, type RunStatus } from "./store/store.js";

/** A run, as it is told of. */
export interface RunFacts {
  readonly run: string;
  /** Code id of the workflow: `src/checkout.ts#checkout`. */
  readonly workflow: string;
  /** The run that started it. */
  readonly parent?: string | undefined;
}

export interface EndFacts extends RunFacts {
  readonly status: Extract<RunStatus, "completed" | "failed" | "cancelled" | "timed-out" | "crashed">;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly endedAt: number;
  /** Why it did not complete, in one line. */
  readonly error?: string | undefined;
  readonly worker: string;
}

export interface AttemptFacts {
  readonly run: string;
  /** `undefined` for attempts in queues, whose workers do not know it. */
  readonly workflow: string | undefined;
  /** Name of the step. */
  readonly step: string;
  /** From 1. */
  readonly attempt: number;
  readonly queue: string | undefined;
  readonly idempotencyKey: string;
  readonly worker: string;
}

export type AttemptOutcome =
  | { readonly kind: "succeeded"; readonly isCached: boolean }
  | { readonly kind: "failed"; readonly error: unknown }
  /** Nobody waits for it any more, or the worker has lost its run. */
  | { readonly kind: "aborted"; readonly reason: string };

/** An attempt under way. */
export interface AttemptTelemetry {
  /** Calls the body, with whatever it is to see around it, and answers what it answers. */
  around<T>(body: () => T): T;
  /** Called once. */
  ended(outcome: AttemptOutcome): void;
}

/** Transitions written together. */
export interface CommitFacts {
  readonly commits: number;
  /** Of their images, parts, blobs and outcomes. */
  readonly bytes: number;
}

export interface Telemetry {
  /** A run was created: by the program that calls, or in a commit of its parent. */
  created(run: RunFacts): void;
  /** A run has made its first commit. */
  started(run: RunFacts): void;
  /** A run has ended. One that failed or crashed ends again after a retry. */
  ended(run: EndFacts): void;
  /** An attempt begins. */
  attempt(facts: AttemptFacts): AttemptTelemetry;
  /** A group of transitions goes to the store. The answer is called when it is durable. */
  commit(facts: CommitFacts): () => void;
  /** A worker begins; `runs` answers how many runs it has in memory. The answer is called when it has stopped. */
  worker(id: string, runs: () => number): () => void;
}

/** `telemetry`, whose own failures are told to the logger and to nobody else: no run fails because of what watches it. */
export function harmless(telemetry: Telemetry, logger: Logger): Telemetry {
  const attempt = <T>(what: () => T, instead: T): T => {
    try {
      return what();
    } catch (error) {
      logger.warn("telemetry failed", { error: oneLine(error) });
      return instead;
    }
  };
  const quietly = (what: () => void): void => attempt(what, undefined);
  return {
    created: (run) => quietly(() => telemetry.created(run)),
    started: (run) => quietly(() => telemetry.started(run)),
    ended: (run) => quietly(() => telemetry.ended(run)),
    attempt: (facts) => {
      const begun = attempt<AttemptTelemetry | undefined>(() => telemetry.attempt(facts), undefined);
      return begun === undefined
        ? { around: (body) => body(), ended: () => undefined }
        : { around: (body) => begun.around(body), ended: (outcome) => quietly(() => begun.ended(outcome)) };
    },
    commit: (facts) => {
      const done = attempt<(() => void) | undefined>(() => telemetry.commit(facts), undefined);
      return () => quietly(() => done?.());
    },
    worker: (id, runs) => {
      const stop = attempt<(() => void) | undefined>(() => telemetry.worker(id, runs), undefined);
      return () => quietly(() => stop?.());
    },
  };
}

export function commitFacts(commits: readonly Commit[]): CommitFacts {
  let bytes = 0;
  for (const { image, part, outcome, blobs } of commits) {
    bytes += (image?.length ?? 0) + (part?.length ?? 0) + (outcome?.length ?? 0);
    for (const blob of blobs ?? []) bytes += blob.bytes.length;
  }
  return { commits: commits.length, bytes };
}

/** Tells what a commit means for its run, and for those that it has started. */
export function tellRun(
  telemetry: Telemetry,
  origin: RunFacts & { readonly createdAt: number },
  commit: Commit,
  worker: string,
): void {
  const { run, workflow, parent, createdAt } = origin;
  const { version, status, starts = [], journal, at } = commit;
  if (version === 1) telemetry.started({ run, workflow, parent });
  for (const child of starts) telemetry.created({ run: child.id, workflow: child.workflow, parent: run });
  if (!isEnd(status)) return;
  const error = journal.findLast(({ kind }) => kind === `run.${status}`)?.data["error"];
  telemetry.ended({
    run,
    workflow,
    parent,
    status,
    createdAt,
    endedAt: at,
    worker,
    ...(typeof error === "string" && { error }),
  });
}

function isEnd(status: RunStatus): status is EndFacts["status"] {
  return !LIVE_STATUSES.has(status);
}
