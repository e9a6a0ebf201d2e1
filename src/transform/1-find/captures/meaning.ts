/** Which symbol a name means, also where TypeScript answers with another one than the language. */
import { ts } from "../../ts.js";
import type { FunctionInfo } from "../model.js";
import type { Analysis } from "./analysis.js";
import { isVarName, isWithin } from "./declarations.js";

export function symbolOf(a: Analysis, node: ts.Identifier, owner: FunctionInfo): ts.Symbol | undefined {
  const { checker, everywhere } = a.findings;
  if (ts.isShorthandPropertyAssignment(node.parent)) return checker.getShorthandAssignmentValueSymbol(node.parent);
  if (!everywhere || !mayDeclareProperty(node)) return visibleSymbol(a, node, owner);
  return checker.getSymbolsInScope(node, ts.SymbolFlags.Value).find((symbol) => symbol.name === node.text);
}

/** Whether a name is that of `exports.p = …`, `module.exports = …` or `F.prototype = …`: in JavaScript the checker answers with the property then. */
function mayDeclareProperty(node: ts.Identifier): boolean {
  const access = node.parent;
  if (!ts.isPropertyAccessExpression(access) || access.expression !== node) return false;
  const assignment = access.parent;
  if (!ts.isBinaryExpression(assignment) || assignment.left !== access) return false;
  return node.text === "exports" || node.text === "module" || access.name.text === "prototype";
}

/** What a name means. In the head of a function TypeScript sees some of the variables of its body, and those of a method in its computed name. */
function visibleSymbol(a: Analysis, node: ts.Identifier, owner: FunctionInfo): ts.Symbol | undefined {
  let symbol = a.findings.checker.getSymbolAtLocation(node);
  if (!owner.full) return symbol;
  const caught = catchParameterAssignedBy(node);
  if (caught) return a.findings.checker.getSymbolAtLocation(caught);
  for (const head of headsAround(node)) if (symbol && isHiddenIn(symbol, head)) symbol = symbolOutside(a, node.text, head.of);
  return symbol;
}

/** `catch (e) { var e = 1; }` assigns the parameter (ECMA-262 B.3.4): the `var` is a variable of the function that keeps its value. */
function catchParameterAssignedBy(node: ts.Identifier): ts.Identifier | undefined {
  if (!isVarName(node) || !(node.parent as ts.VariableDeclaration).initializer) return undefined;
  for (let at: ts.Node = node.parent; at && !ts.isFunctionLike(at) && !ts.isClassStaticBlockDeclaration(at); at = at.parent) {
    const name = ts.isCatchClause(at) ? at.variableDeclaration?.name : undefined;
    if (name && ts.isIdentifier(name) && name.text === node.text) return name;
  }
  return undefined;
}

function symbolOutside(a: Analysis, name: string, of: ts.FunctionLikeDeclaration): ts.Symbol | undefined {
  const { resolveName } = a.findings.checker as unknown as { resolveName: ResolveName };
  if (ts.isFunctionExpression(of) && of.name?.text === name) return a.findings.checker.getSymbolAtLocation(of.name);
  return resolveName(name, of.parent, ts.SymbolFlags.Value, false);
}

/** An internal method of the checker. */
type ResolveName = (name: string, location: ts.Node, meaning: ts.SymbolFlags, excludeGlobals: boolean) => ts.Symbol | undefined;

/** A place in front of a function's body: its computed name, or one of its parameters. */
interface Head {
  readonly of: ts.FunctionLikeDeclaration;
  readonly part: ts.ComputedPropertyName | ts.ParameterDeclaration;
}

/** The heads in which the node stands, innermost first. */
function headsAround(node: ts.Node): Head[] {
  const found: Head[] = [];
  for (let part = node; part; part = part.parent)
    if (
      (ts.isComputedPropertyName(part) && (ts.isMethodDeclaration(part.parent) || ts.isAccessor(part.parent))) ||
      ts.isParameter(part)
    )
      found.push({ of: part.parent as ts.FunctionLikeDeclaration, part });
  return found;
}

/** Whether the variable is declared behind the head: a `var` that is a parameter as well is not. */
function isHiddenIn(symbol: ts.Symbol, { of, part }: Head): boolean {
  const declarations = symbol.declarations ?? [];
  const behind = (declaration: ts.Node): boolean =>
    ts.isParameter(part) ? isWithin(declaration, of.body!) : isWithin(declaration, of) && !isWithin(declaration, part);
  return declarations.length > 0 && declarations.every(behind);
}
