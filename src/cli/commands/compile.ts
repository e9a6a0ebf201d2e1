import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { UsageError } from "../../shared/errors.js";
import type { CompileResult, OutputFile } from "../../transform/types.js";
import { CompileError } from "../../plugin/compile-error.js";
import { EXIT } from "../exit.js";
import type { EmitPaths } from "../emit-paths.js";
import { Output } from "../output.js";
import { printDiagnostics } from "../problems.js";

interface Options {
  readonly project?: string;
  readonly outdir?: string;
  readonly bundle?: string;
  readonly emit?: string;
  readonly fn?: string;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  flowc compile                                          everything the tsconfig.json names, to its outDir
  flowc compile src/checkout.ts --outdir dist            one entry and what it imports
  flowc compile src/checkout.ts --bundle checkout.mjs    one self-contained file, runtime included
  flowc compile src/checkout.ts --emit=cfg --fn=checkout look inside the compiler`;

export function compileCommand(exit: (code: number) => void): Command {
  return new Command("compile")
    .description("compile workflow files to JavaScript, source maps and a manifest")
    .argument("[files...]", "entry files; default: those of the tsconfig.json")
    .option("-p, --project <tsconfig>", "the tsconfig.json to use; default: the nearest one")
    .option("-o, --outdir <folder>", "where to write; default: outDir of the tsconfig.json")
    .option("-b, --bundle <outfile>", "write one self-contained ES module instead")
    .option("--emit <pass>", "print what the compiler has after this pass, and write nothing")
    .option("--fn <name>", "with --emit: only this function")
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (files: string[], options: Options) => {
      exit(await compileFiles(files, options));
    });
}

async function compileFiles(files: readonly string[], options: Options): Promise<number> {
  const out = new Output(options.json === true);
  const { compile, PASS_NAMES } = await import("../../transform/index.js");
  if (options.emit !== undefined && !PASS_NAMES.includes(options.emit)) {
    throw new UsageError(`There is no pass "${options.emit}". Passes: ${PASS_NAMES.join(", ")}.`);
  }
  if (options.fn !== undefined && options.emit === undefined)
    throw new UsageError("--fn goes with --emit: it says which function to print.");
  if (options.bundle !== undefined && options.outdir !== undefined) throw new UsageError("Give --bundle or --outdir, not both.");
  if (options.bundle !== undefined && files.length !== 1) throw new UsageError("--bundle takes exactly one entry file.");
  const result = compile({
    files,
    ...(options.project !== undefined && { project: options.project }),
    ...(options.emit !== undefined && { print: { pass: options.emit, ...(options.fn !== undefined && { fn: options.fn }) } }),
  });
  if (!result.ok) throw new CompileError(result.diagnostics);
  await printDiagnostics(out, result.diagnostics);
  if (options.emit !== undefined) return printPass(out, result, options);
  const written =
    options.bundle === undefined ? await writeAll(result, files, options) : await writeBundle(files[0]!, options.bundle, options);
  for (const file of written) out.line(`wrote ${path.relative(process.cwd(), file)}`);
  out.data({ ok: true, diagnostics: result.diagnostics, written, timing: result.timing });
  return EXIT.ok;
}

function printPass(out: Output, { printed }: CompileResult, { emit, fn }: Options): number {
  if (printed === "")
    throw new UsageError(
      fn === undefined ? `Nothing to print after ${emit}.` : `No function "${fn}" has anything to print after ${emit}.`,
    );
  out.line(printed.trimEnd());
  out.data({ ok: true, printed });
  return EXIT.ok;
}

// Bundler and TypeScript are loaded when they are needed: every command starts by loading this file.

async function writeBundle(entry: string, outfile: string, { project }: Options): Promise<string[]> {
  const { bundle } = await import("../bundle.js");
  return bundle(entry, outfile, project);
}

async function writeAll(result: CompileResult, files: readonly string[], options: Options): Promise<string[]> {
  const { emitPaths } = await import("../emit-paths.js");
  return write(result, emitPaths(files, options, result.manifest));
}

/** Writes the program the way tsc would, and the manifest beside it. Returns the files written. */
function write({ outputs, manifest }: CompileResult, paths: EmitPaths): string[] {
  const written = outputs.flatMap((output) => writeModule(output, paths.javaScriptOf(output.source)));
  const file = path.join(paths.outdir, "flowc.manifest.json");
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
  return [...written, file];
}

function writeModule(output: OutputFile, target: string): string[] {
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, `${output.code}\n//# sourceMappingURL=${path.basename(target)}.map\n`);
  writeFileSync(`${target}.map`, mapFor(output, target));
  if (output.declaration === undefined) return [target, `${target}.map`];
  const declaration = target.replace(/\.([cm]?)js$/, ".d.$1ts");
  writeFileSync(declaration, output.declaration);
  return [target, `${target}.map`, declaration];
}

/** The map names its source relative to where it lies. */
function mapFor({ map, source }: OutputFile, target: string): string {
  const parsed = JSON.parse(map) as { sources: string[]; sourceRoot?: string; file?: string };
  const relative = path.relative(path.dirname(target), source).split(path.sep).join("/");
  return JSON.stringify({ ...parsed, file: path.basename(target), sourceRoot: "", sources: [relative] });
}
