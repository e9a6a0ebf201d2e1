/**
 * What code uses without naming it becomes a variable that is not in the source:
 *
 *     super.m                                     ⇒   $class_C      the record of its class, or of its object literal
 *     this        in a derived constructor        ⇒   $this
 *     new.target, super(…)                        ⇒   $target
 *     arguments                                   ⇒   $arguments
 *     #p          where the class is written out  ⇒   $private_p
 */
import { ts } from "../../ts.js";
import { declarerOf } from "../collect.js";
import { isDerivedConstructor, ownerOfThis } from "../function-kinds.js";
import type { FunctionInfo } from "../model.js";
import { isValueReference } from "../references.js";
import type { Analysis } from "./analysis.js";
import type { Variable } from "./model.js";

export function noteImplied(a: Analysis, node: ts.Node, owner: FunctionInfo): void {
  if (ts.isClassLike(node) && a.isWrittenOut(node)) declareClass(a, node);
  if (ts.isPrivateIdentifier(node)) return usePrivate(a, node, owner);
  if (!ownerOfThis(owner).full) return;
  if (node.kind === ts.SyntaxKind.SuperKeyword) useSuper(a, node, owner);
  if (node.kind === ts.SyntaxKind.ThisKeyword) useReceiver(a, owner);
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.NewKeyword)
    useOf(a, a.newTargets, "target", ownerOfThis(owner), owner);
  if (ts.isIdentifier(node) && node.text === "arguments" && isValueReference(node) && isArguments(a, node))
    useOf(a, a.argumentsOf, "arguments", ownerOfThis(owner), owner);
}

function declareClass(a: Analysis, node: ts.ClassLikeDeclaration): void {
  const record = recordOf(a, node);
  for (const member of node.members) {
    if (member.name && ts.isPrivateIdentifier(member.name)) privateName(a, node, member.name.text);
    const info = ts.isConstructorDeclaration(member) ? a.findings.functionOf.get(member) : undefined;
    if (info) a.capture(record, info);
  }
}

function isArguments(a: Analysis, node: ts.Identifier): boolean {
  return a.findings.checker.getSymbolAtLocation(node)?.declarations === undefined;
}

/** A variable of `owner` that is not in the source. */
function makeVariable(a: Analysis, name: string, owner: FunctionInfo, kind: "const" | "let"): Variable {
  const variable: Variable = {
    name,
    kind,
    owner,
    declaration: ts.factory.createIdentifier(name),
    scope: owner.node,
    readyAt: owner.node.pos,
    reassigned: kind === "let",
    references: [],
    capturedBy: new Set(),
    boxed: false,
    early: false,
    isMadeUp: true,
    emitName: a.madeUpNames.make(name, owner),
  };
  a.madeUp.push(variable);
  a.own(variable);
  return variable;
}

export function recordOf(a: Analysis, node: ts.Node): Variable {
  const known = a.records.get(node);
  if (known) return known;
  const name = ts.isClassLike(node) && node.name ? `class_${node.name.text}` : "class";
  const made = makeVariable(a, name, a.ownerOf(node.parent)!, "const");
  a.records.set(node, made);
  return made;
}

export function useOf(a: Analysis, map: Map<FunctionInfo, Variable>, name: string, of: FunctionInfo, user: FunctionInfo): void {
  const known = map.get(of) ?? makeVariable(a, name, of, "const");
  map.set(of, known);
  a.capture(known, user);
}

function useReceiver(a: Analysis, owner: FunctionInfo): void {
  const of = ownerOfThis(owner);
  if (!isDerivedConstructor(of.node)) return;
  const known = a.receivers.get(of) ?? makeVariable(a, "this", of, "let");
  a.receivers.set(of, known);
  a.capture(known, owner);
}

function useSuper(a: Analysis, node: ts.Node, owner: FunctionInfo): void {
  const of = ownerOfThis(owner);
  const home = of.node.parent;
  if (home && (ts.isObjectLiteralExpression(home) || (ts.isClassLike(home) && a.isWrittenOut(home))))
    a.capture(recordOf(a, home), owner);
  useReceiver(a, owner);
  if (ts.isCallExpression(node.parent) && node.parent.expression === node) useOf(a, a.newTargets, "target", of, owner);
}

function usePrivate(a: Analysis, node: ts.PrivateIdentifier, owner: FunctionInfo): void {
  const of = declarerOf(node);
  if (of && a.isWrittenOut(of)) a.capture(privateName(a, of, node.text), owner);
}

function privateName(a: Analysis, of: ts.ClassLikeDeclaration, text: string): Variable {
  const names = a.privates.get(of) ?? new Map<string, Variable>();
  a.privates.set(of, names);
  const known = names.get(text) ?? makeVariable(a, `private_${text.slice(1)}`, a.ownerOf(of.parent)!, "const");
  names.set(text, known);
  return known;
}
