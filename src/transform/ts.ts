/** The only file that imports the TypeScript compiler. TypeScript 7 has no in-process API yet, so the compiler brings its own 6.0. */
import ts from "typescript";
export { ts };

/** The expression without parentheses, `as`, `satisfies` and `!` around it. */
export function unwrap(node: ts.Expression): ts.Expression {
  let at = node;
  while (isWrapper(at)) at = at.expression;
  return at;
}

/** The expression with all the parentheses, `as`, `satisfies` and `!` around it. */
export function outermost(node: ts.Expression): ts.Expression {
  let at = node;
  while (isWrapper(at.parent)) at = at.parent;
  return at;
}

/** The nearest node above that is not one of the wrappers `unwrap` removes. */
export function parentOf(node: ts.Expression): ts.Node {
  return outermost(node).parent;
}

function isWrapper(node: ts.Node): node is Wrapper {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node)
  );
}

type Wrapper = ts.ParenthesizedExpression | ts.AsExpression | ts.SatisfiesExpression | ts.NonNullExpression | ts.TypeAssertion;

/** `=`, `+=`, `??=`, … */
export function isAssignmentOperator(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}
