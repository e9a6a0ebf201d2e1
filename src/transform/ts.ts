/** The only file that imports the TypeScript compiler. TypeScript 7 has no in-process API yet, so the compiler brings its own 6.0. */
import ts from "typescript";
export { ts };

/** The expression without parentheses, `as`, `satisfies` and `!` around it. */
export function unwrap(node: ts.Expression): ts.Expression {
  let at = node;
  while (
    ts.isParenthesizedExpression(at) ||
    ts.isAsExpression(at) ||
    ts.isSatisfiesExpression(at) ||
    ts.isNonNullExpression(at) ||
    ts.isTypeAssertionExpression(at)
  ) {
    at = at.expression;
  }
  return at;
}

/** The nearest node above that is not one of the wrappers `unwrap` removes. */
export function parentOf(node: ts.Node): ts.Node {
  let up = node.parent;
  while (ts.isParenthesizedExpression(up) || ts.isAsExpression(up) || ts.isSatisfiesExpression(up) || ts.isNonNullExpression(up))
    up = up.parent;
  return up;
}

/** `=`, `+=`, `??=`, … */
export function isAssignmentOperator(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}
