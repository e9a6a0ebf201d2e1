import path from "node:path";
import { UsageError } from "../shared/errors.js";
import { ts } from "../transform/ts.js";
import { compilerOptionsFor } from "./tsconfig.js";

/**
 * Checks JSON arguments against the parameters of a workflow, the way the editor would check the call: a file that imports the
 * workflow and calls it with the JSON as literals is type-checked, and never written. Throws UsageError.
 */
export function checkArguments(file: string, exportName: string, args: readonly unknown[]): void {
  const probe = path.join(path.dirname(file), `flowc-arguments.probe.${file.endsWith(".mts") ? "mts" : "ts"}`);
  const text = callText(file, exportName, args);
  const program = ts.createProgram([probe], optionsFor(file), hostWith(probe, text));
  const [first] = program.getSemanticDiagnostics(program.getSourceFile(probe));
  if (first === undefined) return;
  const message = ts.flattenDiagnosticMessageText(first.messageText, " ").replace(/\s+/g, " ");
  throw new UsageError(`The arguments do not fit ${exportName}: ${message}`);
}

function callText(file: string, exportName: string, args: readonly unknown[]): string {
  const list = args.map((value) => JSON.stringify(value)).join(",\n  ");
  return `import { ${exportName} as workflow } from "./${path.basename(file)}";\nworkflow(\n  ${list}\n);\n`;
}

function optionsFor(file: string): ts.CompilerOptions {
  const defaults = { strict: true, target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.NodeNext };
  const forced = { noEmit: true, allowImportingTsExtensions: true, skipLibCheck: true, composite: false, incremental: false };
  return { ...defaults, ...compilerOptionsFor(path.dirname(file)), ...forced };
}

/** The file system with one file more. */
function hostWith(probe: string, text: string): ts.CompilerHost {
  const host = ts.createCompilerHost({});
  const { fileExists, readFile, getSourceFile } = host;
  return {
    ...host,
    fileExists: (name) => name === probe || fileExists.call(host, name),
    readFile: (name) => (name === probe ? text : readFile.call(host, name)),
    getSourceFile: (name, version, ...rest) =>
      name === probe ? ts.createSourceFile(name, text, version, true) : getSourceFile.call(host, name, version, ...rest),
  };
}
