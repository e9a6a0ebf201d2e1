/** Which closures can be part of a continuation, and so get a tag; which of the others outlive the expression that makes them. */
import { ts, unwrap } from "../../ts.js";
import type { FunctionInfo } from "../model.js";
import { diesWithCall } from "../suspension.js";
import type { Analysis } from "./analysis.js";

export function tagFunctions(a: Analysis, functions: readonly FunctionInfo[]): void {
  for (const info of functions) {
    if (canReachCheckpoint(a, info)) a.tagged.add(info);
    else if (isOpaque(info)) a.opaque.add(info);
    if (isAccessor(info) && a.opaque.has(info) && !isInsideUnsaveable(info)) a.accessors.add(info);
  }
}

function canReachCheckpoint(a: Analysis, info: FunctionInfo): boolean {
  const node = info.node;
  if (info.full && isClosureOfItsOwn(node)) return !info.barrier && (a.findings.everywhere || !isInsideUnsaveable(info));
  if (info.full && isGenerator(node)) return !info.barrier;
  const isClosure =
    ts.isArrowFunction(node) ||
    ts.isFunctionExpression(node) ||
    (ts.isFunctionDeclaration(node) && !ts.isSourceFile(node.parent)) ||
    (ts.isMethodDeclaration(node) && ts.isObjectLiteralExpression(node.parent) && !isComputed(node.name));
  if (!isClosure || info.barrier === "a generator" || info.barrier === "a method of an object literal that uses super")
    return false;
  // A module-level async function is the body of a step or a constant: saved by reference.
  if (info.barrier && !info.parent?.parent) return false;
  if (isInsideUnsaveable(info)) return false;
  if (info.verdict !== "never" || ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) return true;
  // Whatever stands beside it in the call may wait.
  if (info.parent?.overlap) return true;
  let up: ts.Node = node.parent;
  while (ts.isParenthesizedExpression(up)) up = up.parent;
  if (!ts.isCallExpression(up)) return true;
  if (unwrap(up.expression) === node) return false; // called on the spot
  return !diesWithCall(a.findings.checker, up, node);
}

function isGenerator(node: ts.Node): boolean {
  return "asteriskToken" in node && node.asteriskToken !== undefined;
}

/** Made on its own, as an expression; all other functions are part of a class body or an object literal. */
function isClosureOfItsOwn(node: ts.Node): boolean {
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return true;
  if (ts.isFunctionDeclaration(node)) return !ts.isSourceFile(node.parent);
  if (ts.isPropertyDeclaration(node) || ts.isClassStaticBlockDeclaration(node)) return true;
  return (ts.isMethodDeclaration(node) || ts.isAccessor(node)) && ts.isPrivateIdentifier(node.name);
}

/** A name that is evaluated; `[Symbol.iterator]` is as good as a fixed one. */
function isComputed(name: ts.PropertyName): boolean {
  if (!ts.isComputedPropertyName(name)) return false;
  const key = name.expression;
  return !(ts.isPropertyAccessExpression(key) && ts.isIdentifier(key.expression) && key.expression.text === "Symbol");
}

/** Whether it is made by an activation that can never be in a checkpoint. */
function isInsideUnsaveable(info: FunctionInfo): boolean {
  for (let at = info.parent; at; at = at.parent)
    if (at.barrier === "an async function" || at.barrier === "a generator") return true;
  return false;
}

function isAccessor(info: FunctionInfo): boolean {
  return ts.isAccessor(info.node) && ts.isObjectLiteralExpression(info.node.parent);
}

function isOpaque(info: FunctionInfo): boolean {
  const node = info.node;
  if (!info.parent || ts.isSourceFile(info.parent.node)) return false;
  const isMethod = ts.isMethodDeclaration(node) && ts.isObjectLiteralExpression(node.parent);
  return isGenerator(node) || isAccessor(info) || isMethod || ts.isClassLike(node.parent);
}
