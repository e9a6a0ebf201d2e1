/** Schedules: real workers, stores and cron expressions, time under control. */
import { afterEach, expect, test } from "vitest";
import { sleep } from "../../src/runtime/effects/sleep.js";
import { open, type Flow } from "../../src/runtime/flow.js";
import { between, calendarOf } from "../../src/runtime/schedules/calendar.js";
import { beginsAt } from "../../src/runtime/schedules/plan.js";
import type { ScheduleOptions, ScheduleSpec } from "../../src/runtime/schedules/options.js";
import type { Schedule } from "../../src/runtime/schedules/schedule.js";
import { memory } from "../../src/runtime/store/memory.js";
import type { Store } from "../../src/runtime/store/store.js";
import type { Worker } from "../../src/runtime/worker.js";
import { UsageError } from "../../src/shared/errors.js";
import { done, fn, World } from "./kit.js";

const flows: Flow[] = [];
afterEach(() => Promise.all(flows.splice(0).map((flow) => flow.close())));

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Which runs began, at what time, with what. */
let began: string[] = [];
let world: World;

const report = fn("report", [(v) => void began.push(`${iso(world.now)} ${String(v["what"])}`), () => done("ok")], {
  params: ["what"],
});
/** Takes as long as it is told. */
const slow = fn("slow", [(v) => sleep(v["ms"] as number), () => done("ok")], { params: ["ms"] });

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Time jumps to shortly before that, and passes it. */
async function around(time: string): Promise<void> {
  world.now = Date.parse(time) - 1_000;
  await world.pass(3_000);
}

interface Setup {
  readonly flow: Flow;
  readonly store: Store;
  worker(): Promise<Worker>;
}

function setup(start: string, store: Store = memory()): Setup {
  began = [];
  world = new World();
  world.now = Date.parse(start);
  const flow = open({ store, ports: world.ports });
  flows.push(flow);
  return { flow, store, worker: () => flow.worker({ leaseMs: 1e12, graceMs: 1, pollIntervalMs: HOUR }) };
}

/** Ids of all runs, oldest first. */
async function runs(flow: Flow, status?: "completed" | "cancelled"): Promise<string[]> {
  const found = await flow.runs({ limit: 1_000, ...(status && { status: [status] }) });
  return found.map(({ id }) => id).toReversed();
}

/** A schedule with a worker that has it. */
async function scheduled(start: string, spec: ScheduleSpec, ms: number, options: ScheduleOptions = {}) {
  const made = setup(start);
  const schedule: Schedule = await made.flow.schedule("job", spec, slow, [ms], options);
  const worker = await made.worker();
  return { ...made, schedule, running: worker };
}

test("a run is started at each occurrence, with an id made of name and time", async () => {
  const { flow, worker } = setup("2026-01-31T08:59:30Z");
  await flow.schedule("report", "*/30 9 * * *", report, ["daily"]);
  await worker();
  await world.pass(HOUR);
  expect(began).toEqual(["2026-01-31T09:00:00.000Z daily", "2026-01-31T09:30:00.000Z daily"]);
  expect(await runs(flow, "completed")).toEqual(["report@2026-01-31T09:00:00.000Z", "report@2026-01-31T09:30:00.000Z"]);
  await around("2026-02-01T09:00:00Z");
  expect(began[2]).toBe("2026-02-01T09:00:00.000Z daily");
});

test("an interval is counted from the epoch, with its offset", async () => {
  const { flow, worker } = setup("2026-01-31T08:59:30Z");
  await flow.schedule("report", { every: "20 minutes", offset: "5 minutes" }, report, ["x"]);
  await worker();
  await world.pass(HOUR);
  expect(began.map((line) => line.slice(11, 19))).toEqual(["09:05:00", "09:25:00", "09:45:00"]);
});

test("the hour that does not exist and the hour that comes twice", async () => {
  const { flow, worker } = setup("2026-03-28T00:00:00Z");
  await flow.schedule("night", "30 2 * * *", report, ["night"], { timeZone: "Europe/Berlin" });
  await worker();
  const hours = Array.from({ length: 6 }, (_, n) => (n * HOUR) / 2);
  for (const day of ["2026-03-28", "2026-03-29", "2026-03-30", "2026-10-24", "2026-10-25", "2026-10-26"])
    for (const hour of hours) await around(iso(Date.parse(day) + hour));
  // 02:30 is left out by the clocks on March 29: it happens when they have been put forward. On October 25 it comes twice: it happens the first time.
  const expected = [
    "2026-03-28T01:30",
    "2026-03-29T01:00",
    "2026-03-30T00:30",
    // Nobody was there in summer: the last occurrence, within a day, is made up for.
    "2026-10-23T23:59",
    "2026-10-24T00:30",
    "2026-10-25T00:30",
    "2026-10-26T01:30",
  ];
  expect(began.map((line) => line.slice(0, 16))).toEqual(expected);
});

test("every half an hour, it goes on through both changes of the clocks", async () => {
  const calendar = await calendarOf({ kind: "cron", cron: "*/30 * * * *", timeZone: "Europe/Berlin" });
  for (const day of ["2026-03-29", "2026-10-25"]) {
    const start = Date.parse(day);
    const times = [...between(calendar, start - 1, start + 6 * HOUR, 100)];
    expect(times).toEqual(Array.from({ length: 13 }, (_, n) => start + (n * HOUR) / 2));
  }
});

test("after and before leave out the time itself", async () => {
  const calendars = [
    await calendarOf({ kind: "cron", cron: "0 * * * *", timeZone: "UTC" }),
    await calendarOf({ kind: "every", everyMs: HOUR, offsetMs: 0 }),
  ];
  const at = Date.parse("2026-01-31T09:00:00Z");
  for (const calendar of calendars) {
    expect([calendar.after(at), calendar.before(at)]).toEqual([at + HOUR, at - HOUR]);
    expect([calendar.after(at - 1), calendar.before(at + 1)]).toEqual([at, at]);
  }
});

test("several workers start an occurrence once", async () => {
  const store = memory();
  const { flow, worker } = setup("2026-01-31T08:59:30Z", store);
  await flow.schedule("report", { every: "1 minute" }, report, ["x"]);
  await Promise.all([worker(), worker(), worker()]);
  await world.pass(10 * MINUTE);
  expect(began).toHaveLength(10);
  expect(new Set(began).size).toBe(10);
  expect((await flow.scheduled("report").describe()).started).toBe(10);
});

test("a worker that dies between looking and writing leaves the occurrence to the next one", async () => {
  const inner = memory();
  let dies = true;
  const store = new Proxy(inner, {
    get(target, key) {
      if (key === "putSchedule" && dies && world.now > Date.parse("2026-01-31T09:00:00Z") - 1)
        return () => Promise.reject(new Error("power cut"));
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
  const { flow, worker } = setup("2026-01-31T08:59:30Z", store);
  await flow.schedule("report", "0 9 * * *", report, ["x"]);
  await worker();
  await world.pass(MINUTE);
  expect(began).toEqual([]);
  expect(world.warnings).toEqual(["a schedule cannot be carried out"]);
  dies = false;
  await world.pass(2_000);
  expect(began).toHaveLength(1);
  expect(await runs(flow)).toEqual(["report@2026-01-31T09:00:00.000Z"]);
});

test.each([
  { catchUp: "none" as const, expected: [] },
  { catchUp: "last" as const, expected: ["2026-02-01T08:00"] },
  {
    catchUp: "all" as const,
    expected: Array.from({ length: 24 }, (_, n) => iso(Date.parse("2026-01-31T09:00:00Z") + n * HOUR).slice(0, 16)),
  },
])("no worker for a day, catchUp $catchUp", async ({ catchUp, expected }) => {
  const { flow, worker } = setup("2026-01-31T08:30:00Z");
  await flow.schedule("report", "0 * * * *", report, ["x"], { catchUp });
  world.now += DAY;
  await worker();
  await world.pass(29 * MINUTE);
  expect((await runs(flow)).map((id) => id.slice("report@".length, -8))).toEqual(expected);
  expect(began).toHaveLength(expected.length);
  await world.pass(MINUTE);
  expect(began.at(-1)).toBe("2026-02-01T09:00:00.000Z x");
  expect(began).toHaveLength(expected.length + 1);
});

test("what is longer ago than the window is not made up for", async () => {
  const { flow, worker } = setup("2026-01-31T08:30:00Z");
  await flow.schedule("all", "0 * * * *", report, ["all"], { catchUp: "all", catchUpWindow: "3 hours" });
  await flow.schedule("last", "0 12 * * *", report, ["last"], { catchUp: "last", catchUpWindow: "3 hours" });
  world.now += DAY;
  await worker();
  await world.pass(20 * MINUTE);
  expect(await runs(flow)).toEqual(["06", "07", "08"].map((hour) => `all@2026-02-01T${hour}:00:00.000Z`));
});

test("a worker that is a little late has missed nothing", async () => {
  const { flow, worker } = setup("2026-01-31T08:30:00Z");
  await flow.schedule("report", "0 * * * *", report, ["x"], { catchUp: "none" });
  world.now = Date.parse("2026-01-31T09:00:59Z");
  await worker();
  await world.pass(1);
  expect(await runs(flow)).toEqual(["report@2026-01-31T09:00:00.000Z"]);
});

test("overlap skip: nothing happens while a run is under way", async () => {
  const { flow, schedule } = await scheduled("2026-01-31T08:59:30Z", { every: "1 minute" }, 2.5 * MINUTE);
  await world.pass(5 * MINUTE);
  expect(await runs(flow)).toEqual(["job@2026-01-31T09:00:00.000Z", "job@2026-01-31T09:03:00.000Z"]);
  expect(await schedule.describe()).toMatchObject({ started: 2, skipped: 3, lastRun: "job@2026-01-31T09:03:00.000Z" });
});

test("overlap buffer: occurrences wait for their turn", async () => {
  const { flow, schedule, store } = await scheduled("2026-01-31T08:59:30Z", { every: "1 minute" }, 2.5 * MINUTE, {
    overlap: "buffer",
  });
  await world.pass(3 * MINUTE + 10_000);
  expect(await schedule.describe()).toMatchObject({ started: 2, skipped: 0, waiting: ["job@2026-01-31T09:02:00.000Z"] });
  const created = await Promise.all((await runs(flow)).map(async (id) => iso((await store.getRun(id))!.createdAt)));
  expect(created[0]).toBe("2026-01-31T09:00:00.000Z");
  // Seen within a second of the end of the first.
  expect(created[1]).toMatch(/^2026-01-31T09:02:3[01]/);
});

test("overlap cancel: the run under way is cancelled, and the new one begins when it has ended", async () => {
  const { flow } = await scheduled("2026-01-31T08:59:30Z", { every: "1 minute" }, HOUR, { overlap: "cancel" });
  await world.pass(2 * MINUTE + 15_000);
  expect(await runs(flow)).toEqual(["job@2026-01-31T09:00:00.000Z", "job@2026-01-31T09:01:00.000Z"]);
  expect(await runs(flow, "cancelled")).toEqual(["job@2026-01-31T09:00:00.000Z"]);
  expect((await flow.run("job@2026-01-31T09:00:00.000Z").journal()).find(({ kind }) => kind === "run.cancelling")?.data).toEqual({
    reason: "job@2026-01-31T09:01:00.000Z takes its place",
  });
});

test("overlap allow: they run beside each other", async () => {
  const { flow } = await scheduled("2026-01-31T08:59:30Z", { every: "1 minute" }, HOUR, { overlap: "allow" });
  await world.pass(3 * MINUTE);
  expect((await flow.runs({ status: ["waiting"] })).length).toBe(3);
});

test("jitter delays each occurrence by its own amount, within its bounds", async () => {
  const { flow, worker, store } = setup("2026-01-31T00:00:00Z");
  await flow.schedule("report", "*/5 * * * *", report, ["x"], { jitter: "5 minutes" });
  await worker();
  await world.pass(2 * HOUR);
  const delays: number[] = [];
  for (const id of await runs(flow)) delays.push((await store.getRun(id))!.createdAt - Date.parse(id.slice("report@".length)));
  expect(delays.length).toBeGreaterThanOrEqual(23);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...delays)).toBeLessThan(5 * MINUTE + 1);
  expect(new Set(delays).size).toBeGreaterThan(20);
});

test("jitter is spread over its range", () => {
  const tenths = Array.from({ length: 10 }, () => 0);
  for (let n = 0; n < 10_000; n++) tenths[Math.floor((beginsAt("job", n * MINUTE, 1_000) - n * MINUTE) / 100)]!++;
  for (const count of tenths) expect(count).toBeGreaterThan(850);
});

test("paused, it starts nothing, and goes on from when it is resumed", async () => {
  const { flow, schedule } = await scheduled("2026-01-31T08:59:30Z", { every: "1 minute" }, 1_000, { catchUp: "all" });
  await schedule.pause("holidays");
  expect(await schedule.describe()).toMatchObject({ paused: "holidays", next: [] });
  await world.pass(HOUR);
  expect(await runs(flow)).toEqual([]);
  await schedule.resume();
  await world.pass(MINUTE);
  expect(await runs(flow)).toEqual(["job@2026-01-31T10:00:00.000Z"]);
});

test("triggered, it starts a run now, also when it is paused", async () => {
  const { flow, schedule } = await scheduled("2026-01-31T08:59:30Z", "0 0 1 1 *", 1_000);
  await schedule.pause();
  const first = await schedule.trigger();
  const second = await schedule.trigger();
  await world.pass(5_000);
  expect(await runs(flow, "completed")).toEqual([first, second]);
});

test("backfilled, it runs for times that are over, one after the other, once", async () => {
  const { flow, schedule, store } = await scheduled("2026-01-31T09:30:00Z", "0 * * * *", 10_000);
  const [from, to] = [new Date("2026-01-31T06:00:00Z"), new Date("2026-01-31T08:00:00Z")];
  const expected = ["06", "07", "08"].map((hour) => `job@2026-01-31T${hour}:00:00.000Z`);
  expect(await schedule.backfill(from, to)).toEqual(expected);
  await world.pass(MINUTE);
  expect(await runs(flow, "completed")).toEqual(expected);
  const created = await Promise.all(expected.map(async (id) => (await store.getRun(id))!.createdAt));
  expect(created[1]! - created[0]!).toBeGreaterThanOrEqual(10_000);
  await schedule.backfill(from, to);
  await world.pass(MINUTE);
  expect(await runs(flow)).toEqual(expected);
  await expect(schedule.backfill(from, new Date("2026-02-02"))).rejects.toThrow(/for the past/);
  await expect(schedule.backfill(new Date("2020-01-01"), to)).rejects.toThrow(/more than 10000/);
});

test("the same call again changes arguments and options, and leaves it where it is", async () => {
  const { flow, worker } = setup("2026-01-31T08:59:30Z");
  await flow.schedule("report", { every: "1 minute" }, report, ["old"]);
  await worker();
  await world.pass(MINUTE);
  await flow.schedule("report", { every: "1 minute" }, report, ["new"]);
  await world.pass(MINUTE);
  expect(began.map((line) => line.slice(14))).toEqual(["00:00.000Z old", "01:00.000Z new"]);
  await expect(flow.schedule("report", { every: "1 minute" }, slow, [1])).rejects.toThrow(/starts test\/program.ts#report, not/);
});

test("lists, next times, and deletion", async () => {
  const { flow, worker } = setup("2026-01-31T08:59:30Z");
  await worker();
  const hourly = await flow.schedule("hourly", "0 * * * *", report, ["x"]);
  await flow.schedule("daily", "0 9 * * *", report, ["x"], { timeZone: "America/New_York" });
  expect((await flow.schedules()).map(({ name, next }) => [name, next[0]!.toISOString()])).toEqual([
    ["daily", "2026-01-31T14:00:00.000Z"],
    ["hourly", "2026-01-31T09:00:00.000Z"],
  ]);
  expect((await hourly.describe(2)).next).toEqual([new Date("2026-01-31T09:00:00Z"), new Date("2026-01-31T10:00:00Z")]);
  expect([await hourly.delete(), await hourly.delete()]).toEqual([true, false]);
  await world.pass(2 * MINUTE);
  expect(began).toEqual([]);
  await expect(hourly.pause()).rejects.toThrow("There is no schedule hourly in memory:. There are: daily.");
});

test.each([
  {
    name: "a minute that is none",
    spec: "61 * * * *",
    options: {},
    says: /"61 \* \* \* \*" in time zone UTC is no schedule: .*61/,
  },
  { name: "a zone that is none", spec: "0 9 * * *", options: { timeZone: "Mars/Base" }, says: /time zone Mars\/Base/ },
  { name: "too short an interval", spec: { every: 10 }, options: {}, says: /at least one second/ },
  { name: "an interval with a zone", spec: { every: HOUR }, options: { timeZone: "UTC" }, says: /timeZone is for cron/ },
  { name: "nothing", spec: undefined as never, options: {}, says: /takes a cron expression/ },
  { name: "an unknown policy", spec: "0 9 * * *", options: { overlap: "queue" as never }, says: /one of "skip", "buffer"/ },
])("$name is refused", async ({ spec, options, says }) => {
  const { flow } = setup("2026-01-31T08:59:30Z");
  const call = flow.schedule("report", spec, report, ["x"], options);
  await expect(call).rejects.toThrow(says);
  await expect(call).rejects.toBeInstanceOf(UsageError);
  expect(await flow.schedules()).toEqual([]);
});
