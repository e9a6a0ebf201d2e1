import { UsageError } from "../shared/errors.js";

/** Parses JSON given on the command line; `what` names the option or argument. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    throw new UsageError(`${what} is not JSON: ${shown} (${error instanceof Error ? error.message : String(error)})`);
  }
}
