/** Files that cannot be used: each with its reason, in one sentence, and left as it was. */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SCHEMA_VERSION } from "../../src/runtime/store/sqlite/schema.js";
import { sqlite, type SqliteStore } from "../../src/runtime/store/sqlite/index.js";
import { StoreError } from "../../src/shared/errors.js";
import { next, output, program, start } from "./children.js";
import { commitOf, newRun, newWorker } from "./kit.js";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flowc-bad-"));
  file = join(folder, "flow.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

function failure(open: () => SqliteStore): StoreError {
  try {
    void open().close();
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    // One sentence.
    expect((error as StoreError).message).toMatch(/^[^\n]+\.$/);
    return error as StoreError;
  }
  throw new Error("it was opened");
}

async function filled(runs = 200): Promise<void> {
  const store = sqlite(file, { synchronous: "OFF" });
  for (let n = 0; n < runs; n++) await store.createRun(newRun(`r${n}`, { image: Buffer.alloc(500, n) }));
  await store.close();
}

async function rejection(promise: Promise<unknown>): Promise<StoreError> {
  try {
    await promise;
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    return error as StoreError;
  }
  throw new Error("it succeeded");
}

test("the folder is missing", () => {
  const error = failure(() => sqlite(join(folder, "no/where/flow.db")));
  expect(error.reason).toBe("io");
  expect(error.message).toContain("does not exist; create it");
});

test("the path is a folder", () => {
  expect(failure(() => sqlite(folder)).message).toBe(
    `${folder} is a folder; name a file for the store, such as ${folder}/flow.db.`,
  );
});

test("the folder is a file", () => {
  writeFileSync(file, "x");
  expect(failure(() => sqlite(join(file, "flow.db"))).reason).toBe("io");
});

test.each([
  ["text", "this is my shopping list, not a database at all. ".repeat(100)],
  ["a few bytes", "hello"],
])("not a database: %s", (_name, content) => {
  writeFileSync(file, content);
  const error = failure(() => sqlite(file));
  expect(error.reason).toBe("not-a-store");
  expect(readFileSync(file, "utf8")).toBe(content);
});

test("a database of another application is left alone", () => {
  const db = new DatabaseSync(file);
  db.exec("CREATE TABLE notes (text)");
  db.close();
  const before = readFileSync(file);
  const error = failure(() => sqlite(file));
  expect([error.reason, error.message]).toEqual([
    "not-a-store",
    `${file} is a database of another application, not a flowc store; name another file, and flowc will create it.`,
  ]);
  expect(Buffer.compare(readFileSync(file), before)).toBe(0);
});

test("a newer schema", async () => {
  await filled(1);
  const db = new DatabaseSync(file);
  db.exec("PRAGMA user_version = 99");
  db.close();
  const error = failure(() => sqlite(file));
  expect(error.reason).toBe("newer-schema");
  expect(error.message).toContain(`schema 99, this one knows ${SCHEMA_VERSION}`);
});

test("cut short", async () => {
  await filled();
  truncateSync(file, Math.floor(statSync(file).size / 2));
  const error = failure(() => sqlite(file));
  expect(error.reason).toBe("corrupt");
  expect(error.message).toContain("cut short");
});

test("damaged in the schema, and damaged in the middle", async () => {
  await filled();
  const whole = readFileSync(file);
  const first = Buffer.from(whole);
  first.fill(0xa5, 100, 4096);
  writeFileSync(file, first);
  expect(failure(() => sqlite(file)).reason).toBe("corrupt");

  const middle = Buffer.from(whole);
  // Behind what describes the tables.
  middle.fill(0xa5, Math.floor(whole.length / 8192) * 4096);
  writeFileSync(file, middle);
  const store = sqlite(file);
  const error = await rejection(store.listRuns({ limit: 1_000 }));
  expect(error.reason).toBe("corrupt");
  await store.close();
});

describe("for another user", () => {
  // Permission bits do not bind root. The child drops its rights after it has loaded, since another user need not be able to read this folder.
  const CODE = `if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
    try { await sqlite(path).close(); console.log("opened"); } catch (error) { console.log(JSON.stringify([error.reason, error.message])); }`;

  async function opened(): Promise<string> {
    return (await output(start(await program(folder, "open", CODE), file))).trim();
  }

  test("who may write both, it opens", async () => {
    await filled(1);
    chmodSync(folder, 0o777);
    chmodSync(file, 0o666);
    expect(await opened()).toBe("opened");
  });

  test("a read-only file", async () => {
    await filled(1);
    chmodSync(folder, 0o777);
    chmodSync(file, 0o444);
    expect(JSON.parse(await opened())).toEqual([
      "readonly",
      `${file} is read-only; make it writable for this user, or name another file.`,
    ]);
  });

  test("a read-only folder", async () => {
    await filled(1);
    const script = await program(folder, "open", CODE);
    chmodSync(file, 0o666);
    chmodSync(folder, 0o555);
    const text = await output(start(script, file));
    chmodSync(folder, 0o755);
    expect(JSON.parse(text)).toEqual([
      "readonly",
      `The folder ${folder} is read-only; make it writable for this user, or name another file.`,
    ]);
  });
});

describe("locked by another process", () => {
  const HOLD = `
    import { DatabaseSync } from "node:sqlite";
    const db = new DatabaseSync(path);
    db.exec("BEGIN EXCLUSIVE");
    console.log("locked");
    setTimeout(() => { db.exec("COMMIT"); db.close(); }, Number(process.env.HOLD_MS));`;

  test("longer than the busy timeout: refused, and fine afterwards", async () => {
    await filled(1);
    const store = sqlite(file, { busyTimeoutMs: 100 });
    const holder = start(await program(folder, "hold", HOLD), file, { env: { ...process.env, HOLD_MS: "1500" } });
    await next(holder);
    const error = await rejection(store.createRun(newRun("late")));
    expect(error.reason).toBe("locked");
    expect(error.message).toContain("locked by another process");
    await new Promise((resolve) => holder.once("exit", resolve));
    expect(await store.createRun(newRun("late"))).toBe("created");
    await store.close();
  });

  test("shorter than the busy timeout: waited for", async () => {
    await filled(1);
    const store = sqlite(file);
    const holder = start(await program(folder, "hold", HOLD), file, { env: { ...process.env, HOLD_MS: "300" } });
    await next(holder);
    expect(await store.createRun(newRun("late"))).toBe("created");
    await store.close();
  });
});

test("a full disk: the group is rolled back, and the store goes on when there is space", async () => {
  const store = sqlite(file, { maxPages: 40 });
  await store.createRun(newRun("a"));
  await store.createRun(newRun("b"));
  await store.registerWorker(newWorker("w"), 1_000, () => true);
  const [a, b] = await store.claim({ workerId: "w", now: 1_000, limit: 2 });
  const small = commitOf(a!, { journal: [{ at: 1, kind: "small", data: {} }] });
  const error = await rejection(store.commit([small, commitOf(b!, { image: Buffer.alloc(400_000) })]));
  expect(error.reason).toBe("full");
  expect(error.message).toContain("nothing was written");
  expect((await store.getRun("a"))!.version).toBe(0);
  expect(await store.readJournal("a")).toEqual([]);
  expect(await store.commit([small])).toEqual(["committed"]);
  expect((await store.getRun("a"))!.version).toBe(1);
  await store.close();
});

test("where no file can be made", () => {
  const error = failure(() => sqlite("/proc/flow.db"));
  expect(["io", "readonly"]).toContain(error.reason);
});

test("a read-only copy of a store in use does not matter to the store", async () => {
  await filled(3);
  mkdirSync(join(folder, "backup"));
  copyFileSync(file, join(folder, "backup/flow.db"));
  chownSync(join(folder, "backup/flow.db"), process.getuid!(), process.getgid!());
  const store = sqlite(file);
  expect((await store.listRuns({})).length).toBe(3);
  await store.close();
});
