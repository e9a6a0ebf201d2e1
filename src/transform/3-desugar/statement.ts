/** Statements of a lowered block: picks the rule for each, and passes on what does not suspend. */
import type { Variable } from "../1-find/captures/model.js";
import { factory } from "../context.js";
import { Label } from "../ir.js";
import { ts, unwrap } from "../ts.js";
import { callExpression, isPlainPoint } from "./call.js";
import { declareOf, type Desugarer } from "./desugarer.js";
import { destructureDeclaration } from "./destructuring.js";
import { atom, effect, into, value } from "./expression.js";
import { classValue } from "./full/class.js";
import { pending } from "./full/overlap.js";
import { declarePattern } from "./full/pattern.js";
import { isUsing as isUsingStatement, usingBlock } from "./full/using.js";
import { forEachStatement } from "./for-each.js";
import { jumpTo, returnFrom } from "./jump.js";
import { forStatement, whileStatement } from "./loop.js";
import { jumpTarget } from "./plan.js";
import { rewriteBlock } from "./rewrite/blocks.js";
import { readied } from "./rewrite/checked.js";
import { closureOf, plainFunction } from "./rewrite/closures.js";
import { withOpaque } from "./rewrite/opaque.js";
import { assignmentPattern, boundNames } from "./rewrite/patterns.js";
import { scopeLiteral } from "./rewrite/scopes.js";
import { switchStatement } from "./switch.js";
import { tryStatement } from "./try.js";

/** The statements of a block whose scope is `scope`: its scope object, hoisted functions, then the rest in order. */
export function blockStatements(d: Desugarer, list: readonly ts.Statement[], scope: ts.Node | undefined): void {
  const box = scope && scopeLiteral(d.rewriter, scope);
  if (box) d.emit({ kind: "let", name: d.ctx.captures.scopeObjects.get(scope)!.name, declare: "const", value: box });
  for (const node of list)
    if (ts.isFunctionDeclaration(node) && node.body && !d.ctx.captures.inPlace.has(d.ctx.findings.functionOf.get(node)!))
      functionDeclaration(d, node);
  inOrder(d, list);
}

/** The statements that are not hoisted; a `using` declaration takes those after it along. */
function inOrder(d: Desugarer, list: readonly ts.Statement[]): void {
  for (const [index, node] of list.entries()) {
    if (d.plan.isFull && isUsingStatement(node)) return usingBlock(d, node, () => inOrder(d, list.slice(index + 1)));
    if (!ts.isFunctionDeclaration(node)) statement(d, node);
    else if (node.body && d.ctx.captures.inPlace.has(d.ctx.findings.functionOf.get(node)!)) functionDeclaration(d, node);
  }
}

/** `function f() {…}` ⇒ `const f = $tag(function f() {…}, …)`. */
export function functionDeclaration(d: Desugarer, node: ts.FunctionDeclaration): void {
  const info = d.ctx.findings.functionOf.get(node)!;
  const variable = d.ctx.variableOf(node.name!)!;
  const isAssignment = variable.kind === "var" || variable.kind === "parameter";
  const declare = isAssignment ? d.assignVariable.bind(d) : d.declareVariable.bind(d);
  declare(variable, d.ctx.captures.tagged.has(info) ? closureOf(d.rewriter, info) : plainFunction(d.rewriter, info), node);
}

/** A block or the single statement of a loop or branch. What is not lowered stays one native statement, with its own variables inside. */
export function nested(d: Desugarer, node: ts.Statement): void {
  if (!ts.isBlock(node)) return statement(d, node);
  if (d.plan.isLowered(node)) return blockStatements(d, node.statements, node);
  if (node.statements.length > 0) d.emit({ kind: "native", node: rewriteBlock(d.rewriter, node) });
}

export function statement(d: Desugarer, node: ts.Statement): void {
  if (ts.isVariableStatement(node)) return variableStatement(d, node);
  if (ts.isClassDeclaration(node)) return classDeclaration(d, node);
  if (ts.isExpressionStatement(node)) return expressionStatement(d, node);
  if (ts.isReturnStatement(node)) return returnStatement(d, node);
  if (!d.plan.isLowered(node)) {
    for (const made of d.rewriter.statement(node)) d.emit({ kind: "native", node: made });
    return;
  }
  if (ts.isBlock(node))
    return d.emit({ kind: "block", label: undefined, body: d.collect(() => blockStatements(d, node.statements, node)) });
  if (ts.isIfStatement(node)) return ifStatement(d, node);
  if (ts.isForStatement(node)) return forStatement(d, node, []);
  if (ts.isWhileStatement(node) || ts.isDoStatement(node)) return whileStatement(d, node, []);
  if (ts.isForOfStatement(node) || ts.isForInStatement(node)) return forEachStatement(d, node, []);
  if (ts.isSwitchStatement(node)) return switchStatement(d, node, []);
  if (ts.isTryStatement(node)) return tryStatement(d, node);
  if (ts.isLabeledStatement(node)) return labeledStatement(d, node, [node]);
  if (ts.isThrowStatement(node)) return throwStatement(d, node);
  if (ts.isBreakStatement(node)) return jumpTo(d, "break", jumpTarget(node));
  if (ts.isContinueStatement(node)) return jumpTo(d, "continue", jumpTarget(node));
  d.ctx.diagnostics.report("FLOW2002", node, { what: "this statement" });
}

function variableStatement(d: Desugarer, node: ts.VariableStatement): void {
  if (isUsing(node.declarationList)) d.ctx.diagnostics.report("FLOW2005", node);
  for (const [index, declaration] of node.declarationList.declarations.entries())
    variableDeclaration(d, declaration, index === 0 ? node : declaration);
}

function isVarList(list: ts.Node): boolean {
  return ts.isVariableDeclarationList(list) && (list.flags & ts.NodeFlags.BlockScoped) === 0;
}

function isUsing(list: ts.VariableDeclarationList): boolean {
  const flags = list.flags & ts.NodeFlags.BlockScoped;
  return flags === ts.NodeFlags.Using || flags === ts.NodeFlags.AwaitUsing;
}

export function variableDeclaration(d: Desugarer, declaration: ts.VariableDeclaration, source: ts.Node): void {
  const { name, initializer } = declaration;
  if (initializer) d.root(initializer);
  if (!ts.isIdentifier(name)) return patternDeclaration(d, name, initializer!, source);
  const variable = d.ctx.variableOf(name)!;
  if (initializer && d.block?.rules.isHolder(variable)) return d.declareVariable(variable, pending(d, initializer, true), source);
  if (isVarList(declaration.parent)) {
    if (initializer) d.assignVariable(variable, value(d, initializer), source);
    return;
  }
  if (!initializer) return d.declareVariable(variable, undefined, source);
  const isNewBinding = !variable.boxed && variable.kind !== "var";
  if (isNewBinding && isPlainPoint(d, initializer)) {
    const call = unwrap(initializer) as ts.CallExpression;
    return d.suspend(call, callExpression(d, call), variable.emitName, declareOf(variable));
  }
  const bare = unwrap(initializer);
  const branches = ts.isConditionalExpression(bare) || ts.isBinaryExpression(bare);
  if (isNewBinding && branches && d.plan.isLowered(bare)) {
    d.emit({ kind: "let", name: variable.emitName, declare: "let", value: undefined, source });
    return into(d, initializer, variable.emitName);
  }
  d.declareVariable(variable, value(d, initializer), source);
}

function patternDeclaration(d: Desugarer, pattern: ts.BindingPattern, initializer: ts.Expression, source: ts.Node): void {
  if (d.plan.isFull) return declarePattern(d, pattern, atom(d, initializer));
  if (d.plan.isLowered(pattern)) return destructureDeclaration(d, pattern, atom(d, initializer));
  bindTo(d, pattern, value(d, initializer), source);
}

/** Declares and assigns everything a name or pattern binds. */
export function bindTo(d: Desugarer, name: ts.BindingName, from: ts.Expression, source?: ts.Node): void {
  if (ts.isIdentifier(name)) return d.declareVariable(d.ctx.variableOf(name)!, from, source);
  if (d.plan.isFull) return declarePattern(d, name, d.spill(from));
  if (d.plan.isLowered(name)) return destructureDeclaration(d, name, d.spill(from));
  const variables = boundNames(name).map((bound) => d.ctx.variableOf(bound)!);
  const simple = variables.every((variable) => !variable.boxed && variable.kind !== "var");
  if (simple) {
    const declare = variables.some((variable) => declareOf(variable) === "let") ? "let" : "const";
    const names = variables.map((variable) => variable.emitName);
    d.emit({ kind: "pattern", pattern: d.rewriter.children(name), names, declare, value: from, ...(source && { source }) });
    return;
  }
  for (const variable of variables) {
    if (!variable.boxed && variable.kind !== "var")
      d.emit({ kind: "let", name: variable.emitName, declare: "let", value: undefined });
  }
  const assign = factory.createAssignment(assignmentPattern(d.rewriter, name), from);
  d.emit({ kind: "eval", value: assign, ...(source && { source }) });
}

function classDeclaration(d: Desugarer, node: ts.ClassDeclaration): void {
  const variable = d.ctx.variableOf(node.name!)!;
  if (d.plan.isFull) return d.declareVariable(variable, classValue(d, node), node);
  if (d.plan.isLowered(node)) return d.ctx.diagnostics.report("FLOW2002", node, { what: "a class declaration" });
  const made = d.rewriter.children(node);
  const expression = factory.createClassExpression(
    made.modifiers?.filter((modifier) => ts.isDecorator(modifier)),
    made.name,
    made.typeParameters,
    made.heritageClauses,
    made.members,
  );
  d.declareVariable(variable, withOpaque(d.rewriter, ts.setOriginalNode(expression, node), node), node);
}

function expressionStatement(d: Desugarer, node: ts.ExpressionStatement): void {
  d.root(node.expression);
  const bare = unwrap(node.expression);
  if (isPlainPoint(d, bare)) {
    const name = d.fresh();
    return d.suspend(bare, callExpression(d, bare), name, "const");
  }
  if (
    !d.plan.isFull &&
    ts.isBinaryExpression(bare) &&
    bare.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isIdentifier(bare.left)
  ) {
    const variable = d.ctx.variableOf(bare.left);
    if (variable && isOwn(d, variable))
      return d.assignVariable(variable, readied(d.rewriter, bare.left, value(d, bare.right)), node);
  }
  effect(d, node.expression);
}

function isOwn(d: Desugarer, variable: Variable): boolean {
  return variable.owner === d.fn;
}

function returnStatement(d: Desugarer, node: ts.ReturnStatement): void {
  if (!node.expression) return returnFrom(d, undefined, node);
  d.root(node.expression);
  const result = d.block ? pending(d, node.expression) : value(d, node.expression);
  returnFrom(d, result, node);
}

function ifStatement(d: Desugarer, node: ts.IfStatement): void {
  d.root(node.expression);
  const test = value(d, node.expression);
  const yes = d.collect(() => nested(d, node.thenStatement));
  const no = node.elseStatement && d.collect(() => nested(d, node.elseStatement!));
  d.emit({ kind: "if", test, yes, no, source: node });
}

function throwStatement(d: Desugarer, node: ts.ThrowStatement): void {
  d.root(node.expression);
  d.emit({ kind: "throw", value: value(d, node.expression), source: node });
}

/** A label on a loop or switch becomes one more name for it; on anything else it is a block to leave. */
function labeledStatement(d: Desugarer, node: ts.LabeledStatement, labels: readonly ts.LabeledStatement[]): void {
  const inner = node.statement;
  if (ts.isLabeledStatement(inner)) return labeledStatement(d, inner, [...labels, inner]);
  if (d.plan.isLowered(inner)) {
    if (ts.isForStatement(inner)) return forStatement(d, inner, labels);
    if (ts.isWhileStatement(inner) || ts.isDoStatement(inner)) return whileStatement(d, inner, labels);
    if (ts.isForOfStatement(inner) || ts.isForInStatement(inner)) return forEachStatement(d, inner, labels);
    if (ts.isSwitchStatement(inner)) return switchStatement(d, inner, labels);
  }
  const label = new Label(node.label.text);
  const body = d.collect(() =>
    d.within({ kind: "target", nodes: labels, breakTo: label, continueTo: undefined }, () => nested(d, inner)),
  );
  d.emit({ kind: "block", label, body });
}
