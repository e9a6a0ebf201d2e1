/** all, settle, race, any, map, driven by hand. What the language makes of them is in fixtures/concurrency. */
import { beforeEach, expect, test, vi } from "vitest";
import { NotSaveableError, StepError, UsageError } from "../../src/shared/errors.js";
import { handlerNamed } from "../../src/runtime/codec/handlers.js";
import { channel } from "../../src/runtime/effects/channel.js";
import { all, any, race, settle } from "../../src/runtime/effects/concurrent.js";
import { map } from "../../src/runtime/effects/map.js";
import { sleep } from "../../src/runtime/effects/sleep.js";
import { step } from "../../src/runtime/effects/step.js";
import { spawn, type Task } from "../../src/runtime/effects/task.js";
import { withTimeout } from "../../src/runtime/effects/timeout.js";
import { describeImage } from "../../src/runtime/inspect.js";
import { closure, done, fn, Sim, type Stage } from "./kit.js";

/** Items whose step ran, in order; how often an item fails. */
let seen: unknown[] = [];
const failures = new Map<unknown, number>();
beforeEach(() => {
  seen = [];
  failures.clear();
});

const work = step(
  (item: unknown): unknown => {
    seen.push(item);
    const left = failures.get(item) ?? 0;
    failures.set(item, left - 1);
    if (left > 0) throw new RangeError(`not ${String(item)}`);
    return typeof item === "number" ? item * 10 : item;
  },
  { name: "work", retry: { attempts: 2, backoff: 100, jitter: 0 } },
);

/** What `map` calls in most tests: a step and its result. */
const item = fn("item", [(v) => work(v["item"]), (v, value) => done([v["index"], value])], { params: ["item", "index"] });
const maps = (name: string, items: Iterable<unknown>, concurrency?: number): (() => unknown) =>
  fn(name, [() => map(items, item, concurrency === undefined ? {} : { concurrency }), (_, list) => done(list)]);

const child = (name: string, ...stages: Stage[]): (() => unknown) => fn(name, stages);
const answers =
  (value: unknown): Stage =>
  () =>
    done(value);
const throws = (text: string): Stage => () => { throw new Error(text); }; // prettier-ignore

test("map answers in the order of the items, also when the process dies after every commit", () => {
  const sim = new Sim(maps("maps.all", new Set([3, 1, 2])));
  expect(sim.play(() => sim.outcome ?? sim.crash())).toEqual({
    kind: "completed",
    value: [[0, 30], [1, 10], [2, 20]],
  }); // prettier-ignore
});

test("no more items than allowed are under way, and the next begins when one has ended", () => {
  const sim = new Sim(maps("maps.few", [0, 1, 2, 3, 4, 5, 6], 3));
  const running: number[] = [];
  sim.play(() => {
    if (sim.outcome !== undefined) return;
    running.push(sim.graph.strands.size - 1);
    sim.crash();
  });
  expect(Math.max(...running)).toBe(3);
  expect(running).toEqual([3, 3, 3, 3, 3, 2, 1]);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(sim.outcome).toMatchObject({ kind: "completed", value: { length: 7 } });
});

test("the items are those of the moment of the call", () => {
  const list = [1, 2];
  const grows = fn("grows", [() => map(list, pushes, { concurrency: 1 }), (_, made) => done(made)]);
  const pushes = fn("pushes", [() => sleep(1), () => done(list.push(9))]);
  expect(new Sim(grows).play()).toEqual({ kind: "completed", value: [3, 4] });
});

test("each item is seen by itself: in the stack, in what the run waits for, in the journal", () => {
  const inner = closure("inner", [(v) => work(v["item"]), (_, value) => done(value)], { captures: ["item"] });
  const outer = fn("outer", [(v) => all([inner(v["item"])]), (_, list) => done(list)], { params: ["item"] });
  const nested = fn("nested", [() => map(["a", "b"], outer), (_, list) => done(list)]);
  const sim = new Sim(nested);
  sim.advance();
  const { strands } = describeImage(sim.graph);
  expect(strands.map(({ name, waitingFor }) => `${name}: ${waitingFor}`)).toEqual([
    "main: map of 2: 2 running",
    "map[0]: all of 1: 1 running",
    "map[1]: all of 1: 1 running",
    "map[0] > all[0]: step work",
    "map[1] > all[0]: step work",
  ]);
  expect(sim.last.waitingFor).toBe("map of 2: 2 running (and 4 more strands)");
  expect(sim.play()).toEqual({ kind: "completed", value: [["a"], ["b"]] });
  expect(sim.journal.filter(({ kind }) => kind === "step.completed").map(({ data }) => data["strand"])).toEqual([
    "map[0] > all[0]",
    "map[1] > all[0]",
  ]);
});

test("the steps of an item are tried again by themselves", () => {
  failures.set(1, 1);
  const sim = new Sim(maps("maps.retried", [0, 1, 2]));
  expect(sim.play(() => sim.outcome ?? sim.crash())).toMatchObject({ kind: "completed" });
  expect(seen).toEqual([0, 1, 2, 1]);
  const retried = sim.journal.filter(({ kind }) => kind === "step.retrying");
  expect(retried).toMatchObject([{ data: { strand: "map[1]", attempt: 1 } }]);
});

test("a failed run that is retried repeats only the items that had not finished", () => {
  failures.set(2, 2);
  const sim = new Sim(maps("maps.failed", [0, 1, 2, 3], 2));
  expect(sim.play()).toMatchObject({ kind: "failed", error: { step: "work" } });
  expect((sim.outcome as { error: unknown }).error).toBeInstanceOf(StepError);
  expect(seen).toEqual([0, 1, 2, 3, 2]);
  sim.crash();
  expect(sim.play()).toMatchObject({ kind: "completed", value: [[0, 0], [1, 10], [2, 20], [3, 30]] }); // prettier-ignore
  expect(seen.slice(5)).toEqual([2]);
});

test("of what was given up nothing is started, and what runs is aborted", () => {
  const loses = child("loses", () => work("slow"), answers(1));
  const wins = child("wins", () => sleep(5), answers("first"));
  const sim = new Sim(fn("races", [() => race([loses, wins]), () => sleep(1), answers("end")]));
  sim.advance();
  expect(sim.starts).toHaveLength(1);
  sim.now += 5;
  expect(sim.advance().abort).toEqual([1]);
  expect(sim.graph.strands.size).toBe(1);
  expect(sim.play()).toEqual({ kind: "completed", value: "end" });
});

// ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const failed = (sim: Sim): unknown[] =>
  sim.journal
    .filter(({ kind }) => kind === "strand.failed")
    .map(({ data }) => `${String(data["strand"])}: ${String(data["error"])}`);

test("an error that nobody is told of is in the journal", () => {
  const worse = fn("worse", [() => sleep(50), answers(0), () => sleep(5), throws("worse")], { catches: { 0: 2 } });
  const bad = child("bad", () => sleep(10), throws("bad"));
  const sim = new Sim(fn("loser", [() => all([worse, bad])]));
  expect(sim.play(() => sim.outcome ?? sim.crash())).toMatchObject({ kind: "failed", error: { message: "bad" } });
  expect(failed(sim)).toEqual(["all[0]: Error: worse"]);
});

test("so are the errors before the success of any", () => {
  const bad = child("any.bad", () => sleep(1), throws("bad"));
  const good = child("any.good", () => sleep(2), answers("good"));
  const sim = new Sim(fn("anyOf", [() => any([bad, good]), (_, value) => done(value)]));
  expect(sim.play()).toEqual({ kind: "completed", value: "good" });
  expect(failed(sim)).toEqual(["any[0]: Error: bad"]);
});

test("and the one that a timeout has outrun", () => {
  const bad = child("late.bad", () => sleep(10), throws("bad"));
  const slow = fn("late.slow", [() => sleep(50), answers(0), () => sleep(30), answers("clean")], { catches: { 0: 2 } });
  const both = closure("both", [() => all([bad, slow]), (_, list) => done(list)], { captures: [] });
  const sim = new Sim(fn("limited", [() => withTimeout(15, both())]));
  expect(sim.play(() => sim.outcome ?? sim.crash())).toMatchObject({ kind: "failed", error: { name: "TimeoutError" } });
  expect(failed(sim)).toEqual(["all[0]: Error: bad"]);
});

test("settle tells of every error and cancels nothing", () => {
  const bad = child("settle.bad", () => sleep(1), throws("bad"));
  const good = child("settle.good", () => sleep(9), answers("good"));
  const sim = new Sim(fn("settles", [() => settle([bad, good]), (_, list) => done(list)]));
  const outcome = sim.play(() => sim.outcome ?? sim.crash());
  expect(outcome).toMatchObject({
    kind: "completed",
    value: [
      { status: "rejected", reason: { message: "bad" } },
      { status: "fulfilled", value: "good" },
    ],
  });
  expect(failed(sim)).toEqual([]);
});

test("a cancelled run ends as cancelled once the children have cleaned up", () => {
  const tidy = fn("tidy", [() => sleep("1 day"), answers(0), (v, error) => ((v["error"] = error), work("tidied")), (v) => { throw v["error"]; }], { catches: { 0: 2 } }); // prettier-ignore
  const sim = new Sim(fn("cancelled", [() => all([tidy, tidy]), answers("no")]));
  sim.advance();
  sim.advance(sim.message("enough", null, "cancel"));
  expect(sim.graph.strands.size).toBe(3);
  expect(sim.play(() => sim.outcome ?? sim.crash())).toMatchObject({ kind: "cancelled" });
  expect(seen).toEqual(["tidied", "tidied"]);
});

// ── what cannot be saved (I8) ────────────────────────────────────────────────────────────────────────────────────────

const catching = (name: string, call: () => unknown): (() => unknown) =>
  fn(name, [call, (_, value) => done(value), (_, error) => done(error)], { catches: { 0: 2 } });

function refusal(workflow: () => unknown): string {
  const outcome = new Sim(workflow).play() as { value: unknown };
  expect(outcome.value).toBeInstanceOf(NotSaveableError);
  return (outcome.value as Error).message;
}

test("a result that cannot be saved is the child's error, and named", () => {
  const good = child("result.good", () => sleep(5), answers(1));
  const bad = child("result.bad", () => sleep(1), () => done(Promise.resolve(1))); // prettier-ignore
  expect(refusal(catching("unsaveableResult", () => all([good, bad])))).toMatch(
    /the result of all\[1\] cannot be saved.*Promise/,
  );
});

test("items that cannot be saved are refused where map is called", () => {
  const sockets = (): unknown => map([1, Promise.resolve(2)], item, { concurrency: 1 });
  expect(refusal(catching("unsaveableItems", sockets))).toMatch(/Promise/);
  expect(seen).toEqual([]);
});

test("what a child holds is refused in that child", () => {
  const holds = fn("holds", [(v) => { v["held"] = Promise.resolve(1); return sleep(5); }]); // prettier-ignore
  const fine = child("fine", () => sleep(5), answers("fine"));
  const sim = new Sim(fn("oneHolds", [() => settle([fine, holds]), (_, list) => done(list)]));
  expect(sim.play()).toMatchObject({
    kind: "completed",
    value: [{ value: "fine" }, { reason: { message: expect.stringMatching(/`held` cannot be saved.*holds/s) as string } }],
  });
});

test("a parent that holds such a thing fails the run when its children cannot go at once", () => {
  const stays = fn("stays", [() => sleep(5), answers(0), () => sleep(5), answers(0)], { catches: { 0: 2 } });
  const holds = fn("parentHolds", [(v) => { v["held"] = Promise.resolve(1); return all([stays]); }]); // prettier-ignore
  const sim = new Sim(holds);
  expect(sim.play()).toMatchObject({ kind: "failed", error: { name: "NotSaveableError" } });
});

// ── usage ────────────────────────────────────────────────────────────────────────────────────────────────────────────

test.each<[call: () => unknown, message: RegExp]>([
  [() => all([() => 1, 2 as never]), /all\(\) takes functions, but element 1 is number/],
  [() => race([]), /race\(\) was given an empty list/],
  [() => settle((() => 1) as never), /settle\(\) takes a list of functions/],
  [() => map([1], undefined as never), /map\(\) takes items and a function/],
  [() => map(5 as never, item), /map\(\) takes an array or another iterable, not number/],
  [() => map([1], item, { concurrency: 0 }), /map: concurrency is 0; it has to be a whole number/],
  [() => map([1], item, { concurrency: 1.5 }), /map: concurrency is 1.5/],
])("a wrong call is a UsageError %#", (call, message) => {
  const outcome = new Sim(catching(`usage ${String(message)}`, call)).play() as { value: Error };
  expect(outcome.value).toBeInstanceOf(UsageError);
  expect(outcome.value.message).toMatch(message);
});

test("empty lists end at once", () => {
  const empty = fn("empties", [() => done([all([]), settle([]), map([], item)])]);
  expect(new Sim(empty).play()).toEqual({ kind: "completed", value: [[], [], []] });
  expect(new Sim(catching("anyOfNone", () => any([]))).play()).toMatchObject({ value: { errors: [] } });
});

// ── scale ────────────────────────────────────────────────────────────────────────────────────────────────────────────

test("I7: an event costs and writes the same however many strands there are", () => {
  const save = vi.spyOn(handlerNamed("Strand")!, "save");
  const costs = (strands: number): { asked: number; bytes: number } => {
    const sim = new Sim(
      maps(
        `scales.${strands}`,
        Array.from({ length: strands }, (_, at) => at),
      ),
    );
    sim.advance();
    save.mockClear();
    const events = sim.starts.slice(0, 5).map((start) => sim.perform(start));
    const bytes = events.map((event) => sim.advance(event).part!.length);
    const asked = save.mock.calls.length;
    // And what is in the store is the run.
    const { strands: kept } = sim.graph;
    expect(kept.size).toBe(strands - 5 + 1);
    sim.crash();
    expect(sim.starts).toHaveLength(strands - 5);
    return { asked, bytes: Math.max(...bytes) };
  };
  const [small, large] = [costs(100), costs(2_000)];
  save.mockRestore();
  expect(large.asked).toBe(small.asked);
  expect(large.bytes).toBeLessThan(small.bytes + 16);
});

test("messages go to the strand that has waited longest, also after a restore", () => {
  const orders = channel<string>("orders");
  const takes = fn("takes", [(v) => sleep(v["item"] as number), () => orders.receive(), (v, order) => done(`${String(v["item"])} ${String(order)}`)], { params: ["item"] }); // prettier-ignore
  const sim = new Sim(fn("takers", [() => map([3, 1, 2], takes), (_, list) => done(list)]));
  sim.advance();
  for (let at = 0; at < 3; at++) {
    sim.now++;
    sim.advance();
    sim.crash();
  }
  for (const order of ["first", "second", "third"]) sim.advance(sim.message("orders", order));
  expect(sim.outcome).toEqual({ kind: "completed", value: ["3 third", "1 first", "2 second"] });
});

test("a thousand timers fire in their order, timeouts before what lies behind them", () => {
  const order: number[] = [];
  const wakes = fn("wakes", [(v) => sleep(v["item"] as number), (v) => done(order.push(v["item"] as number))], {
    params: ["item"],
  });
  const times = Array.from({ length: 1_000 }, (_, at) => ((at * 7_919) % 1_000) + 1);
  const sim = new Sim(fn("sleepers", [() => map(times, wakes), () => done("awake")]));
  expect(sim.play()).toEqual({ kind: "completed", value: "awake" });
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order).toHaveLength(1_000);
});

test("a circle of joins is told to the one that closes it, by name", () => {
  const joins = closure("joins", [(v) => (v["box"] as Record<string, Task<unknown>>)[v["other"] as string]!.join()], { captures: ["box", "other"] }); // prettier-ignore
  const circle = fn("circle", [
    () => {
      const box: Record<string, unknown> = {};
      box["a"] = spawn(joins(box, "b"));
      box["b"] = spawn(joins(box, "a"));
      return (box["a"] as Task<unknown>).join();
    },
  ]);
  const sim = new Sim(circle);
  expect(sim.play()).toMatchObject({
    kind: "failed",
    error: { message: expect.stringContaining("task 2 waits for task 1, task 1 waits for task 2") as string },
  });
});
