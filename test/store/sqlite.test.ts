import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SCHEMA_VERSION } from "../../src/runtime/store/sqlite/schema.js";
import { openStore } from "../../src/runtime/store/open.js";
import { sqlite } from "../../src/runtime/store/sqlite/index.js";
import { UsageError } from "../../src/shared/errors.js";
import { commitOf, newRun, newWorker } from "./kit.js";
import { run } from "./suite.js";

function folder(): string {
  return mkdtempSync(join(tmpdir(), "flowc-store-"));
}

run("in SQLite", { manyWorkers: false }, () => {
  const path = folder();
  return {
    connect: () => sqlite(join(path, "flow.db"), { synchronous: "OFF" }),
    destroy: () => rmSync(path, { recursive: true }),
  };
});

describe("the file", () => {
  let path: string;
  beforeEach(() => {
    path = folder();
  });
  afterEach(() => rmSync(path, { recursive: true }));
  const file = (): string => join(path, "flow.db");

  test("keeps everything when it is opened again", async () => {
    const first = sqlite(file());
    await first.createRun(newRun("r1"));
    await first.registerWorker(newWorker("w1"), 1, () => true);
    const [claimed] = await first.claim({ workerId: "w1", now: 1_000, limit: 1 });
    await first.commit([commitOf(claimed!, { journal: [{ at: 1, kind: "k", data: {} }] })]);
    await first.close();
    const second = sqlite(file());
    expect(await second.getRun("r1")).toMatchObject({ status: "waiting", version: 1 });
    expect(await second.readJournal("r1")).toEqual([{ at: 1, kind: "k", data: {} }]);
    await second.close();
  });

  test("is marked as ours, in WAL mode, and durable by default", async () => {
    const store = sqlite(file());
    const db = new DatabaseSync(file(), { readOnly: true });
    const pragma = (name: string): unknown => Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0];
    expect([pragma("application_id"), pragma("user_version"), pragma("journal_mode")]).toEqual([
      0x666c7763,
      SCHEMA_VERSION,
      "wal",
    ]);
    db.close();
    await store.close();
  });

  test("changed() tells what other connections did, and only that", async () => {
    const store = sqlite(file());
    const other = sqlite(file());
    expect(store.changed()).toBe(false);
    await store.createRun(newRun("mine"));
    expect(store.changed()).toBe(false);
    await other.createRun(newRun("theirs"));
    expect([store.changed(), store.changed()]).toEqual([true, false]);
    await store.close();
    await other.close();
  });

  test("a long journal is read in order", async () => {
    const store = sqlite(file(), { synchronous: "OFF" });
    await store.createRun(newRun("r1"));
    await store.createRun(newRun("r2"));
    await store.registerWorker(newWorker("w"), 1_000, () => true);
    const claimed = await store.claim({ workerId: "w", now: 1_000, limit: 2 });
    for (let at = 0; at < 2_000; at++)
      await store.commit(claimed.map((run) => commitOf(run, { journal: [{ at, kind: run.id, data: { at } }] })));
    const journal = await store.readJournal("r2");
    expect(journal.map(({ at }) => at)).toEqual(Array.from({ length: 2_000 }, (_, i) => i));
    expect(new Set(journal.map(({ kind }) => kind))).toEqual(new Set(["r2"]));
    await store.close();
  });

  test("large images", async () => {
    const store = sqlite(file());
    const image = Buffer.alloc(3_000_000, 7);
    await store.createRun(newRun("r1", { image }));
    expect(Buffer.compare((await store.getImage("r1"))!.image, image)).toBe(0);
    await store.close();
  });
});

describe("openStore", () => {
  test.each(["sqlite:flow.db", "sqlite:./flow.db", "flow.db", "./flow.db"])("%s", async (url) => {
    const before = process.cwd();
    const path = folder();
    process.chdir(path);
    try {
      const store = openStore(url);
      await store.createRun(newRun("r1"));
      await store.close();
      const again = sqlite(join(path, "flow.db"));
      expect(await again.getRun("r1")).toBeDefined();
      await again.close();
    } finally {
      process.chdir(before);
      rmSync(path, { recursive: true });
    }
  });

  test("memory:", async () => {
    const store = openStore("memory:");
    expect(store.url).toBe("memory:");
    await store.close();
  });

  test.each(["", "flow", "sqlite:", "mysql:x.db", "memory"])("%j names no store", (url) => {
    expect(() => openStore(url)).toThrow(UsageError);
    expect(() => openStore(url)).toThrow(/"sqlite:flow.db", a path that ends in ".db", "postgres:.*", or "memory:"/);
  });

  test("postgres: connects when it is used, and shows no password", async () => {
    const store = openStore("postgres://me:secret@db.example/shop?schema=flows");
    expect(store.url).toBe("postgres://me@db.example/shop");
    await store.close();
    expect(() => openStore("postgres:")).toThrow(UsageError);
    expect(() => openStore("postgres://db/shop?schema=a-b")).toThrow(/schema is "a-b"/);
  });
});
