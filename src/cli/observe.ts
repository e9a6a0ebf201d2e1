import type { Commit, Store } from "../runtime/store/store.js";
import type { Observer } from "./log/observer.js";

/** `store`, with every claim and every commit that took effect shown to `observer` after it did. */
export function observed(store: Store, observer: Observer): Store {
  const tell = (commit: Commit): void => observer.committed?.(commit);
  const commit: Store["commit"] = async (commits) => {
    const results = await store.commit(commits);
    commits.forEach((each, index) => results[index] === "committed" && tell(each));
    return results;
  };
  const claim: Store["claim"] = async (options) => {
    const claimed = await store.claim(options);
    for (const run of claimed) observer.claimed?.(run);
    return claimed;
  };
  const { transaction } = store;
  const observedTransaction: Store["transaction"] =
    transaction &&
    (async (body, commits) => {
      let made: readonly Commit[] = [];
      const results = await transaction.call(store, body, async (value) => (made = await commits(value as never)));
      made.forEach((each, index) => results[index] === "committed" && tell(each));
      return results;
    });
  return new Proxy(store, {
    get(target, key) {
      if (key === "commit") return commit;
      if (key === "claim") return claim;
      if (key === "transaction") return observedTransaction;
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}
