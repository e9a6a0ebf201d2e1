/**
 * Reads the goldens of the compiled program, in a process that has the built runtime, and prints as JSON what became of them. With `write` as its argument, compiles
 * `program.ts` and writes them first.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { decode, encode } from "../../../dist/runtime/codec/index.js";
import { FORMAT_VERSION } from "../../../dist/runtime/codec/format.js";
import { resumeStrand, startStrand } from "../../../dist/runtime/execute.js";
import { Strand } from "../../../dist/runtime/strand.js";
import { Execution, type RunPort } from "../../../dist/runtime/suspend.js";
import { compile } from "../../../dist/transform/index.js";

interface Program {
  shop(name: string): string;
  values(): Values;
}
interface Values {
  readonly add: (n: number) => number;
  readonly again: (n: number) => number;
  readonly read: () => number;
  readonly method: unknown;
  readonly Basket: new (name: string) => object;
  readonly prices: unknown;
  readonly shop: unknown;
  readonly basket: { readonly owner: unknown };
}

const folder = import.meta.dirname;
const compiled = path.join(folder, "program.compiled.mjs");
const [command, version = `v${FORMAT_VERSION}`] = process.argv.slice(2);
const fileOf = (name: string): string => path.join(folder, version, `program ${name}.bin`);
const execution = new Execution({ runId: "golden", now: 0 } as unknown as RunPort);

if (command === "write") writeProgram();
const program = (await import(compiled)) as Program & { readonly Basket: unknown; readonly prices: unknown };
const written = { frames: encode(suspended()), values: encode(program.values()) };
if (command === "write") {
  mkdirSync(path.join(folder, version), { recursive: true });
  for (const [name, bytes] of Object.entries(written)) writeFileSync(fileOf(name), bytes);
}
const stale = Object.entries(written).filter(([name, bytes]) => Buffer.compare(bytes, readFileSync(fileOf(name))) !== 0);
console.log(JSON.stringify({ frames: frames(), values: values(), stale: stale.map(([name]) => name) }));

function writeProgram(): void {
  const result = compile({ files: [path.join(folder, "program.ts")], project: path.join(folder, "tsconfig.json"), cwd: folder });
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  const output = result.outputs.find(({ source }) => source.endsWith("program.ts"))!;
  writeFileSync(compiled, output.code);
}

/** The frames of `shop`, which waits. */
function suspended(): Strand["frames"] {
  const strand = new Strand(0, undefined, undefined);
  startStrand(execution, strand, program.shop, ["Ada"]);
  execution.request = undefined;
  return strand.frames;
}

/** What the suspended program returns when it goes on. */
function frames(): unknown {
  const strand = new Strand(0, undefined, undefined);
  strand.frames = decode(readFileSync(fileOf("frames"))) as Strand["frames"];
  const depth = strand.frames.length;
  return { depth, ...resumeStrand(execution, strand, 0, undefined) };
}

function values(): unknown {
  const { add, again, read, method, Basket, prices, shop, basket } = decode(readFileSync(fileOf("values"))) as Values;
  add(4);
  return {
    shared: read(),
    sameFunction: add === again,
    byReference: [method === Basket.prototype.add, Basket === program.Basket, prices === program.prices, shop === program.shop],
    instance: [basket instanceof Basket, basket.owner === basket, { ...basket, owner: 0 }],
  };
}
