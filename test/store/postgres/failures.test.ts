/** Everything that can be wrong with a database, each with a sentence that says what to do. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgres } from "../../../src/runtime/store/postgres/index.js";
import { SCHEMA_VERSION } from "../../../src/runtime/store/postgres/schema.js";
import type { Store } from "../../../src/runtime/store/store.js";
import { StoreError, UsageError } from "../../../src/shared/errors.js";
import { newRun } from "../kit.js";
import { Schema, serverUrl } from "./server.js";

let server: string;
beforeAll(async () => {
  server = await serverUrl();
});

async function failure(
  store: Store,
  call: (store: Store) => Promise<unknown> = (used) => used.listRuns({}),
): Promise<StoreError> {
  const error: unknown = await call(store).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  await store.close();
  expect(error).toBeInstanceOf(StoreError);
  return error as StoreError;
}

/** The URL of the server with changes. */
function changed(change: (url: URL) => void): string {
  const url = new URL(server);
  change(url);
  return url.href;
}

describe("a server", () => {
  test("that is not there", async () => {
    const error = await failure(postgres(changed((url) => void (url.port = "1"))));
    expect(error.reason).toBe("unavailable");
    expect(error.message).toMatch(/cannot be reached: .*ECONNREFUSED.*See that the server runs/);
  });

  test("of an unknown name", async () => {
    const error = await failure(postgres("postgres://nobody@does-not-exist.invalid/x"));
    expect(error.reason).toBe("unavailable");
  });

  test("without the database", async () => {
    const error = await failure(postgres(changed((url) => void (url.pathname = "/nothing_here"))));
    expect(error.reason).toBe("not-a-store");
    expect(error.message).toContain('database "nothing_here" does not exist. Create the database');
  });

  test("that does not know the user, and no password is shown", async () => {
    const url = changed((target) => {
      target.username = "nobody_known";
      target.password = "s3cret";
    });
    const error = await failure(postgres(url));
    expect(error.reason).toBe("denied");
    expect(error.message).toMatch(/nobody_known/);
    expect(error.message).not.toContain("s3cret");
  });

  test("that takes no writes", async () => {
    const schema = new Schema(server);
    const store = schema.connect();
    await store.listRuns({});
    await store.close();
    const readonly = postgres(`${server}?options=${encodeURIComponent("-c default_transaction_read_only=on")}`, {
      schema: schema.name,
    });
    const error = await failure(readonly, (used) => used.createRun(newRun("r1")));
    expect(error.reason).toBe("readonly");
    await schema.destroy();
  });

  test("that does not answer in time", async () => {
    const schema = new Schema(server);
    const store = schema.connect({ timeoutMs: 300 });
    await store.listRuns({});
    await schema.sql(
      "CREATE OR REPLACE FUNCTION $S.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT count(*) FROM pg_sleep(2) $$",
    );
    const error = await failure(store, (used) =>
      used
        .renew("w", 1, 1)
        .then(() => used.registerWorker({ id: "w", pid: 1, host: "h", startedAt: 1, leaseMs: 1 }, 1, () => true)),
    );
    expect(error.reason).toBe("unavailable");
    await schema.destroy();
  });
});

describe("a schema", () => {
  let schema: Schema;
  const role = `role_${Math.random().toString(36).slice(2, 10)}`;
  const asRole = (): string => changed((url) => void (url.username = role));
  beforeAll(async () => {
    schema = new Schema(server);
    const store = schema.connect();
    await store.createRun(newRun("r1"));
    await store.close();
    await schema.sql(`CREATE ROLE ${role} LOGIN`);
  });
  afterAll(async () => {
    await schema.sql(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`);
    await schema.destroy();
  });

  test("that this user may not use", async () => {
    const error = await failure(postgres(asRole(), { schema: schema.name }));
    expect(error.reason).toBe("denied");
    expect(error.message).toContain("Grant it the schema and its tables");
  });

  test("that this user may not create", async () => {
    const error = await failure(postgres(asRole(), { schema: `${schema.name}_b` }));
    expect(error.reason).toBe("denied");
  });

  test("that is there needs no right to create", async () => {
    await schema.sql(
      `GRANT USAGE ON SCHEMA $S TO ${role}`,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA $S TO ${role}`,
    );
    const store = postgres(asRole(), { schema: schema.name });
    expect(await store.createRun(newRun("by the role"))).toBe("created");
    await store.close();
  });

  test("of a newer flowc is left alone", async () => {
    const newer = new Schema(server);
    await newer.sql("CREATE SCHEMA $S", "CREATE TABLE $S.flowc AS SELECT 99 AS version");
    const error = await failure(newer.connect());
    expect(error.reason).toBe("newer-schema");
    expect(error.message).toContain(`schema 99, this one knows ${SCHEMA_VERSION}`);
    await newer.destroy();
  });

  test("of another application is left alone", async () => {
    const foreign = new Schema(server);
    await foreign.sql("CREATE SCHEMA $S", "CREATE TABLE $S.customers (id int)");
    const error = await failure(foreign.connect());
    expect(error.reason).toBe("not-a-store");
    expect(error.message).toContain("it has a table customers");
    const [row] = await foreign.sql<{ count: string }>(
      "SELECT count(*) FROM pg_class WHERE relnamespace = '$S'::regnamespace AND relkind = 'r'",
    );
    expect(Number(row!.count)).toBe(1);
    await foreign.destroy();
  });

  test("whose tables have gone", async () => {
    const gone = new Schema(server);
    const store = gone.connect();
    await store.listRuns({});
    await gone.destroy();
    const error = await failure(store, (used) => used.createRun(newRun("r1")));
    expect(error.reason).toBe("not-a-store");
    expect(error.message).toContain("are gone");
  });

  test("is made once by many processes that begin at once", async () => {
    const fresh = new Schema(server);
    const stores = Array.from({ length: 12 }, () => fresh.connect({ connections: 1 }));
    const created = await Promise.all(stores.map((store) => store.createRun(newRun("the one"))));
    expect(created.filter((answer) => answer === "created").length).toBe(1);
    expect(await fresh.sql("SELECT version FROM $S.flowc")).toEqual([{ version: SCHEMA_VERSION }]);
    await Promise.all(stores.map((store) => store.close()));
    await fresh.destroy();
  });
});

test.each([
  ["mysql://x/y", {}],
  ["postgres:x", {}],
  ["flow.db", {}],
  ["postgres://x/y", { schema: 'a"b' }],
  ["postgres://x/y", { schema: "" }],
  ["postgres://x/y", { connections: 0 }],
  ["postgres://x/y", { timeoutMs: -1 }],
])("postgres(%j, %j) is refused", (url, options) => {
  expect(() => postgres(url, options)).toThrow(UsageError);
});

test("a store that was never used closes, and closing twice is fine", async () => {
  const store = postgres("postgres://nobody@localhost:1/x");
  await store.close();
  await store.close();
  await expect(store.listRuns({})).rejects.toMatchObject({ reason: "closed" });
});
