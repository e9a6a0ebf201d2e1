/** Runs in encrypted stores, and secrets. */
import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { aes256gcm, channel, open, secret, sleep, step, type Secret } from "../../src/index.js";
import { decode, encode } from "../../src/runtime/codec/index.js";
import { memory, type MemoryStore } from "../../src/runtime/store/memory.js";
import { CipherError, NotSaveableError, RunFailedError } from "../../src/shared/errors.js";
import { done, fn, World } from "./kit.js";

const k1 = randomBytes(32);
const k2 = randomBytes(32);
const first = aes256gcm({ current: "k1", keys: { k1 } });
const second = aes256gcm({ current: "k2", keys: { k2 } });
const both = aes256gcm({ current: "k2", keys: { k1, k2 } });

const Word = channel<string>("word");
const shout = step((text: string): string => text.toUpperCase(), { name: "cipher.shout" });
const talk = fn("talk", [
  () => Word.receive(),
  (vars, word) => {
    vars.word = word;
    return shout(word as string);
  },
  ({ word }, loud) => done([word, loud]),
]);

/** Everything a store has of a run, to see that nobody touches it. */
async function snapshot(store: MemoryStore, id: string): Promise<string> {
  const { outcome, version } = (await store.getRun(id))!;
  const { image } = (await store.getImage(id))!;
  return JSON.stringify([Buffer.from(image).toString("hex"), outcome, version, await store.readJournal(id)]);
}

test("a run from start to end, with its messages and steps", async () => {
  const world = new World();
  const store = memory();
  const flow = open({ store, cipher: first, ports: world.ports });
  await flow.worker();
  const run = await flow.start(talk, [], { id: "t" });
  await world.settle();
  await run.send(Word, "canary");
  expect(await run.result()).toEqual(["canary", "CANARY"]);
  expect((await run.journal()).map(({ kind }) => kind)).toContain("step.completed");
  expect(JSON.stringify(await store.readJournal("t"))).not.toMatch(/shout/);
  const { image } = (await store.getImage("t"))!;
  const { outcome } = (await store.getRun("t"))!;
  for (const payload of [image, outcome!]) expect(Buffer.from(payload).toString("latin1")).not.toMatch(/canary/i);
  await flow.close();
});

test("a worker without the key leaves the run alone, says so, and goes on with others; with the key the run goes on", async () => {
  const world = new World();
  const store = memory();
  const start = open({ store, cipher: first, ports: world.ports });
  const run = await start.start(talk, [], { id: "old" });
  const before = await snapshot(store, "old");

  const wrong = open({ store, cipher: second, ports: world.ports });
  const worker = await wrong.worker();
  const other = await wrong.start(talk, [], { id: "new" });
  await other.send(Word, "b");
  await expect(wrong.run("old").result()).rejects.toThrow(CipherError);
  await expect(wrong.run("old").inspect()).rejects.toThrow(/key "k1", which the cipher does not have/);
  expect(await other.result()).toEqual(["b", "B"]);
  await run.send(Word, "a");
  await world.pass(1_000);
  expect(world.warnings).toEqual(["a run cannot be decrypted and is left alone"]);
  expect(await snapshot(store, "old")).toBe(before);
  await worker.stop();
  expect(await snapshot(store, "old")).toBe(before);

  const right = open({ store, cipher: both, ports: world.ports });
  const again = await right.worker();
  await world.settle();
  expect(await right.run("old").result()).toEqual(["a", "A"]);
  await again.stop();
});

test("a message that cannot be read leaves the run where it was", async () => {
  const world = new World();
  const store = memory();
  const flow = open({ store, cipher: first, ports: world.ports });
  const run = await flow.start(talk, [], { id: "m" });
  const worker = await flow.worker();
  await world.settle();
  const before = await snapshot(store, "m");
  await open({ store, cipher: second, ports: world.ports }).run("m").send(Word, "unreadable");
  await world.pass(1_000);
  expect(world.warnings).toEqual(["a run cannot be decrypted and is left alone"]);
  expect(await snapshot(store, "m")).toBe(before);
  await worker.stop();
  const right = open({ store, cipher: both, ports: world.ports });
  const again = await right.worker();
  await world.settle();
  expect(await run.result().catch((error: unknown) => error)).toBeInstanceOf(CipherError);
  expect(await right.run("m").result()).toEqual(["unreadable", "UNREADABLE"]);
  await again.stop();
});

test("an encrypted store opened without a cipher, and the reverse, refuse before anything is written", async () => {
  const world = new World();
  for (const [writer, reader, message] of [
    [first, undefined, /encrypted, this payload with key "k1", and it was opened without a cipher/],
    [undefined, first, /written without a cipher, and the store was opened with one/],
  ] as const) {
    const store = memory();
    const options = (cipher: typeof first | undefined) => ({ store, ports: world.ports, ...(cipher && { cipher }) });
    await open(options(writer)).start(talk, [], { id: "r" });
    const before = await snapshot(store, "r");
    const flow = open(options(reader));
    await expect(flow.start(talk, [], { id: "other" })).rejects.toThrow(message);
    await expect(flow.worker()).rejects.toThrow(CipherError);
    await expect(flow.run("r").send(Word, "x")).rejects.toThrow(message);
    await expect(flow.run("r").result()).rejects.toThrow(message);
    expect((await flow.run("r").status()).status).toBe("ready");
    expect(await snapshot(store, "r")).toBe(before);
    expect(await flow.runs()).toHaveLength(1);
  }
});

test("open() takes only a cipher for a cipher", () => {
  expect(() => open({ store: memory(), cipher: { k1 } as never })).toThrow(/cipher is what aes256gcm/);
});

// ── secrets ──────────────────────────────────────────────────────────────────────────────────────────────────────────

test("a secret shows itself nowhere", () => {
  const token = secret("hunter2");
  const shown = [
    `${token}`, // eslint-disable-line @typescript-eslint/restrict-template-expressions
    String(token),
    JSON.stringify({ token }),
    inspect({ token }, { showHidden: true, depth: 9, customInspect: true }),
    inspect(token, { customInspect: false, showHidden: true }),
    Object.prototype.toString.call(token),
    new Error(`login with ${String(token)} failed`).message,
    JSON.stringify(Object.entries(token)),
    JSON.stringify(Object.assign({}, token)),
  ].join("\n");
  expect(shown).not.toMatch(/hunter2/);
  expect(shown).toMatch(/\[secret\]/);
  expect(token.reveal()).toBe("hunter2");
});

const use = step((token: Secret<{ password: string }>): number => token.reveal().password.length, { name: "cipher.use" });
const keeper = fn(
  "keeper",
  [
    (vars) => void (vars.held = { token }),
    () => sleep(2_000),
    (vars) => use((vars.held as { token: Secret<{ password: string }> }).token),
    (vars, length) => done([length, (vars.held as { token: unknown }).token]),
  ],
  {},
);
const token = secret({ password: "hunter2" });

test("with a cipher it is saved, encrypted, and goes to steps and results", async () => {
  const world = new World();
  const store = memory();
  const flow = open({ store, cipher: first, ports: world.ports });
  await flow.worker();
  const run = await flow.start(keeper, [], { id: "s" });
  await world.settle();
  const { strands } = await run.inspect();
  expect(inspect(strands, { depth: 9 })).toMatch(/token: \[secret\]/);
  expect(inspect(strands, { depth: 9 })).not.toMatch(/hunter2/);
  await world.pass(3_000);
  const [length, back] = (await run.result()) as [number, Secret<{ password: string }>];
  expect(length).toBe(7);
  expect(back.reveal()).toEqual({ password: "hunter2" });
  expect(back).not.toBe(token);
  expect(JSON.stringify(await run.journal())).not.toMatch(/hunter2/);
  await flow.close();
});

test("without a cipher it is not saved, and named", async () => {
  const world = new World();
  const flow = open({ store: memory(), ports: world.ports });
  await flow.worker();
  const run = await flow.start(keeper, []);
  await world.settle();
  const error = (await run.result().catch((problem: unknown) => problem)) as RunFailedError;
  expect(error.cause).toBeInstanceOf(NotSaveableError);
  expect(error.message).toMatch(/`held\.token` cannot be saved: it is a secret, and the store has no cipher/);
  expect(error.message).not.toMatch(/hunter2/);
  await expect(flow.start(keeper, [{ token }])).rejects.toThrow(NotSaveableError);
  expect(() => encode({ token })).toThrow(/`value\.token` cannot be saved: it is a secret/);
  const bytes = encode({ a: token, b: token }, "value", { secrets: true });
  const back = decode(bytes) as { a: Secret<unknown>; b: Secret<unknown> };
  expect(back.a).toBe(back.b);
  expect(back.a.reveal()).toEqual({ password: "hunter2" });
  // The permission is that of one image.
  expect(() => encode({ token })).toThrow(NotSaveableError);
  await flow.close();
});
