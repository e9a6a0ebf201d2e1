/**
 * What the world outside may ask of a store by HTTP: JSON in, JSON out. A function from Request to Response, so that it fits into any server. docs/operations.md has the
 * table of requests and answers.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { Hono, type Context, type MiddlewareHandler } from "hono";
import type { Flow, Run } from "../runtime/flow.js";
import { FINAL_STATUSES } from "../runtime/store/store.js";
import { checkType, jsonBody, reasonOf, runQuery, startRequest } from "./input.js";
import { Problem, problemOf, problemResponse } from "./problem.js";
import { runReport } from "./report.js";

export interface HandlerParts {
  readonly flow: Flow;
  /** The loaded workflow of that id, or of that name when there is only one; `undefined`: none. */
  readonly findWorkflow: (name: string) => ((...args: unknown[]) => unknown) | undefined;
  /** What callers have to show as `Authorization: Bearer …`; `undefined`: nothing. */
  readonly token: string | undefined;
  /** Largest body, in bytes. */
  readonly maxBytes: number;
  /** Hears of what was answered with 500. */
  readonly onError: (error: unknown) => void;
}

export function createHandler(parts: HandlerParts): (request: Request) => Promise<Response> {
  const app = new Hono();
  app.onError((error) => {
    const problem = problemOf(error);
    if (problem.status === 500) parts.onError(error);
    return problemResponse(problem);
  });
  app.notFound((c) =>
    problemResponse(new Problem(404, "HTTP_NO_ROUTE", `There is no ${c.req.method} ${c.req.path}; see docs/operations.md.`)),
  );
  app.get("/health", (c) => health(c, parts.flow));
  app.post("/callbacks/:token", (c) => answerCallback(c, parts));
  if (parts.token !== undefined) app.use("/runs/*", bearer(parts.token));
  addRuns(app, parts);
  return async (request) => app.fetch(request);
}

function addRuns(app: Hono, { flow, findWorkflow, maxBytes }: HandlerParts): void {
  app.get("/runs", (c) => listRuns(c, flow));
  app.post("/runs", async (c) => {
    checkType(c);
    const { workflow, args, id } = startRequest(await jsonBody(c, maxBytes));
    const fn = findWorkflow(workflow);
    if (fn === undefined)
      throw new Problem(
        404,
        "HTTP_NO_WORKFLOW",
        `No workflow ${workflow} is loaded here, or several modules have one of that name.`,
      );
    const run = await flow.start(fn, args, id === undefined ? {} : { id });
    return c.json({ id: run.id }, 201);
  });
  app.get("/runs/:id", async (c) => c.json(await runReport(flow.run(c.req.param("id")))));
  app.post("/runs/:id/messages/:channel", async (c) => {
    checkType(c);
    await flow.run(c.req.param("id")).send(c.req.param("channel"), await jsonBody(c, maxBytes));
    return c.json({ sent: true }, 202);
  });
  for (const [action, act] of Object.entries(ACTIONS))
    app.post(`/runs/:id/${action}`, async (c) => {
      const body = await jsonBody(c, maxBytes);
      if (body !== undefined) checkType(c);
      await act(flow.run(c.req.param("id")), reasonOf(body));
      return c.json({ asked: action }, 202);
    });
}

const ACTIONS: Readonly<Record<string, (run: Run, reason: string) => Promise<void>>> = {
  cancel: (run, reason) => run.cancel(reason),
  pause: (run, reason) => run.pause(reason),
  resume: (run) => run.resume(),
  retry: (run) => run.retry(),
};

/** Asks the store, too: a worker that cannot reach it does nothing. */
async function health(c: Context, flow: Flow): Promise<Response> {
  await flow.runs({ limit: 1 });
  return c.json({ ok: true });
}

/** Whatever its content type: services that call back are told an address, and seldom more. */
async function answerCallback(c: Context, { flow, maxBytes }: HandlerParts): Promise<Response> {
  const token = c.req.param("token")!;
  const answer = await jsonBody(c, maxBytes);
  if (!/^[\w-]+\.[\w-]+$/.test(token)) throw new Problem(404, "HTTP_NO_TOKEN", "This is not a token that callback() gave out.");
  if ((await flow.awaitsAnswer(token)) === false) throw await notAwaited(flow, token);
  if (!(await flow.answer(token, answer))) throw answeredBefore();
  return c.json({ answered: true });
}

async function notAwaited(flow: Flow, token: string): Promise<Problem> {
  const { status } = await flow.run(Buffer.from(token.split(".")[0]!, "base64url").toString()).status();
  if (FINAL_STATUSES.has(status)) return new Problem(410, "HTTP_RUN_ENDED", `The run is ${status}; nobody waits for an answer.`);
  if (status === "failed" || status === "crashed")
    return new Problem(409, "HTTP_NOT_AWAITED", `The run is ${status}; it takes answers again when it has been retried.`);
  return answeredBefore();
}

function answeredBefore(): Problem {
  return new Problem(409, "HTTP_NOT_AWAITED", "Nobody waits for this answer: it was given before, or the call was given up.");
}

async function listRuns(c: Context, flow: Flow): Promise<Response> {
  const query = runQuery(c);
  const runs = await flow.runs(query);
  const last = runs.length === query.limit ? runs.at(-1) : undefined;
  return c.json({ runs, ...(last !== undefined && { next: last.id }) });
}

/** Both sides hashed, so that the comparison takes as long for every guess. */
function bearer(token: string): MiddlewareHandler {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  const expected = hash(`Bearer ${token}`);
  return async (c, next) => {
    if (!timingSafeEqual(hash(c.req.header("authorization") ?? ""), expected))
      throw new Problem(401, "HTTP_UNAUTHORIZED", "This needs the header Authorization: Bearer <token>.");
    await next();
  };
}
