/** How a run gets into each state, what happens to it after it was read back, and how it has to end. */
import { codec } from "../../../../dist/runtime/checkpoint.js";
import type { RunSettings } from "../../../../dist/runtime/image.js";
import type { Table } from "./table.ts";

export interface Scenario {
  readonly workflow: string;
  readonly args?: readonly unknown[];
  /** `deadline` in milliseconds from the beginning. */
  readonly settings?: RunSettings;
  /** Up to where it is parked. */
  readonly before?: (table: Table) => void;
  /** What happens then, before all that is left is answered. */
  readonly after?: (table: Table) => void;
  readonly status: string;
  /** The result, or the message of the error. */
  readonly ends: string;
}

const HOUR = 3_600_000;
const one = { workflow: "oneCall", args: ["why"] } as const;
const childEnded = (table: Table): void =>
  table.send("ended", "golden-child", codec.encode({ kind: "completed", value: "fine" }));

export const scenarios: Readonly<Record<string, Scenario>> = {
  "a step under way": { ...one, status: "running", ends: "why: <why>" },
  "a step that is tried again": {
    ...one,
    before: (table) => table.fail("why", "busy"),
    after: (table) => table.fail("why", "busy again"),
    status: "retrying",
    ends: "why: <why>",
  },
  "a result that came during a pause": {
    ...one,
    before(table) {
      table.send("pause", "have a look");
      table.answer("why", "because");
    },
    after: (table) => table.send("resume", ""),
    status: "paused",
    ends: "why: because",
  },
  "paused on failure": {
    ...one,
    settings: { pauseOnFailure: true },
    before: (table) => table.fail("why", "no", true),
    after: (table) => table.send("resume", ""),
    status: "paused",
    ends: "why: <why>",
  },
  "a step in a queue": {
    workflow: "lentOut",
    args: ["why"],
    after: (table) => table.send("step", "1:1", { kind: "succeeded", value: "done elsewhere" }),
    status: "waiting",
    ends: "done elsewhere",
  },
  "strands that end and wait": {
    workflow: "strands",
    before(table) {
      table.answer("b", "well");
      table.fail("c", "broken", true);
    },
    status: "running",
    ends: "3: a <a>, b well, step ask failed: Error: broken",
  },
  "all, map, race, any and settle": {
    workflow: "groups",
    before(table) {
      table.answer("m2", "two");
      table.fail("s1", "no", true);
    },
    after: (table) => table.answer("r2", "second"),
    status: "running",
    ends: "<m1>+two+<m3> second <y1> rejected+fulfilled (m2 left, s1 left, r2 left, r1 left, m1 left, y1 left, y2 left, s2 left, m3 left)",
  },
  "calls that overlap": {
    workflow: "overlapping",
    before: (table) => table.answer("town", "Ulm"),
    after: (table) => table.answer("name", "Ada"),
    status: "running",
    ends: "<Ada> in Ulm",
  },
  "messages that wait": {
    workflow: "mailbox",
    before(table) {
      table.send("send", "orders", { sku: "pen", tags: new Set(["blue", "new"]) });
      table.send("send", "orders", { sku: "ink", tags: new Set() });
    },
    status: "waiting",
    ends: "pen blue,new, ink",
  },
  "a message that does not come": {
    workflow: "mailbox",
    before(table) {
      table.send("send", "orders", { sku: "pen", tags: new Set() });
      table.pass(24 * HOUR);
    },
    status: "waiting",
    ends: "pen , nothing",
  },
  "a callback": {
    workflow: "answered",
    after: (table) => table.send("send", "callback:golden-1", "yes"),
    status: "waiting",
    ends: "yes",
  },
  "a limit of time": {
    workflow: "answered",
    status: "waiting",
    ends: "timed out after 2 days, waiting for answer to a callback",
  },
  "a child that has ended": {
    workflow: "parent",
    before: childEnded,
    status: "running",
    ends: "child: fine",
  },
  "a child that is waited for": {
    workflow: "parent",
    before: (table) => table.answer("meanwhile", "well"),
    after: childEnded,
    status: "waiting",
    ends: "child: fine",
  },
  cancelling: {
    workflow: "undoing",
    before: (table) => table.send("cancel", "no longer wanted"),
    status: "cancelling",
    ends: "the run was cancelled: no longer wanted",
  },
  "a deadline": {
    workflow: "endless",
    settings: { deadline: 36 * HOUR },
    before: (table) => table.pass(24 * HOUR),
    status: "waiting",
    ends: "the run was over its deadline, waiting for sleep until 2026-02-02T00:00:00.000Z",
  },
  "a budget that is used up": {
    workflow: "undoing",
    settings: { stepBudget: 1 },
    before: (table) => table.answer("do", "done"),
    after: (table) => table.send("resume", ""),
    status: "paused",
    ends: "done",
  },
};
