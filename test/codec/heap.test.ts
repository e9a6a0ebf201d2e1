/** Heap reports: what takes how much, and what holds it. */
import { expect, it } from "vitest";
import { dominators } from "../../src/runtime/codec/dominators.js";
import { type HeapReport, heapOf } from "../../src/runtime/codec/heap.js";
import { encode } from "../../src/runtime/codec/index.js";
import { adder, closure, frame, Point } from "./program.js";

function find(list: HeapReport["variables"], path: string): HeapReport["variables"][number] {
  const found = list.find((entry) => entry.path === path);
  if (found === undefined) throw new Error(`no ${path} among ${list.map((entry) => entry.path).join(", ")}`);
  return found;
}

it("tells what each variable retains", () => {
  const shared = { text: "shared".repeat(100) };
  const root = [
    frame({ items: Array.from({ length: 500 }, (_, id) => ({ id, at: new Point(id, id) })), small: [1], a: [shared] }),
    frame({ b: [shared], f: closure(adder, [{ value: "captured".repeat(50) }]), note: "x".repeat(2_000) }),
  ];
  const report = heapOf(root);
  expect(report.bytes).toBe(encode(root).length);
  expect(report.variables[0]).toMatchObject({ path: "items", type: "Array", objects: 1_001 });
  expect(report.variables[0]!.frame).toContain("checkout at src/checkout.ts:12");
  expect(find(report.variables, "note")).toMatchObject({ type: "string", bytes: 2_000 });
  expect(find(report.variables, "f")).toMatchObject({ type: "closure onDone", objects: 2 });
  // What two variables share belongs to neither.
  expect(find(report.variables, "a").bytes).toBeLessThan(50);
  expect(find(report.variables, "b").objects).toBe(1);
  expect(find(report.largest, "a[0]").bytes).toBeGreaterThan(600);
  expect(report.types.find(({ type }) => type === "Point")).toMatchObject({ count: 500 });
  const sum = report.types.reduce((all, { bytes }) => all + bytes, 0);
  expect(Math.abs(sum - report.bytes)).toBeLessThan(20);
});

it("tells what several variables hold together", () => {
  const rows = Array.from({ length: 500 }, (_, id) => ({ id, text: "row" }));
  const both = { both: true };
  const ring: { self?: unknown; rows?: unknown } = { rows };
  ring.self = ring;
  const root = [
    frame({ rows, byId: new Map(rows.map((row) => [row.id, row])), last: rows[499], both, own: [ring] }),
    frame({ again: both, alone: [1], some: rows.slice(0, 10) }),
  ];
  const report = heapOf(root);
  expect(report.shared.map(({ path, objects }) => [path, objects])).toEqual([
    ["byId, rows", 489],
    ["byId, rows, some", 10],
    ["byId, last, rows", 1],
    ["again, both", 1],
    ["own, rows", 1],
  ]);
  expect(report.shared[0]).toMatchObject({ type: "Object", frame: expect.stringContaining("checkout at") as string });
  expect(report.variables.map(({ path }) => path).sort()).toEqual(["alone", "byId", "own", "some"]);
  const listed = [...report.variables, ...report.shared].reduce((sum, { bytes }) => sum + bytes, 0);
  expect(listed / report.bytes).toBeGreaterThan(0.95);
});

it("counts large contents although images refer to them by hash", () => {
  const report = heapOf([frame({ photo: { data: new Uint8Array(300_000) } })]);
  expect(report.bytes).toBeGreaterThan(300_000);
  expect(report.variables[0]).toMatchObject({ path: "photo", objects: 3 });
});

it("takes any depth, and cycles", () => {
  let list: { next: unknown } = { next: undefined };
  const last = list;
  for (let i = 0; i < 50_000; i++) list = { next: list };
  last.next = list;
  expect(heapOf([frame({ list })]).variables[0]).toMatchObject({ path: "list", objects: 50_001 });
});

it("finds dominators", () => {
  //   0 ─▶ 1 ─▶ 3 ─▶ 4 ─▶ 3        5 is not reached
  //   └──▶ 2 ───┘    └──▶ 6
  const { dominator, order } = dominators([[1, 2], [3], [3], [4], [3, 6], [0], []]);
  expect(dominator).toEqual([0, 0, 0, 0, 3, undefined, 4]);
  expect(order[0]).toBe(0);
  expect(order).not.toContain(5);
});
