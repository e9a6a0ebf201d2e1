import type { Commit, Store } from "../runtime/store/store.js";

/** `store`, with every commit that took effect shown to `listener` after it did. */
export function observed(store: Store, listener: (commit: Commit) => void): Store {
  const commit: Store["commit"] = async (commits) => {
    const results = await store.commit(commits);
    commits.forEach((each, index) => results[index] === "committed" && listener(each));
    return results;
  };
  const { transaction } = store;
  const observedTransaction: Store["transaction"] =
    transaction &&
    (async (body, commits) => {
      let made: readonly Commit[] = [];
      const results = await transaction.call(store, body, async (value) => (made = await commits(value as never)));
      made.forEach((each, index) => results[index] === "committed" && listener(each));
      return results;
    });
  return new Proxy(store, {
    get(target, key) {
      if (key === "commit") return commit;
      if (key === "transaction") return observedTransaction;
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}
