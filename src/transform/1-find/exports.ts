import { parentOf, ts } from "../ts.js";
import type { FunctionInfo } from "./model.js";

/** The name a module exports this function under, `undefined` when it does not. */
export function exportedName(info: FunctionInfo, checker: ts.TypeChecker): string | undefined {
  if (info.parent?.parent !== undefined || !info.parent) return undefined;
  const module = checker.getSymbolAtLocation(info.module.file);
  if (!module) return undefined;
  const own = symbolOf(info.node, checker);
  if (!own) return undefined;
  for (const exported of checker.getExportsOfModule(module)) {
    const target = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (target === own) return exported.name;
  }
  return undefined;
}

function symbolOf(node: ts.Node, checker: ts.TypeChecker): ts.Symbol | undefined {
  if (ts.isFunctionDeclaration(node))
    return node.name ? checker.getSymbolAtLocation(node.name) : (node as unknown as { symbol?: ts.Symbol }).symbol;
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return undefined;
  const parent = parentOf(node);
  return ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name) ? checker.getSymbolAtLocation(parent.name) : undefined;
}
