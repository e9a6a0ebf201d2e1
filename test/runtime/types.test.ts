/** What the editor shows. Checked by the type checker (`tsc -p tsconfig.json`); nothing of it runs. */
import { expect, expectTypeOf, test } from "vitest";
import {
  aes256gcm,
  all,
  any,
  channel,
  map,
  memory,
  open,
  perform,
  race,
  registerCodec,
  resource,
  secret,
  settle,
  spawn,
  step,
  steps,
  withTimeout,
  type Flow,
  type Resource,
  type Run,
  type Secret,
  type Settled,
  type Task,
} from "../../src/index.js";

interface Payment {
  readonly id: string;
}

test("a step has the type of its function without the promise", () => {
  expectTypeOf(step(async (card: string, cents: number): Promise<Payment> => ({ id: card + cents }))).toEqualTypeOf<
    (card: string, cents: number) => Payment
  >();
  expectTypeOf(step((n: number) => n)).toEqualTypeOf<(n: number) => number>();
  expectTypeOf(step(async () => undefined)).toEqualTypeOf<() => undefined>();
});

test("step.tx has the type of its function without the promise and the client", () => {
  const book = step.tx(async (client: { query(text: string): void }, seat: string): Promise<Payment> => {
    client.query(seat);
    return { id: seat };
  });
  expectTypeOf(book).toEqualTypeOf<(seat: string) => Payment>();
  expectTypeOf(step.tx((client) => expectTypeOf(client).toBeUnknown() && 1)).toBeFunction();
  // @ts-expect-error it runs where its run is
  expect(() => step.tx(() => 1, { queue: "gpu" })).toThrow(/step\.tx\(\) takes no queue/);
  // @ts-expect-error it takes a function
  expect(() => step.tx(7)).toThrow(/step\.tx\(\) takes a function/);
});

test("steps maps the functions of a module and leaves the rest", () => {
  const api = { charge: async (n: number): Promise<Payment> => ({ id: `${n}` }), version: 1, sync: (s: string) => s.length };
  expectTypeOf<ReturnType<typeof steps<typeof api>>>().toEqualTypeOf<{
    readonly charge: (n: number) => Payment;
    readonly version: number;
    readonly sync: (s: string) => number;
  }>();
});

test("perform, spawn, withTimeout and receive have the types of what they give", () => {
  const types = (): void => {
    expectTypeOf(perform(async () => 1)).toEqualTypeOf<number>();
    expectTypeOf(spawn(() => "x")).toEqualTypeOf<Task<string>>();
    expectTypeOf(spawn(() => "x").join()).toEqualTypeOf<string>();
    expectTypeOf(withTimeout("1 s", () => true)).toEqualTypeOf<boolean>();
    const Approval = channel<boolean>("approval");
    expectTypeOf(Approval.receive()).toEqualTypeOf<boolean>();
    expectTypeOf(Approval.receive({ timeout: "2 days" })).toEqualTypeOf<boolean | undefined>();
    expectTypeOf(Approval.tryReceive()).toEqualTypeOf<boolean | undefined>();
  };
  expectTypeOf(types).returns.toBeVoid();
});

test("what runs at once answers what its functions answer, place by place", () => {
  const types = (): void => {
    const charge = step(async (cents: number): Promise<Payment> => ({ id: `${cents}` }));
    expectTypeOf(all([() => charge(1), () => 2, () => "x" as const])).toEqualTypeOf<[Payment, number, "x"]>();
    expectTypeOf(settle([() => charge(1), () => 2])).toEqualTypeOf<[Settled<Payment>, Settled<number>]>();
    expectTypeOf(race([() => charge(1), () => "late"])).toEqualTypeOf<Payment | string>();
    expectTypeOf(any([() => charge(1), () => undefined])).toEqualTypeOf<Payment | undefined>();
    const thunks: (() => number)[] = [];
    expectTypeOf(all(thunks)).toEqualTypeOf<number[]>();
    expectTypeOf(race(thunks)).toEqualTypeOf<number>();
    expectTypeOf(all([])).toEqualTypeOf<[]>();
    expectTypeOf(map([1, 2], (cents) => charge(cents))).toEqualTypeOf<Payment[]>();
    expectTypeOf(map(new Map([["a", 1]]), ([name, at], index) => `${name}${at + index}`, { concurrency: 3 })).toEqualTypeOf<
      string[]
    >();
    const [first] = settle([() => charge(1)]);
    if (first.status === "fulfilled") expectTypeOf(first.value).toEqualTypeOf<Payment>();
    // @ts-expect-error what is called, not what it answers
    all([charge(1)]);
    // @ts-expect-error a step takes its own arguments
    map(["1"], charge);
  };
  expectTypeOf(types).returns.toBeVoid();
});

test("resources, secrets, codecs and ciphers", () => {
  class Conn {
    private constructor(readonly url: string) {}
    static to(url: string): Conn {
      return new Conn(url);
    }
  }
  const types = (): void => {
    expectTypeOf(resource(() => Conn.to("a"), { close: (it) => expectTypeOf(it).toEqualTypeOf<Conn>() })).toEqualTypeOf<
      Resource<Conn>
    >();
    expectTypeOf(resource(async () => 1, { close: (it) => expectTypeOf(it).toEqualTypeOf<number>() }).value).toEqualTypeOf<
      Promise<number>
    >();
    expectTypeOf(secret("x")).toEqualTypeOf<Secret<string>>();
    expectTypeOf(secret("x").reveal()).toEqualTypeOf<string>();
    registerCodec(Conn, { name: "conn", version: 1, encode: ({ url }) => url, decode: (url) => Conn.to(url) });
    // @ts-expect-error decode is given what encode answers
    registerCodec(Conn, { name: "conn", version: 1, encode: () => 1, decode: (url: string) => Conn.to(url) });
    // @ts-expect-error a cipher is an object with functions
    open({ store: memory(), cipher: "k1" });
    expectTypeOf(open({ store: memory(), cipher: aes256gcm({ current: "k", keys: { k: "" } }) })).toEqualTypeOf<Flow>();
  };
  expectTypeOf(types).returns.toBeVoid();
});

test("the host API carries the workflow's types", () => {
  const checkout = (order: { total: number }): Payment => ({ id: `${order.total}` });
  expectTypeOf(open).returns.toEqualTypeOf<Flow>();
  const types = async (flow: Flow): Promise<void> => {
    expectTypeOf(await flow.start(checkout, [{ total: 1 }])).toEqualTypeOf<Run<Payment>>();
    expectTypeOf(await flow.run<Payment>("x").result()).toEqualTypeOf<Payment>();
    // @ts-expect-error: not what the workflow takes
    await flow.start(checkout, ["one"]);
    const Approval = channel<boolean>("approval");
    await flow.run("x").send(Approval, true);
    // @ts-expect-error: not what the channel carries
    await flow.run("x").send(Approval, "yes");
    // @ts-expect-error: the flow's workers take milliseconds
    await flow.worker({ leaseMs: "1 minute" });
  };
  expectTypeOf(types).returns.resolves.toBeVoid();
});
