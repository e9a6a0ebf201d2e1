/** `--telemetry`: what the command line tells the SDK that a program has registered. */
import { symlinkSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { Project } from "./project.js";

const SDK = `
import { trace } from "@opentelemetry/api";
import { SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
const exporter = {
  export(spans, done) {
    for (const span of spans) process.stdout.write("span " + span.name + " " + span.spanContext().traceId + "\\n");
    done({ code: 0 });
  },
  shutdown: () => Promise.resolve(),
};
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));`;

const PROGRAM = `
import { step } from "flowc";
const charge = step((cents: number): number => cents, { name: "charge" });
export function order(cents: number): number {
  return charge(cents);
}`;

test("the spans of a run go to the SDK, when they are asked for", async () => {
  const made = new Project({ "app.ts": PROGRAM, "sdk.mjs": SDK });
  symlinkSync(path.resolve(import.meta.dirname, "../../node_modules/@opentelemetry"), made.path("node_modules/@opentelemetry"));
  made.env["NODE_OPTIONS"] = `--import ${made.path("sdk.mjs")}`;
  const run = async (id: string, ...options: string[]): Promise<string[]> => {
    const { code, stdout } = await made.flowc("run", "app.ts", "--args", "[7]", "--id", id, ...options);
    expect(code).toBe(0);
    return Array.from(stdout.matchAll(/^span (.*)$/gm), ([, span]) => span!);
  };
  const spans = await run("a", "--telemetry");
  expect(spans.map((span) => span.replace(/ \w+$/, ""))).toEqual(["start order", "step charge", "run order"]);
  const [, attempt, root] = spans.map((span) => span.split(" ").at(-1));
  expect(attempt).toBe(root);
  expect(await run("b")).toEqual([]);
}, 60_000);
