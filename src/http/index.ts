/** `flowc/http`: what the world outside may ask of a store by HTTP, as a handler for any server. */
import { UsageError } from "../shared/errors.js";
import type { Flow } from "../runtime/flow.js";
import { findWorkflow } from "../runtime/workflows.js";
import { createHandler } from "./handler.js";

export interface HttpOptions {
  /** What callers have to show as `Authorization: Bearer …`, except for callbacks and `/health`. Default: nothing; then somebody else has to keep strangers out. */
  readonly token?: string;
  /** Largest body, in bytes. Default: 1 MiB. */
  readonly maxBytes?: number;
  /** Hears of what was answered with status 500. Default: written to the console. */
  readonly onError?: (error: unknown) => void;
}

/** Largest body, in bytes, where nothing else was said. */
const MEBIBYTE = 1_048_576;

/**
 * Answers requests about the runs of a store: `serve({ fetch: httpHandler(flow) })` of `@hono/node-server`, or mounted below a path of any server that speaks `Request` and
 * `Response`. The paths are in docs/operations.md. Workflows are found among the modules that are loaded in this process; a worker in it is not needed. Throws UsageError
 * for an empty token.
 */
export function httpHandler(flow: Flow, options: HttpOptions = {}): (request: Request) => Promise<Response> {
  const { token, maxBytes = MEBIBYTE, onError = report } = options;
  if (token === "") throw new UsageError("httpHandler: the token is empty. Leave it out, or give one that nobody can guess.");
  return createHandler({ flow, findWorkflow, token, maxBytes, onError });
}

function report(error: unknown): void {
  console.error("flowc/http:", error);
}
