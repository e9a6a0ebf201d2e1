/** I8: a suspension that cannot be captured is a typed error that names both functions, and nothing is started. */
import { expect, test } from "vitest";
import { ForeignFrameError, OutsideRunError } from "../../src/shared/errors.js";
import { channel } from "../../src/runtime/effects/channel.js";
import { sleep } from "../../src/runtime/effects/sleep.js";
import { perform, step } from "../../src/runtime/effects/step.js";
import { spawn } from "../../src/runtime/effects/task.js";
import { withTimeout } from "../../src/runtime/effects/timeout.js";
import { $live, $must, $native, $save, $super, $TDZ, SUSPEND } from "../../src/runtime/emitted.js";
import { RESUME_NEXT } from "../../src/shared/abi.js";
import { resumeStrand } from "../../src/runtime/execute.js";
import { Execution, type RunPort } from "../../src/runtime/suspend.js";
import { codec } from "../../src/runtime/checkpoint.js";
import { closure, done, fn, Sim } from "./kit.js";

let ran = 0;
const effect = step(() => ++ran, { name: "effect" });
const nap = fn("nap", [() => effect(), () => done("rested")]);

test("the sentinel is an object that nobody can change or look into", () => {
  expect(Object.isExtensible(SUSPEND)).toBe(false);
  expect(() => Reflect.ownKeys(SUSPEND)).toThrow(ForeignFrameError);
  expect(typeof SUSPEND).toBe("object");
});

test("outside a run every primitive says how to run it", () => {
  const calls = [
    () => sleep(1),
    () => effect(),
    () => perform(() => 1),
    () => channel("c").receive(),
    () => channel("c").tryReceive(),
    () => spawn(() => 1),
    () => withTimeout(1, () => 1),
    () => nap(),
  ];
  for (const call of calls) {
    expect(call).toThrow(OutsideRunError);
    expect(call).toThrow(/flow\.start/);
  }
  expect(() => $save({ id: "x", module: "x", name: "x", hash: "" }, 0, {})).toThrow(OutsideRunError);
});

test("a primitive called by the body of a step is outside a run", () => {
  const nested = step(() => sleep(1), { name: "nested", retry: false });
  const sim = new Sim(fn("callsNested", [() => nested(), () => done()]));
  expect(sim.play()).toMatchObject({ kind: "failed", error: { cause: { name: "OutsideRunError" } } });
});

test("$native: a suspension under foreign code names both, can be caught, and starts nothing", () => {
  ran = 0;
  const workflow = fn(
    "sortsWithNap",
    [
      () => [2, 1].sort($native(nap, "Array.prototype.sort") as () => number),
      () => done("not reached"),
      (_, error) => done(error),
      // The run is in order after that.
    ],
    { catches: { 0: 2 } },
  );
  const outcome = new Sim(workflow).play() as { value: ForeignFrameError };
  expect(outcome.value).toBeInstanceOf(ForeignFrameError);
  expect(outcome.value.message).toContain("Array.prototype.sort");
  expect(outcome.value.message).toContain("step effect in nap (test/program.ts:1:1)");
  expect(ran).toBe(0);
});

test("after a ForeignFrameError the run can wait again, and frames of the aborted suspension are gone", () => {
  ran = 0;
  const workflow = fn(
    "goesOn",
    [() => $must(nap(), "JSON.parse"), () => done("not reached"), () => effect(), (_, value) => done(value)],
    { catches: { 0: 2 } },
  );
  const sim = new Sim(workflow);
  sim.advance();
  expect(sim.graph.strands.first?.frames.map((frame) => frame.code.name)).toEqual(["goesOn"]);
  expect(sim.play()).toEqual({ kind: "completed", value: 1 });
});

test("an aborted suspension closes the timeouts it was inside", () => {
  const body = closure("napsInside", [() => sleep(1_000), () => done()], { captures: [] });
  const workflow = fn(
    "abortsTimeout",
    [() => $must(withTimeout(10, body()), "forEach"), () => done("not reached"), () => sleep(500), () => done("in peace")],
    { catches: { 0: 2 } },
  );
  expect(new Sim(workflow).play()).toEqual({ kind: "completed", value: "in peace" });
});

test("$native passes on what cannot suspend, and gives the same guard for the same function", () => {
  const plain = (): number => 1;
  expect($native(plain, "on")).toBe(plain);
  expect($native(5, "on")).toBe(5);
  const guard = $native(nap, "emitter.on");
  expect(guard).not.toBe(nap);
  expect($native(nap, "emitter.off")).toBe(guard);
  expect($native(guard, "again")).toBe(guard);
  expect(guard.name).toBe("nap");
  expect(guard.length).toBe(nap.length);
});

/** A function that is not compiled: it calls back and goes on as if nothing had happened. */
const foreign = (callback: () => unknown): string => {
  callback();
  callback();
  return "done";
};

test("a foreign frame that swallows the suspension and calls on is found out; the run stays where it was", () => {
  ran = 0;
  const sim = new Sim(fn("swallowsTwice", [() => sleep(1), () => foreign(nap), (_, value) => done(value)]));
  sim.advance();
  const before = sim.image;
  const outcome = sim.play() as { kind: string; error: Error };
  expect(outcome.kind).toBe("failed");
  expect(outcome.error).toBeInstanceOf(ForeignFrameError);
  expect(outcome.error.message).toContain("step effect in nap");
  expect(ran).toBe(0);
  expect(sim.image).toBe(before);
});

test.each<[name: string, use: () => unknown, said: RegExp]>([
  ["looks into it", () => "text".replace(/x/, nap as never), /while String\.replace was on the stack/],
  ["goes on", () => Array.from([1, 2], nap), /Array\.from, which is not compiled by flowc, called nap and went on to effect/],
])("a function of the engine that takes the suspension for a value and %s is named", (name, use, said) => {
  const outcome = new Sim(fn(`engine ${name}`, [use, () => done()])).play() as { error: Error };
  expect(outcome.error).toBeInstanceOf(ForeignFrameError);
  expect(outcome.error.message).toMatch(said);
  expect(outcome.error.message).toContain("step effect in nap");
});

test("a foreign frame that swallows the suspension and returns is found out", () => {
  const swallowsOnce = (): string => {
    nap();
    return "as if";
  };
  const outcome = new Sim(fn("swallowsOnce", [() => swallowsOnce(), (_, value) => done(value)])).play() as { error: Error };
  expect(outcome.error).toBeInstanceOf(ForeignFrameError);
});

test("a program that catches the error of a swallowed suspension does not go on with a broken stack", () => {
  const catches = (): string => {
    try {
      return foreign(nap);
    } catch {
      return "swallowed the error too";
    }
  };
  const outcome = new Sim(fn("swallowsAll", [() => catches(), (_, value) => done(value)])).play() as {
    kind: string;
    error: Error;
  };
  expect(outcome.kind).toBe("failed");
  expect(outcome.error).toBeInstanceOf(ForeignFrameError);
});

test("a foreign function given to spawn may not suspend", () => {
  ran = 0;
  const foreignBody = (): unknown => nap();
  const workflow = fn("spawnsForeign", [() => spawn(foreignBody).join(), () => done("no"), (_, error) => done(error)], {
    catches: { 0: 2 },
  });
  const outcome = new Sim(workflow).play() as { value: Error };
  expect(outcome.value).toBeInstanceOf(ForeignFrameError);
  expect(outcome.value.message).toContain("foreignBody");
  expect(ran).toBe(0);
});

test("I7: only the innermost frame is resumed; the frames below are the same objects as before", () => {
  const deep = (n: number): (() => unknown) =>
    n === 0
      ? fn("deep0", [() => sleep(1), () => sleep(1), () => done(0)])
      : fn(`deep${n}`, [() => deepest[n - 1]!(), (_, value) => done((value as number) + 1)]);
  const deepest: (() => unknown)[] = [];
  for (let n = 0; n < 50; n++) deepest.push(deep(n));
  const sim = new Sim(deepest[49]!);
  sim.advance();
  const strand = sim.graph.strands.first!;
  const before = [...strand.frames];
  expect(resumeStrand(new Execution({} as RunPort), strand, RESUME_NEXT, undefined)).toMatchObject({
    kind: "waits",
    request: { kind: "sleep" },
  });
  const after = strand.frames;
  expect(after).toHaveLength(50);
  expect(after.slice(0, -1).every((frame, at) => frame === before[at])).toBe(true);
  expect(after.at(-1)).not.toBe(before.at(-1));
  expect(sim.play()).toEqual({ kind: "completed", value: 49 });
});

test("errors thrown through resumed frames reach the nearest handler below", () => {
  const thrower = fn("thrower", [
    () => sleep(1),
    () => {
      throw new RangeError("deep");
    },
  ]);
  const passes = fn("passes", [() => thrower(), () => done("not reached")]);
  const handles = fn("handles", [() => passes(), () => done("no"), (_, error) => done(`handled ${(error as Error).message}`)], {
    catches: { 0: 2 },
  });
  expect(new Sim(handles).play()).toEqual({ kind: "completed", value: "handled deep" });
});

test("$live and $TDZ do what the language does, also after a restore", () => {
  expect($live(1, "x")).toBe(1);
  expect(() => $live($TDZ, "x")).toThrow(new ReferenceError("Cannot access 'x' before initialization"));
  expect(codec.decode(codec.encode([$TDZ]))).toEqual([$TDZ]);
  expect((codec.decode(codec.encode([$TDZ])) as unknown[])[0]).toBe($TDZ);
});

test("$super reads through the parent of the home object with the receiver", () => {
  class Base {
    label = "?";
    get name(): string {
      return `base of ${this.label}`;
    }
  }
  class Derived extends Base {
    override label = "derived";
  }
  expect($super(Derived.prototype, "name", new Derived())).toBe("base of derived");
  expect($super(Derived.prototype, "missing", new Derived())).toBe(undefined);
});
