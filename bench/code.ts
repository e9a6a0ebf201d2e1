/** Speed of emitted code: fast copies and resume copies against native code, and the cost of one suspension. */
import { closureOf } from "../dist/runtime/registry.js";
import { resumeStrand, startStrand } from "../dist/runtime/execute.js";
import { Execution, type RunPort } from "../dist/runtime/suspend.js";
import { Strand } from "../dist/runtime/strand.js";
import { Frame } from "../dist/runtime/frame.js";
import { heading, load, median, ratio, report, time } from "./lib.ts";

type Fn = (n: number) => number;

export async function benchCode(): Promise<void> {
  const { compiled, native } = (await load("ratios")) as unknown as Record<"compiled" | "native", Record<string, Fn>>;
  heading("fast copy / native");
  const cases: [string, string, number][] = [
    ["recursion, every call a point", "recursion", 25],
    ["nested loops, point inside never taken", "nestedLoops", 1500],
    ["call-heavy loop", "callHeavy", 2_000_000],
    ["several call sites", "severalSites", 700_000],
  ];
  for (const [label, name, size] of cases) {
    report(
      label,
      ratio(
        () => compiled[name]!(size),
        () => native[name]!(size),
      ),
      "×",
      { bound: 1.15 },
    );
  }
  const empty = ratio(
    () => compiled.emptyCalls!(2_000_000),
    () => native.emptyCalls!(2_000_000),
  );
  report("worst case: a callee that native code inlines to nothing", empty, "×");
  const { compiled: unpolled } = (await load("ratios", { preempt: false })) as unknown as Record<"compiled", Record<string, Fn>>;
  heading("loops that only compute: polled, so that others have their turn / with `preempt: false`");
  for (const [label, name, count] of [
    ["one multiplication a round", "computing", 5_000_000],
    ["a short array a round", "computingMore", 1_000_000],
  ] as const)
    report(
      label,
      ratio(
        () => compiled[name]!(count),
        () => unpolled[name]!(count),
      ),
      "×",
    );
  heading("resume copy / native");
  const code = closureOf(compiled.loopAfterPause!)!.code;
  const size = 1_000_000;
  const resumed = (): unknown => code.resume!.call(undefined, new Frame(code, 0, { n: size }, undefined), 0, 0);
  report(
    "call-heavy loop",
    ratio(resumed, () => native.loopAfterPause!(size)),
    "×",
  );
  heading("one suspension at depth 5: unwind, and resume through six frames");
  report("suspend and resume", suspensionCost(compiled), "ns");
}

/** Nanoseconds for one suspension of a stack six frames deep and its complete resumption, without a store. */
function suspensionCost(program: Record<string, Fn>): number {
  const port = { runId: "bench", now: 0 } as unknown as RunPort;
  const execution = new Execution(port);
  const rounds = 50_000;
  (program.arm as unknown as (on: boolean) => void)(true);
  const samples: number[] = [];
  for (let sample = 0; sample < 15; sample++) {
    const elapsed = time(() => {
      for (let i = 0; i < rounds; i++) {
        const strand = new Strand(0, undefined, undefined);
        startStrand(execution, strand, program.depth5!, [i]);
        resumeStrand(execution, strand, 0, undefined);
      }
    });
    samples.push((elapsed / rounds) * 1e6);
  }
  (program.arm as unknown as (on: boolean) => void)(false);
  return median(samples.slice(5));
}
