/**
 * The outside world of the example: a shop's HTTP service in a process of its own, with a ledger that records every request, its
 * idempotency key and its arguments. An effect happens once per key; a repeated key gets the stored answer. To be like the real
 * thing it sometimes answers 500, never answers, or dies, before or after the effect.
 *
 *     node service.ts --port 4100 --ledger ledger.db --errors 0.1 --hangs 0.05 --deaths 0.02 --seed 1
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { Ledger } from "./ledger.ts";
import { mischief, type Mischief } from "./mischief.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    ledger: { type: "string", default: "ledger.db" },
    errors: { type: "string", default: "0" },
    hangs: { type: "string", default: "0" },
    deaths: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
  },
});

const ledger = new Ledger(values.ledger);
const chances = { error: Number(values.errors), hang: Number(values.hangs), death: Number(values.deaths) };

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => answer(response, 500, { error: String(error) }));
});
server.listen(Number(values.port), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === "/ledger") return answer(response, 200, ledger.report());
  const kind = (request.url ?? "/").slice(1);
  const key = request.headers["idempotency-key"];
  const args = await bodyOf(request);
  if (typeof key !== "string") return answer(response, 400, { error: "no idempotency key" });

  const plan = mischief(chances, `${values.seed}:${ledger.requests()}`);
  ledger.record({ kind, key, args, plan: plan === undefined ? "fine" : `${plan.what} ${plan.when}` });
  if (plan?.when === "before" && misbehave(plan, response)) return;
  const { status, body } = ledger.perform(kind, key, args);
  if (plan?.when === "after" && misbehave(plan, response)) return;
  answer(response, status, body);
}

/** True when there will be no ordinary answer. */
function misbehave({ what }: Mischief, response: ServerResponse): boolean {
  if (what === "death") process.exit(1);
  if (what === "error") answer(response, 500, { error: "the service has a bad day" });
  return true;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
