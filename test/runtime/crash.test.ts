/**
 * Workers die at chosen commits, before or after the store has taken them, and others take over. Whatever the points: results are those of a run that was
 * never disturbed, a call has one key and one set of arguments for ever (I3), nothing runs again once its result is committed (I2), and a commit is
 * all or nothing (I4).
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { StoreError } from "../../src/shared/errors.js";
import { stepContext } from "../../src/runtime/effects/context.js";
import { channel } from "../../src/runtime/effects/channel.js";
import { sleep } from "../../src/runtime/effects/sleep.js";
import { step } from "../../src/runtime/effects/step.js";
import { spawn, type Task } from "../../src/runtime/effects/task.js";
import { withTimeout } from "../../src/runtime/effects/timeout.js";
import { open } from "../../src/runtime/flow.js";
import { memory } from "../../src/runtime/store/memory.js";
import type { Store } from "../../src/runtime/store/store.js";
import { closure, done, fn, goto, World } from "./kit.js";

interface Effect {
  readonly key: string;
  readonly args: string;
  /** Commits of the store so far. */
  readonly at: number;
}
let effects: Effect[] = [];
let commits = 0;

const act = step(
  async (...args: unknown[]): Promise<string> => {
    effects.push({ key: stepContext().idempotencyKey, args: JSON.stringify(args), at: commits });
    await Promise.resolve();
    return `did ${String(args[0])}`;
  },
  { name: "crash.act" },
);
const news = channel<string>("news");

const child = closure(
  "crash.child",
  [
    (v) => act(`child ${String(v["name"])}`, v["box"]),
    (v, result) => {
      (v["box"] as string[]).push(result as string);
      return sleep(50);
    },
    (v) => done((v["box"] as string[]).length),
  ],
  { captures: ["name", "box"] },
);
const slow = closure("crash.slow", [() => sleep(1_000), () => done("slept")], { captures: [] });

/** Everything at once: a loop of steps, two children with a shared object, a timeout with cleanup, a message. */
const busy = fn(
  "crash.busy",
  [
    /* 0 */ (v) => {
      v["log"] = [];
      v["box"] = [];
      v["i"] = 0;
    },
    /* 1 */ (v) => act(`item ${String(v["i"])}`),
    /* 2 */ (v, result) => {
      (v["log"] as unknown[]).push(result);
      v["i"] = (v["i"] as number) + 1;
      return (v["i"] as number) < 3 ? goto(1) : undefined;
    },
    /* 3 */ (v) => {
      v["tasks"] = ["a", "b"].map((name) => spawn(child(name, v["box"]) as () => number));
      return (v["tasks"] as Task<number>[])[0]!.join();
    },
    /* 4 */ (v) => (v["tasks"] as Task<number>[])[1]!.join(),
    /* 5 */ () => withTimeout(100, slow()),
    /* 6 */ () => done("the timeout did not fire"),
    /* 7 */ (v, error) => act(`clean up after ${(error as Error).name}`, v["log"]),
    /* 8 */ () => news.receive(),
    /* 9 */ (v, message) => done({ log: v["log"], box: (v["box"] as string[]).toSorted(), message }),
  ],
  { catches: { 5: 7 } },
);

const expected = {
  log: ["did item 0", "did item 1", "did item 2"],
  box: ["did child a", "did child b"],
  message: "hello",
};

type Death = "before" | "after" | undefined;

/** Runs `busy` with a worker that dies at the commits `deaths` says, each time replaced by a new one. */
async function play(deaths: readonly Death[]): Promise<{ result: unknown; started: number }> {
  effects = [];
  commits = 0;
  const world = new World();
  const store: Store = memory();
  const real = store.commit.bind(store);
  store.commit = async (list) => {
    const death = deaths[commits++];
    if (death === "before") throw new StoreError("died before the commit", "io");
    const results = await real(list);
    if (death === "after") throw new StoreError("died after the commit", "io");
    return results;
  };
  const flow = open({ store, ports: world.ports });
  const run = await flow.start(busy, [], { id: "r" });
  await run.send(news, "hello", { id: "once" });
  let started = 0;
  for (; (await run.status()).status !== "completed"; started++) {
    if (started > deaths.length + 2) throw new Error(`no end in sight: ${(await run.status()).waitingFor}`);
    const worker = await flow.worker();
    let dead = false;
    worker.done.catch(() => (dead = true));
    for (let i = 0; i < 20 && !dead && (await run.status()).status !== "completed"; i++) await world.pass(50);
    await worker.stop();
  }
  const result = await run.result();
  await flow.close();
  return { result, started };
}

function check(deaths: number): void {
  const byKey = Map.groupBy(effects, (effect) => effect.key);
  // 3 items, 2 children, 1 cleanup: as many keys as calls, whatever happened.
  expect(byKey.size).toBe(6);
  for (const [key, list] of byKey) {
    expect(new Set(list.map((effect) => effect.args)).size, `${key} has one set of arguments`).toBe(1);
    expect(list.length, `${key} runs again only after a death`).toBeLessThanOrEqual(1 + deaths);
  }
  const repeated = effects.length - byKey.size;
  if (deaths === 0) expect(repeated).toBe(0);
}

let undisturbed = 0;
test("undisturbed", async () => {
  expect(await play([])).toEqual({ result: expected, started: 1 });
  check(0);
  undisturbed = commits;
  expect(undisturbed).toBe(8);
});

for (const death of ["before", "after"] as const) {
  test(`one death ${death} each commit`, async () => {
    for (let at = 0; at < undisturbed; at++) {
      const deaths: Death[] = [];
      deaths[at] = death;
      const workers = death === "after" && at === undisturbed - 1 ? 1 : 2;
      expect(await play(deaths), `death ${death} commit ${at}`).toEqual({ result: expected, started: workers });
      check(1);
    }
  });
}

test("many deaths anywhere", async () => {
  const anyDeath = fc.constantFrom<Death>(undefined, undefined, "before", "after");
  await fc.assert(
    fc.asyncProperty(fc.array(anyDeath, { maxLength: 25 }), async (deaths) => {
      const { result } = await play(deaths);
      expect(result).toEqual(expected);
      check(deaths.filter((death) => death !== undefined).length);
    }),
    { numRuns: 40 },
  );
});
