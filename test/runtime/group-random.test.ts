/**
 * Generated trees of all, settle, race, any, map and withTimeout, with leaves that sleep or fail, compared with a model that computes from the tree who ends when and
 * how; and with themselves when the process dies after every commit. Whatever has begun has to end before what began it.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { all, any, race, settle } from "../../src/runtime/effects/concurrent.js";
import { map } from "../../src/runtime/effects/map.js";
import { sleep } from "../../src/runtime/effects/sleep.js";
import { withTimeout } from "../../src/runtime/effects/timeout.js";
import { closure, done, fn, Sim } from "./kit.js";

type Tree =
  | { readonly kind: "leaf"; readonly id: number; readonly ms: number; readonly fails: boolean; readonly cleanup: number }
  | { readonly kind: "all" | "settle" | "race" | "any"; readonly id: number; readonly children: readonly Tree[] }
  | { readonly kind: "map"; readonly id: number; readonly children: readonly Tree[]; readonly concurrency: number }
  | { readonly kind: "limit"; readonly id: number; readonly ms: number; readonly child: Tree };

// ── the program ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** `begin 3`, `end 3`. */
let trace: string[] = [];
const combinators = { all, settle, race, any } as const;

const leaf = fn(
  "tree.leaf",
  [
    (v) => {
      trace.push(`begin ${(v["tree"] as Tree).id}`);
      return sleep((v["tree"] as { ms: number }).ms);
    },
    (v) => {
      const { id, fails } = v["tree"] as { id: number; fails: boolean };
      if (fails) throw new Error(`${id} fails`);
      v["value"] = id;
    },
    (v) => sleep((v["tree"] as { cleanup: number }).cleanup),
    (v) => {
      trace.push(`end ${(v["tree"] as Tree).id}`);
      if ("error" in v) throw v["error"];
      return done(v["value"]);
    },
    (v, error) => {
      v["error"] = error;
      return sleep((v["tree"] as { cleanup: number }).cleanup);
    },
    (v, error) => {
      trace.push(`end ${(v["tree"] as Tree).id}`);
      throw v["error"] ?? error;
    },
  ],
  { params: ["tree"], catches: { 0: 4, 1: 4, 2: 5, 4: 5 } },
);
const branch = fn(
  "tree.branch",
  [
    (v) => {
      const tree = v["tree"] as Exclude<Tree, { kind: "leaf" }>;
      trace.push(`begin ${tree.id}`);
      if (tree.kind === "limit") return withTimeout(tree.ms, thunk(tree.child));
      if (tree.kind === "map") return map(tree.children, grown, { concurrency: tree.concurrency });
      return combinators[tree.kind](tree.children.map((child) => thunk(child)));
    },
    (v, value) => {
      trace.push(`end ${(v["tree"] as Tree).id}`);
      return done(value);
    },
    (v, error) => {
      trace.push(`end ${(v["tree"] as Tree).id}`);
      throw error;
    },
  ],
  { params: ["tree"], catches: { 0: 2 } },
);
const grow = (tree: Tree): unknown => (tree.kind === "leaf" ? leaf(tree) : branch(tree));
const grown = fn("tree.grown", [(v) => grow(v["tree"] as Tree), (_, value) => done(value)], { params: ["tree"] });
const thunk = closure("tree.thunk", [(v) => grow(v["tree"] as Tree), (_, value) => done(value)], { captures: ["tree"] });

function play(tree: Tree, crashes: boolean): { outcome: string; trace: readonly string[] } {
  trace = [];
  const sim = new Sim(grown, [tree]);
  const outcome = sim.play(() => {
    if (crashes && sim.outcome === undefined) sim.crash();
  })!;
  return { outcome: outcome.kind === "completed" ? text(outcome.value) : `threw ${text(outcome.error)}`, trace };
}

function text(value: unknown): string {
  if (value instanceof AggregateError) return `none(${value.errors.map(text).join(", ")})`;
  if (value instanceof Error) return value.name === "TimeoutError" ? "timeout" : value.message;
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return "value" in value ? `ok ${text(value.value)}` : `no ${text((value as { reason: unknown }).reason)}`;
  return String(value);
}

// ── the model ────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Ending {
  readonly at: number;
  readonly ok: boolean;
  readonly text: string;
}

/** How a tree that begins at `start` and is not cancelled ends, when cleaning up takes no time. */
function model(tree: Tree, start: number): Ending {
  if (tree.kind === "leaf") return { at: start + tree.ms, ok: !tree.fails, text: tree.fails ? `${tree.id} fails` : `${tree.id}` };
  if (tree.kind === "limit") {
    const inner = model(tree.child, start);
    return inner.at <= start + tree.ms ? inner : { at: start + tree.ms, ok: false, text: "timeout" };
  }
  const endings = begin(tree.children, start, tree.kind === "map" ? tree.concurrency : Infinity);
  const byTime = endings.toSorted((a, b) => a.at - b.at);
  const last = byTime.at(-1)!.at;
  const list = (of: readonly string[]): string => of.join(", ");
  switch (tree.kind) {
    case "race":
      return byTime[0]!;
    case "any":
      return byTime.find(({ ok }) => ok) ?? { at: last, ok: false, text: `none(${list(endings.map((each) => each.text))})` };
    case "settle":
      return { at: last, ok: true, text: `[${list(endings.map((each) => `${each.ok ? "ok" : "no"} ${each.text}`))}]` };
    case "all":
    case "map":
      return byTime.find(({ ok }) => !ok) ?? { at: last, ok: true, text: `[${list(endings.map((each) => each.text))}]` };
  }
}

function begin(children: readonly Tree[], start: number, limit: number): Ending[] {
  const endings: Ending[] = [];
  const busy: number[] = [];
  for (const child of children) {
    const at = busy.length < limit ? start : busy.shift()!;
    const ending = model(child, at);
    endings.push(ending);
    busy.push(ending.at);
    busy.sort((a, b) => a - b);
  }
  return endings;
}

// ── trees ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const ms = fc.integer({ min: 1, max: 2 ** 30 });
function trees(cleanup: fc.Arbitrary<number>): fc.Arbitrary<Tree> {
  const { tree } = fc.letrec<{ tree: Tree; list: Tree[] }>((tie) => ({
    list: fc.array(tie("tree"), { minLength: 1, maxLength: 5 }),
    tree: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("leaf" as const), id: fc.constant(0), ms, fails: fc.boolean(), cleanup }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("all", "settle", "race", "any"), id: fc.constant(0), children: tie("list") }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("map" as const), id: fc.constant(0), children: tie("list"), concurrency: fc.integer({ min: 1, max: 4 }) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("limit" as const), id: fc.constant(0), ms, child: tie("tree") }) },
    ),
  })); // prettier-ignore
  return tree.map((root) => numbered(root, { next: 0 }));
}

/** Gives everything a number, and times of which no two are the same: what happens at one time is in no particular order. */
function numbered(tree: Tree, ids: { next: number }): Tree {
  const id = ids.next++;
  const apart = (id * 2_654_435_761) % 2 ** 32;
  if (tree.kind === "leaf") return { ...tree, id, ms: tree.ms + apart };
  if (tree.kind === "limit") return { ...tree, id, ms: tree.ms + apart, child: numbered(tree.child, ids) };
  return { ...tree, id, children: tree.children.map((child) => numbered(child, ids)) };
}

const childrenOf = (tree: Tree): readonly Tree[] =>
  tree.kind === "leaf" ? [] : tree.kind === "limit" ? [tree.child] : tree.children;

/** Everything that began ended, children within their parents. */
function checkNesting(tree: Tree, lines: readonly string[]): void {
  const [from, to] = [lines.indexOf(`begin ${tree.id}`), lines.indexOf(`end ${tree.id}`)];
  expect(from < 0).toBe(to < 0);
  for (const child of childrenOf(tree)) {
    const [first, last] = [lines.indexOf(`begin ${child.id}`), lines.indexOf(`end ${child.id}`)];
    if (first >= 0) expect(from < first && first < last && last < to).toBe(true);
    checkNesting(child, lines);
  }
}

test("the outcome is what the times say", () => {
  fc.assert(
    fc.property(trees(fc.constant(0)), (tree) => {
      const { ok, text: expected } = model(tree, 0);
      expect(play(tree, false).outcome).toBe(ok ? expected : `threw ${expected}`);
    }),
    { numRuns: 400 },
  );
});

test("nothing outlives what began it, and a process that dies after every commit changes nothing", () => {
  fc.assert(
    fc.property(trees(fc.nat(2 ** 28)), (tree) => {
      const calm = play(tree, false);
      checkNesting(tree, calm.trace);
      expect(play(tree, true)).toEqual(calm);
    }),
    { numRuns: 150 },
  );
});
