/**
 * Assignments and updates. Object and key come first, then (for `+=` and its like) the old value, then the new one.
 *
 *     o[k] = f()    ⇒   const $1 = o, $2 = k · suspend $3 = f() · suspend $set($1, $2, $3)
 * A computed key is converted for the reading and for the writing, as engines do.
 *
 *     o.p += f()    ⇒   suspend $2 = $get(o, "p") · suspend $3 = f() · suspend $4 = $binary("+", $2, $3) · suspend $set(o, "p", $4)
 */
import type { Variable } from "../../1-find/captures/model.js";
import { factory } from "../../context.js";
import { plainOperator } from "../../operators.js";
import { ts, unwrap } from "../../ts.js";
import type { Desugarer } from "../desugarer.js";
import { evaluate, goesOn, operation } from "./expression.js";
import { settleForAssignment, touched } from "./overlap.js";
import { destructure } from "./pattern.js";
import { isReference, read, type Reference, reference, write } from "./reference.js";
import { checkedRead, isCheckedAt, readied } from "../rewrite/checked.js";

/** Where a value goes: a variable, a name that is not the program's own, a member. */
export type Target = { readonly kind: "name"; readonly node: ts.Identifier } | Reference;

export function assign(d: Desugarer, node: ts.BinaryExpression): ts.Expression {
  const kind = node.operatorToken.kind;
  const left = unwrap(node.left);
  if (kind === ts.SyntaxKind.EqualsToken && (ts.isObjectLiteralExpression(left) || ts.isArrayLiteralExpression(left))) {
    const source = evaluate(d, node.right);
    destructure(d, left, source, "assign");
    return source;
  }
  const at = target(d, left);
  if (kind === ts.SyntaxKind.EqualsToken) return stored(d, at, evaluate(d, node.right), node);
  const old = oldValue(d, at, left);
  if (isLogicalAssignment(kind)) return logicalAssignment(d, kind, at, old, node);
  return stored(d, at, settle(d, operation(d, node, plainOperator(kind), old, evaluate(d, node.right))), node);
}

function settle(d: Desugarer, value: ts.Expression): ts.Expression {
  return d.isTemporary(value) ? value : d.spill(value);
}

function stored(d: Desugarer, at: Target, value: ts.Expression, source: ts.Node): ts.Expression {
  store(d, at, value, source);
  return value;
}

/** Evaluates what a target needs before its value is known. */
export function target(d: Desugarer, given: ts.Expression): Target {
  const node = unwrap(given);
  if (ts.isIdentifier(node)) return { kind: "name", node };
  if (isReference(node)) return reference(d, node);
  d.ctx.diagnostics.report("FLOW2002", node, { what: "this assignment target" });
  return { kind: "name", node: factory.createIdentifier("undefined") };
}

function oldValue(d: Desugarer, at: Target, source: ts.Node): ts.Expression {
  if (at.kind !== "name") return read(d, at, source);
  const old = checkedRead(d.rewriter, at.node);
  return d.block?.rules.mayBePending(at.node) ? touched(d, old, source) : d.spill(old);
}

export function store(d: Desugarer, at: Target, value: ts.Expression, source: ts.Node): void {
  if (at.kind !== "name") return write(d, at, value, source);
  if (d.ctx.captures.classSelf.has(at.node)) return constant(d, at.node);
  const variable = d.ctx.variableOf(at.node);
  if (!variable) return d.emit({ kind: "eval", value: factory.createAssignment(at.node, value), source });
  storeVariable(d, variable, at.node, value, source);
}

/** Assigns a variable other than by its declaration: checked for initialization, and constants stay what they are. */
function storeVariable(d: Desugarer, variable: Variable, node: ts.Identifier, value: ts.Expression, source: ts.Node): void {
  if (isConstant(variable)) {
    if (isCheckedAt(d.rewriter, variable, node)) d.emit({ kind: "eval", value: checkedRead(d.rewriter, node) });
    return constant(d, node);
  }
  settleForAssignment(d, variable, source);
  d.assignVariable(variable, readied(d.rewriter, node, value), source);
}

function constant(d: Desugarer, node: ts.Identifier): void {
  d.emit({ kind: "eval", value: d.runtime("$constant", [factory.createStringLiteral(node.text)]) });
}

/** `const`, and the own name of a function expression, which strict code must not assign either. */
function isConstant(variable: Variable): boolean {
  return variable.kind === "const" || (variable.kind === "function" && ts.isFunctionExpression(variable.declaration.parent));
}

function logicalAssignment(
  d: Desugarer,
  kind: ts.SyntaxKind,
  at: Target,
  old: ts.Expression,
  node: ts.BinaryExpression,
): ts.Expression {
  const name = d.fresh();
  d.emit({ kind: "let", name, declare: "let", value: old });
  const yes = d.collect(() => {
    d.emit({ kind: "assign", name, value: evaluate(d, node.right) });
    store(d, at, d.ref(name), node);
  });
  d.emit({ kind: "if", test: goesOn(d, kind, name), yes, no: undefined });
  return d.ref(name);
}

export function update(d: Desugarer, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): ts.Expression {
  const operand = unwrap(node.operand);
  const at = target(d, operand);
  const old = d.awaited(node, d.runtime("$numeric", [oldValue(d, at, operand)]));
  const counter = d.fresh();
  d.emit({ kind: "let", name: counter, declare: "let", value: old });
  const step =
    node.operator === ts.SyntaxKind.PlusPlusToken
      ? factory.createPrefixIncrement(d.ref(counter))
      : factory.createPrefixDecrement(d.ref(counter));
  d.emit({ kind: "eval", value: step });
  store(d, at, d.ref(counter), node);
  return ts.isPrefixUnaryExpression(node) ? d.ref(counter) : old;
}

function isLogicalAssignment(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.AmpersandAmpersandEqualsToken ||
    kind === ts.SyntaxKind.BarBarEqualsToken ||
    kind === ts.SyntaxKind.QuestionQuestionEqualsToken
  );
}
