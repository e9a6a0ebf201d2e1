/** Executes every cell of docs/saved-values.md, in a process of its own with the built runtime, and prints the tables as JSON. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { decode, encode } from "../../../dist/runtime/codec/index.js";
import { codec } from "../../../dist/runtime/checkpoint.js";
import { Driver } from "../../../dist/runtime/driver/driver.js";
import { newImage } from "../../../dist/runtime/image.js";
import { closureOf } from "../../../dist/runtime/registry.js";
import { compile, formatDiagnostic } from "../../../dist/transform/index.js";
import { builtIn } from "./built-in.ts";
import { compiledKinds, refusedOfProgram } from "./compiled.ts";
import { difference } from "./isomorphism.ts";
import type { Kind } from "./kind.ts";
import { knowledge } from "./knowledge.ts";
import type { RefusedRow, Row, Tables } from "./page.ts";
import { refused } from "./refused.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const cache = path.join(root, `.cache/values-${process.pid}`);

const makers = await loadProgram();
const tables: Tables = {
  groups: [...builtIn, ...compiledKinds(made)].map(({ title, kinds }) => ({ title, rows: kinds.map(row) })),
  refused: [...refused, ...refusedOfProgram(made)].map(([name, make]) => refusal(name, make)),
};
console.log(JSON.stringify(tables));

async function loadProgram(): Promise<Readonly<Record<string, () => void>>> {
  const files = ["program.ts", "constants.ts"].map((name) => path.join(import.meta.dirname, name));
  const result = compile({ files, project: path.join(import.meta.dirname, "tsconfig.json") });
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join("\n"));
  try {
    mkdirSync(cache, { recursive: true });
    for (const { source, code } of result.outputs)
      writeFileSync(
        path.join(cache, path.basename(source).replace(/ts$/, "js")),
        code.replace(/(from "\.[^"]*)\.ts"/g, '$1.js"'),
      );
    const program = (await import(pathToFileURL(path.join(cache, "program.js")).href)) as { makers: Record<string, () => void> };
    return program.makers;
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

/** What a maker of the program leaves, made inside a run. */
function made(name: string): unknown {
  const maker = makers[name];
  const workflow = maker && closureOf(maker)?.code.id;
  if (maker === undefined || workflow === undefined) throw new Error(`the program has no maker ${name}`);
  globalThis.kept = undefined;
  const ports = { codec, random: () => 0.5, newId: () => "id", limits: { warnBytes: Infinity, maxBytes: Infinity } };
  const image = encode(newImage("run", workflow, maker, [], 0));
  new Driver({ image, parts: [], blobs: new Map() }, ports).advance([], 0);
  return globalThis.kept;
}

function row(kind: Kind): Row {
  return {
    name: kind.name,
    identity: cell(() => identity(kind)),
    cycles: cell(() => cycles(kind)),
    mutation: cell(() => mutation(kind)),
  };
}

/** A cell says what went wrong, if anything. */
function cell(fill: () => string): string {
  try {
    return fill();
  } catch (error) {
    return `**${error instanceof Error ? error.message : String(error)}**`;
  }
}

/** A copy of a graph; fails when saving that again gives other bytes. */
function copied<T>(value: T): T {
  const bytes = encode(value);
  const back = decode(bytes) as T;
  if (Buffer.compare(encode(back), bytes) !== 0) throw new Error("saved again, it gives other bytes");
  return back;
}

function compare(one: unknown, other: unknown): void {
  const found = difference(one, other, knowledge);
  if (found !== undefined) throw new Error(found);
}

function identity(kind: Kind): string {
  const value = kind.make();
  const ways = (it: unknown): unknown => ({ list: [it, it], map: new Map([[it, it]]), set: new Set([it]), property: it });
  const one = ways(value);
  const back = copied(one) as { list: unknown[] };
  if (isReference(value)) {
    if (back.list[0] !== value || back.list[1] !== value) throw new Error("another object than the one referred to");
    return "same object";
  }
  compare(one, back);
  return "yes";
}

function isReference(value: unknown): boolean {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function" || typeof value === "symbol";
  return isObject && knowledge.isReference(value);
}

function cycles({ make, link }: Kind): string {
  if (link === undefined) return "–";
  const value = make();
  const holder: { value: unknown; self?: unknown } = { value };
  holder.self = holder;
  link(value as never, holder);
  compare(holder, copied(holder));
  link(value as never, value);
  compare(value, copied(value));
  return "yes";
}

function mutation({ make, act }: Kind): string {
  const value = make();
  if (isReference(value)) return act === undefined ? "same object" : run(act, value, copied(value));
  return act === undefined ? "–" : run(act, value, copied(value));
}

function run(act: NonNullable<Kind["act"]>, value: unknown, back: unknown): string {
  const one = { answer: act(value as never), value };
  const other = { answer: act(back as never), value: back };
  compare(one, other);
  return "yes";
}

function refusal(name: string, make: () => unknown): RefusedRow {
  const value = make();
  try {
    encode({ it: value });
  } catch (error) {
    const { name: type, message } = error as Error;
    const reason = /^`it[^`]*` cannot be saved: (.*)$/s.exec(message.replace("`value.it", "`it"))?.[1];
    if (type === "NotSaveableError" && reason !== undefined) return { name, reason };
    return { name, reason: `**${type}: ${message}**` };
  } finally {
    (value as { destroy?: () => void } | undefined)?.destroy?.();
  }
  return { name, reason: "**it was saved**" };
}
