/** Immutable updates through drafts: proxies under every write. */
import * as immer from "immer";
import { attempt } from "../kit.mjs";

immer.enableMapSet();
immer.enablePatches();

const BASE = immer.freeze(
  {
    todos: [
      { id: 1, text: "write", tags: ["a"] },
      { id: 2, text: "read", done: true },
    ],
    counts: new Map([["x", { n: 1 }]]),
    seen: new Set([1, 2]),
    nested: { deep: { er: 1 } },
  },
  true,
);

class Account {
  [immer.immerable] = true;
  #secret = 7;
  constructor(owner, entries = []) {
    this.owner = owner;
    this.entries = entries;
  }
  get balance() {
    return this.entries.reduce((sum, entry) => sum + entry, 0);
  }
  add(entry) {
    this.entries.push(entry);
    return this;
  }
}

export default function main() {
  const [next, patches, inverse] = immer.produceWithPatches(BASE, edit);
  return {
    next: plain(next),
    base: plain(BASE),
    shared: [
      next.nested === BASE.nested,
      next.todos[0] === BASE.todos[0],
      next.todos[1] === BASE.todos[1],
      Object.isFrozen(next.todos),
    ],
    patches,
    back: JSON.stringify(plain(immer.applyPatches(next, inverse))) === JSON.stringify(plain(BASE)),
    again: JSON.stringify(plain(immer.applyPatches(BASE, patches))) === JSON.stringify(plain(next)),
    same: immer.produce(BASE, () => undefined) === BASE,
    account: account(),
    curried: [1, 2, 3].map(immer.produce((draft, index) => void (draft, index))).length,
    arrays: arrays(),
    reducer: reducer(),
    manual: manual(),
    errors: errors(),
  };
}

function edit(draft) {
  draft.todos.push({ id: 3, text: "sleep" });
  draft.todos[0].tags.unshift("b", ...draft.todos[0].tags);
  delete draft.todos[1].done;
  draft.counts.get("x").n += 5;
  draft.counts.set("y", { n: draft.counts.size });
  draft.seen.add(3).delete(1);
  for (const [key, value] of draft.counts) value.n *= key.length + 1;
  draft.counts.forEach((value) => (value.visited = true));
  if ("missing" in draft.nested || Object.keys(draft.nested).length !== 1) throw new Error("wrong");
  Object.assign(draft, { added: immer.original(draft.todos).length, current: immer.current(draft.seen) });
}

function plain(value) {
  return JSON.parse(
    JSON.stringify(value, (_, item) =>
      item instanceof Map ? { map: [...item] } : item instanceof Set ? { set: [...item] } : item,
    ),
  );
}

function account() {
  const first = new Account("ada", [10]);
  const second = immer.produce(first, (draft) => {
    draft.add(5).add(draft.balance);
    draft.owner += "!";
  });
  return [
    second instanceof Account,
    second.balance,
    first.balance,
    second.owner,
    immer.isDraftable(second),
    immer.isDraftable(new Date(0)),
    immer.isDraft(second),
  ];
}

function arrays() {
  const start = Array.from({ length: 12 }, (_, index) => ({ index, weight: (index * 7) % 5 }));
  const edits = [
    (draft) => void draft.sort((a, b) => a.weight - b.weight || b.index - a.index),
    (draft) => void draft.splice(2, 3, { index: -1, weight: 0 }),
    (draft) => void draft.reverse(),
    (draft) => void (draft.length = 4),
    (draft) => draft.filter((item) => item.weight > 2),
    (draft) => void draft.forEach((item) => (item.index % 3 === 0 ? (item.hit = true) : undefined)),
    (draft) => void draft.find((item) => item.weight === 4).weight++,
    (draft) => void draft.copyWithin(0, 9),
  ];
  return edits.map((each) =>
    immer
      .produce(start, each)
      .map((item) => `${item.index}:${item.weight}${item.hit ? "*" : ""}`)
      .join(" "),
  );
}

function reducer() {
  const reduce = immer.produce(
    (draft, action) => {
      switch (action.type) {
        case "add":
          draft.items[action.id] = { ...action, at: Object.keys(draft.items).length };
          break;
        case "rename":
          draft.items[action.id].name = action.name;
          break;
        case "swap":
          [draft.items.a, draft.items.b] = [draft.items.b, draft.items.a];
          break;
        default:
          return immer.nothing;
      }
    },
    { items: {} },
  );
  const actions = [
    { type: "add", id: "a", name: "A" },
    { type: "add", id: "b", name: "B" },
    { type: "rename", id: "a", name: "AA" },
    { type: "swap" },
  ];
  return [
    actions.reduce((state, action) => reduce(state, action), undefined),
    reduce({ items: {} }, { type: "?" }) === undefined,
  ];
}

function manual() {
  const draft = immer.createDraft({ list: [1, 2, { x: 1 }] });
  draft.list[2].x = immer.createDraft({ inner: true });
  const log = [];
  return [immer.finishDraft(draft, (patches) => log.push(...patches)), log.length, attempt(() => draft.list)];
}

function errors() {
  return [
    attempt(() => immer.produce(BASE, (draft) => ((draft.added = 1), 2))),
    attempt(() => immer.produce(1, (value) => value + 1)),
    attempt(() => immer.produce({}, "not a function")),
    attempt(() => immer.applyPatches({}, [{ op: "replace", path: ["a", "b"], value: 1 }])),
    attempt(() => immer.produce({ a: 1 }, (draft) => void Object.defineProperty(draft, "b", { value: 1 }))),
    attempt(() => {
      BASE.nested.deep.er = 2;
    }),
    attempt(() =>
      immer.produce({ a: { b: 1 } }, (draft) => {
        draft.a.b = 2;
        throw new RangeError("given up");
      }),
    ),
  ];
}
