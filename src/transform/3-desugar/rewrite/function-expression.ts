/** A function as an expression, whatever it was declared as, and over the body that rewriting or lowering has made. */
import { type Context, factory } from "../../context.js";
import { ts } from "../../ts.js";
import { callRuntime } from "../build.js";
import { assignedName, withName } from "./names.js";
import type { Rewriter } from "./rewriter.js";

/** A function node over a new body, or its own; its name is not a reference. */
export function withBody(r: Rewriter, node: ts.Node, body: ts.Node | undefined, made: ts.Block | undefined): ts.Node {
  const name = "name" in node ? node.name : undefined;
  const visit = (child: ts.Node): ts.VisitResult<ts.Node> => {
    if (made && child === body) return made;
    return child === name && (ts.isIdentifier(child) || isNamedOutside(r, node)) ? child : r.visit(child);
  };
  return ts.visitEachChild(node, visit, undefined);
}

/** Computed names of members are evaluated where the class or object is; there they get the key. */
function isNamedOutside(r: Rewriter, node: ts.Node): boolean {
  if (ts.isClassLike(node.parent)) return r.ctx.findings.writtenOut.has(node.parent);
  return ts.isObjectLiteralExpression(node.parent) && r.fn.parent?.full === true;
}

/** A function expression for a closure, whatever it was declared as. */
export function closureExpression(fast: ts.Node, ctx: Context): ts.Expression {
  if (ts.isAccessor(fast)) return callRuntime("$accessorOf", [factory.createObjectLiteralExpression([fast])]);
  if (ts.isMethodDeclaration(fast)) return methodExpression(fast);
  if (!ts.isFunctionDeclaration(fast)) return fast as ts.Expression;
  const modifiers = fast.modifiers as readonly ts.Modifier[] | undefined;
  const variable = fast.name && ctx.variableOf(fast.name);
  const isRenamed = variable !== undefined && !variable.boxed && variable.emitName !== variable.name;
  const own = isRenamed ? ctx.refVariable(variable) : fast.name;
  const made = factory.createFunctionExpression(
    modifiers,
    fast.asteriskToken,
    own,
    fast.typeParameters,
    fast.parameters,
    fast.type,
    fast.body!,
  );
  ts.setTextRange(made, fast);
  return isRenamed ? withName(made, variable.name) : made;
}

/** `{ m() {…} }.m`; a private method under the name it has in the source, `{ ["#m"]() {…} }["#m"]`. */
function methodExpression(fast: ts.MethodDeclaration): ts.Expression {
  const name = ts.isPrivateIdentifier(fast.name)
    ? factory.createComputedPropertyName(factory.createStringLiteral(fast.name.text))
    : fast.name;
  const modifiers = fast.modifiers?.filter((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword);
  const method = factory.updateMethodDeclaration(
    fast,
    modifiers,
    fast.asteriskToken,
    name,
    undefined,
    fast.typeParameters,
    fast.parameters,
    fast.type,
    fast.body,
  );
  const holder = factory.createObjectLiteralExpression([method]);
  if (ts.isIdentifier(name)) return factory.createPropertyAccessExpression(holder, name.text);
  return factory.createElementAccessExpression(holder, ts.isComputedPropertyName(name) ? name.expression : name);
}

/** `$generatorFunction(body, "g", 1)`: calling it makes a generator. */
export function generatorFunction(made: ts.Expression, node: ts.FunctionLikeDeclaration): ts.Expression {
  const own = node.name && (ts.isIdentifier(node.name) || ts.isPrivateIdentifier(node.name)) ? node.name.text : undefined;
  const first = node.parameters.findIndex((parameter) => parameter.initializer || parameter.dotDotDotToken);
  return callRuntime("$generatorFunction", [
    made,
    factory.createStringLiteral(own ?? assignedName(node) ?? ""),
    factory.createNumericLiteral(first < 0 ? node.parameters.length : first),
  ]);
}
