/**
 * A compiled program with its types, for whoever has a question about a call: `flowc run` asks whether the arguments it was given fit. The files are those that were
 * parsed and bound already, so an answer takes a tenth of the time that the program took.
 */
import path from "node:path";
import { ts } from "./ts.js";

export class TypedProgram {
  constructor(
    private readonly program: ts.Program,
    private readonly host: ts.CompilerHost,
  ) {}

  /**
   * What is wrong with the arguments `args` (JSON) of the function that `file` exports as `exportName`, as the editor would say it of the call; `undefined`: nothing.
   * Checked is a file, never written, that imports the function and calls it with the JSON as literals.
   */
  callError(file: string, exportName: string, args: readonly unknown[]): string | undefined {
    const probe = path.join(path.dirname(file), `flowc-arguments.probe.${file.endsWith(".mts") ? "mts" : "ts"}`);
    const program = ts.createProgram({
      rootNames: [...this.program.getRootFileNames(), probe],
      options: this.program.getCompilerOptions(),
      host: this.#hostWith(probe, callText(file, exportName, args)),
    });
    const [first] = program.getSemanticDiagnostics(program.getSourceFile(probe));
    return first && ts.flattenDiagnosticMessageText(first.messageText, " ").replace(/\s+/g, " ");
  }

  /** The file system with one file more. */
  #hostWith(probe: string, text: string): ts.CompilerHost {
    const { host, program } = this;
    return {
      ...host,
      fileExists: (name) => name === probe || host.fileExists(name),
      readFile: (name) => (name === probe ? text : host.readFile(name)),
      getSourceFile: (name, version, ...rest) =>
        name === probe
          ? ts.createSourceFile(name, text, version, true)
          : (program.getSourceFile(name) ?? host.getSourceFile(name, version, ...rest)),
    };
  }
}

function callText(file: string, exportName: string, args: readonly unknown[]): string {
  const list = args.map((value) => JSON.stringify(value)).join(",\n  ");
  return `import { ${exportName} as workflow } from "./${path.basename(file)}";\nworkflow(\n  ${list}\n);\n`;
}
