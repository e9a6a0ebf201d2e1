/**
 * THE pipeline. Read this first: each pass is one call, in order; `3-desugar` to `6-emit` run function by function inside `emitModule`.
 *
 *     load → typecheck → collect → infer suspension → mark workflow modules → analyse captures → check → per function: desugar → lower → simplify
 *     → liveness → fast copy and resume copy → module → TypeScript erases the types and composes the source map
 */
import path from "node:path";
import { ABI_VERSION } from "../shared/abi.js";
import { analyseCaptures } from "./1-find/captures/analyse.js";
import { collect } from "./1-find/collect.js";
import type { Findings, FunctionInfo, ModuleInfo } from "./1-find/model.js";
import { inferSuspension } from "./1-find/suspension.js";
import { markWorkflowModules } from "./1-find/workflow-modules.js";
import { checkModuleState } from "./2-check/module-state.js";
import { checkOverlapBlocks } from "./2-check/overlap-blocks.js";
import { hashOf, type FunctionPass, type Trace } from "./6-emit/function.js";
import { emitModule, type EmittedModule } from "./6-emit/module.js";
import { exportedName } from "./1-find/exports.js";
import { Context, factory } from "./context.js";
import { Diagnostics } from "./diagnostics.js";
import { manifestBlocks, printCfg, printInference, printIr } from "./print.js";
import { type Loaded, loadProgram } from "./program.js";
import { ts } from "./ts.js";
import { typecheck } from "./typecheck.js";
import { TypedProgram } from "./typed-program.js";
import type { CompileOptions, CompileResult, Manifest, ManifestFunction, OutputFile } from "./types.js";

/** What `--emit` can print: the result of the pass of that name. */
export const PASS_NAMES: readonly string[] = ["infer", "desugar", "lower", "cfg", "js"];

const PRINTED_BY: Record<string, FunctionPass> = { desugar: "desugar", lower: "lower", cfg: "liveness" };

export function compile(options: CompileOptions): CompileResult {
  const started = performance.now();
  const loaded = loadProgram(options);
  const diagnostics = new Diagnostics(loaded.cwd);
  diagnostics.addTypeScript(loaded.problems);
  diagnostics.addTypeScript(typecheck(loaded));
  const checked = performance.now();
  const timing = (): CompileResult["timing"] => ({ typescript: checked - started, flowc: performance.now() - checked });
  const inputs = loaded.program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile)
    .map((file) => path.resolve(file.fileName));
  const failed = (): CompileResult => ({
    ok: false,
    diagnostics: diagnostics.list,
    outputs: [],
    manifest: EMPTY,
    printed: "",
    inputs,
    timing: timing(),
  });
  if (diagnostics.hasErrors) return failed();

  const { findings, emitted, printed, diagnostics: found } = compileModules(loaded, options);
  diagnostics.list.push(...found.list);
  if (diagnostics.hasErrors) return failed();
  const outputs = emitJavaScript(loaded, findings, emitted);
  if (options.print?.pass === "js")
    for (const output of outputs) printed.push(`// ${path.relative(loaded.cwd, output.source)}`, output.code);
  return {
    ok: true,
    diagnostics: diagnostics.list,
    outputs,
    manifest: manifestOf(findings, emitted),
    printed: printed.join("\n\n"),
    inputs,
    timing: timing(),
    ...(options.keepTypes && { types: new TypedProgram(loaded.program, loaded.host) }),
  };
}

interface Compiled {
  readonly findings: Findings;
  readonly emitted: ReadonlyMap<ModuleInfo, EmittedModule>;
  readonly printed: string[];
  readonly diagnostics: Diagnostics;
}

/** All passes over all modules; again with the functions for which the light form was refused as full ones, until none is left. */
function compileModules(loaded: Loaded, options: CompileOptions): Compiled {
  const refused = new Set<ts.Node>();
  for (;;) {
    const compiled = compileOnce(loaded, options, refused);
    const more = compiled.diagnostics.refused
      .map((node) => lightFunctionAround(node, compiled.findings))
      .filter((info) => info !== undefined);
    if (more.length === 0) return compiled;
    for (const info of more) refused.add(info.node);
  }
}

function compileOnce(loaded: Loaded, options: CompileOptions, refused: ReadonlySet<ts.Node>): Compiled {
  const diagnostics = new Diagnostics(loaded.cwd);
  const findings = find(loaded, refused);
  const ctx = new Context(findings, analyseCaptures(findings), diagnostics, loaded.isOwnFile, loaded.settings.preempt);
  checkModuleState(ctx);
  checkOverlapBlocks(ctx);
  const printed: string[] = [];
  const emitted = new Map<ModuleInfo, EmittedModule>();
  for (const module of findings.modules) {
    if (!module.inWorkflow) continue;
    if (options.print?.pass === "infer") printed.push(printInference(module.functions.filter((info) => isWanted(info, options))));
    emitted.set(
      module,
      emitModule(ctx, module, { verify: options.verify ?? true, trace: tracer(options, printed), isOwnFile: loaded.isOwnFile }),
    );
  }
  return { findings, emitted, printed, diagnostics };
}

/** The innermost function around a node that can be full and is not. */
function lightFunctionAround(node: ts.Node, findings: Findings): FunctionInfo | undefined {
  for (let at: ts.Node | undefined = node; at; at = at.parent) {
    const info = findings.functionOf.get(at);
    if (info && !info.full && !info.barrier) return info;
  }
  return undefined;
}

const EMPTY: Manifest = { abi: ABI_VERSION, modules: [] };

function find(loaded: Loaded, refused: ReadonlySet<ts.Node>): Findings {
  const collected = collect(loaded.program, loaded.rootDir);
  const { program, isOwnFile, settings } = loaded;
  const findings = inferSuspension(collected, program.getTypeChecker(), isOwnFile, false, refused, settings.preempt);
  markWorkflowModules(findings, loaded.program);
  return findings;
}

function isWanted(info: FunctionInfo, options: CompileOptions): boolean {
  return options.print?.fn === undefined || info.name === options.print.fn;
}

function tracer(options: CompileOptions, printed: string[]): Trace {
  const wanted = options.print && PRINTED_BY[options.print.pass];
  return (pass, info, state) => {
    if (pass !== wanted || !isWanted(info, options)) return;
    printed.push(state.cfg ? printCfg(state.cfg, state.layout, info) : printIr(state.ir, info));
  };
}

/** TypeScript prints the modules: types erased, maps composed, untouched modules exactly as tsc would print them. */
function emitJavaScript(loaded: Loaded, findings: Findings, emitted: ReadonlyMap<ModuleInfo, EmittedModule>): OutputFile[] {
  const byFile = new Map(findings.modules.map((module) => [module.file, emitted.get(module)]));
  const replace: ts.TransformerFactory<ts.SourceFile> = () => (file) => {
    const made = byFile.get(ts.getOriginalNode(file) as ts.SourceFile);
    return made ? factory.updateSourceFile(file, made.statements) : file;
  };
  const outputs: OutputFile[] = [];
  for (const module of findings.modules) {
    const texts = new Map<string, string>();
    const write: ts.WriteFileCallback = (name, text) =>
      void texts.set(name.endsWith(".map") ? "map" : /\.d\.[cm]?ts$/.test(name) ? "declaration" : "code", text);
    loaded.program.emit(module.file, write, undefined, false, { before: [replace] });
    const code = (texts.get("code") ?? "").replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
    const declaration = texts.get("declaration");
    outputs.push({
      source: path.resolve(module.file.fileName),
      code,
      map: texts.get("map") ?? "",
      ...(declaration !== undefined && { declaration }),
    });
  }
  return outputs;
}

function manifestOf(findings: Findings, emitted: ReadonlyMap<ModuleInfo, EmittedModule>): Manifest {
  const modules = [...emitted].map(([module, { functions }]) => ({
    id: module.id,
    file: path.resolve(module.file.fileName),
    functions: functions
      .filter(({ info }) => ts.isFunctionLike(info.node))
      .map((made): ManifestFunction => {
        const { info } = made;
        const at = module.file.getLineAndCharacterOfPosition(info.node.getStart());
        const slots = made.layout?.slots;
        return {
          id: `${module.id}#${info.name}`,
          name: info.name,
          line: at.line + 1,
          column: at.character + 1,
          hash: hashOf(info),
          suspends: made.resume !== undefined,
          exportedAs: exportedName(info, findings.checker),
          points: made.points.map(([line, column, text], index) => ({
            line,
            column,
            text,
            slots: [...(slots?.get(index as never) ?? [])],
          })),
          blocks: made.cfg ? manifestBlocks(made.cfg, made.layout, info) : [],
        };
      }),
  }));
  return { abi: ABI_VERSION, modules };
}
