/**
 * Compiles `program.ts` with and without polled loops, and prints as JSON what became of it: the results of its loops when a run gives way at every look, and the order in
 * which runs of one worker end. With `--minify` from a minified bundle, in which no function has its name.
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { build } from "esbuild";
import { compile, formatDiagnostic } from "../../dist/transform/index.js";
import type * as Host from "../../dist/index.js";
import type * as Program from "./program.ts";

const ROUNDS = 5_000;
/** Workflows that compute for long, each in another way. */
const LONG = ["spin", "mayWait", "deep", "neverWaits"] as const;
const here = import.meta.dirname;
const cache = path.resolve(here, `../../.cache/preempt-${process.pid}`);
const minify = process.argv.includes("--minify");

interface Loaded {
  readonly host: typeof Host;
  readonly program: typeof Program;
}

try {
  console.log(JSON.stringify({ polled: await observe(true), unpolled: await loops(await load(false)) }));
} finally {
  rmSync(cache, { recursive: true, force: true });
}
process.exit(0);

/** Runtime and program in one module, so that both are bundled together. */
async function load(preempt: boolean): Promise<Loaded> {
  const source = path.join(here, "program.ts");
  const result = compile({ files: [source], project: path.join(here, "tsconfig.json"), cwd: here, preempt });
  if (!result.ok) throw new Error(result.diagnostics.map(formatDiagnostic).join("\n"));
  mkdirSync(cache, { recursive: true });
  const file = path.join(cache, `program-${String(preempt)}.js`);
  const entry = path.join(cache, `entry-${String(preempt)}.js`);
  for (const { source: from, code } of result.outputs) {
    const to = from === source ? file : path.join(cache, path.basename(from).replace(/ts$/, "js"));
    writeFileSync(to, code.replace(/from "\.\/(\w+)\.ts"/g, 'from "./$1.js"'));
  }
  copyFileSync(path.join(here, "foreign.js"), path.join(cache, "foreign.js"));
  writeFileSync(entry, `export * as host from "flowc";\nexport * as program from ${JSON.stringify(file)};\n`);
  const outfile = entry.replace(/js$/, "mjs");
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify,
    platform: "node",
    format: "esm",
    logLevel: "error",
    external: ["pg", "esbuild", "typescript"],
  });
  return (await import(pathToFileURL(outfile).href)) as Loaded;
}

async function observe(preempt: boolean): Promise<Record<string, unknown>> {
  const loaded = await load(preempt);
  const orders: Record<string, string[]> = {};
  for (const name of LONG) orders[name] = await order(loaded, name);
  return { loops: await loops(loaded), orders, library: await library(loaded), cancelled: await cancelled(loaded) };
}

/** A slice that is over before it begins: a run gives way whenever it may. */
async function loops({ host, program }: Loaded): Promise<string> {
  let time = 0;
  const clock = { now: () => (time += 1_000) };
  const flow = host.open({ store: host.memory(), ports: { clock } });
  const worker = await flow.worker({ sliceMs: 1, leaseMs: 1e12 });
  const run = await flow.start(program.loops, [ROUNDS]);
  const result = await run.result();
  await worker.stop();
  return inspect(result, { depth: 4, maxStringLength: 300 });
}

/** Which of a run that computes for long and one that does not ends first. */
async function order({ host, program }: Loaded, name: (typeof LONG)[number]): Promise<string[]> {
  const flow = host.open({ store: host.memory() });
  const worker = await flow.worker();
  const ended: string[] = [];
  const long = await flow.start(program[name], [1_000]);
  const short = await flow.start(program.quick, []);
  await Promise.all([long.result().then(() => ended.push("long")), short.result().then(() => ended.push("short"))]);
  await worker.stop();
  return ended;
}

/** What comes of loops below a library's frame, which go on until they are done. */
async function library({ host, program }: Loaded): Promise<unknown> {
  const flow = host.open({ store: host.memory() });
  const worker = await flow.worker();
  const result = await (await flow.start(program.throughLibrary, [100])).result();
  await worker.stop();
  return result;
}

/** How a run ends that would compute for ever. */
async function cancelled({ host, program }: Loaded): Promise<string> {
  const flow = host.open({ store: host.memory() });
  const worker = await flow.worker();
  const run = await flow.start(program.endless, []);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await run.cancel("enough");
  const how = await run.result().then(String, (error: Error) => error.message);
  await worker.stop();
  return how;
}
