/**
 * Declarations whose variable does not stay what it was:
 *
 *     let n = 1;             ⇒   $s1.n = 1;                          it lives in a scope object
 *     var n = 1;             ⇒   n = 1;                              it has moved to the start of a lowered function
 *     const f = (x) => x;    ⇒   const f = (x) => x; $tag(f, …);     its closure can reach a checkpoint
 */
import type { Variable } from "../../1-find/captures/model.js";
import type { FunctionInfo } from "../../1-find/model.js";
import { factory } from "../../context.js";
import { ts } from "../../ts.js";
import { assignmentOf, constant, setStatement, splitClosure, statementOf, undefinedValue } from "../build.js";
import { closureOf } from "./closures.js";
import { assignmentPattern, boundNames, plainName } from "./patterns.js";
import type { Rewriter } from "./rewriter.js";
import { boxed } from "./variables.js";

/** `function f() {…}` inside a function ⇒ `const f = $tag(function f() {…}, f$, […])`. */
export function functionDeclaration(r: Rewriter, node: ts.FunctionDeclaration): ts.Statement[] {
  const info = r.ctx.findings.functionOf.get(node);
  if (!info || !isBound(r, info)) return info ? [r.emitter.emitFunction(info) as ts.Statement] : [node];
  const variable = r.ctx.variableOf(node.name!)!;
  return [setStatement(declareFunction(r, variable, closureOf(r, info)), node)];
}

/** Whether the declaration turns into a constant (or stays the declaration it is). */
export function isBound(r: Rewriter, info: FunctionInfo): boolean {
  return r.ctx.captures.tagged.has(info);
}

function declareFunction(r: Rewriter, variable: Variable, value: ts.Expression): ts.Statement {
  return variable.boxed ? statementOf(assignmentOf(boxed(r, variable), value)) : constant(r.ctx.refVariable(variable), value);
}

/** `class C {…}` whose name lives in a scope object ⇒ `$s1.C = class C {…}`. */
export function rewriteClass(r: Rewriter, node: ts.ClassDeclaration): ts.Node {
  const made = r.children(node);
  const variable = node.name && r.ctx.variableOf(node.name);
  if (!variable?.boxed) return made;
  const expression = factory.createClassExpression(undefined, made.name, made.typeParameters, made.heritageClauses, made.members);
  return setStatement(statementOf(assignmentOf(boxed(r, variable), expression)), node);
}

/** Boxed declarations become assignments; hoisted `var`s too. */
export function rewriteVariables(r: Rewriter, node: ts.VariableStatement): ts.Node | ts.Statement[] {
  const list = node.declarationList;
  if (!needsSplit(r, list)) return withTags(r, r.children(node));
  const out = list.declarations.flatMap((declaration) => assignedDeclaration(r, declaration, list));
  if (out[0]) setStatement(out[0], node);
  return out;
}

/** `const f = $tag({ f: … }.f, …)` ⇒ `const f = …; $tag(f, …);`. */
function withTags(r: Rewriter, node: ts.VariableStatement): ts.Node | ts.Statement[] {
  if (r.fn.parent === undefined) return node; // module-level functions are bound, not tagged
  const after: ts.Statement[] = [];
  const declarations = node.declarationList.declarations.map((declaration) => {
    const name = ts.isIdentifier(declaration.name) ? declaration.name : undefined;
    const split = name && splitClosure(name.text, declaration.initializer, () => factory.createIdentifier(name.text));
    if (!split) return declaration;
    after.push(split.after);
    return factory.updateVariableDeclaration(
      declaration,
      declaration.name,
      declaration.exclamationToken,
      declaration.type,
      split.value,
    );
  });
  // Tags come after the whole list, so a list in which a later part could call an earlier function stays as it is.
  if (after.length === 0 || declarations.length > 1) return node;
  return [
    factory.updateVariableStatement(
      node,
      node.modifiers,
      factory.updateVariableDeclarationList(node.declarationList, declarations),
    ),
    ...after,
  ];
}

function needsSplit(r: Rewriter, list: ts.VariableDeclarationList): boolean {
  if (r.options.hoistVars && (list.flags & ts.NodeFlags.BlockScoped) === 0) return true;
  return list.declarations.some((declaration) => boundNames(declaration.name).some((name) => r.ctx.variableOf(name)?.boxed));
}

function assignedDeclaration(r: Rewriter, declaration: ts.VariableDeclaration, list: ts.VariableDeclarationList): ts.Statement[] {
  const isVar = (list.flags & ts.NodeFlags.BlockScoped) === 0;
  if (ts.isIdentifier(declaration.name)) {
    const variable = r.ctx.variableOf(declaration.name);
    const assigned = variable && (variable.boxed || (isVar && r.options.hoistVars));
    if (!assigned)
      return [
        factory.createVariableStatement(undefined, factory.createVariableDeclarationList([r.children(declaration)], list.flags)),
      ];
    if (!declaration.initializer) return isVar ? [] : [statementOf(assignmentOf(boxed(r, variable), undefinedValue()))];
    const target = variable.boxed ? boxed(r, variable) : r.ctx.refVariable(variable);
    return [statementOf(assignmentOf(target, r.expression(declaration.initializer)))];
  }
  const target = assignmentPattern(r, declaration.name);
  const plain = isVar ? [] : boundNames(declaration.name).filter((name) => !r.ctx.variableOf(name)?.boxed);
  const declared = plain.map((name) => factory.createVariableDeclaration(plainName(r, name)));
  const assign = statementOf(factory.createParenthesizedExpression(assignmentOf(target, r.expression(declaration.initializer!))));
  if (declared.length === 0) return [assign];
  return [factory.createVariableStatement(undefined, factory.createVariableDeclarationList(declared, ts.NodeFlags.Let)), assign];
}
