/**
 * Trace and root span of a run are made of its id, so that every worker that ever has a part in it, also one that makes a step of a queue and knows nothing else of the run,
 * finds the same trace, without a word being kept with the run or carried anywhere.
 */
import { createHash } from "node:crypto";
import { TraceFlags, type SpanContext } from "@opentelemetry/api";

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
const LARGEST_32 = 2 ** 32;

/** The context of the root span of a run. `sampleRatio`: the part of the runs whose trace is recorded. */
export function rootOf(run: string, sampleRatio: number): SpanContext {
  const hash = createHash("sha256").update(`flowc run ${run}`).digest();
  return {
    traceId: hash.subarray(0, TRACE_ID_BYTES).toString("hex"),
    spanId: hash.subarray(TRACE_ID_BYTES, TRACE_ID_BYTES + SPAN_ID_BYTES).toString("hex"),
    traceFlags:
      hash.readUInt32BE(TRACE_ID_BYTES + SPAN_ID_BYTES) / LARGEST_32 < sampleRatio ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  };
}
