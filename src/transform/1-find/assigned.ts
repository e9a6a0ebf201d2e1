/** Where an expression is the target of an assignment. */
import { isAssignmentOperator, outermost, ts } from "../ts.js";

export type Access = "get" | "set" | "both";

/** What is done to the value a variable or property holds where the expression stands. */
export function accessOf(node: ts.Expression): Access {
  const at = outermost(node);
  const up = at.parent;
  if (ts.isPrefixUnaryExpression(up) || ts.isPostfixUnaryExpression(up)) {
    const isUpdate = up.operator === ts.SyntaxKind.PlusPlusToken || up.operator === ts.SyntaxKind.MinusMinusToken;
    return isUpdate ? "both" : "get";
  }
  if (ts.isBinaryExpression(up) && up.left === at && isAssignmentOperator(up.operatorToken.kind))
    return up.operatorToken.kind === ts.SyntaxKind.EqualsToken ? "set" : "both";
  return isPatternTarget(node) ? "set" : "get";
}

/** Whether the reference writes the variable, other than by its own declaration. */
export function isAssigned(node: ts.Identifier): boolean {
  return accessOf(node) !== "get";
}

/** Whether the expression, or the target in front of a default value, is an element of an assignment pattern or the head of a `for…of` or `for…in`. */
export function isPatternTarget(node: ts.Expression): boolean {
  let at = outermost(node);
  let isElement = false;
  for (;;) {
    const up = at.parent;
    if (isLiteralAround(at, up)) isElement = true;
    else if (ts.isBinaryExpression(up) && up.left === at && up.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
      if (isElement) return true;
    } else return (ts.isForOfStatement(up) || ts.isForInStatement(up)) && up.initializer === at;
    at = outermost(up as ts.Expression);
  }
}

/** Whether `up` is the literal that a pattern with `at` among its targets would be, or the part of it that holds `at`. */
function isLiteralAround(at: ts.Node, up: ts.Node): boolean {
  return (
    ts.isArrayLiteralExpression(up) ||
    ts.isObjectLiteralExpression(up) ||
    ts.isSpreadElement(up) ||
    ts.isSpreadAssignment(up) ||
    (ts.isShorthandPropertyAssignment(up) && up.name === at) ||
    (ts.isPropertyAssignment(up) && up.initializer === at)
  );
}
