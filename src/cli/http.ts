/** `flowc worker --http`: the handler of `flowc/http` behind a server of Node. */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { createHandler } from "../http/handler.js";
import { Problem, problemResponse } from "../http/problem.js";
import type { Host } from "../plugin/load.js";
import { UsageError } from "../shared/errors.js";
import type { Flow } from "./flow.js";

/** The environment variable with the bearer token: nothing on a command line, which other users of the machine can read. */
export const TOKEN_VARIABLE = "FLOWC_HTTP_TOKEN";

export interface HttpSettings {
  readonly port: number;
  readonly hostname: string;
  /** Others may ask without a token. */
  readonly isOpen: boolean;
}

export interface HttpServer {
  readonly url: string;
  /** Takes no more requests, and ends those under way after a second. */
  close(): Promise<void>;
}

const LARGEST_BODY = 1_048_576;
const CLOSE_MS = 1_000;

/** Before anything is started: throws UsageError when everybody could ask for everything. */
export function checkHttp({ hostname, isOpen }: HttpSettings): void {
  if (isLoopback(hostname) || isOpen || token() !== undefined) return;
  throw new UsageError(
    `--host ${hostname} lets other machines start and stop runs. Set ${TOKEN_VARIABLE} to a secret that they have to show, or say --http-open if something else keeps strangers out.`,
  );
}

/** Throws UsageError when the address cannot be had. */
export async function serveHttp(
  flow: Flow,
  host: Host,
  { port, hostname, isOpen }: HttpSettings,
  onError: (error: unknown) => void,
): Promise<HttpServer> {
  const handler = createHandler({
    flow,
    findWorkflow: host.findWorkflow,
    token: token(),
    maxBytes: LARGEST_BODY,
    onError,
  });
  const isGuarded = token() !== undefined || isOpen;
  const server = serve({ fetch: isGuarded ? handler : onlyLocalNames(handler), port, hostname }) as Server;
  try {
    if (!server.listening) await once(server, "listening");
  } catch (error) {
    throw new UsageError(
      `Cannot listen on ${hostname}:${port}: ${(error as Error).message}. Choose another --http port or --host.`,
    );
  }
  return { url: urlOf(server.address() as AddressInfo), close: () => close(server) };
}

function token(): string | undefined {
  return process.env[TOKEN_VARIABLE] || undefined;
}

function isLoopback(name: string): boolean {
  return name === "localhost" || name === "::1" || name === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/**
 * A page in a browser on this machine can reach this port under a name of its own site, which it has made to mean 127.0.0.1. Where no token is asked for, the name tells it
 * from whoever may ask.
 */
function onlyLocalNames(handler: (request: Request) => Promise<Response>): (request: Request) => Promise<Response> {
  return async (request) => {
    const { hostname } = new URL(request.url);
    if (isLoopback(hostname)) return handler(request);
    return problemResponse(
      new Problem(421, "HTTP_WRONG_HOST", `Without ${TOKEN_VARIABLE} only localhost is answered, not ${hostname}.`),
    );
  };
}

function urlOf({ port, family, address }: AddressInfo): string {
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
  await closed;
  clearTimeout(timer);
}
