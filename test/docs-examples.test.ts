/** Runs the examples of docs/concurrency.md: each exported function ends with a comment that says what it answers. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Flow } from "../dist/index.js";
import { memory, open } from "../dist/index.js";
import { compile, formatDiagnostic } from "../dist/transform/index.js";

const root = path.resolve(import.meta.dirname, "..");
const folder = path.join(root, `.cache/docs-${process.pid}`);
const page = readFileSync(path.join(root, "docs/concurrency.md"), "utf8");
const code = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, block]) => block).join("\n");
const examples = [...code.matchAll(/^export function (\w+)[^]*?^} \/\/ → (.*)$/gm)].map(([, name = "", answer = ""]) => ({
  name,
  answer,
}));

let program: Record<string, () => unknown>;
let flow: Flow;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  const source = path.join(folder, "concurrency.ts");
  writeFileSync(source, code);
  const result = compile({ files: [source], project: path.join(root, "examples/tsconfig.json") });
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join("\n"));
  const target = path.join(folder, "concurrency.mjs");
  writeFileSync(target, result.outputs.find((output) => output.source === source)!.code);
  program = (await import(pathToFileURL(target).href)) as typeof program;
  flow = open({ store: memory() });
  await flow.worker();
});
afterAll(async () => {
  await flow.close();
  rmSync(folder, { recursive: true, force: true });
});

test("every example says what it answers", () => {
  expect(examples.map(({ name }) => name)).toEqual([...code.matchAll(/^export function (\w+)/gm)].map(([, name]) => name));
  expect(examples.length).toBeGreaterThan(5);
});

test.each(examples)("$name answers what the page says", async ({ name, answer }) => {
  const run = await flow.start(program[name]!, []);
  expect(String(await run.result())).toBe(answer);
});
