import { expect, test } from "vitest";
import { memory } from "../../src/runtime/store/memory.js";
import type { Store } from "../../src/runtime/store/store.js";
import { newWorker } from "./kit.js";
import { run } from "./suite.js";

run("in memory", { manyWorkers: true }, () => {
  const store = memory();
  // There is one connection; closing a second handle leaves it open.
  const handle = new Proxy<Store>(store, {
    get: (target, key) => (key === "close" ? async () => {} : bound(target, key as keyof Store)),
  });
  let first = true;
  return { connect: () => (first ? ((first = false), store) : handle), destroy: () => {} };
});

function bound(store: Store, key: keyof Store): unknown {
  const member: unknown = store[key];
  return typeof member === "function" ? (member.bind(store) as unknown) : member;
}

test("for one worker at a time, a second one is told who holds it, until that one is dead", async () => {
  const store = memory({ workers: "one" });
  const alive = (): boolean => true;
  expect(await store.registerWorker(newWorker("w1"), 1_000, alive)).toBe("registered");
  expect(await store.registerWorker(newWorker("w2"), 1_000, alive)).toMatchObject({ id: "w1" });
  expect(await store.registerWorker(newWorker("w2"), 1_000, () => false)).toBe("registered");
  expect(await store.registerWorker(newWorker("w3"), 10_001, alive)).toBe("registered");
  expect(await store.renew("w2", 10_001, 1_000)).toBe(false);
});
