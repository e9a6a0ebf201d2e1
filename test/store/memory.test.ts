import { memory } from "../../src/runtime/store/memory.js";
import type { Store } from "../../src/runtime/store/store.js";
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
