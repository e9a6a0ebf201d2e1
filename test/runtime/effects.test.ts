import fc from "fast-check";
import { expect, test } from "vitest";
import { StepError, UsageError } from "../../src/shared/errors.js";
import { channel } from "../../src/runtime/effects/channel.js";
import { stepContext } from "../../src/runtime/effects/context.js";
import { formatDuration, milliseconds } from "../../src/runtime/effects/duration.js";
import { backoffAfter, policyOf } from "../../src/runtime/effects/retry.js";
import { sleep, sleepUntil } from "../../src/runtime/effects/sleep.js";
import { perform, step, steps } from "../../src/runtime/effects/step.js";
import { spawn } from "../../src/runtime/effects/task.js";
import { withTimeout } from "../../src/runtime/effects/timeout.js";
import { codec } from "../../src/runtime/checkpoint.js";
import { done, fn, Sim } from "./kit.js";

test.each([
  [0, 0],
  [1.5, 1.5],
  ["250ms", 250],
  ["3 days", 259_200_000],
  ["1.5 hours", 5_400_000],
  ["2 days 4 hours", 187_200_000],
  ["1h 30m", 5_400_000],
  ["1h30m", 5_400_000],
  [" 10 Seconds ", 10_000],
  ["1 week, 1 day", 691_200_000],
  ["1_000 ms", 1_000],
  ["0.5s", 500],
  ["5 min", 300_000],
  ["2 hrs", 7_200_000],
])("duration %j is %d ms", (written, expected) => {
  expect(milliseconds(written, "test")).toBe(expected);
});

test.each([
  ["", /an empty text/],
  ["  ", /an empty text/],
  ["10", /a number without a unit/],
  ["ten days", /not a number followed by a unit/],
  ["5 fortnights", /"fortnights" is no unit/],
  ["5 constructors", /is no unit/],
  ["-1 day", /not a number/],
  [-1, /is not a duration/],
  [Number.NaN, /is not a duration/],
  [Infinity, /longer than 10,000 years/],
  [null, /is not a duration/],
])("%j is no duration", (written, message) => {
  expect(() => milliseconds(written as string, "sleep")).toThrow(UsageError);
  expect(() => milliseconds(written as string, "sleep")).toThrow(message);
  expect(() => milliseconds(written as string, "sleep")).toThrow(/^sleep: /);
});

test("durations are printed for people", () => {
  expect([250, 1_500, 60_000, 3_600_000, 187_200_000, 90_061_000].map(formatDuration)).toEqual([
    "250 ms",
    "1.5 s",
    "1 min",
    "1 h",
    "2 d 4 h",
    "1 d 1 h",
  ]);
});

test("waits grow by the factor up to the longest, spread by the jitter", () => {
  const policy = policyOf("charge", { retry: { attempts: 9, backoff: 100, factor: 3, maxDelay: 1_000, jitter: 0 } });
  expect([1, 2, 3, 4].map((attempt) => backoffAfter(policy, attempt, 0.9))).toEqual([100, 300, 900, 1_000]);
  const jittery = policyOf("charge", { retry: { backoff: 1_000, jitter: 0.2 } });
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (random) => {
      const delay = backoffAfter(jittery, 1, random);
      expect(delay).toBeGreaterThanOrEqual(800);
      expect(delay).toBeLessThanOrEqual(1_200);
    }),
  );
  expect([0, 1].map((random) => backoffAfter(jittery, 1, random))).toEqual([800, 1_200]);
});

test("by default a step is tried three times, after 1 s and 2 s; `retry: false` is once", () => {
  expect(policyOf("s", undefined)).toMatchObject({
    attempts: 3,
    backoffMs: 1_000,
    factor: 2,
    maxDelayMs: 60_000,
    jitter: 0.1,
    timeoutMs: undefined,
  });
  expect(policyOf("s", { retry: false }).attempts).toBe(1);
});

test("bad options are refused where the step is made, by name", () => {
  const make = (options: object) => () => step(() => 1, { name: "charge", ...options });
  expect(make({ retry: { attempts: 0 } })).toThrow(/charge: retry.attempts/);
  expect(make({ retry: { attempts: 1.5 } })).toThrow(UsageError);
  expect(make({ retry: { factor: 0.5 } })).toThrow(/charge: retry.factor/);
  expect(make({ retry: { jitter: 2 } })).toThrow(/charge: retry.jitter/);
  expect(make({ retry: { backoff: "soon" } })).toThrow(/charge: retry.backoff/);
  expect(make({ timeout: "5" })).toThrow(/charge: timeout/);
  expect(() => step("no function" as never)).toThrow(UsageError);
});

test("a step that is neither compiled nor named says so when it is called", () => {
  const charge = step(function charge() {
    return 1;
  });
  expect(charge).toThrow(UsageError);
  expect(charge).toThrow(/step charge has no identity/);
});

test("bad arguments are refused at the call", () => {
  const calls: [() => unknown, RegExp][] = [
    [() => sleep("often"), /^sleep/],
    [() => sleepUntil(new Date(Number.NaN)), /is no point in time/],
    [() => sleepUntil("tomorrow" as never), /is no point in time/],
    [() => channel(""), /takes a name/],
    [() => spawn(5 as never), /takes a function/],
    [() => perform(5 as never), /takes a function/],
    [() => withTimeout(5, 5 as never), /takes a duration and a function/],
    [() => withTimeout("x", () => 1), /^withTimeout/],
    [() => steps(null as never), /takes a module/],
  ];
  for (const [call, message] of calls) {
    expect(call).toThrow(UsageError);
    expect(call).toThrow(message);
  }
});

test("stepContext outside the body of a step is refused", () => {
  expect(() => stepContext()).toThrow(/outside the body of a step/);
});

class Service {
  readonly prefix = "hello";
  greet(name: string): string {
    return `${this.prefix} ${name}`;
  }
}
const module = {
  double: (n: number): Promise<number> => Promise.resolve(n * 2),
  triple: (n: number): number => n * 3,
  version: "1.0",
};
// What the compiler makes of `export const api = steps(module)`: a hidden third argument.
const api = (
  steps as unknown as (module: object, options: undefined, id: string) => { triple(n: number): number; version: string }
)(module, undefined, "src/api.ts#api");
const service = steps(new Service(), { name: "service" });

test("steps makes steps of all functions of a module or object, with their receiver, and leaves the rest", () => {
  expect(api.version).toBe("1.0");
  const workflow = fn("usesApi", [
    () => api.triple(7),
    (v, n) => {
      v["n"] = n;
      return service.greet("bob");
    },
    (v, text) => done([v["n"], text]),
  ]);
  const sim = new Sim(workflow);
  sim.advance();
  expect(sim.starts).toMatchObject([{ wait: { step: "src/api.ts#api.triple" } }]);
  expect(sim.play()).toEqual({ kind: "completed", value: [21, "hello bob"] });
  expect(sim.journal.filter((entry) => entry.kind === "step.completed").map((entry) => entry.data["step"])).toEqual([
    "api.triple",
    "service.greet",
  ]);
});

test("steps, channels and tasks can be held in variables and saved", () => {
  const charge = step((n: number) => n, { name: "heldStep" });
  const Approval = channel<boolean>("approval");
  const restored = codec.decode(codec.encode({ charge, greet: service.greet, Approval, receive: Approval.receive })) as Record<
    string,
    unknown
  >;
  expect(restored["charge"]).toBe(charge);
  expect(restored["greet"]).toBe(service.greet);
  expect(restored["Approval"]).toEqual(Approval);
  expect(restored["receive"]).toBe(Approval.receive);
});

test("a StepError survives being saved, with its cause", () => {
  const error = new StepError("step x failed", "src/a.ts#x", 3, { cause: new TypeError("why") });
  const restored = codec.decode(codec.encode(error)) as StepError;
  expect(restored).toBeInstanceOf(StepError);
  expect(restored).toMatchObject({
    name: "StepError",
    code: "FLOW_STEP",
    step: "src/a.ts#x",
    attempts: 3,
    message: "step x failed",
  });
  expect(restored.cause).toBeInstanceOf(TypeError);
});

test("an error that cannot be saved reaches the program as a plain copy", () => {
  class HttpError extends Error {
    override name = "HttpError";
    code = "ECONNRESET";
    request = new FinalizationRegistry(() => undefined);
  }
  const call = step(
    () => {
      throw new HttpError("connection reset", { cause: new RangeError("inner") });
    },
    { name: "http", retry: false },
  );
  const workflow = fn("catchesHttp", [() => call(), () => done(), (_, error) => done(error)], { catches: { 0: 2 } });
  const { cause } = (new Sim(workflow).play() as { value: Error }).value as { cause: Error & { code: string } };
  expect(cause).toMatchObject({ name: "HttpError", message: "connection reset", code: "ECONNRESET" });
  expect(cause.cause).toBeInstanceOf(RangeError);
});
