/** Declarations of variables as they are written: of what kind, in which scope, from where on they have their value. */
import { ts } from "../../ts.js";
import type { VariableKind } from "./model.js";

export type Declared =
  | ts.VariableDeclaration
  | ts.ParameterDeclaration
  | ts.BindingElement
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.ClassDeclaration
  | ts.ClassExpression;

export function isVariableDeclaration(node: ts.Declaration): node is Declared {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isClassDeclaration(node) ||
    ts.isClassExpression(node)
  );
}

/** The variable declaration or parameter a name in a pattern belongs to. */
export function rootDeclaration(node: Declared): ts.Node {
  let at: ts.Node = node;
  while (ts.isBindingElement(at) || ts.isObjectBindingPattern(at) || ts.isArrayBindingPattern(at)) at = at.parent;
  return at;
}

export function kindOf(node: Declared): VariableKind {
  if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node)) return "function";
  if (ts.isClassDeclaration(node) || ts.isClassExpression(node)) return "class";
  const root = rootDeclaration(node);
  if (ts.isParameter(root)) return "parameter";
  if (ts.isCatchClause(root.parent)) return "catch";
  const flags = root.parent.flags;
  // `using` has a flag of its own and is as constant.
  if (flags & (ts.NodeFlags.Const | ts.NodeFlags.Using)) return "const";
  return flags & ts.NodeFlags.Let ? "let" : "var";
}

export function scopeOf(node: Declared, kind: VariableKind): ts.Node {
  if (ts.isFunctionExpression(node) || ts.isClassExpression(node)) return node;
  let at: ts.Node = rootDeclaration(node).parent;
  const functionLevel = kind === "var" || kind === "parameter";
  for (; ; at = at.parent) {
    if (ts.isSourceFile(at) || ts.isModuleBlock(at) || ts.isFunctionLike(at) || ts.isClassStaticBlockDeclaration(at)) return at;
    if (functionLevel) continue;
    if (ts.isCatchClause(at) || ts.isForStatement(at) || ts.isForInStatement(at) || ts.isForOfStatement(at) || ts.isCaseBlock(at))
      return at;
    if (ts.isBlock(at)) return ts.isFunctionLike(at.parent) || ts.isClassStaticBlockDeclaration(at.parent) ? at.parent : at;
  }
}

/** Where in the text a binding has its value: after its declaration; for the head of `for…of` and `for…in` when the body begins. */
export function readyAfter(root: ts.Node, scope: ts.Node, isFull: boolean): number {
  const isHead = isFull && (ts.isForOfStatement(scope) || ts.isForInStatement(scope));
  return isHead ? scope.statement.pos : root.end;
}

export function isInPattern(node: ts.Node): boolean {
  return ts.isBindingElement(node);
}

export function declaresName(node: ts.Identifier): boolean {
  const parent = node.parent as ts.NamedDeclaration;
  return parent.name === node && (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent));
}

/** The names that a function's body declares for the whole of it: `var` anywhere, functions at its top. */
export function functionLevelNames(body: ts.Node): ts.Identifier[] {
  const names: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionDeclaration(node) && node.parent === body && node.name) names.push(node.name);
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (ts.isIdentifier(node) && isVar(node)) names.push(node);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(body, visit);
  return names;
}

/** Whether the identifier is declared there by `var`, perhaps within a pattern. */
function isVar(node: ts.Identifier): boolean {
  let at: ts.Node = node.parent;
  if (!declaresName(node) || ts.isParameter(at)) return false;
  while (ts.isBindingElement(at) || ts.isObjectBindingPattern(at) || ts.isArrayBindingPattern(at)) at = at.parent;
  return (
    ts.isVariableDeclaration(at) && ts.isVariableDeclarationList(at.parent) && (at.parent.flags & ts.NodeFlags.BlockScoped) === 0
  );
}

export function isVarName(node: ts.Identifier): boolean {
  return (
    ts.isVariableDeclaration(node.parent) &&
    node.parent.name === node &&
    ts.isVariableDeclarationList(node.parent.parent) &&
    (node.parent.parent.flags & ts.NodeFlags.BlockScoped) === 0
  );
}

export function isWithin(node: ts.Node, outer: ts.Node): boolean {
  for (let at = node; at; at = at.parent) if (at === outer) return true;
  return false;
}
