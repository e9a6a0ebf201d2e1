import { inspect } from "node:util";
import type { Run } from "../plugin/host.js";
import { EXIT, exitCodeOf } from "./exit.js";
import type { Output } from "./output.js";
import { placeOf } from "./place.js";
import { toJson } from "../runtime/to-json.js";
import { oneLine } from "./text.js";

export type Outcome =
  { readonly status: "completed"; readonly value: unknown } | { readonly status: Failed; readonly error: unknown };

type Failed = "failed" | "cancelled" | "timed-out" | "crashed";

/** Waits for the end of a run. Throws what has nothing to do with the run itself: an unknown run, a store that fails. */
export async function outcomeOf(run: Run): Promise<Outcome> {
  try {
    return { status: "completed", value: await run.result() };
  } catch (error) {
    const { status } = await run.status();
    if (status === "failed" || status === "crashed")
      return { status, error: error instanceof Error ? (error.cause ?? error) : error };
    if (status === "cancelled" || status === "timed-out") return { status, error };
    throw error;
  }
}

/** Prints how a run ended and answers the exit code. */
export function printOutcome(out: Output, run: string, outcome: Outcome): number {
  if (outcome.status === "completed") {
    out.line(`completed  ${outcome.value === undefined ? "" : oneLine(outcome.value, 2000)}`.trimEnd());
    out.data({ run, kind: "end", status: outcome.status, result: toJson(outcome.value) });
    return EXIT.ok;
  }
  const error = errorLine(outcome.error);
  out.data({ run, kind: "end", status: outcome.status, error });
  if (!out.json) out.aside(`${out.color.red("error:")} run ${run} ${ending(outcome.status, error)}`);
  if (outcome.status === "failed" || outcome.status === "crashed")
    out.aside(`It keeps its place: flowc inspect ${run}, then flowc retry ${run}.`);
  if (process.env.FLOWC_DEBUG && outcome.error instanceof Error) out.aside(inspect(outcome.error));
  // The program did not fail: it is not the one the run was suspended in.
  return exitCodeOf(outcome.error) === EXIT.mismatch ? EXIT.mismatch : EXIT.runEnded;
}

function ending(status: Failed, error: string): string {
  if (status !== "cancelled") return `${status === "timed-out" ? "timed out" : status}: ${error}`;
  const reason = error.replace(/^CancelledError: the run was cancelled(?:: )?/, "");
  return reason === "" ? "was cancelled" : `was cancelled: ${reason}`;
}

/** One line: the error, the cause it does not mention itself, and where the program threw it. */
function errorLine(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(error);
  const cause = error.cause instanceof Error && !error.message.includes(error.cause.message) ? ` (${error.cause.message})` : "";
  const place = placeOf(error.cause) ?? placeOf(error);
  const text = `${error.name}: ${error.message}${cause}`.replaceAll("\n", " ");
  return place === undefined ? text : `${text.replace(/\.$/, "")}, at ${place}`;
}
