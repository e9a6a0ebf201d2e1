/**
 * One PostgreSQL server for all tests of a run: started when the first test asks for it, stopped at the end. `FLOWC_TEST_POSTGRES` names another one to be used
 * instead, as a URL; tests make schemas of their own in it.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { startPostgres } from "../scripts/lib/postgres.mjs";

declare module "vitest" {
  interface ProvidedContext {
    /** Answers the URL of the server. */
    readonly postgresPort: number;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let server: ReturnType<typeof startPostgres> | undefined;
  const desk = createServer((_, response) => {
    server ??= startPostgres();
    server.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  desk.listen(0, "127.0.0.1");
  await once(desk, "listening");
  project.provide("postgresPort", (desk.address() as AddressInfo).port);
  return async () => {
    desk.close();
    await (await server)?.stop();
  };
}
