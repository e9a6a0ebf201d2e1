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

/** A property name that defines a property: as a plain key `__proto__` would set the prototype. */
export function plainKey(name: string): ts.PropertyName {
  return name === "__proto__"
    ? factory.createComputedPropertyName(factory.createStringLiteral(name))
    : factory.createIdentifier(name);
}

/**
 * `(x) => x` in a place that gives it the name `f` ⇒ `{ f: (x) => x }.f`: wrapped in a call it would lose that name.
 */
export function named(name: string, fn: ts.Expression): ts.Expression {
  if (/^[A-Za-z_$][\w$]*$/.test(name) && name !== "__proto__") {
    return factory.createPropertyAccessExpression(
      factory.createObjectLiteralExpression([factory.createPropertyAssignment(name, fn)]),
      name,
    );
  }
  const key = factory.createComputedPropertyName(factory.createStringLiteral(name));
  return factory.createElementAccessExpression(
    factory.createObjectLiteralExpression([factory.createPropertyAssignment(key, fn)]),
    factory.createStringLiteral(name),
  );
}

/**
 *     const f = $tag({ f: (x) => x }.f, …)   ⇒   const f = (x) => x; $tag(f, …);
 *
 * The same, as a person would write it. `undefined` when `value` is not a function named by the declaration of `name`; `callee` is the call to look for.
 */
export function splitClosure(
  name: string,
  value: ts.Expression | undefined,
  reference: () => ts.Identifier,
): { value: ts.Expression; after: ts.Statement } | undefined {
  if (!value || !ts.isCallExpression(value)) return undefined;
  const at = value.arguments.findIndex(
    (argument) =>
      ts.isPropertyAccessExpression(argument) && argument.name.text === name && ts.isObjectLiteralExpression(argument.expression),
  );
  if (at < 0) return undefined;
  const literal = (value.arguments[at] as ts.PropertyAccessExpression).expression as ts.ObjectLiteralExpression;
  const property = literal.properties[0];
  if (literal.properties.length !== 1 || !property || !ts.isPropertyAssignment(property)) return undefined;
  const args = value.arguments.map((argument, index) => (index === at ? reference() : argument));
  return {
    value: property.initializer,
    after: statementOf(factory.updateCallExpression(value, value.expression, undefined, args)),
  };
}
