/**
 * Expressions of a function in which every operation that can enter code of the program is a suspension point: calls, reads of properties, conversions,
 * iteration. Each operand is evaluated into a temporary, in JavaScript's order, and each operation becomes a call of the runtime.
 *
 *     o.p + f(x)   ⇒   const $1 = o · suspend $2 = $get($1, "p") · const $3 = f · suspend $4 = $apply($3, void 0, [x]) · suspend $5 = $binary("+", $2, $4)
 */
import { unreachable } from "../../../shared/assert.js";
import { factory } from "../../context.js";
import { Label } from "../../ir.js";
import { isAssignmentOperator, ts, unwrap } from "../../ts.js";
import { undefinedValue } from "../build.js";
import type { Desugarer } from "../desugarer.js";
import { assign, update } from "./assignment.js";
import { argumentList, call, construction, superCall, taggedTemplate } from "./call.js";
import { optionalChain } from "./chain.js";
import { classValue } from "./class.js";
import { objectLiteral } from "./object.js";
import { pending, push, settleCaptured, touched } from "./overlap.js";
import { deleteReference, isReference, reference, read } from "./reference.js";
import { newTarget, receiver } from "./receiver.js";
import { yielded } from "./generator.js";
import { readVariable } from "../rewrite/variables.js";

/** Evaluates `node`; the result can be read at any later place, any number of times. */
export function evaluate(d: Desugarer, node: ts.Expression): ts.Expression {
  const made = transient(d, node);
  if (isSettled(d, made)) return made;
  return d.spill(made);
}

function isSettled(d: Desugarer, node: ts.Expression): boolean {
  if (d.isTemporary(node)) return true;
  if (ts.isStringLiteral(node) || isNumeric(node) || ts.isVoidExpression(node)) return true;
  if (!ts.isIdentifier(node)) {
    return (
      node.kind === ts.SyntaxKind.TrueKeyword ||
      node.kind === ts.SyntaxKind.FalseKeyword ||
      node.kind === ts.SyntaxKind.NullKeyword
    );
  }
  const variable = d.ctx.variableOf(node);
  return variable !== undefined && !variable.boxed && !variable.reassigned;
}

/** `-1`, `60 * 60`: nothing of the program runs in it. Tables of numbers are full of it. */
function isNumeric(given: ts.Expression): boolean {
  const node = unwrap(given);
  if (ts.isPrefixUnaryExpression(node)) return isSign(node.operator) && isNumeric(node.operand);
  if (ts.isBinaryExpression(node)) return isArithmetic(node.operatorToken.kind) && isNumeric(node.left) && isNumeric(node.right);
  return ts.isNumericLiteral(node);
}

function isSign(kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.MinusToken || kind === ts.SyntaxKind.PlusToken || kind === ts.SyntaxKind.TildeToken;
}

function isArithmetic(kind: ts.SyntaxKind): boolean {
  return ARITHMETIC.has(ts.tokenToString(kind) ?? "");
}

const ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%", "**", "<<", ">>", ">>>", "&", "|", "^"]);

/** Evaluates `node` up to an expression that has to be used at once, and once. */
export function transient(d: Desugarer, given: ts.Expression): ts.Expression {
  const node = unwrap(given);
  if (d.block?.rules.mayBePending(node)) return touched(d, pending(d, node), node);
  if (ts.isOptionalChain(node)) return optionalChain(d, node);
  if (ts.isIdentifier(node)) return d.rewriter.expression(node);
  if (ts.isStringLiteralLike(node)) return factory.createStringLiteral(node.text);
  if (ts.isLiteralExpression(node) || isNumeric(node)) return node;
  if (isReference(node)) return read(d, reference(d, node), node);
  if (ts.isCallExpression(node)) return callLike(d, node);
  if (ts.isNewExpression(node)) return construction(d, node);
  if (ts.isTaggedTemplateExpression(node)) return taggedTemplate(d, node);
  if (ts.isBinaryExpression(node)) return binary(d, node);
  if (ts.isConditionalExpression(node)) return conditional(d, node);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return unary(d, node);
  if (ts.isTemplateExpression(node)) return template(d, node);
  if (ts.isObjectLiteralExpression(node)) return objectLiteral(d, node);
  if (ts.isArrayLiteralExpression(node)) return argumentList(d, node.elements, node);
  if (ts.isClassExpression(node)) return classValue(d, node);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) {
    settleCaptured(d, d.ctx.findings.functionOf.get(node)!);
    return d.rewriter.expression(node);
  }
  if (ts.isTypeOfExpression(node)) return typeOf(d, node);
  if (ts.isVoidExpression(node)) {
    transientEffect(d, node.expression);
    return undefinedValue();
  }
  if (ts.isDeleteExpression(node)) return deletion(d, node);
  if (ts.isYieldExpression(node)) return yielded(d, node);
  if (ts.isMetaProperty(node)) return node.keywordToken === ts.SyntaxKind.NewKeyword ? newTarget(d.rewriter) : node;
  if (ts.isAwaitExpression(node)) return refuse(d, node, "await");
  if (node.kind === ts.SyntaxKind.ThisKeyword) return receiver(d.rewriter);
  if (
    node.kind === ts.SyntaxKind.NullKeyword ||
    node.kind === ts.SyntaxKind.TrueKeyword ||
    node.kind === ts.SyntaxKind.FalseKeyword
  )
    return node;
  return refuse(d, node, "this expression");
}

function refuse(d: Desugarer, node: ts.Expression, what: string): ts.Expression {
  d.ctx.diagnostics.report("FLOW2002", node, { what });
  return node;
}

/** Evaluates `node` for what it does. */
export function transientEffect(d: Desugarer, node: ts.Expression): void {
  // What nobody reads need not be waited for.
  const made = d.block ? pending(d, node) : transient(d, node);
  if (!d.isTemporary(made) && !ts.isVoidExpression(made)) d.emit({ kind: "eval", value: made, source: node });
}

function callLike(d: Desugarer, node: ts.CallExpression): ts.Expression {
  if (node.expression.kind === ts.SyntaxKind.SuperKeyword) return superCall(d, node);
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return factory.updateCallExpression(
      node,
      node.expression,
      undefined,
      node.arguments.map((argument) => evaluate(d, argument)),
    );
  return d.block?.rules.isPush(node) ? push(d, node) : call(d, node);
}

function binary(d: Desugarer, node: ts.BinaryExpression): ts.Expression {
  const kind = node.operatorToken.kind;
  if (isAssignmentOperator(kind)) return assign(d, node);
  if (kind === ts.SyntaxKind.CommaToken) {
    transientEffect(d, node.left);
    return evaluate(d, node.right);
  }
  if (isLogical(kind)) return logical(d, node);
  if (ts.isPrivateIdentifier(node.left)) {
    const name = privateVariable(d, node.left);
    return d.awaited(node, d.runtime("$privateHas", [evaluate(d, node.right), name]));
  }
  const left = evaluate(d, node.left);
  const right = evaluate(d, node.right);
  return operation(d, node, kind, left, right);
}

/** One binary operator over evaluated operands. */
export function operation(
  d: Desugarer,
  source: ts.Node,
  kind: ts.SyntaxKind,
  left: ts.Expression,
  right: ts.Expression,
): ts.Expression {
  if (kind === ts.SyntaxKind.EqualsEqualsEqualsToken) return factory.createStrictEquality(left, right);
  if (kind === ts.SyntaxKind.ExclamationEqualsEqualsToken) return factory.createStrictInequality(left, right);
  return d.awaited(source, d.runtime("$binary", [factory.createStringLiteral(ts.tokenToString(kind)!), left, right]));
}

/** The name of a private member, as the variable that stands for it. */
export function privateVariable(d: Desugarer, node: ts.PrivateIdentifier): ts.Expression {
  const variable = d.ctx.privateOf(node);
  if (variable) return readVariable(d.rewriter, variable);
  d.ctx.diagnostics.report("FLOW2002", node, { what: "a private name that no class around declares" });
  return undefinedValue();
}

function isLogical(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken
  );
}

function logical(d: Desugarer, node: ts.BinaryExpression): ts.Expression {
  const name = d.fresh();
  d.emit({ kind: "let", name, declare: "let", value: transient(d, node.left) });
  const yes = d.collect(() => d.emit({ kind: "assign", name, value: transient(d, node.right) }));
  d.emit({ kind: "if", test: goesOn(d, node.operatorToken.kind, name), yes, no: undefined });
  return d.ref(name);
}

/** Whether the right operand of a logical operator is evaluated, given the left one in `name`. */
export function goesOn(d: Desugarer, kind: ts.SyntaxKind, name: string): ts.Expression {
  const left = d.ref(name);
  switch (kind) {
    case ts.SyntaxKind.AmpersandAmpersandToken:
    case ts.SyntaxKind.AmpersandAmpersandEqualsToken:
      return left;
    case ts.SyntaxKind.BarBarToken:
    case ts.SyntaxKind.BarBarEqualsToken:
      return factory.createLogicalNot(left);
    case ts.SyntaxKind.QuestionQuestionToken:
    case ts.SyntaxKind.QuestionQuestionEqualsToken:
      return isNullish(left);
    default:
      return unreachable(kind as never);
  }
}

/** `x === null || x === undefined`: `==` would take `document.all` for them. */
export function isNullish(value: ts.Expression): ts.Expression {
  return factory.createLogicalOr(
    factory.createStrictEquality(value, factory.createNull()),
    factory.createStrictEquality(value, undefinedValue()),
  );
}

function conditional(d: Desugarer, node: ts.ConditionalExpression): ts.Expression {
  const test = transient(d, node.condition);
  const name = d.fresh();
  d.emit({ kind: "let", name, declare: "let", value: undefined });
  // Written once `test` has been: declaring the name runs nothing.
  const yes = d.collect(() => d.emit({ kind: "assign", name, value: transient(d, node.whenTrue) }));
  const no = d.collect(() => d.emit({ kind: "assign", name, value: transient(d, node.whenFalse) }));
  d.emit({ kind: "if", test, yes, no });
  return d.ref(name);
}

function unary(d: Desugarer, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): ts.Expression {
  switch (node.operator) {
    case ts.SyntaxKind.PlusPlusToken:
    case ts.SyntaxKind.MinusMinusToken:
      return update(d, node);
    case ts.SyntaxKind.ExclamationToken:
      return factory.createLogicalNot(evaluate(d, node.operand));
    default:
      return d.awaited(
        node,
        d.runtime("$unary", [factory.createStringLiteral(ts.tokenToString(node.operator)!), evaluate(d, node.operand)]),
      );
  }
}

/** `typeof` of a name that nobody declared is no error. */
function typeOf(d: Desugarer, node: ts.TypeOfExpression): ts.Expression {
  const operand = unwrap(node.expression);
  return factory.createTypeOfExpression(
    ts.isIdentifier(operand) && !d.block?.rules.mayBePending(operand) ? d.rewriter.expression(operand) : evaluate(d, operand),
  );
}

function deletion(d: Desugarer, node: ts.DeleteExpression): ts.Expression {
  const operand = unwrap(node.expression);
  if (ts.isOptionalChain(operand)) return optionalChain(d, operand, "delete");
  if (isReference(operand)) return deleteReference(d, operand);
  if (ts.isIdentifier(operand)) return node;
  transientEffect(d, operand);
  return factory.createTrue();
}

/** Each substitution is turned into a string where it stands, before the next one is evaluated. */
function template(d: Desugarer, node: ts.TemplateExpression): ts.Expression {
  let text: ts.Expression = factory.createStringLiteral(node.head.text);
  for (const span of node.templateSpans) {
    const part = d.awaited(span, d.runtime("$string", [evaluate(d, span.expression)]));
    text = factory.createAdd(text, part);
    if (span.literal.text !== "") text = factory.createAdd(text, factory.createStringLiteral(span.literal.text));
  }
  return text;
}

/** A test that leaves the construct `end` labels. */
export function breakIf(d: Desugarer, test: ts.Expression, end: Label): void {
  d.emit({ kind: "if", test, yes: [{ kind: "break", label: end }], no: undefined });
}
