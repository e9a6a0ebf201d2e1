/** What requests say: bodies and queries, checked. Throws Problem. */
import type { Context } from "hono";
import { readNote } from "../runtime/note-text.js";
import { STATUSES, type Notes, type RunQuery, type RunStatus } from "../runtime/store/store.js";
import { badRequest, Problem } from "./problem.js";

/** The JSON of the body, `undefined` for none. */
export async function jsonBody(c: Context, maxBytes: number): Promise<unknown> {
  const text = await textOf(c.req.raw.body, maxBytes);
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Problem(400, "HTTP_BAD_JSON", `The body is not JSON: ${(error as Error).message}`);
  }
}

/** So much of a body that is too large is read on and thrown away: whoever is still sending does not hear an answer. */
const DRAINED_BYTES = 16 * 1_048_576;

async function textOf(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else if (size > maxBytes + DRAINED_BYTES) break;
  }
  if (size > maxBytes) throw new Problem(413, "HTTP_TOO_LARGE", `The body is larger than ${maxBytes} bytes.`);
  return Buffer.concat(chunks).toString();
}

/** A body has to say that it is JSON, so that a page of another site cannot have a browser send one without asking first. */
export function checkType(c: Context): void {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw new Problem(415, "HTTP_NOT_JSON", "Send JSON with the header Content-Type: application/json.");
}

export interface StartRequest {
  readonly workflow: string;
  readonly args: unknown[];
  readonly id?: string;
}

export function startRequest(body: unknown): StartRequest {
  const { workflow, args = [], id, ...others } = recordOf(body);
  const [other] = Object.keys(others);
  if (other !== undefined) throw badRequest(`A run is started with workflow, args and id; ${other} is none of them.`);
  if (typeof workflow !== "string")
    throw badRequest('workflow is the id of a workflow, "src/checkout.ts#checkout", or its name.');
  if (!Array.isArray(args)) throw badRequest("args is an array, one element an argument.");
  if (id === undefined) return { workflow, args };
  if (typeof id !== "string" || id === "") throw badRequest("id is a text of at least one character.");
  return { workflow, args, id };
}

/** The body of a request that may give a reason. */
export function reasonOf(body: unknown): string {
  const { reason = "" } = recordOf(body ?? {});
  if (typeof reason !== "string") throw badRequest("reason is a text.");
  return reason;
}

function recordOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw badRequest("The body is not a JSON object.");
  return body as Readonly<Record<string, unknown>>;
}

const DEFAULT_LIMIT = 100;
const LARGEST_LIMIT = 1_000;

/** The query of a list of runs; its `limit` is always there. */
export function runQuery(c: Context): RunQuery & { readonly limit: number } {
  const status = statuses(c.req.queries("status") ?? []);
  const note = notes(c.req.queries("note") ?? []);
  const [workflow, parent, after, since] = ["workflow", "parent", "after", "since"].map((name) => c.req.query(name));
  return {
    limit: limitOf(c.req.query("limit")),
    ...(status.length > 0 && { status }),
    ...(Object.keys(note).length > 0 && { note }),
    ...(workflow !== undefined && { workflow }),
    ...(parent !== undefined && { parent }),
    ...(after !== undefined && { after }),
    ...(since !== undefined && { since: timeOf(since) }),
  };
}

function statuses(texts: readonly string[]): RunStatus[] {
  const unknown = texts.find((each) => !(STATUSES as readonly string[]).includes(each));
  if (unknown !== undefined) throw badRequest(`${unknown} is no status. Statuses: ${STATUSES.join(", ")}.`);
  return texts as RunStatus[];
}

function notes(texts: readonly string[]): Notes {
  const read = texts.map((text) => {
    const note = readNote(text);
    if (note === undefined) throw badRequest(`note=${text} has not the form note=key=value.`);
    return note;
  });
  return Object.assign({}, ...read) as Notes;
}

function limitOf(text: string | undefined): number {
  const limit = text === undefined ? DEFAULT_LIMIT : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_LIMIT)
    throw badRequest(`limit is a whole number from 1 to ${LARGEST_LIMIT}.`);
  return limit;
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw badRequest("since is a date such as 2026-01-31 or 2026-01-31T12:00:00Z.");
  return time;
}
