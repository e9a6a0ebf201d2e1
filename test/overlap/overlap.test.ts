/** When calls of a block begin, what they wait for, what becomes of them when it throws. What the language makes of blocks is in fixtures/concurrency. */
import { beforeAll, describe, expect, test } from "vitest";
import { compileProgram, Timed } from "./kit.ts";

let program: Awaited<ReturnType<typeof compileProgram>>;
beforeAll(async () => {
  program = await compileProgram();
});

const takes =
  (table: Record<string, number>) =>
  (name: string): number =>
    table[name] ?? 10;

// The process dies after every commit, or never: nothing else may be different.
describe.each([false, true])("crashes: %s", (crashes) => {
  const run = (
    workflow: (...args: never[]) => unknown,
    args: readonly unknown[] = [],
    times: Timed["takes"] = takes({}),
  ): Timed => new Timed(workflow, args, times, crashes);

  test("a block takes as long as its longest path", () => {
    const timed = run(program.invoice, [1], takes({ loadCustomer: 100, loadOrders: 30, price: 50, render: 7 })).play();
    expect(timed.outcome).toMatchObject({ kind: "completed", value: { count: 3, customer: { name: "customer 1" } } });
    // max(100, 30 + 50) + 7, where one after the other would be 100 + 30 + 3 * 50 + 7.
    expect(timed.now).toBe(107);
    expect(timed.begun).toEqual([
      "0 loadCustomer [1]",
      "0 loadOrders [1]",
      "30 price [1]",
      "30 price [2]",
      "30 price [3]",
      '100 render [{"id":1,"name":"customer 1"},[10,20,30]]',
    ]);
  });

  test("a function that suspends is a strand of its own", () => {
    const timed = run(program.subWorkflows).play();
    expect(timed.outcome).toEqual({ kind: "completed", value: [10, 20, "[10,30,[20]]"] });
    expect(timed.now).toBe(30);
    expect(timed.begun.filter((line) => line.startsWith("0 "))).toEqual([1, 2, 3].map((id) => `0 loadOrders [${id}]`));
  });

  test("it is told what each call waits for", () => {
    const timed = run(program.invoice, [1], takes({ price: 50, loadCustomer: 30 })).play(15);
    expect(timed.waiting).toEqual([
      "main: result of loadCustomer",
      "loadCustomer (task 1): step loadCustomer",
      "price (task 3): step price",
      "price (task 4): step price",
      "price (task 5): step price",
      "render (task 6): arguments of render: loadCustomer, price, price, price",
    ]);
    expect(timed.journal.filter(({ kind }) => kind === "call.waiting").map(({ data }) => data)).toEqual([
      { strand: "render (task 6)", waitingFor: "arguments of render: loadCustomer, price, price, price" },
    ]);
  });

  test("perform, all, map, withTimeout, child runs and other blocks begin like steps", () => {
    const timed = run(program.others).play();
    expect(timed.waiting).toEqual(["main: result of result", "result (task 9): end of run run/1"]);
    expect(timed.now).toBe(10);
    expect(timed.begun).toHaveLength(8);
    expect(new Set(timed.begun.map((line) => line.split(" ")[0]))).toEqual(new Set(["0"]));
  });

  test("sleep and receive are waited for where they stand", () => {
    const timed = run(program.inPlace).play();
    expect([timed.now, timed.outcome, timed.begun]).toEqual([110, undefined, ["0 loadCustomer [1]", "100 loadOrders [2]"]]);
    timed.message("send", "go", "now");
    expect(timed.play().outcome).toEqual({ kind: "completed", value: ["customer 1", 3, "now", 30] });
  });

  test("a step is given what its arguments hold when it is called", () => {
    const timed = run(program.changed).play();
    const [one, two] = [1, 2].map((id) => ({ id, name: `customer ${id}` }));
    const value = [JSON.stringify([[one], { tax: 1 }]), JSON.stringify([[one, two], { tax: 2 }])];
    expect(timed.outcome).toEqual({ kind: "completed", value });
    expect(timed.now).toBe(20);
  });

  test("a list that a call waits with is not filled by the block meanwhile", () => {
    const timed = run(program.handedOver).play();
    expect(timed.outcome).toEqual({ kind: "completed", value: { length: 2, list: [10, 2, 30], same: true } });
  });

  test("what depends on a failed call never begins", () => {
    const timed = run(program.failing, [], takes({ broken: 5 })).play();
    expect(timed.outcome).toMatchObject({ kind: "failed", error: { message: "step broken failed: Error: no" } });
    expect(timed.begun).toEqual(["0 loadCustomer [1]", '0 broken ["no"]']);
    // The block ends when all are done.
    expect(timed.now).toBe(10);
  });

  test("what nobody touched is thrown at the end, the first in the order of the program; the others are in the journal", () => {
    const durations = (_: string, [text]: readonly unknown[]): number => (text === "first" ? 20 : 10);
    const timed = run(program.lost, [], durations).play();
    expect(timed.outcome).toMatchObject({ kind: "failed", error: { message: "step broken failed: Error: first" } });
    expect(timed.now).toBe(20);
    expect(timed.journal.filter(({ kind }) => kind === "strand.failed").map(({ data }) => data)).toEqual([
      { strand: "broken (task 2)", error: "StepError: step broken failed: Error: second" },
    ]);
  });

  test("a block that throws cancels what is under way and waits until it has cleaned up", () => {
    const timed = run(program.throwing, [], takes({ loadOrders: 12, render: 1_000, price: 30 })).play();
    expect(timed.outcome).toEqual({ kind: "completed", value: ["cleaned up", "too many"] });
    expect(timed.now).toBe(42);
    if (!crashes) expect(timed.aborted).toEqual(["render"]);
  });

  test("a timeout around a block ends its calls first", () => {
    const timed = run(program.limited, [], takes({ render: 1_000 })).play();
    const message = "timed out after 50 ms, waiting for result of";
    expect(timed.outcome).toMatchObject({
      kind: "completed",
      value: ["block leaves", "cleaned up", expect.stringContaining(message)],
    });
    expect(timed.now).toBe(60);
  });

  test("cancelling a run cancels the calls of its blocks", () => {
    const timed = run(program.throwing, [], takes({ loadOrders: 1_000 })).play(500);
    timed.message("cancel", "", "enough");
    expect(timed.waiting).toContain("cleansUp (task 1): step price");
    timed.play();
    expect(timed.outcome?.kind).toBe("completed");
    expect(timed.outcome).toMatchObject({ value: ["cleaned up", "the run was cancelled"] });
  });
});

test("a hundred calls in a loop take as long as one", () => {
  const timed = new Timed(program.loop, [100]).play();
  expect([timed.outcome, timed.now]).toEqual([{ kind: "completed", value: 49_500 }, 10]);
});
