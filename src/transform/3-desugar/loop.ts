/**
 *     while (f()) B            ⇒   for (;;) { suspend $1 = f() · if (!$1) break · B }
 *     do B while (f())         ⇒   for (;;) { $body: { B } · suspend $1 = f() · if (!$1) break }        `continue` in B leaves $body
 *     for (I; T; f()) B        ⇒   I · for (; T;) { $body: { B } · suspend $1 = f() }
 *
 * A `for` whose `let` is captured gets a scope object for each round: `$s1 = { ...$s1 }` before the update.
 */
import { factory } from "../context.js";
import { Label, type Stmt } from "../ir.js";
import { ts } from "../ts.js";
import type { Desugarer } from "./desugarer.js";
import { effect, value } from "./expression.js";
import { containsFunction } from "./rewrite/loops.js";
import { copyScope, scopeLiteral } from "./rewrite/scopes.js";
import { poll } from "./poll.js";
import { nested, variableDeclaration } from "./statement.js";

export function whileStatement(
  d: Desugarer,
  node: ts.WhileStatement | ts.DoStatement,
  labels: readonly ts.LabeledStatement[],
): void {
  const label = new Label(labels[0]?.label.text);
  const testSuspends = d.plan.isLowered(node.expression);
  const testLast = ts.isDoStatement(node);
  const body = d.collect(() => {
    poll(d, node);
    if (testSuspends && !testLast) leaveUnless(d, node.expression, label);
    loopBody(d, node, labels, label, testSuspends && testLast);
    if (testSuspends && testLast) leaveUnless(d, node.expression, label);
  });
  d.root(node.expression);
  const test = testSuspends ? undefined : d.rewriter.expression(node.expression);
  d.emit({ kind: "loop", label, init: [], test, testLast: testLast && !testSuspends, update: undefined, body, source: node });
}

export function forStatement(d: Desugarer, node: ts.ForStatement, labels: readonly ts.LabeledStatement[]): void {
  const label = new Label(labels[0]?.label.text);
  const init = d.collect(() => initialize(d, node));
  const box = d.ctx.captures.scopeObjects.get(node);
  const testSuspends = node.condition !== undefined && d.plan.isLowered(node.condition);
  const updateSuspends = node.incrementor !== undefined && d.plan.isLowered(node.incrementor);
  const body = d.collect(() => {
    poll(d, node);
    if (testSuspends) leaveUnless(d, node.condition, label);
    loopBody(d, node, labels, label, updateSuspends);
    if (!updateSuspends) return;
    if (box) d.emit({ kind: "eval", value: copyScope(d.rewriter, box.name, box.owner) });
    d.root(node.incrementor);
    effect(d, node.incrementor);
  });
  const test = testSuspends || !node.condition ? undefined : d.rewriter.expression(node.condition);
  const update = updateSuspends ? undefined : updateOf(d, node);
  const simple = init.every((part) => part.kind === "let" && part.value !== undefined);
  const loop: Stmt = { kind: "loop", label, init: simple ? init : [], test, testLast: false, update, body, source: node };
  // The loop's own variables live in a block of their own.
  if (simple) d.emit(loop);
  else d.emit({ kind: "block", label: undefined, body: [...init, loop] });
}

function initialize(d: Desugarer, node: ts.ForStatement): void {
  const init = node.initializer;
  const box = scopeLiteral(d.rewriter, node);
  if (box) d.emit({ kind: "let", name: d.ctx.captures.scopeObjects.get(node)!.name, declare: "let", value: box });
  if (!init) return;
  if (ts.isVariableDeclarationList(init)) {
    for (const declaration of init.declarations) variableDeclaration(d, declaration, declaration);
    const scope = d.ctx.captures.scopeObjects.get(node);
    // What the initializer captured is not the first round's.
    if (scope && containsFunction(init)) d.emit({ kind: "eval", value: copyScope(d.rewriter, scope.name, scope.owner) });
  } else {
    d.root(init);
    effect(d, init);
  }
}

function updateOf(d: Desugarer, node: ts.ForStatement): ts.Expression | undefined {
  const box = d.ctx.captures.scopeObjects.get(node);
  const update = node.incrementor && d.rewriter.expression(node.incrementor);
  if (!box) return update;
  const copy = copyScope(d.rewriter, box.name, box.owner);
  return update ? factory.createCommaListExpression([copy, update]) : copy;
}

/** The body; in a block of its own when something has to happen between a `continue` and the next round. */
function loopBody(
  d: Desugarer,
  node: ts.IterationStatement,
  labels: readonly ts.LabeledStatement[],
  label: Label,
  inBlock: boolean,
): void {
  const inner = new Label(undefined);
  const continueTo = inBlock ? ({ kind: "break", label: inner } as const) : ({ kind: "continue", label } as const);
  const write = (): void =>
    d.within({ kind: "target", nodes: [node, ...labels], breakTo: label, continueTo }, () => nested(d, node.statement));
  if (inBlock) d.emit({ kind: "block", label: inner, body: d.collect(write) });
  else write();
}

/** Evaluates a suspending test in the loop and leaves the loop when it fails. */
function leaveUnless(d: Desugarer, test: ts.Expression, label: Label): void {
  d.root(test);
  d.emit({ kind: "if", test: factory.createLogicalNot(value(d, test)), yes: [{ kind: "break", label }], no: undefined });
}
