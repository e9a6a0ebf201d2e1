/** The conformance suite on encrypted stores, and what is special about them. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aes256gcm } from "../../src/runtime/store/aes256gcm.js";
import { encrypted } from "../../src/runtime/store/cipher.js";
import { memory } from "../../src/runtime/store/memory.js";
import { checkReadable, parseSealed } from "../../src/runtime/store/sealed.js";
import { sqlite } from "../../src/runtime/store/sqlite/index.js";
import type { Store } from "../../src/runtime/store/store.js";
import { CipherError, UsageError } from "../../src/shared/errors.js";
import { commitOf, newRun, newWorker } from "./kit.js";
import { run } from "./suite.js";

const k1 = randomBytes(32);
const k2 = randomBytes(32);
const cipher = aes256gcm({ current: "k1", keys: { k1 } });

run("in memory, encrypted", { manyWorkers: true }, () => {
  const store = memory();
  const handle = encrypted(
    new Proxy<Store>(store, { get: (target, key) => (key === "close" ? async () => {} : bound(target, key)) }),
    cipher,
  );
  let first = true;
  return { connect: () => (first ? ((first = false), encrypted(store, cipher)) : handle), destroy: () => {} };
});

run("in SQLite, encrypted", { manyWorkers: false }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), "flowc-cipher-"));
  return {
    connect: () => encrypted(sqlite(path.join(folder, "flow.db")), cipher),
    destroy: () => rmSync(folder, { recursive: true, force: true }),
  };
});

function bound(store: Store, key: PropertyKey): unknown {
  const member: unknown = Reflect.get(store, key);
  return typeof member === "function" ? (member.bind(store) as unknown) : member;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined): string | undefined => data && new TextDecoder().decode(data);

describe("what is in the file", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), "flowc-cipher-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("nothing of the program is in clear", async () => {
    const file = path.join(folder, "flow.db");
    const store = encrypted(sqlite(file), cipher);
    await store.createRun(newRun("r1", { image: bytes("CANARY image") }));
    await store.send({ run: "r1", kind: "send", topic: "approval", payload: bytes("CANARY payload"), sentAt: 1 });
    await store.send({ run: "r1", kind: "cancel", topic: "CANARY reason", payload: bytes("CANARY payload"), sentAt: 1 });
    await store.registerWorker(newWorker("w"), 1_000, () => true);
    const [held] = await store.claim({ workerId: "w", now: 1_000, limit: 1 });
    expect(held!.messages.map(({ topic, payload }) => [topic, text(payload)])).toEqual([
      ["approval", "CANARY payload"],
      ["CANARY reason", "CANARY payload"],
    ]);
    const journal = [{ at: 1, kind: "run.failed", data: { error: "CANARY error" } }];
    await store.commit([
      commitOf(held!, { status: "failed", image: bytes("CANARY image"), outcome: bytes("CANARY outcome"), journal }),
    ]);
    await store.retryRun("r1", 2, { at: 2, kind: "run.retried", data: { why: "CANARY" } });
    expect((await store.readJournal("r1")).map(({ data }) => data)).toEqual([{ error: "CANARY error" }, { why: "CANARY" }]);
    await store.close();
    for (const suffix of ["", "-wal"]) {
      const content = (() => {
        try {
          return readFileSync(file + suffix).toString("latin1");
        } catch {
          return "";
        }
      })();
      expect(content.includes("CANARY"), suffix).toBe(false);
      expect(content.includes(Buffer.from("CANARY").toString("base64").slice(0, 7)), suffix).toBe(false);
    }
  });
});

/** A plain store, to look at what an encrypted one makes of it. */
async function withRun(keys = cipher): Promise<{ plain: Store; stored: () => Promise<Uint8Array> }> {
  const plain = memory();
  await encrypted(plain, keys).createRun(newRun("r1", { image: bytes("the image") }));
  return { plain, stored: async () => (await plain.getImage("r1"))!.image };
}

const readError = async (store: Store, id = "r1"): Promise<CipherError> => {
  const found = await store.getImage(id);
  try {
    checkReadable(found!.image);
  } catch (error) {
    expect(error).toBeInstanceOf(CipherError);
    return error as CipherError;
  }
  throw new Error("it was readable");
};

test("a nonce is used once: the same payload never looks the same", async () => {
  const seen = new Set<string>();
  for (let i = 0; i < 100; i++)
    seen.add(
      Buffer.from(cipher.seal(bytes("same"), "c").bytes)
        .toString("hex")
        .slice(0, 24),
    );
  expect(seen.size).toBe(100);
});

test("keys rotate lazily: old payloads are read with theirs, the next write uses the current one", async () => {
  const { plain, stored } = await withRun();
  const rotated = encrypted(plain, aes256gcm({ current: "k2", keys: { k1: k1.toString("base64"), k2 } }));
  expect(text((await rotated.getImage("r1"))!.image)).toBe("the image");
  expect(parseSealed(await stored())!.keyId).toBe("k1");
  await rotated.registerWorker(newWorker("w"), 1_000, () => true);
  const [held] = await rotated.claim({ workerId: "w", now: 1_000, limit: 1 });
  await rotated.commit([commitOf(held!, { image: bytes("the next") })]);
  expect(parseSealed(await stored())!.keyId).toBe("k2");
  expect(text((await rotated.getImage("r1"))!.image)).toBe("the next");
});

test("a missing key, a wrong one, no cipher and a plain store are told apart, by the id of the key", async () => {
  const { plain } = await withRun();
  const missing = await readError(encrypted(plain, aes256gcm({ current: "k2", keys: { k2 } })));
  expect(missing.message).toMatch(/^Run r1 cannot be read .*key "k1", which the cipher does not have; it has "k2"/);
  expect(missing.keyId).toBe("k1");
  const wrong = await readError(encrypted(plain, aes256gcm({ current: "k1", keys: { k1: k2 } })));
  expect(wrong.message).toMatch(/a key "k1", and the one of that id here does not open it/);
  const none = await readError(plain);
  expect(none.message).toMatch(/encrypted, this payload with key "k1", and it was opened without a cipher/);
  await plain.createRun(newRun("r2"));
  const reverse = await readError(encrypted(plain, cipher), "r2");
  expect(reverse.message).toMatch(/^Run r2 .*written without a cipher, and the store was opened with one/);
  expect(reverse.keyId).toBeUndefined();
});

test("a payload cannot be moved to another run, another channel or another place, nor changed", async () => {
  const { plain, stored } = await withRun();
  const store = encrypted(plain, cipher);
  const image = await stored();
  await plain.createRun(newRun("r2", { image }));
  expect((await readError(store, "r2")).message).toMatch(/belong elsewhere/);
  for (const at of [image.length - 1, image.length - 17, 8]) {
    const changed = image.slice();
    changed[at]! ^= 1;
    await plain.createRun(newRun(`at${at}`, { image: changed }));
    await readError(store, `at${at}`);
  }
  await plain.createRun(newRun("short", { image: image.slice(0, 12) }));
  await readError(store, "short");
  // The same bytes as a message of another channel.
  await store.send({ run: "r1", kind: "send", topic: "a", payload: bytes("yes"), sentAt: 1 });
  await plain.registerWorker(newWorker("w"), 1_000, () => true);
  const [held] = await plain.claim({ workerId: "w", now: 1_000, limit: 1 });
  const { payload } = held!.messages[0]!;
  await plain.send({ run: held!.id, kind: "send", topic: "b", payload, sentAt: 1 });
  const [a, b] = await store.pollMessages("w");
  expect(text(a!.payload)).toBe("yes");
  expect(() => checkReadable(b!.payload)).toThrow(CipherError);
});

test("a journal that cannot be read is still shown", async () => {
  const { plain } = await withRun();
  const store = encrypted(plain, cipher);
  await store.registerWorker(newWorker("w"), 1_000, () => true);
  const [held] = await store.claim({ workerId: "w", now: 1_000, limit: 1 });
  await store.commit([commitOf(held!, { journal: [{ at: 5, kind: "step.completed", data: { step: "charge" } }] })]);
  const other = encrypted(plain, aes256gcm({ current: "k2", keys: { k2 } }));
  expect(await other.readJournal("r1")).toEqual([
    { at: 5, kind: "step.completed", data: { unreadable: expect.stringMatching(/key "k1"/) } },
  ]);
});

test("bad keys are told without being shown", () => {
  const bad = (given: unknown) => () => aes256gcm(given as Parameters<typeof aes256gcm>[0]);
  expect(bad({ current: "k1", keys: { k1: "c2VjcmV0" } })).toThrow(/key "k1" has 6 bytes; it has to have 32/);
  expect(bad({ current: "k1", keys: { k1: "not base64 at all!" } })).toThrow(/key "k1" is not base64/);
  expect(bad({ current: "k1", keys: { k1: 5 } })).toThrow(/neither bytes nor base64/);
  expect(bad({ current: "k3", keys: { k1 } })).toThrow(/the current key is "k3", and the keys are "k1"/);
  expect(bad({ current: "k1", keys: {} })).toThrow(UsageError);
  expect(bad({ current: "", keys: { "": k1 } })).toThrow(/no id for a key/);
  expect(bad({ keys: { k1 } })).toThrow(UsageError);
  expect(bad(undefined)).toThrow(UsageError);
});

test("parts and blobs are encrypted too; a blob's name says nothing about it, and other runs do not share it", async () => {
  const plain = memory();
  const store = encrypted(plain, cipher);
  const contents = Buffer.alloc(100_000, "canary");
  const id = createHash("sha256").update(contents).digest("hex");
  await store.registerWorker(newWorker("w"), 1_000, () => true);
  for (const run of ["r1", "r2"]) await store.createRun(newRun(run));
  const claimed = await store.claim({ workerId: "w", now: 1_000, limit: 2 });
  for (const run of claimed) {
    await store.commit([commitOf(run, { image: bytes("image"), blobs: [{ id, bytes: contents }], refers: [id] })]);
    await store.commit([commitOf(run, { part: bytes("canary part") })]);
  }
  const under = (await plain.getImage("r1"))!;
  const names = [...under.blobs.keys(), ...(await plain.getImage("r2"))!.blobs.keys()];
  expect([names.length, new Set(names).size, names.includes(id)]).toEqual([2, 2, false]);
  for (const payload of [...under.parts, ...under.blobs.values()]) expect(Buffer.from(payload).includes("canary")).toBe(false);
  // The next image of a run that was loaded again refers to what is there.
  await store.commit([commitOf(claimed[0]!, { release: true, wakeAt: 0 })]);
  const [again] = await store.claim({ workerId: "w", now: 1_000, limit: 1 });
  expect([again!.parts.map(text), [...again!.blobs.keys()]]).toEqual([["canary part"], [id]]);
  expect(Buffer.compare(again!.blobs.get(id)!, contents)).toBe(0);
  await store.commit([commitOf(again!, { image: bytes("next"), refers: [id] })]);
  expect([...(await plain.getImage("r1"))!.blobs.keys()]).toEqual([...under.blobs.keys()]);
  await store.commit([commitOf(again!, { image: bytes("last"), refers: [] })]);
  expect((await plain.getImage("r1"))!.blobs.size).toBe(0);
  const wrong = encrypted(plain, aes256gcm({ current: "k2", keys: { k2 } }));
  await readError(wrong, "r2");
});
