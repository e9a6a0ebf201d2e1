/** Pass `mark workflow modules`: the modules whose code can be on a suspended stack or in a checkpoint. All others are emitted as they are (I9). */
import { ts } from "../ts.js";
import { type Findings, type ModuleInfo, siteVerdict } from "./model.js";

export function markWorkflowModules(findings: Findings, program: ts.Program): void {
  const byFile = new Map(findings.modules.map((module) => [module.file, module]));
  const suspends = (wanted: "does" | "maybe") => (module: ModuleInfo) =>
    module.functions.some((info) => info.calls.some((site) => siteVerdict(site) === wanted));
  const pending = findings.modules.filter(suspends("does"));
  // A library of higher-order functions has no suspension of its own: then it is what was asked for, and nothing else.
  if (pending.length === 0) {
    const roots = new Set(program.getRootFileNames().map((name) => program.getSourceFile(name)));
    for (const module of findings.modules) module.inWorkflow = roots.has(module.file) && suspends("maybe")(module);
    return;
  }
  while (pending.length > 0) {
    const module = pending.pop()!;
    if (module.inWorkflow) continue;
    module.inWorkflow = true;
    for (const file of importedFiles(module.file, findings.checker, program)) {
      const imported = byFile.get(file);
      if (imported && !imported.inWorkflow) pending.push(imported);
    }
  }
}

function importedFiles(file: ts.SourceFile, checker: ts.TypeChecker, program: ts.Program): ts.SourceFile[] {
  const found: ts.SourceFile[] = [];
  for (const statement of file.statements) {
    const specifier =
      ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) ? statement.moduleSpecifier : undefined;
    const target = specifier && checker.getSymbolAtLocation(specifier)?.valueDeclaration;
    if (target && ts.isSourceFile(target)) found.push(program.getSourceFile(target.fileName) ?? target);
  }
  return found;
}
