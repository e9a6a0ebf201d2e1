/** The metrics. Nothing among their attributes grows with the number of runs. */
import type { Counter, Histogram, Meter } from "@opentelemetry/api";
import type { AttemptFacts, AttemptOutcome, CommitFacts, EndFacts, RunFacts } from "../runtime/telemetry.js";

const MS_PER_SECOND = 1_000;

export class Instruments {
  readonly #runsStarted: Counter;
  readonly #runsEnded: Counter;
  readonly #attempts: Counter;
  readonly #attemptSeconds: Histogram;
  readonly #commits: Counter;
  readonly #commitSeconds: Histogram;
  readonly #commitBytes: Counter;
  /** Of each worker of this process, how many runs it has in memory. */
  readonly #workers = new Set<() => number>();

  constructor(meter: Meter) {
    this.#runsStarted = meter.createCounter("flowc.runs.started", { description: "Runs that made their first commit" });
    this.#runsEnded = meter.createCounter("flowc.runs.ended", { description: "Runs that ended, by flowc.status" });
    this.#attempts = meter.createCounter("flowc.step.attempts", {
      description: "Attempts of steps that ended, by flowc.outcome",
    });
    this.#attemptSeconds = meter.createHistogram("flowc.step.duration", { unit: "s", description: "How long attempts took" });
    this.#commits = meter.createCounter("flowc.commits", { description: "Transitions of runs that were written" });
    this.#commitSeconds = meter.createHistogram("flowc.commit.duration", {
      unit: "s",
      description: "How long the store took for a group of transitions",
    });
    this.#commitBytes = meter.createCounter("flowc.commit.bytes", {
      unit: "By",
      description: "What was written of continuations",
    });
    meter
      .createObservableUpDownCounter("flowc.runs.in_memory", { description: "Runs in the memory of the workers" })
      .addCallback((result) => result.observe([...this.#workers].reduce((sum, runs) => sum + runs(), 0)));
  }

  started({ workflow }: RunFacts): void {
    this.#runsStarted.add(1, { "flowc.workflow": workflow });
  }

  ended({ workflow, status }: EndFacts): void {
    this.#runsEnded.add(1, { "flowc.workflow": workflow, "flowc.status": status });
  }

  attempt({ step, queue }: AttemptFacts): (outcome: AttemptOutcome) => void {
    const begun = performance.now();
    return ({ kind }) => {
      const attributes = { "flowc.step": step, "flowc.outcome": kind, ...(queue !== undefined && { "flowc.queue": queue }) };
      this.#attempts.add(1, attributes);
      this.#attemptSeconds.record(secondsSince(begun), attributes);
    };
  }

  commit({ commits, bytes }: CommitFacts): () => void {
    const begun = performance.now();
    return () => {
      this.#commits.add(commits);
      this.#commitBytes.add(bytes);
      this.#commitSeconds.record(secondsSince(begun));
    };
  }

  worker(runs: () => number): () => void {
    this.#workers.add(runs);
    return () => this.#workers.delete(runs);
  }
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / MS_PER_SECOND;
}
