/**
 * The trace of a run:
 *
 *     run checkout                       from its creation to its end, recorded when it ends, by the worker that ends it
 *     ├─ step charge                     an attempt, recorded by the worker that makes it; spans of its body are below it
 *     ├─ step charge                     the next one
 *     └─ start refund                    a child was created; linked to the child's own trace
 *
 * The root is not open while the run is under way: that may be for months, and on many machines.
 */
import {
  context,
  ROOT_CONTEXT,
  type Link,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from "@opentelemetry/api";
import type { SpanContext, SpanOptions } from "@opentelemetry/api";
import type { AttemptFacts, AttemptTelemetry, EndFacts, RunFacts } from "../runtime/telemetry.js";
import { attemptAttributes, runAttributes, shortName } from "./attributes.js";
import { rootOf } from "./ids.js";

export class Spans {
  readonly #tracer: Tracer;
  readonly #sampleRatio: number;

  constructor(tracer: Tracer, sampleRatio: number) {
    this.#tracer = tracer;
    this.#sampleRatio = sampleRatio;
  }

  /** A moment in the trace of whoever starts the run: the caller's, or that of the parent run. */
  created(run: RunFacts): void {
    const { parent } = run;
    const around = parent === undefined ? context.active() : trace.setSpanContext(ROOT_CONTEXT, this.#root(parent));
    const options = { kind: SpanKind.PRODUCER, attributes: runAttributes(run), links: [this.#linkTo(run.run)] };
    this.#tracer.startSpan(`start ${shortName(run.workflow)}`, options, around).end();
  }

  attempt(facts: AttemptFacts): AttemptTelemetry {
    const around = trace.setSpanContext(ROOT_CONTEXT, this.#root(facts.run));
    const span = this.#tracer.startSpan(`step ${facts.step}`, { attributes: attemptAttributes(facts) }, around);
    return {
      around: (body) => context.with(trace.setSpan(around, span), body),
      ended(outcome) {
        if (outcome.kind === "failed") fail(span, outcome.error);
        else if (outcome.kind === "aborted") span.setAttribute("flowc.aborted", outcome.reason);
        else if (outcome.isCached) span.setAttribute("flowc.cached", true);
        span.end();
      },
    };
  }

  ended(run: EndFacts): void {
    const root = this.#root(run.run);
    if (root.traceFlags === TraceFlags.NONE) return;
    const { status, error, parent, worker } = run;
    const span = this.#startRoot(`run ${shortName(run.workflow)}`, root, {
      startTime: run.createdAt,
      attributes: { ...runAttributes(run), "flowc.status": status, "flowc.worker.id": worker },
      links: parent === undefined ? [] : [this.#linkTo(parent)],
    });
    if (status !== "completed" && status !== "cancelled")
      span.setStatus({ code: SpanStatusCode.ERROR, ...(error !== undefined && { message: error }) });
    span.end(run.endedAt);
  }

  /**
   * A span that has the ids the steps know. The API has no way to ask for them, so they are put into the context of the span before anybody has read it. Where that is not
   * possible the span stands below the ids, beside the steps.
   */
  #startRoot(name: string, root: SpanContext, options: SpanOptions): Span {
    const span = this.#tracer.startSpan(name, { ...options, root: true }, ROOT_CONTEXT);
    // Of spans that are not recorded the contexts may be shared.
    if (!span.isRecording() || hasTaken(span, root)) return span;
    return this.#tracer.startSpan(name, options, trace.setSpanContext(ROOT_CONTEXT, root));
  }

  #root(run: string): SpanContext {
    return rootOf(run, this.#sampleRatio);
  }

  #linkTo(run: string): Link {
    return { context: this.#root(run), attributes: { "flowc.run.id": run } };
  }
}

function hasTaken(span: Span, { traceId, spanId }: SpanContext): boolean {
  try {
    Object.assign(span.spanContext(), { traceId, spanId });
  } catch (error) {
    // Its fields are read-only.
    if (!(error instanceof TypeError)) throw error;
  }
  const taken = span.spanContext();
  return taken.traceId === traceId && taken.spanId === spanId;
}

function fail(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.recordException(error instanceof Error ? error : message);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
