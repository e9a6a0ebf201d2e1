/** A run that takes every process with it, beside runs that do not: it is found, and they are not taken for it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { open, type Flow } from "../../src/runtime/flow.js";
import { openStore } from "../../src/runtime/store/open.js";
import { bundled, killed, started, type Child } from "./processes.js";
import { innocent, poisonInCode, poisonInSlowStep, poisonInStep } from "./poison-programs.js";
import { Schema, serverUrl } from "./postgres/server.js";

const INNOCENTS = 20;

let program: string;
beforeAll(async () => {
  program = await bundled("poison-worker.ts", `poison-${randomUUID()}`);
});
afterAll(() => rmSync(program));

/** Keeps so many workers alive until `isOver`; how many of them were lost. */
async function tend(store: string, count: number, isOver: () => Promise<boolean>): Promise<number> {
  let losses = 0;
  let isDone = false;
  const children = new Set<Child>();
  const keepOne = async (): Promise<void> => {
    for (; !isDone; losses++) {
      const child = started(program, [store], false);
      children.add(child);
      await once(child, "exit");
      children.delete(child);
    }
  };
  const kept = Array.from({ length: count }, keepOne);
  try {
    while (!(await isOver())) await new Promise((resolve) => setTimeout(resolve, 100));
  } finally {
    isDone = true;
    await Promise.all([...children].map(killed));
    await Promise.all(kept);
  }
  return losses - count;
}

async function check(store: string, workers: number, poison: (...args: unknown[]) => unknown): Promise<void> {
  const flow: Flow = open({ store: openStore(store) });
  try {
    const half = INNOCENTS / 2;
    for (let n = 0; n < half; n++) await flow.start(innocent, [], { id: `innocent ${n}` });
    await flow.start(poison, [], { id: "poison" });
    for (let n = half; n < INNOCENTS; n++) await flow.start(innocent, [], { id: `innocent ${n}` });
    const isLive = (status: string): boolean => !["completed", "crashed", "failed"].includes(status);
    const losses = await tend(store, workers, async () => !(await flow.runs()).some(({ status }) => isLive(status)));
    const runs = new Map((await flow.runs()).map(({ id, status }) => [id, status]));
    expect(runs.get("poison")).toBe("crashed");
    runs.delete("poison");
    expect([...runs.values()]).toEqual(Array.from({ length: INNOCENTS }, () => "completed"));
    // No more than it takes to find it.
    expect(losses).toBe(6);
    await expect(flow.run("poison").result()).rejects.toThrow("6 workers in a row were lost while they held this run");
  } finally {
    await flow.close();
  }
}

test.each([
  ["its code", poisonInCode],
  ["a step", poisonInStep],
  ["a step after a while", poisonInSlowStep],
])("on PostgreSQL, with two workers, in %s", async (_, poison) => {
  const schema = new Schema(await serverUrl());
  try {
    await check(schema.url, 2, poison);
  } finally {
    await schema.destroy();
  }
});

test("on SQLite, in its code", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flowc-poison-"));
  try {
    await check(`sqlite:${join(folder, "flow.db")}`, 1, poisonInCode);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
