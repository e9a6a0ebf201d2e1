/** Steps per second on PostgreSQL against the single-row commits that `pg` itself gets through, side by side on the same server, with all of its durability. */
import pg from "pg";
import type { Store } from "../dist/index.js";
import { postgres } from "../dist/runtime/store/postgres/index.js";
import { startPostgres } from "../scripts/lib/postgres.mjs";
import { childrenOn } from "./children.ts";
import { mapOn } from "./map.ts";
import { alternate, heading, load, report } from "./lib.ts";
import { stepsPerSecond, type StepsWorkflow } from "./steps-rate.ts";

const ROUNDS = 7;
let schemas = 0;

export async function benchPostgres(): Promise<void> {
  const { compiled } = (await load("steps")) as unknown as { compiled: { steps: StepsWorkflow } };
  const server = await startPostgres({ durable: true });
  try {
    const make = (): Store => postgres(server.url, { schema: `bench${schemas++}` });
    heading("PostgreSQL, fsync on, synchronous_commit on, one machine");
    const single = await alternate(
      ROUNDS,
      () => stepsPerSecond(make(), compiled.steps, 1, 1000),
      () => rawRate(server.url, 1000, 1),
    );
    report("one run of 1,000 null steps", single.subject, "steps/s");
    report("raw single-row commits, one client", single.baseline, "rows/s");
    report("one run of 1,000 null steps / raw, one client", single.ratio, "×", { bound: 0.5, atLeast: true });
    const many = await alternate(
      ROUNDS,
      () => stepsPerSecond(make(), compiled.steps, 1000, 10),
      () => rawRate(server.url, 10_000, 16),
    );
    report("1,000 runs × 10 steps", many.subject, "steps/s");
    report("raw single-row commits, 16 clients", many.baseline, "rows/s");
    report("1,000 runs × 10 steps / raw, 16 clients", many.ratio, "×", { bound: 0.8, atLeast: true });
    await mapOn("PostgreSQL", make);
    await childrenOn("PostgreSQL", make);
    heading("PostgreSQL, what it takes");
    report("bytes a step adds to the store", await bytesPerStep(server.url, compiled.steps), "bytes", { bound: 250 });
  } finally {
    await server.stop();
  }
}

/** Rows per second of prepared inserts of 300 bytes, each a transaction, by clients that each wait for one answer at a time. */
async function rawRate(url: string, rows: number, clients: number): Promise<number> {
  const table = `raw${schemas++}`;
  const all = Array.from({ length: clients }, () => new pg.Client(url));
  await Promise.all(all.map((client) => client.connect()));
  await all[0]!.query(`CREATE TABLE ${table} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, data bytea)`);
  const statement = { name: "insert", text: `INSERT INTO ${table} (data) VALUES ($1)`, values: [Buffer.alloc(300)] };
  await Promise.all(all.map((client) => client.query(statement)));
  const started = performance.now();
  await Promise.all(
    all.map(async (client) => {
      for (let i = 0; i < rows / clients; i++) await client.query(statement);
    }),
  );
  const elapsed = performance.now() - started;
  await Promise.all(all.map((client) => client.end()));
  return (rows * 1000) / elapsed;
}

/** What tables and indexes grow by, a step, in one run of 20,000 steps. */
async function bytesPerStep(url: string, steps: StepsWorkflow): Promise<number> {
  const schema = `bench${schemas++}`;
  await stepsPerSecond(postgres(url, { schema }), steps, 1, 100);
  const before = await sizeOf(url, schema);
  await stepsPerSecond(postgres(url, { schema }), steps, 1, 20_000);
  return ((await sizeOf(url, schema)) - before) / 20_000;
}

async function sizeOf(url: string, schema: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ size: string }>(
    "SELECT sum(pg_total_relation_size(oid)) AS size FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r'",
    [schema],
  );
  await client.end();
  return Number(rows[0]!.size);
}
