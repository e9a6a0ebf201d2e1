/**
 * Assignments and updates. The target's object and key are evaluated before the value; a compound assignment reads the old value before it.
 *
 *     o.p = f()      ⇒   const $1 = o · suspend $2 = f() · $1.p = $2
 *     x += f()       ⇒   const $1 = x · suspend $2 = f() · x = $1 + $2
 *     x ??= f()      ⇒   let $1 = x · if ($1 == null) { suspend $2 = f() · x = $1 = $2 }
 */
import { factory } from "../context.js";
import { plainOperator } from "../operators.js";
import { ts, unwrap } from "../ts.js";
import { destructureAssignment } from "./destructuring.js";
import type { Desugarer } from "./desugarer.js";
import { atom, goesOn, value } from "./expression.js";
import { checkedRead, readied } from "./rewrite/checked.js";
import { boxed } from "./rewrite/variables.js";

export function assignment(d: Desugarer, node: ts.BinaryExpression): ts.Expression {
  const kind = node.operatorToken.kind;
  const target = unwrap(node.left);
  if (ts.isObjectLiteralExpression(target) || ts.isArrayLiteralExpression(target))
    return destructureAssignment(d, target, node.right);
  if (!d.plan.isLowered(node.right))
    return factory.updateBinaryExpression(node, value(d, target), node.operatorToken, d.rewriter.expression(node.right));
  const reference = evaluatedTarget(d, target);
  const name = ts.isIdentifier(target) ? target : undefined;
  if (kind === ts.SyntaxKind.EqualsToken) {
    const stored = value(d, node.right);
    return factory.createAssignment(reference, name ? readied(d.rewriter, name, stored) : stored);
  }
  const current = name ? checkedRead(d.rewriter, name) : reference;
  if (isLogicalAssignment(kind)) return logicalAssignment(d, kind, reference, current, node.right);
  const old = d.spill(current);
  return factory.createAssignment(reference, factory.createBinaryExpression(old, plainOperator(kind), value(d, node.right)));
}

/** The target with its object and key evaluated, safe to use more than once. */
export function evaluatedTarget(d: Desugarer, target: ts.Expression): ts.Expression {
  if (ts.isPropertyAccessExpression(target)) {
    if (target.expression.kind === ts.SyntaxKind.SuperKeyword) return target;
    return factory.createPropertyAccessExpression(atom(d, target.expression), target.name);
  }
  if (ts.isElementAccessExpression(target)) {
    const object = target.expression.kind === ts.SyntaxKind.SuperKeyword ? target.expression : atom(d, target.expression);
    return factory.createElementAccessExpression(object, atom(d, target.argumentExpression));
  }
  // A variable: its checked read, if it has one, is not for writing.
  const variable = ts.isIdentifier(target) ? d.ctx.variableOf(target) : undefined;
  return variable?.boxed ? boxed(d.rewriter, variable) : d.rewriter.expression(target);
}

function logicalAssignment(
  d: Desugarer,
  kind: ts.SyntaxKind,
  reference: ts.Expression,
  current: ts.Expression,
  right: ts.Expression,
): ts.Expression {
  const name = d.fresh();
  d.emit({ kind: "let", name, declare: "let", value: current });
  const yes = d.collect(() => {
    d.emit({ kind: "assign", name, value: value(d, right) });
    d.emit({ kind: "eval", value: factory.createAssignment(reference, d.ref(name)) });
  });
  d.emit({ kind: "if", test: goesOn(d, kind, name), yes, no: undefined });
  return d.ref(name);
}

function isLogicalAssignment(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.AmpersandAmpersandEqualsToken ||
    kind === ts.SyntaxKind.BarBarEqualsToken ||
    kind === ts.SyntaxKind.QuestionQuestionEqualsToken
  );
}

/** `f().n++` and `-f()`: the operand's own suspensions come first, the operation stays. */
export function update(d: Desugarer, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): ts.Expression {
  const operand = value(d, node.operand);
  return ts.isPrefixUnaryExpression(node)
    ? factory.updatePrefixUnaryExpression(node, operand)
    : factory.updatePostfixUnaryExpression(node, operand);
}
