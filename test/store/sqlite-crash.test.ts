/** I4 against kill -9: what was acknowledged is there, what is there is whole. And two processes at one file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sqlite } from "../../src/runtime/store/sqlite/index.js";
import { output, program, start } from "./children.js";
import { newRun, newWorker } from "./kit.js";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flowc-crash-"));
  file = join(folder, "flow.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const COMMIT_FOREVER = `
  const store = sqlite(path);
  const id = String(process.pid);
  const got = await store.registerWorker({ id, pid: process.pid, host: "h", startedAt: 1, leaseMs: 1e15 }, 1, (other) => { try { process.kill(other.pid, 0); return true; } catch { return false; } });
  if (got !== "registered") throw new Error("somebody else is alive");
  const runs = await store.claim({ workerId: id, now: 1e12, limit: 10 });
  const versions = new Map(runs.map((run) => [run.id, run.version]));
  for (;;) {
    const results = await store.commit(runs.map((run) => {
      const version = versions.get(run.id) + 1;
      versions.set(run.id, version);
      return { run: run.id, fence: run.fence, version, at: 5, status: "running", image: new TextEncoder().encode("image " + version), wakeAt: 5, waitingFor: "", consumed: [], journal: [{ at: version, kind: "k", data: { version } }], release: false };
    }));
    if (results.some((result) => result !== "committed")) throw new Error(results.join());
    process.stdout.write([...versions.values()].join(" ") + "\\n");
  }`;

test("killed again and again, it loses nothing it acknowledged", async () => {
  const setup = sqlite(file);
  for (let n = 0; n < 10; n++) await setup.createRun(newRun(`r${n}`));
  await setup.close();
  const script = await program(folder, "commit", COMMIT_FOREVER);
  let before = 0;
  for (let round = 0; round < 6; round++) {
    const child = start(script, file);
    setTimeout(() => child.kill("SIGKILL"), 350 + round * 37);
    const acknowledged = (await output(child)).split("\n").slice(0, -1).at(-1);
    const store = sqlite(file);
    for (const run of await store.listRuns({})) {
      const found = (await store.getRun(run.id))!;
      // All of a group or nothing of it, and at least what was acknowledged.
      expect(found.version).toBeGreaterThanOrEqual(Number(acknowledged?.split(" ")[0] ?? 0));
      expect(new TextDecoder().decode((await store.getImage(run.id))!.image)).toBe(`image ${found.version}`);
      expect((await store.readJournal(run.id)).map(({ at }) => at)).toEqual(
        Array.from({ length: found.version }, (_, i) => i + 1),
      );
    }
    const versions = new Set((await store.listRuns({})).map(({ version }) => version));
    expect(versions.size).toBe(1);
    const [version] = versions;
    expect(version).toBeGreaterThan(before);
    before = version!;
    await store.close();
  }
  const db = new DatabaseSync(file, { readOnly: true });
  expect(db.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  db.close();
}, 60_000);

const REGISTER = `
  const store = sqlite(path);
  const id = String(process.pid);
  const got = await store.registerWorker({ id, pid: process.pid, host: "h", startedAt: 1, leaseMs: 1e15 }, 1, () => true);
  console.log(got === "registered" ? "me" : got.id);
  await store.close();`;

test("of many processes that start at once, one becomes the worker, and the others learn who", async () => {
  const script = await program(folder, "register", REGISTER);
  const children = Array.from({ length: 5 }, () => start(script, file));
  const answers = (await Promise.all(children.map(output))).map((text) => text.trim());
  const winner = children[answers.indexOf("me")]!;
  expect(answers.filter((answer) => answer === "me").length).toBe(1);
  expect(answers.filter((answer) => answer === String(winner.pid)).length).toBe(4);
});

const CREATE = `
  const store = sqlite(path, { synchronous: "OFF" });
  let created = 0;
  for (let n = 0; n < 300; n++) if ((await store.createRun({ id: "r" + n, workflow: "w", image: new Uint8Array(10), createdAt: 1 })) === "created") created++;
  console.log(created);
  await store.close();`;

test("processes that create the same runs create each once", async () => {
  await sqlite(file).close();
  const script = await program(folder, "create", CREATE);
  const created = await Promise.all(Array.from({ length: 3 }, async () => Number(await output(start(script, file)))));
  expect(created.reduce((sum, count) => sum + count)).toBe(300);
});

test("the worker of a process that died is replaced", async () => {
  const script = await program(folder, "register", REGISTER);
  await output(start(script, file));
  const store = sqlite(file);
  const isAlive = (other: { pid: number }): boolean => {
    try {
      return process.kill(other.pid, 0);
    } catch {
      return false;
    }
  };
  expect(await store.registerWorker(newWorker("w2"), 1, isAlive)).toBe("registered");
  await store.close();
});
