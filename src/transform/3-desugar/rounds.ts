/**
 * Whether every round of a loop waits for something, so that it needs no poll:
 *
 *     for (;;) { const order = Orders.receive(); … }      yes
 *     for (;;) { if (late) sleep("1 s"); … }              not always
 *     for (;;) { if (skip) continue; charge(order); }     not always
 */
import { isBody } from "../1-find/collect.js";
import { walkOwn } from "../1-find/suspension.js";
import type { OpenLoop } from "../1-find/workflows.js";
import { ts } from "../ts.js";

type IsWait = (node: ts.Node) => boolean;

/** `isWait`: whether a node is a call that waits whenever it is made. */
export function waitsEachRound(loop: OpenLoop, isWait: IsWait): boolean {
  const test = ts.isForStatement(loop) ? loop.condition : loop.expression;
  if (test && waits(test, isWait)) return true;
  return anyWaits(ts.isBlock(loop.statement) ? loop.statement.statements : [loop.statement], isWait);
}

/** The first statements of a round, up to one that may go on to the next round. */
function anyWaits(statements: readonly ts.Statement[], isWait: IsWait): boolean {
  for (const statement of statements) {
    if (waits(statement, isWait)) return true;
    if (mayContinue(statement)) return false;
  }
  return false;
}

/** Whether a wait is surely made where `node` is evaluated. */
function waits(node: ts.Node, isWait: IsWait): boolean {
  if (isWait(node)) return true;
  if (isBody(node) || ts.isIterationStatement(node, false) || ts.isSwitchStatement(node)) return false;
  if (ts.isBlock(node)) return anyWaits(node.statements, isWait);
  if (ts.isTryStatement(node)) return waits(node.tryBlock, isWait);
  if (ts.isIfStatement(node)) return waits(node.expression, isWait);
  if (ts.isConditionalExpression(node)) return waits(node.condition, isWait);
  if (ts.isBinaryExpression(node) && isShortCircuit(node.operatorToken.kind)) return waits(node.left, isWait);
  if (ts.isOptionalChain(node)) return waits(node.expression, isWait);
  return ts.forEachChild(node, (child) => waits(child, isWait) || undefined) ?? false;
}

function isShortCircuit(operator: ts.SyntaxKind): boolean {
  switch (operator) {
    case ts.SyntaxKind.AmpersandAmpersandToken:
    case ts.SyntaxKind.BarBarToken:
    case ts.SyntaxKind.QuestionQuestionToken:
    case ts.SyntaxKind.AmpersandAmpersandEqualsToken:
    case ts.SyntaxKind.BarBarEqualsToken:
    case ts.SyntaxKind.QuestionQuestionEqualsToken:
      return true;
    default:
      return false;
  }
}

function mayContinue(statement: ts.Statement): boolean {
  let found = ts.isContinueStatement(statement);
  walkOwn(statement, (node) => void (found ||= ts.isContinueStatement(node)));
  return found;
}
