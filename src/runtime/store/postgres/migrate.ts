/** Brings a schema of a database to the tables of this version. Any number of processes may do it at once: they take turns, and the later ones find it done. */
import type pg from "pg";
import { StoreError } from "../../../shared/errors.js";
import { codeOf } from "./failures.js";
import { MIGRATIONS, SCHEMA_VERSION } from "./schema.js";

/**
 * Uses the client and ends it. Throws StoreError for a schema of a newer flowc or of another application. Changes nothing, and needs no right to, when the
 * schema is what it should be.
 */
export async function migrate(client: pg.Client, schema: string, shown: string): Promise<void> {
  client.on("error", () => undefined);
  try {
    await client.connect();
    if ((await versionOf(client, schema, shown)) === SCHEMA_VERSION) return;
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(hashtext($1))", [`flowc ${schema}`]);
    const from = await versionOf(client, schema, shown);
    if (from === 0) await create(client, schema, shown);
    for (let version = from; version < SCHEMA_VERSION; version++) await client.query(MIGRATIONS[version]!(`"${schema}"`));
    await client.query(`UPDATE "${schema}".flowc SET version = $1`, [SCHEMA_VERSION]);
    await client.query("COMMIT");
  } finally {
    // Also rolls back.
    await client.end().catch(() => undefined);
  }
}

async function create(client: pg.Client, schema: string, shown: string): Promise<void> {
  const { rows: schemas } = await client.query("SELECT FROM pg_namespace WHERE nspname = $1", [schema]);
  // Of a schema that somebody made for it, a user needs no right to make one.
  if (schemas.length === 0) await client.query(`CREATE SCHEMA "${schema}"`);
  const [table] = await tablesOf(client, schema);
  if (table !== undefined)
    throw new StoreError(
      `The schema ${schema} in ${shown} is of another application (it has a table ${table}); name another one, and flowc will create it.`,
      "not-a-store",
    );
  await client.query(`CREATE TABLE "${schema}".flowc (version integer NOT NULL); INSERT INTO "${schema}".flowc VALUES (0)`);
}

/** From the catalogue itself: functions such as `to_regclass` may answer from before the lock. */
async function tablesOf(client: pg.Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ relname: string }>(
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm')",
    [schema],
  );
  return rows.map(({ relname }) => relname);
}

/** The version of the tables; 0 when there are none. */
async function versionOf(client: pg.Client, schema: string, shown: string): Promise<number> {
  if (!(await tablesOf(client, schema)).includes("flowc")) return 0;
  const version = await readVersion(client, schema);
  if (version > SCHEMA_VERSION)
    throw new StoreError(
      `The schema ${schema} in ${shown} was written by a newer flowc (schema ${version}, this one knows ${SCHEMA_VERSION}); use that version, or another schema.`,
      "newer-schema",
    );
  return version;
}

async function readVersion(client: pg.Client, schema: string): Promise<number> {
  try {
    const { rows } = await client.query<{ version: number }>(`SELECT version FROM "${schema}".flowc`);
    return rows[0]?.version ?? 0;
  } catch (error) {
    // Removed since it was seen.
    if (codeOf(error) === "42P01") return 0;
    throw error;
  }
}
