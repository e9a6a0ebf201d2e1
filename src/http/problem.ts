/** What is answered when a request is not carried out: a status, and JSON `{ "error": { "code", "message" } }`. */

export type ProblemStatus = 400 | 401 | 404 | 409 | 410 | 413 | 415 | 421 | 500 | 503;

/** A request that is refused because of what it says. */
export class Problem extends Error {
  constructor(
    readonly status: ProblemStatus,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export function badRequest(message: string): Problem {
  return new Problem(400, "HTTP_BAD_REQUEST", message);
}

/** Errors of ours by their code: a bundle brings classes of its own. What went wrong inside is not for whoever asks. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, reason, message } = error as { readonly code?: unknown; readonly reason?: unknown; readonly message: string };
  switch (code) {
    case "FLOW_UNKNOWN_RUN":
      return new Problem(404, code, message);
    case "FLOW_USAGE":
      // What can be wrong about the request itself was looked at before: the run is in no state for it.
      return new Problem(409, code, message);
    case "FLOW_NOT_SAVEABLE":
      return new Problem(400, code, message);
    default:
  }
  const isAway = code === "FLOW_STORE" && reason === "unavailable";
  if (isAway) return new Problem(503, code, "The store cannot be reached; try again.");
  const known = typeof code === "string" && code.startsWith("FLOW_") ? code : "HTTP_INTERNAL";
  return new Problem(500, known, "Something went wrong; the server's log says more.");
}

export function problemResponse({ status, code, message }: Problem): Response {
  return Response.json({ error: { code, message } }, { status });
}
