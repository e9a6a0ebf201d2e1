import type { Run } from "../runtime/flow.js";
import { toJson } from "../runtime/to-json.js";

/** How a run stands, with its `result` or `error` when it has ended. JSON-safe. */
export async function runReport(run: Run): Promise<Record<string, unknown>> {
  const summary = await run.status();
  return { ...summary, ...(await ending(run)) };
}

async function ending(run: Run): Promise<Record<string, unknown>> {
  let outcome: Awaited<ReturnType<Run["outcome"]>>;
  try {
    outcome = await run.outcome();
  } catch (error) {
    // It may hold instances of classes that nobody has loaded here.
    const { code, message } = error as { readonly code?: unknown; readonly message: string };
    if (code === "FLOW_PROGRAM_CHANGED") return { unreadable: message };
    throw error;
  }
  if (outcome === undefined) return {};
  return outcome.kind === "completed" ? { result: toJson(outcome.value) } : { error: toJson(outcome.error) };
}
