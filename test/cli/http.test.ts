/** `flowc worker --http` and `flowc/http`: real processes, asked through sockets. */
import { symlinkSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";
import { expect, test } from "vitest";
import { bundled, jsonLines, Project } from "./project.js";

const PROGRAM = `
import { callback, channel, start, step } from "flowc";
const Approval = channel<{ ok: boolean }>("approval");
const announce = step((token: string) => { console.log("token " + token); });
export function approve(name: string): string {
  const { ok } = Approval.receive()!;
  return name + (ok ? " is fine" : " is not");
}
export function ask(): unknown {
  return callback<{ answer: number }>((token) => announce(token));
}
export function askTwice(): unknown[] {
  const first = callback<string>((token) => announce(token), { timeout: "1 ms" });
  return [first, Approval.receive()];
}
export function fail(): void {
  announce("none");
  throw new RangeError("out of stock");
}
export function parent(): string {
  return start(approve, ["child"]).result();
}`;

async function project(): Promise<Project> {
  return new Project({
    "app.mjs": await bundled(PROGRAM),
    "app.ts": PROGRAM,
    "tsconfig.json": `{ "compilerOptions": { "strict": true, "module": "nodenext", "target": "es2024", "noEmit": true, "allowImportingTsExtensions": true, "types": ["node"] } }`,
  });
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Somebody who asks a server, with the right token unless other headers are given. */
class Client {
  constructor(readonly url: string) {}

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const sent = method === "GET" || body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const all = { "content-type": "application/json", authorization: "Bearer sesame", ...headers };
    const response = await fetch(this.url + path, { method, headers: all, ...sent });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  async start(body: { readonly workflow: string; readonly args?: unknown[]; readonly id: string }): Promise<void> {
    expect(await this.call("POST", "/runs", body)).toEqual({ status: 201, body: { id: body.id } });
  }

  /** Status and code of what is refused. */
  async refused(...args: Parameters<Client["call"]>): Promise<[number, unknown]> {
    const { status, body } = await this.call(...args);
    const { code, message } = body["error"] as { code: string; message: string };
    expect(message.length).toBeGreaterThan(10);
    return [status, code];
  }

  async until(id: string, status: string): Promise<Record<string, unknown>> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const { body } = await this.call("GET", `/runs/${encodeURIComponent(id)}`);
      if (body["status"] === status) return body;
      if (Date.now() > end) throw new Error(`run ${id} is not ${status}: ${JSON.stringify(body)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Longer than any run here takes on a busy machine. */
const PATIENCE_MS = 30_000;

type Process = ReturnType<Project["start"]>;

async function serving(worker: Process): Promise<Client> {
  await worker.says(/http\.ready.*\n/);
  return new Client(String(jsonLines(worker.said.stdout).find(({ kind }) => kind === "http.ready")!["url"]));
}

/** The tokens that steps have announced so far. */
function tokens({ said }: Process): string[] {
  return Array.from(said.stdout.matchAll(/token ([\w-]+\.[\w-]+)/g), ([, token]) => token!);
}

async function tokenOf(worker: Process, run: string): Promise<string> {
  for (;;) {
    const token = tokens(worker).find((each) => each.startsWith(`${Buffer.from(run).toString("base64url")}.`));
    if (token !== undefined) return token;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("runs are started, seen, told, asked, and listed, and everything else is refused with a code", async () => {
  const made = await project();
  made.env["FLOWC_HTTP_TOKEN"] = "sesame";
  const worker = made.start("worker", "app.mjs", "--http", "0", "--json");
  const client = await serving(worker);
  expect(client.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);

  // Started, by name and by id, and started again.
  const begin = { workflow: "approve", args: ["ada"], id: "r1" };
  expect(await client.call("POST", "/runs", begin)).toEqual({ status: 201, body: { id: "r1" } });
  expect((await client.call("POST", "/runs", { ...begin, workflow: "app.ts#approve" })).status).toBe(201);
  expect(await client.refused("POST", "/runs", { workflow: "ask", id: "r1" })).toEqual([409, "FLOW_USAGE"]);
  expect(await client.refused("POST", "/runs", { workflow: "nothing" })).toEqual([404, "HTTP_NO_WORKFLOW"]);
  for (const bad of [
    { workflow: "ask", args: "x" },
    { workflow: "ask", id: "" },
    { workflow: 1 },
    { workflow: "ask", when: 1 },
    [],
    7,
  ])
    expect(await client.refused("POST", "/runs", bad)).toEqual([400, "HTTP_BAD_REQUEST"]);

  // Told.
  expect((await client.call("POST", "/runs/r1/messages/approval", { ok: true })).status).toBe(202);
  expect(await client.until("r1", "completed")).toMatchObject({ id: "r1", result: "ada is fine" });
  expect(await client.refused("POST", "/runs/r1/messages/approval", { ok: true })).toEqual([409, "FLOW_USAGE"]);
  expect(await client.refused("POST", "/runs/nobody/messages/approval", {})).toEqual([404, "FLOW_UNKNOWN_RUN"]);

  // A child, whose id has a slash in it.
  await client.start({ workflow: "parent", id: "p" });
  expect(await client.until("p/1", "waiting")).toMatchObject({ parent: "p" });
  await client.call("POST", `/runs/${encodeURIComponent("p/1")}/messages/approval`, { ok: false });
  expect(await client.until("p", "completed")).toMatchObject({ result: "child is not" });

  // Asked.
  await client.start({ workflow: "approve", args: ["bob"], id: "r3" });
  await client.until("r3", "waiting");
  expect(await client.call("POST", "/runs/r3/pause", { reason: "a look" })).toEqual({ status: 202, body: { asked: "pause" } });
  expect(await client.until("r3", "paused")).toMatchObject({ waitingFor: "to be resumed: a look" });
  await client.call("POST", "/runs/r3/resume", undefined, { "content-type": "" });
  await client.until("r3", "waiting");
  expect(await client.refused("POST", "/runs/r3/cancel", { reason: 7 })).toEqual([400, "HTTP_BAD_REQUEST"]);
  await client.call("POST", "/runs/r3/cancel", { reason: "no need" });
  expect((await client.until("r3", "cancelled"))["error"]).toMatchObject({ name: "CancelledError" });
  expect(await client.refused("POST", "/runs/r3/retry")).toEqual([409, "FLOW_USAGE"]);
  await client.start({ workflow: "fail", id: "r4" });
  expect((await client.until("r4", "failed"))["error"]).toEqual({ name: "RangeError", message: "out of stock" });
  expect((await client.call("POST", "/runs/r4/retry")).status).toBe(202);
  await client.until("r4", "failed");

  // Listed, page by page.
  const ids = async (query: string): Promise<unknown> => {
    const { runs, next } = (await client.call("GET", `/runs?${query}`)).body as { runs: { id: string }[]; next?: string };
    return [runs.map(({ id }) => id), next];
  };
  expect(await ids("status=completed&status=cancelled&limit=2")).toEqual([["r3", "p/1"], "p/1"]);
  expect(await ids("status=completed&status=cancelled&limit=2&after=p%2F1")).toEqual([["p", "r1"], "r1"]);
  expect(await ids("status=completed&after=r1")).toEqual([[], undefined]);
  expect(await ids("parent=p")).toEqual([["p/1"], undefined]);
  expect(await ids("workflow=app.ts%23fail&since=2020-01-01")).toEqual([["r4"], undefined]);
  expect(await ids("note=customer=c-7")).toEqual([[], undefined]);
  for (const query of ["status=tired", "limit=0", "limit=many", "limit=1001", "since=soon", "note=x"])
    expect(await client.refused("GET", `/runs?${query}`)).toEqual([400, "HTTP_BAD_REQUEST"]);
  expect(await client.refused("GET", "/runs/nobody")).toEqual([404, "FLOW_UNKNOWN_RUN"]);

  // Refused.
  for (const authorization of ["", "Bearer guess", "sesame", "Bearer sesame2"]) {
    expect(await client.refused("GET", "/runs", undefined, { authorization })).toEqual([401, "HTTP_UNAUTHORIZED"]);
    expect(await client.refused("GET", "/runs/r1", undefined, { authorization })).toEqual([401, "HTTP_UNAUTHORIZED"]);
    expect(await client.refused("POST", "/runs", begin, { authorization })).toEqual([401, "HTTP_UNAUTHORIZED"]);
    expect(await client.refused("POST", "/runs/r1/retry", {}, { authorization })).toEqual([401, "HTTP_UNAUTHORIZED"]);
  }
  expect(await client.refused("POST", "/runs", "{ oops")).toEqual([400, "HTTP_BAD_JSON"]);
  expect(await client.refused("POST", "/runs", {}, { "content-type": "text/plain" })).toEqual([415, "HTTP_NOT_JSON"]);
  expect(await client.refused("POST", "/runs", { workflow: "ask", args: ["x".repeat(1_100_000)] })).toEqual([
    413,
    "HTTP_TOO_LARGE",
  ]);
  expect(await client.refused("GET", "/elsewhere")).toEqual([404, "HTTP_NO_ROUTE"]);
  expect(await client.refused("DELETE", "/runs/r1")).toEqual([404, "HTTP_NO_ROUTE"]);
  expect(await client.call("GET", "/health", undefined, { authorization: "" })).toEqual({ status: 200, body: { ok: true } });

  const other = await made.flowc("worker", "app.mjs", "--http", new URL(client.url).port, "--store", "memory:");
  expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/Cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/)]);
  worker.child.kill("SIGTERM");
  expect((await worker.ended).code).toBe(0);
}, 240_000);

test("callbacks need their token and no other, and every state a token can be in has an answer", async () => {
  const made = await project();
  made.env["FLOWC_HTTP_TOKEN"] = "sesame";
  const worker = made.start("worker", "app.mjs", "--http", "0", "--json");
  const client = await serving(worker);
  const stranger = { authorization: "", "content-type": "" };
  const answer = (token: string, body: unknown): [string, string, unknown, Record<string, string>] => [
    "POST",
    `/callbacks/${token}`,
    body,
    stranger,
  ];

  await client.start({ workflow: "ask", id: "a" });
  const token = await tokenOf(worker, "a");
  expect(await client.refused(...answer(token, "{ oops"))).toEqual([400, "HTTP_BAD_JSON"]);
  expect(await client.call(...answer(token, { answer: 42 }))).toEqual({ status: 200, body: { answered: true } });
  expect(await client.until("a", "completed")).toMatchObject({ result: { answer: 42 } });
  // Its run is over.
  expect(await client.refused(...answer(token, { answer: 43 }))).toEqual([410, "HTTP_RUN_ENDED"]);
  expect((await client.call("GET", "/runs/a")).body).toMatchObject({ result: { answer: 42 } });

  // Given up, while the run lives; and a token that the run has never given out.
  await client.start({ workflow: "askTwice", id: "b" });
  const late = await tokenOf(worker, "b");
  for (;;) {
    const { body } = await client.call("GET", "/runs/b");
    if (String(body["waitingFor"]).includes("approval")) break;
  }
  expect(await client.refused(...answer(late, 1))).toEqual([409, "HTTP_NOT_AWAITED"]);
  expect(await client.refused(...answer(late.replace(/\.\w/, ".0"), 1))).toEqual([409, "HTTP_NOT_AWAITED"]);

  // Paused: the answer waits, and a second one comes too late.
  await client.start({ workflow: "ask", id: "c" });
  const paused = await tokenOf(worker, "c");
  await client.call("POST", "/runs/c/pause");
  await client.until("c", "paused");
  expect((await client.call(...answer(paused, 1))).status).toBe(200);
  expect(await client.refused(...answer(paused, 2))).toEqual([409, "HTTP_NOT_AWAITED"]);
  await client.call("POST", "/runs/c/resume");
  expect(await client.until("c", "completed")).toMatchObject({ result: 1 });

  // Of no run, and no token at all.
  expect(await client.refused(...answer(`${Buffer.from("nobody").toString("base64url")}.x`, 1))).toEqual([
    404,
    "FLOW_UNKNOWN_RUN",
  ]);
  for (const none of ["guess", "a.b.c", ".x", "x.", "%20.%20"])
    expect(await client.refused(...answer(none, 1))).toEqual([404, "HTTP_NO_TOKEN"]);
  await worker.kill();
}, 240_000);

/** The status of a request that names another host than it goes to. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const sent = request(`${url}/runs`, { headers: { host } }, (response) => resolve(response.resume().statusCode));
  sent.on("error", reject).end();
  return promise;
}

test("strangers are kept out: other machines need a token, and pages of other sites a name of this machine", async () => {
  const made = await project();
  const refused = await made.flowc("worker", "app.mjs", "--http", "0", "--host", "0.0.0.0");
  expect([refused.code, refused.stdout]).toEqual([2, ""]);
  expect(refused.stderr).toContain("Set FLOWC_HTTP_TOKEN");

  const local = made.start("worker", "app.mjs", "--http", "0", "--json");
  const { url } = await serving(local);
  const { port } = new URL(url);
  expect(await statusFor(url, `localhost:${port}`)).toBe(200);
  expect(await statusFor(url, `127.0.0.1:${port}`)).toBe(200);
  expect(await statusFor(url, `evil.example:${port}`)).toBe(421);
  await local.kill();

  const open = made.start("worker", "app.mjs", "--http", "0", "--host", "0.0.0.0", "--http-open", "--json");
  const all = await serving(open);
  expect(await statusFor(all.url, "shop.example")).toBe(200);
  await open.kill();
}, 120_000);

const SERVER = `
import { serve } from "@hono/node-server";
import { open, sqlite } from "flowc";
import { httpHandler } from "flowc/http";
import { ask } from "./app.ts";
const flow = open({ store: sqlite(process.argv[2]!) });
await flow.start(ask, [], { id: "mine" });
const server = serve({ fetch: httpHandler(flow, { token: "sesame", maxBytes: 100 }), port: 0 }, ({ port }) => {
  console.log("http://127.0.0.1:" + port);
});
process.once("SIGTERM", () => { server.close(); void flow.close(); });`;

test("a handler in a server of one's own: a callback resumes a run in the worker of another process", async () => {
  const made = await project();
  made.write("server.ts", SERVER);
  symlinkSync(path.resolve(import.meta.dirname, "../../node_modules/@hono"), made.path("node_modules/@hono"));
  symlinkSync(path.resolve(import.meta.dirname, "../../node_modules/hono"), made.path("node_modules/hono"));
  const worker = made.start("worker", "app.ts");
  await worker.says(/ready/);
  const server = made.node("--import", "flowc/register", "server.ts", made.path("flow.db"));
  await server.says(/http:.*\n/);
  const client = new Client(server.said.stdout.trim());
  const token = await tokenOf(worker, "mine");
  expect(await client.refused("POST", `/callbacks/${token}`, "x".repeat(101))).toEqual([413, "HTTP_TOO_LARGE"]);
  expect((await client.call("POST", `/callbacks/${token}`, [1, 2], { authorization: "" })).status).toBe(200);
  await worker.says(/mine {2}completed/);
  expect(await client.until("mine", "completed")).toMatchObject({ result: [1, 2] });
  expect(await client.refused("GET", "/runs", undefined, { authorization: "" })).toEqual([401, "HTTP_UNAUTHORIZED"]);
  server.child.kill("SIGTERM");
  expect(await server.ended).toMatchObject({ code: 0, stderr: "" });
  await worker.kill();
}, 120_000);
