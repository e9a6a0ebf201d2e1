/** Pass `typecheck`: what TypeScript finds. */
import type { Loaded } from "./program.js";
import { ts } from "./ts.js";

/**
 * The errors in the files of the project. The declarations of packages and of TypeScript itself are taken as they are, whatever `skipLibCheck` says: looking for errors in
 * them takes seconds, and none of them is compiled.
 */
export function typecheck({ program, isOwnFile }: Loaded): readonly ts.Diagnostic[] {
  const found = program
    .getSourceFiles()
    .filter((file) => !isForeign(program, file) && !isOwnFile(file))
    .flatMap((file) => ts.getPreEmitDiagnostics(program, file));
  const general = [...program.getConfigFileParsingDiagnostics(), ...program.getOptionsDiagnostics()];
  return ts.sortAndDeduplicateDiagnostics([...general, ...found]).filter((diagnostic) => !isOutputOnly(diagnostic));
}

function isForeign(program: ts.Program, file: ts.SourceFile): boolean {
  return file.isDeclarationFile && (program.isSourceFileDefaultLibrary(file) || file.fileName.includes("/node_modules/"));
}

/** Complaints about where the output would go: flowc decides that itself. */
function isOutputOnly({ code }: ts.Diagnostic): boolean {
  return code === 5055 || code === 5056 || code === 5011;
}
