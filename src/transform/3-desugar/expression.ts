/**
 * Expressions that contain a suspension. Every rule keeps JavaScript's order of evaluation: what is evaluated before a suspension is kept in
 * a temporary, unless reading it later cannot make a difference.
 *
 *     a() + b()   ⇒   suspend $1 = a() · suspend $2 = b() · $1 + $2
 */
import { factory } from "../context.js";
import { named, plainKey } from "./build.js";
import { withAccessors } from "./rewrite/literals.js";
import { assignedName } from "./rewrite/names.js";
import { withOpaque } from "./rewrite/opaque.js";
import { ts, unwrap } from "../ts.js";
import { assignment, update } from "./assignment.js";
import { argumentsOf, call, taggedTemplate } from "./call.js";
import { type Desugarer, isPrimitive } from "./desugarer.js";
import { evaluate, transient, transientEffect } from "./full/expression.js";
import { deleteOptionalChain, optionalChain } from "./optional-chain.js";

/** What is left of `node` after its suspensions have been written: an expression for the current place, to be evaluated exactly once and at once. */
export function value(d: Desugarer, node: ts.Expression): ts.Expression {
  if (d.plan.isFull) return transient(d, node);
  if (!d.plan.isLowered(node)) return d.rewriter.expression(node);
  const bare = unwrap(node);
  if (bare !== node) return value(d, bare);
  if (ts.isOptionalChain(node)) return optionalChain(d, node);
  if (ts.isCallExpression(node)) return call(d, node);
  if (ts.isTaggedTemplateExpression(node)) return taggedTemplate(d, node);
  if (ts.isBinaryExpression(node)) return binary(d, node);
  if (ts.isConditionalExpression(node)) return viaTemporary(d, node);
  if (ts.isTemplateExpression(node)) return template(d, node);
  if (ts.isObjectLiteralExpression(node)) return objectLiteral(d, node);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return update(d, node);
  if (ts.isArrayLiteralExpression(node)) return rebuild(d, node, node.elements);
  if (ts.isNewExpression(node)) return construction(d, node);
  if (ts.isElementAccessExpression(node)) {
    const isSuper = node.expression.kind === ts.SyntaxKind.SuperKeyword;
    return rebuild(d, node, isSuper ? [node.argumentExpression] : [node.expression, node.argumentExpression]);
  }
  if (ts.isPropertyAccessExpression(node)) {
    const read = factory.updatePropertyAccessExpression(node, value(d, node.expression), node.name);
    return d.plan.isPoint(node) ? d.awaited(node, read) : read;
  }
  if (ts.isDeleteExpression(node) && ts.isOptionalChain(unwrap(node.expression)))
    return deleteOptionalChain(d, unwrap(node.expression));
  if (ts.isTypeOfExpression(node) || ts.isVoidExpression(node) || ts.isDeleteExpression(node))
    return rebuild(d, node, [node.expression]);
  const what = ts.isClassExpression(node) ? "a class expression" : "this expression";
  d.ctx.diagnostics.report("FLOW2002", node, { what });
  return node;
}

/** The value of `node`, safe to read at any later place: a temporary unless it is stable. */
export function atom(d: Desugarer, node: ts.Expression): ts.Expression {
  if (d.plan.isFull) return evaluate(d, node);
  if (ts.isSpreadElement(node)) {
    // A spread iterates where it stands: `[...xs]` keeps what it gave.
    const items = factory.createArrayLiteralExpression([factory.createSpreadElement(value(d, node.expression))]);
    return factory.createSpreadElement(d.spill(items));
  }
  if (ts.isOmittedExpression(node)) return node;
  if (d.isStable(node)) return d.rewriter.expression(unwrap(node));
  if (d.plan.isPoint(unwrap(node))) return value(d, node); // already a temporary
  const made = value(d, node);
  // Kept in a temporary, an anonymous class would be named after it.
  const name = ts.isClassExpression(node) && !node.name ? assignedName(node) : undefined;
  return d.spill(name === undefined ? made : named(name, made));
}

/** Operands in order of evaluation: those before the last suspension are kept, the rest stays in place. */
export function operands(d: Desugarer, nodes: readonly ts.Expression[]): ts.Expression[] {
  const last = nodes.findLastIndex((node) => d.plan.isLowered(node));
  return nodes.map((node, index) => (index < last ? atom(d, node) : operand(d, node)));
}

function operand(d: Desugarer, node: ts.Expression): ts.Expression {
  return ts.isSpreadElement(node) ? factory.createSpreadElement(value(d, node.expression)) : value(d, node);
}

/** The same node over operands that have been evaluated in order. */
export function rebuild<N extends ts.Expression>(d: Desugarer, node: N, children: readonly ts.Expression[]): N {
  const done = new Map<ts.Node, ts.Expression>();
  for (const [index, made] of operands(d, children).entries()) done.set(children[index]!, made);
  return ts.visitEachChild(node, (child) => done.get(child) ?? d.rewriter.visit(child), undefined);
}

/** Evaluates `node` into a variable that exists already. */
export function into(d: Desugarer, node: ts.Expression, name: string): void {
  const bare = unwrap(node);
  if (d.plan.isLowered(bare)) {
    if (ts.isConditionalExpression(bare)) {
      const test = value(d, bare.condition);
      const yes = d.collect(() => into(d, bare.whenTrue, name));
      d.emit({ kind: "if", test, yes, no: d.collect(() => into(d, bare.whenFalse, name)), source: bare });
      return;
    }
    if (ts.isBinaryExpression(bare) && isLogical(bare.operatorToken.kind)) {
      into(d, bare.left, name);
      d.emit({
        kind: "if",
        test: goesOn(d, bare.operatorToken.kind, name),
        yes: d.collect(() => into(d, bare.right, name)),
        no: undefined,
        source: bare,
      });
      return;
    }
  }
  d.emit({ kind: "assign", name, value: value(d, node) });
}

/** Evaluates `node` for what it does. */
export function effect(d: Desugarer, node: ts.Expression): void {
  if (d.plan.isFull) return transientEffect(d, node);
  const bare = unwrap(node);
  if (!d.plan.isLowered(bare)) {
    d.emit({ kind: "eval", value: d.rewriter.expression(bare), source: node });
    return;
  }
  if (ts.isBinaryExpression(bare) && bare.operatorToken.kind === ts.SyntaxKind.CommaToken) {
    effect(d, bare.left);
    effect(d, bare.right);
    return;
  }
  const left = value(d, bare);
  // A lone temporary or variable does nothing.
  if (!ts.isIdentifier(left)) d.emit({ kind: "eval", value: left, source: node });
}

function construction(d: Desugarer, node: ts.NewExpression): ts.Expression {
  const keeps = node.arguments?.some((argument) => d.plan.isLowered(argument)) ?? false;
  const constructor = keeps ? atom(d, node.expression) : value(d, node.expression);
  const made = factory.updateNewExpression(node, constructor, undefined, argumentsOf(d, node));
  return d.plan.isPoint(node) ? d.awaited(node, made) : made;
}

function viaTemporary(d: Desugarer, node: ts.Expression): ts.Expression {
  const name = d.declareEmpty();
  into(d, node, name);
  return d.ref(name);
}

function isLogical(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken
  );
}

/** Whether the right operand of a logical operator is evaluated, given the left one in `name`. */
export function goesOn(d: Desugarer, kind: ts.SyntaxKind, name: string): ts.Expression {
  const left = d.ref(name);
  if (kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.AmpersandAmpersandEqualsToken) return left;
  if (kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.BarBarEqualsToken) return factory.createLogicalNot(left);
  return d.isNullish(left);
}

function binary(d: Desugarer, node: ts.BinaryExpression): ts.Expression {
  const kind = node.operatorToken.kind;
  if (kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment) return assignment(d, node);
  if (kind === ts.SyntaxKind.CommaToken) {
    effect(d, node.left);
    return value(d, node.right);
  }
  if (isLogical(kind)) {
    if (d.plan.isLowered(node.right)) return viaTemporary(d, node);
    return factory.updateBinaryExpression(node, value(d, node.left), node.operatorToken, d.rewriter.expression(node.right));
  }
  if (ts.isPrivateIdentifier(node.left))
    return factory.updateBinaryExpression(node, node.left, node.operatorToken, value(d, node.right));
  return parenthesizedPower(rebuild(d, node, [node.left, node.right]));
}

/** `(-a) ** b` needs its parentheses; the factory does not put them there. */
function parenthesizedPower(node: ts.BinaryExpression): ts.Expression {
  const unary =
    ts.isPrefixUnaryExpression(node.left) ||
    ts.isTypeOfExpression(node.left) ||
    ts.isVoidExpression(node.left) ||
    ts.isDeleteExpression(node.left);
  if (node.operatorToken.kind !== ts.SyntaxKind.AsteriskAsteriskToken || !unary) return node;
  return factory.updateBinaryExpression(node, factory.createParenthesizedExpression(node.left), node.operatorToken, node.right);
}

/** Each substitution is turned into a string where it stands, before the next one is evaluated. */
function template(d: Desugarer, node: ts.TemplateExpression): ts.Expression {
  const spans = node.templateSpans;
  const last = spans.findLastIndex((span) => d.plan.isLowered(span.expression));
  const done = new Map<ts.Node, ts.Expression>();
  for (const [index, span] of spans.entries()) {
    if (index >= last) done.set(span.expression, value(d, span.expression));
    else if (isPrimitive(d.ctx.findings.checker, span.expression)) done.set(span.expression, atom(d, span.expression));
    else done.set(span.expression, d.spill(asString(value(d, span.expression))));
  }
  const visit = (child: ts.Node): ts.Node => {
    if (ts.isTemplateSpan(child)) return factory.updateTemplateSpan(child, done.get(child.expression)!, child.literal);
    return child;
  };
  return ts.visitEachChild(node, visit, undefined);
}

function asString(node: ts.Expression): ts.Expression {
  return factory.createTemplateExpression(factory.createTemplateHead(""), [
    factory.createTemplateSpan(node, factory.createTemplateTail("")),
  ]);
}

/** Keys and values in order; a spread before the last suspension copies where it stands. */
function objectLiteral(d: Desugarer, node: ts.ObjectLiteralExpression): ts.Expression {
  const last = node.properties.findLastIndex((property) => d.plan.isLowered(property));
  const properties = node.properties.map((property, index) => {
    if (index > last) return ts.visitNode(property, d.rewriter.visit, ts.isObjectLiteralElementLike);
    return objectProperty(d, property, index < last);
  });
  return withOpaque(d.rewriter, withAccessors(d.rewriter, factory.updateObjectLiteralExpression(node, properties), node), node);
}

function objectProperty(d: Desugarer, property: ts.ObjectLiteralElementLike, keep: boolean): ts.ObjectLiteralElementLike {
  const evaluate = (node: ts.Expression): ts.Expression => (keep ? atom(d, node) : value(d, node));
  if (ts.isSpreadAssignment(property)) {
    const source = value(d, property.expression);
    if (!keep) return factory.createSpreadAssignment(source);
    return factory.createSpreadAssignment(
      d.spill(factory.createObjectLiteralExpression([factory.createSpreadAssignment(source)])),
    );
  }
  if (ts.isShorthandPropertyAssignment(property)) {
    return factory.createPropertyAssignment(plainKey(property.name.text), evaluate(property.name));
  }
  if (ts.isPropertyAssignment(property)) {
    if (!ts.isComputedPropertyName(property.name))
      return factory.updatePropertyAssignment(property, property.name, evaluate(property.initializer));
    const key =
      keep || d.plan.isLowered(property.initializer) ? atom(d, property.name.expression) : value(d, property.name.expression);
    if (!isPrimitive(d.ctx.findings.checker, property.name.expression))
      d.ctx.diagnostics.report("FLOW2002", property.name, {
        what: "an object literal with a computed key that is not a string, number or symbol",
      });
    return factory.updatePropertyAssignment(
      property,
      factory.updateComputedPropertyName(property.name, key),
      evaluate(property.initializer),
    );
  }
  const hasComputedName = property.name !== undefined && ts.isComputedPropertyName(property.name);
  if (d.plan.isLowered(property) || (keep && hasComputedName))
    d.ctx.diagnostics.report("FLOW2002", property, { what: "an object literal with a computed method name" });
  return ts.visitNode(property, d.rewriter.visit, ts.isObjectLiteralElementLike);
}
