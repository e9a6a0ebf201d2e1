import type { Attributes } from "@opentelemetry/api";
import type { AttemptFacts, RunFacts } from "../runtime/telemetry.js";

export function runAttributes({ run, workflow, parent }: RunFacts): Attributes {
  return { "flowc.run.id": run, "flowc.workflow": workflow, ...(parent !== undefined && { "flowc.run.parent": parent }) };
}

export function attemptAttributes({ run, workflow, step, attempt, queue, idempotencyKey, worker }: AttemptFacts): Attributes {
  return {
    "flowc.run.id": run,
    "flowc.step": step,
    "flowc.attempt": attempt,
    "flowc.idempotency_key": idempotencyKey,
    "flowc.worker.id": worker,
    ...(workflow !== undefined && { "flowc.workflow": workflow }),
    ...(queue !== undefined && { "flowc.queue": queue }),
  };
}

/** `checkout` of `src/checkout.ts#checkout`. */
export function shortName(workflow: string): string {
  return workflow.slice(workflow.lastIndexOf("#") + 1);
}
