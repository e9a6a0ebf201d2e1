/** Small constructors of TypeScript nodes, so that rewrite rules read like the code they make. */
import type { RuntimeName } from "../../shared/abi.js";
import { factory } from "../context.js";
import { ts } from "../ts.js";

export function callRuntime(name: RuntimeName, args: readonly ts.Expression[]): ts.CallExpression {
  return factory.createCallExpression(factory.createIdentifier(name), undefined, args);
}

export function assignmentOf(target: ts.Expression, value: ts.Expression): ts.Expression {
  return factory.createAssignment(target, value);
}

export function statementOf(expression: ts.Expression): ts.ExpressionStatement {
  return factory.createExpressionStatement(expression);
}

export function undefinedValue(): ts.Expression {
  return factory.createVoidZero();
}

/** `const name = value;` */
export function constant(name: ts.Identifier, value: ts.Expression): ts.Statement {
  return declare("const", name, value);
}

export function declare(keyword: "let" | "const", name: ts.BindingName, value: ts.Expression | undefined): ts.Statement {
  const flags = keyword === "let" ? ts.NodeFlags.Let : ts.NodeFlags.Const;
  const declaration = factory.createVariableDeclaration(name, undefined, undefined, value);
  return factory.createVariableStatement(undefined, factory.createVariableDeclarationList([declaration], flags));
}

/** Gives a made statement the position and comments of the source statement it comes from. */
export function setStatement<S extends ts.Statement>(made: S, source: ts.Node): S {
  ts.setCommentRange(made, source);
  ts.setSourceMapRange(made, source);
  return made;
}

/** A nice copy of an expression used twice: identifiers and literals are safe to repeat. */
export function isSimple(node: ts.Expression): boolean {
  return ts.isIdentifier(node) || ts.isLiteralExpression(node) || node.kind === ts.SyntaxKind.ThisKeyword;
}
