/** Temporal where durations and points in time are asked for: Node's own, in a process that has it, and objects that look like that of a polyfill. */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { milliseconds, type TemporalDuration } from "../../src/runtime/effects/duration.js";
import { timeOf } from "../../src/runtime/effects/instant.js";

const FIELDS = "years months weeks days hours minutes seconds milliseconds microseconds nanoseconds".split(" ");
const duration = (fields: Partial<TemporalDuration>): TemporalDuration => ({
  ...(Object.fromEntries(FIELDS.map((name) => [name, 0])) as unknown as TemporalDuration),
  ...fields,
  [Symbol.toStringTag]: "Temporal.Duration",
});

test("a duration is the sum of its fields", () => {
  expect(milliseconds(duration({ weeks: 1, days: 2, hours: 3, minutes: 4, seconds: 5, milliseconds: 6 }), "sleep")).toBe(
    ((9 * 24 + 3) * 60 + 4) * 60_000 + 5_006,
  );
  expect(milliseconds(duration({ microseconds: 1_500, nanoseconds: 500_000 }), "sleep")).toBe(2);
});

test("years and months have no length, and none is below zero", () => {
  expect(() => milliseconds(duration({ months: 1 }), "sleep")).toThrow(/sleep: .* has years or months.*sleepUntil/s);
  expect(() => milliseconds(duration({ years: 1 }), "sleep")).toThrow(/has years or months/);
  expect(() => milliseconds(duration({ days: -1 }), "sleep")).toThrow(/is not a duration/);
});

test("a point in time is asked for its milliseconds", () => {
  expect(timeOf({ [Symbol.toStringTag]: "Temporal.ZonedDateTime", epochMilliseconds: 5 }, "startAt")).toBe(5);
  expect(() => timeOf({ epochMilliseconds: 5 } as never, "startAt")).toThrow(/startAt: .* is no point in time/);
});

test("with Node's own", () => {
  const script = `
    import { milliseconds } from "./dist/runtime/effects/duration.js";
    import { timeOf } from "./dist/runtime/effects/instant.js";
    import { decode, encode } from "./dist/runtime/codec/index.js";
    const day = Temporal.Duration.from({ days: 1, minutes: 1 });
    const instant = Temporal.Instant.from("2026-01-31T00:00:00Z");
    const again = decode(encode({ instant, Class: Temporal.Instant }));
    console.log(JSON.stringify([milliseconds(day, "x"), timeOf(instant, "x"), again.instant.equals(instant), again.Class === Temporal.Instant]));
    console.log(Buffer.from(encode(day)).toString("base64"));`;
  const run = (flags: string[], text: string): string =>
    execFileSync(process.execPath, [...flags, "--input-type=module", "-e", text], { encoding: "utf8" });
  const [told, bytes] = run(["--harmony-temporal"], script).split("\n");
  expect(JSON.parse(told!)).toEqual([86_460_000, Date.UTC(2026, 0, 31), true, true]);
  // A process without it says what it lacks.
  const reader = `
    import { decode } from "./dist/runtime/codec/index.js";
    try { decode(Buffer.from("${bytes}", "base64")) } catch (error) { console.log(error.name, error.message) }`;
  const without = run(
    [],
    `delete globalThis.Temporal;${reader.replace("import {", "const {").replace("} from", "} = await import(").replace('index.js";', 'index.js");')}`,
  );
  expect(without).toMatch(/CorruptCheckpointError .*Temporal\.Duration, which this Node .* does not have/);
});
