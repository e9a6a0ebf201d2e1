/** Kinds of functions, told by how they are written. */
import { ts } from "../ts.js";
import { hasModifier } from "./collect.js";
import type { FunctionInfo } from "./model.js";

/** The function whose `this`, `arguments` and `new.target` the code sees: arrow functions have none of their own. */
export function ownerOfThis(owner: FunctionInfo): FunctionInfo {
  let at = owner;
  while (ts.isArrowFunction(at.node) && at.parent) at = at.parent;
  return at;
}

/** The constructor of a class; `static constructor() {}` is a method of that name. */
export function isConstructor(node: ts.Node): node is ts.ConstructorDeclaration {
  return ts.isConstructorDeclaration(node) && !hasModifier(node, ts.SyntaxKind.StaticKeyword);
}

export function isDerivedConstructor(node: ts.Node): boolean {
  return isConstructor(node) && heritageOf(node.parent) !== undefined;
}

export function isBaseConstructor(node: ts.Node): boolean {
  return isConstructor(node) && heritageOf(node.parent) === undefined;
}

/** The expression after `extends`. */
export function heritageOf(node: ts.ClassLikeDeclaration): ts.Expression | undefined {
  return node.heritageClauses?.find((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)?.types[0]?.expression;
}

/** A function that `new` can be applied to, and is not a class. */
export function isConstructible(node: ts.Node): boolean {
  if (!ts.isFunctionExpression(node) && !ts.isFunctionDeclaration(node)) return false;
  return node.asteriskToken === undefined && !node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword);
}

/** Whether all parameters are plain names (the last one perhaps after `...`). */
export function isSimple(node: ts.Node): boolean {
  const parameters = (node as ts.FunctionLikeDeclaration).parameters as readonly ts.ParameterDeclaration[] | undefined;
  return (parameters ?? []).every((parameter) => ts.isIdentifier(parameter.name) && !parameter.initializer);
}
