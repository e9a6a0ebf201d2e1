/** The PostgreSQL server of the tests, and schemas in it. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import type { PostgresOptions } from "../../../src/runtime/store/postgres/index.js";
import { postgres } from "../../../src/runtime/store/postgres/index.js";
import type { Store } from "../../../src/runtime/store/store.js";
import type { Medium } from "../kit.js";

/** Where the server is; started when it is not there yet. */
export async function serverUrl(): Promise<string> {
  const named = process.env.FLOWC_TEST_POSTGRES;
  if (named !== undefined && named !== "") return named;
  const response = await fetch(`http://127.0.0.1:${inject("postgresPort")}`);
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return answer;
}

/** A schema of its own, removed with `destroy`. */
export class Schema implements Medium {
  constructor(
    readonly server: string,
    readonly name = `test_${randomUUID().replaceAll("-", "").slice(0, 16)}`,
  ) {}

  get url(): string {
    return `${this.server}?schema=${this.name}`;
  }

  connect(options: PostgresOptions = {}): Store {
    return postgres(this.server, { schema: this.name, ...options });
  }

  /** Statements, one after the other, with `$S` for the schema; the rows of the last. */
  async sql<R extends object>(...statements: string[]): Promise<R[]> {
    const client = new pg.Client(this.server);
    await client.connect();
    try {
      let rows: R[] = [];
      for (const statement of statements) ({ rows } = await client.query<R>(statement.replaceAll("$S", `"${this.name}"`)));
      return rows;
    } finally {
      await client.end();
    }
  }

  async destroy(): Promise<void> {
    await this.sql(`DROP SCHEMA IF EXISTS $S CASCADE`);
  }
}

/** A schema whose clock is set by the test, and which is emptied instead of removed. */
export class ClockedSchema extends Schema {
  static async create(server: string): Promise<ClockedSchema> {
    const schema = new ClockedSchema(server);
    const store = schema.connect();
    await store.listRuns({});
    await store.close();
    await schema.sql(
      "CREATE TABLE $S.test_clock AS SELECT 1000::bigint AS now",
      "CREATE OR REPLACE FUNCTION $S.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT now FROM $S.test_clock $$",
      "CREATE OR REPLACE FUNCTION $S.up_since_ms() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT 0::bigint $$",
    );
    return schema;
  }

  async setClock(now: number): Promise<void> {
    await this.sql(`UPDATE $S.test_clock SET now = ${now}`);
  }

  override async destroy(): Promise<void> {
    const tables = [
      "runs",
      "journal",
      "messages",
      "message_ids",
      "parts",
      "blobs",
      "run_blobs",
      "workers",
      "watches",
      "notes",
      "tasks",
      "queues",
      "cache",
      "schedules",
      "hooks",
      "deliveries",
    ];
    await this.sql(tables.map((table) => `DELETE FROM $S.${table}`).join(";"), "UPDATE $S.test_clock SET now = 1000");
  }

  remove(): Promise<void> {
    return super.destroy();
  }
}
