/**
 * `flowc/opentelemetry`: traces and metrics of runs through `@opentelemetry/api`, whatever SDK is behind it.
 *
 *     const flow = open({ store, telemetry: opentelemetry() });
 *
 * The program registers its SDK before this is called.
 */
import { metrics, trace, type Meter, type Tracer } from "@opentelemetry/api";
import { UsageError } from "../shared/errors.js";
import type { Telemetry } from "../runtime/telemetry.js";
import { Instruments } from "./instruments.js";
import { Spans } from "./spans.js";

export interface OpenTelemetryOptions {
  /** Default: the one that the registered SDK has for `flowc`. */
  readonly tracer?: Tracer;
  /** Default: the one that the registered SDK has for `flowc`. */
  readonly meter?: Meter;
  /**
   * The part of the runs that is traced, from 0 to 1, by their ids: all workers decide the same about a run. Default: 1. The sampler of the SDK has to follow parents, as it does by default.
   */
  readonly sampleRatio?: number;
}

/** For `open({ telemetry })`. Spans and metrics are listed in docs/operations.md. Throws UsageError. */
export function opentelemetry(options: OpenTelemetryOptions = {}): Telemetry {
  const { tracer = trace.getTracer("flowc"), meter = metrics.getMeter("flowc"), sampleRatio = 1 } = options;
  if (!(sampleRatio >= 0 && sampleRatio <= 1))
    throw new UsageError(`opentelemetry: sampleRatio is ${String(sampleRatio)}; it has to be a number from 0 to 1.`);
  const spans = new Spans(tracer, sampleRatio);
  const instruments = new Instruments(meter);
  return {
    created: (run) => spans.created(run),
    started: (run) => instruments.started(run),
    ended(run) {
      instruments.ended(run);
      spans.ended(run);
    },
    attempt(facts) {
      const span = spans.attempt(facts);
      const count = instruments.attempt(facts);
      return {
        around: (body) => span.around(body),
        ended(outcome) {
          count(outcome);
          span.ended(outcome);
        },
      };
    },
    commit: (facts) => instruments.commit(facts),
    worker: (_, runs) => instruments.worker(runs),
  };
}
