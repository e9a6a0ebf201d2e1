/** The `name` of functions, which they get from the place they stand in. */
import { factory } from "../../context.js";
import { isAssignmentOperator, ts } from "../../ts.js";
import { named } from "../build.js";

/** The name an anonymous function gets from the place it stands in (ECMA-262, NamedEvaluation). */
export function assignedName(node: ts.Node): string | undefined {
  const isAnonymous = ts.isArrowFunction(node) || ((ts.isFunctionExpression(node) || ts.isClassExpression(node)) && !node.name);
  if (!isAnonymous) return undefined;
  let up: ts.Node = node.parent;
  let at: ts.Node = node;
  while (ts.isParenthesizedExpression(up)) {
    at = up;
    up = up.parent;
  }
  const identifier = (name: ts.Node): string | undefined =>
    ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name) ? name.text : undefined;
  if (ts.isVariableDeclaration(up) || ts.isParameter(up) || ts.isBindingElement(up))
    return up.initializer === at ? identifier(up.name) : undefined;
  // `__proto__: () => {}` sets the prototype and names nothing.
  if (ts.isPropertyAssignment(up) && !ts.isComputedPropertyName(up.name) && up.name.text === "__proto__") return undefined;
  if (ts.isPropertyAssignment(up) || ts.isPropertyDeclaration(up))
    return ts.isPrivateIdentifier(up.name) ? up.name.text : identifier(up.name);
  if (ts.isShorthandPropertyAssignment(up)) return up.name.text;
  if (ts.isExportAssignment(up)) return "default";
  if (!ts.isBinaryExpression(up) || up.right !== at || !isAssignmentOperator(up.operatorToken.kind)) return undefined;
  return ts.isIdentifier(up.left) ? up.left.text : undefined;
}

/** The function under the name that its place in the source gives it, or under none: a temporary would name it too. */
export function withOwnName(made: ts.Expression, source: ts.Node): ts.Expression {
  const name = assignedName(source);
  if (name !== undefined) return named(name, made);
  const isNamed = !ts.isArrowFunction(made) && !(ts.isFunctionExpression(made) && !made.name);
  return isNamed ? made : factory.createParenthesizedExpression(factory.createComma(factory.createNumericLiteral(0), made));
}

/** A function that had to be called something else in emitted code, under the name it has in the source. */
export function withName(fn: ts.Expression, name: string): ts.Expression {
  const describe = factory.createPropertyAccessExpression(factory.createIdentifier("Object"), "defineProperty");
  const descriptor = factory.createObjectLiteralExpression([
    factory.createPropertyAssignment("value", factory.createStringLiteral(name)),
    factory.createPropertyAssignment("configurable", factory.createTrue()),
  ]);
  return factory.createCallExpression(describe, undefined, [fn, factory.createStringLiteral("name"), descriptor]);
}
