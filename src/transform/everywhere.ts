/**
 * Compiles one file, by itself and without types, so that it suspends at every operation that can enter code of the program. This is how the language suite,
 * generated programs and libraries are run: what holds when everything suspends holds when little does.
 */
import path from "node:path";
import { analyseCaptures } from "./1-find/captures/analyse.js";
import { collect } from "./1-find/collect.js";
import { inferSuspension } from "./1-find/suspension.js";
import { emitModule } from "./6-emit/module.js";
import { Context, factory } from "./context.js";
import { Diagnostics } from "./diagnostics.js";
import { ts } from "./ts.js";
import type { Diagnostic } from "./types.js";

export interface EverywhereResult {
  /** The module, empty when there are errors. */
  readonly code: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** @param fileName decides how the text is read: `.ts`, `.js`, … */
export function compileEverywhere(text: string, fileName: string, options: { readonly verify?: boolean } = {}): EverywhereResult {
  const file = ts.createSourceFile(fileName, text, ts.ScriptTarget.ESNext, true);
  const program = programOf(file, fileName);
  const diagnostics = new Diagnostics(path.dirname(fileName));
  diagnostics.addTypeScript(program.getSyntacticDiagnostics(file).filter(({ code }) => code !== PRIVATE_IN_CHAIN));
  if (diagnostics.hasErrors) return { code: "", diagnostics: diagnostics.list };
  const findings = inferSuspension(collect(program, path.dirname(fileName), true), program.getTypeChecker(), () => false, true);
  for (const module of findings.modules) module.inWorkflow = true;
  const ctx = new Context(findings, analyseCaptures(findings), diagnostics);
  const emitted = emitModule(ctx, findings.modules[0]!, {
    verify: options.verify ?? true,
    trace: () => undefined,
    isOwnFile: () => false,
  });
  if (diagnostics.hasErrors) return { code: "", diagnostics: diagnostics.list };
  return { code: print(program, file, emitted.statements), diagnostics: diagnostics.list };
}

/** "An optional chain cannot contain private identifiers": the language has allowed it since TypeScript said so. */
const PRIVATE_IN_CHAIN = 18030;

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  allowJs: true,
  noLib: true,
  noResolve: true,
  removeComments: true,
  types: [],
  // Only so that the output is not the input, which nothing is written to anyway.
  outDir: "out",
};

function programOf(file: ts.SourceFile, fileName: string): ts.Program {
  const host: ts.CompilerHost = {
    getSourceFile: (name) => (name === fileName ? file : undefined),
    getDefaultLibFileName: () => "",
    writeFile: () => undefined,
    getCurrentDirectory: () => "",
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    fileExists: (name) => name === fileName,
    readFile: () => undefined,
  };
  return ts.createProgram({ rootNames: [fileName], options: OPTIONS, host });
}

function print(program: ts.Program, file: ts.SourceFile, statements: readonly ts.Statement[]): string {
  // JavaScript has no types to erase, and printing it alone takes half the time.
  if (!/\.[mc]?tsx?$/.test(file.fileName))
    return ts.createPrinter({ removeComments: true }).printFile(factory.updateSourceFile(file, statements));
  let code = "";
  const replace: ts.TransformerFactory<ts.SourceFile> = () => (source) => factory.updateSourceFile(source, statements);
  program.emit(file, (_, text) => (code = text), undefined, false, { before: [replace] });
  return code;
}
