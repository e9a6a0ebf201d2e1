/** A foreign function through which a suspension passes has a frame that nobody saved: the run must be told, not go on without it (I8). */
import { beforeEach, describe, expect, it } from "vitest";
import { ABI_VERSION } from "../../src/shared/abi.js";
import { ForeignFrameError } from "../../src/shared/errors.js";
import { $module, $tag } from "../../src/runtime/registry.js";
import { $method, $save, enter, Execution, SUSPEND, suspend, type RunPort } from "../../src/runtime/suspend.js";

const module = $module(ABI_VERSION, "test/pass-through.ts");
const inner$ = module.code("inner", { name: "inner", hash: "1", resume: () => undefined });
const outer$ = module.code("outer", { name: "outer", hash: "1", resume: () => undefined });

const inner = $tag(
  () => {
    const value: unknown = suspend("sleep", { kind: "sleep", duration: 1, until: 0, since: 0 });
    return value === SUSPEND ? $save(inner$, 0, {}) : value;
  },
  inner$,
  [],
);

/** What the compiler emits for `return callee()` with an unknown callee. */
function outer(callee: () => unknown): unknown {
  const value = callee();
  return value === SUSPEND ? $save(outer$, 0, {}, undefined, callee) : value;
}

describe("a suspension on its way out", () => {
  beforeEach(() => {
    enter(new Execution({ runId: "run", now: 0, closeScope: () => undefined } as unknown as RunPort));
    return () => void enter(undefined);
  });

  it("passes compiled functions", () => {
    expect(outer(inner)).toBe(SUSPEND);
  });

  it("does not pass a foreign function that returns it", () => {
    const memoized = function once(): unknown {
      return inner();
    };
    expect(() => outer(memoized)).toThrow(ForeignFrameError);
    expect(() => outer(memoized)).toThrow(/sleep in inner .* suspended while once was on the stack/);
  });

  it.each([
    ["reads a property", (value: unknown) => (value as { done: boolean }).done],
    ["makes it a string", (value: unknown) => String(value)],
    ["spreads it", (value: unknown) => ({ ...(value as object) })],
    ["serializes it", (value: unknown) => JSON.stringify(value)],
  ])("does not survive a foreign function that %s", (_, use) => {
    expect(() => use(inner())).toThrow(ForeignFrameError);
  });

  it("names the function that looked into it", () => {
    const looker = (value: unknown): unknown => (value as { done: boolean }).done;
    expect(() => looker(inner())).toThrow(/suspended while looker was on the stack, and looker is not compiled/);
  });

  it("reads methods without running getters", () => {
    const object = Object.create({ inherited: inner }) as object;
    Object.defineProperty(object, "getter", { get: () => expect.unreachable() });
    expect($method(object, "inherited")).toBe(inner);
    expect($method(object, "getter")).toBeUndefined();
    expect($method("text", "at")).toBe(String.prototype.at);
  });
});
