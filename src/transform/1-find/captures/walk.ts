/** Goes through the code of a module once: what each name means, who uses it, and so who captures it. */
import { ts } from "../../ts.js";
import { isAssigned } from "../assigned.js";
import { isBody } from "../collect.js";
import { isBaseConstructor, isConstructible, isDerivedConstructor, ownerOfThis } from "../function-kinds.js";
import type { FunctionInfo } from "../model.js";
import { isValueReference } from "../references.js";
import type { Analysis } from "./analysis.js";
import { isVarName } from "./declarations.js";
import { noteImplied, recordOf, useOf } from "./implicit.js";
import { symbolOf } from "./meaning.js";
import type { Variable } from "./model.js";
import { redeclaredInBody, variableFor } from "./variables.js";

export function walk(a: Analysis, node: ts.Node, owner: FunctionInfo): void {
  ts.forEachChild(node, (child) => visit(a, child, owner));
}

function visit(a: Analysis, node: ts.Node, owner: FunctionInfo): void {
  if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
  const info = isBody(node) ? a.findings.functionOf.get(node) : undefined;
  if (info) {
    if (info.full && isConstructible(node)) useOf(a, a.newTargets, "target", info, info);
    if (info.full && (isConstructible(node) || isBaseConstructor(node))) a.usesThis.add(info);
    if ("name" in info.node && info.node.name) {
      if (ts.isComputedPropertyName(info.node.name)) visit(a, info.node.name, owner);
      else if (ts.isIdentifier(info.node.name) && ts.isFunctionDeclaration(info.node)) reference(a, info.node.name, owner);
      else if (ts.isIdentifier(info.node.name) && ts.isFunctionExpression(info.node)) reference(a, info.node.name, info);
    }
    ts.forEachChild(node, (child) => {
      if (!("name" in node && child === node.name)) visit(a, child, info);
    });
    return;
  }
  if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword) noteThis(a, owner);
  noteImplied(a, node, owner);
  if (ts.isIdentifier(node)) {
    if (isValueReference(node)) reference(a, node, owner);
    return;
  }
  walk(a, node, owner);
}

function noteThis(a: Analysis, owner: FunctionInfo): void {
  // There it is a variable, which may have no value yet.
  const of = ownerOfThis(owner);
  if (of.full && isDerivedConstructor(of.node)) return;
  for (let at: FunctionInfo | undefined = owner; at; at = at.parent) {
    a.usesThis.add(at);
    if (!ts.isArrowFunction(at.node)) return;
  }
}

function reference(a: Analysis, node: ts.Identifier, owner: FunctionInfo): void {
  const symbol = symbolOf(a, node, owner);
  if (!symbol) return;
  const found = variableFor(a, symbol);
  if (!found) return;
  const variable = redeclaredInBody(a, found, node) ?? found;
  const around = classAround(node, symbol);
  const own = around && a.isWrittenOut(around) ? around : undefined;
  if (own) {
    const record = recordOf(a, own);
    a.classSelf.set(node, record);
    a.capture(record, owner);
    return;
  }
  a.variableOf.set(node, variable);
  variable.references.push(node);
  const isConstant =
    variable.owner.full &&
    (variable.kind === "const" ||
      (variable.declaration.parent !== undefined && ts.isFunctionExpression(variable.declaration.parent)));
  if ((isAssigned(node) && !isConstant) || redeclares(node, variable) || (variable.kind === "catch" && isVarName(node)))
    variable.reassigned = true;
  a.capture(variable, owner);
}

/** The class of that name around a reference to it. */
function classAround(node: ts.Identifier, symbol: ts.Symbol): ts.ClassLikeDeclaration | undefined {
  const declaration = symbol.declarations?.find((candidate) => ts.isClassLike(candidate));
  if (!declaration || !ts.isClassLike(declaration) || declaration.name === node) return undefined;
  for (let at: ts.Node = node; at; at = at.parent) if (at === declaration) return declaration;
  return undefined;
}

/** `function f(a) { var a = 5; }`: the declaration assigns the parameter. */
function redeclares(node: ts.Identifier, variable: Variable): boolean {
  return (
    variable.kind === "parameter" &&
    node !== variable.declaration &&
    ts.isVariableDeclaration(node.parent) &&
    node.parent.name === node
  );
}
