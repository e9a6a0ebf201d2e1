/** Check: workflow code that assigns a module-level variable. The variable is not part of the run, so the value is lost with the process. */
import { isAssigned } from "../1-find/assigned.js";
import { walkOwn } from "../1-find/suspension.js";
import type { Context } from "../context.js";
import { ts } from "../ts.js";

export function checkModuleState(ctx: Context): void {
  for (const module of ctx.findings.modules) {
    for (const info of module.functions) {
      if (info.verdict === "does" && !info.barrier) walkOwn(info.node, (node) => check(ctx, node));
    }
  }
}

function check(ctx: Context, node: ts.Node): void {
  if (!ts.isIdentifier(node) || !isAssigned(node)) return;
  const declaration = ctx.findings.checker.getSymbolAtLocation(node)?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !ts.isVariableStatement(declaration.parent.parent)) return;
  if (ts.isSourceFile(declaration.parent.parent.parent)) ctx.diagnostics.report("FLOW1006", node, { name: node.text });
}
