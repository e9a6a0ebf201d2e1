/**
 * Calls. The callee, its receiver and the method are read before the arguments, and the arguments are evaluated in order.
 *
 *     o.m(a, ...b)   ⇒   suspend $1 = $get(o, "m") · suspend $2 = $items(b) · suspend $3 = $apply($1, o, $concat([a], $2))
 *     new C(a)       ⇒   suspend $1 = $construct(C, [a])
 *     super(a)       ⇒   const $1 = $parent(class) · suspend $2 = $constructSuper($1, [a], target) · this = $once(this, $2) · suspend $initialize(this, class)
 */
import { ownerOfThis } from "../../1-find/function-kinds.js";
import { factory } from "../../context.js";
import { ts, unwrap } from "../../ts.js";
import { undefinedValue } from "../build.js";
import type { Desugarer } from "../desugarer.js";
import { substitutionsOf } from "../rewrite/calls.js";
import { readVariable } from "../rewrite/variables.js";
import { optionalMethod } from "./chain.js";
import { assignParameterProperties } from "./function.js";
import { evaluate } from "./expression.js";
import { settleForEffect } from "./overlap.js";
import { homeRecord, newTarget, receiver } from "./receiver.js";
import { isReference, read, receiverOf, reference } from "./reference.js";

export interface Callee {
  readonly fn: ts.Expression;
  readonly self: ts.Expression;
}

export function call(d: Desugarer, node: ts.CallExpression): ts.Expression {
  const callee = calleeOf(d, node.expression);
  const args = argumentList(d, node.arguments, node);
  settleForEffect(d, node);
  return d.awaited(node, d.runtime("$apply", [callee.fn, callee.self, args]));
}

/** Evaluates the function and what will be its `this`. */
export function calleeOf(d: Desugarer, node: ts.Expression): Callee {
  const bare = unwrap(node);
  if (ts.isOptionalChain(bare)) return optionalMethod(d, bare);
  if (isReference(bare)) {
    const at = reference(d, bare);
    return { fn: read(d, at, bare), self: receiverOf(at) };
  }
  if (ts.isIdentifier(bare) && bare.text === "eval" && !d.ctx.variableOf(bare)) d.ctx.diagnostics.report("FLOW2006", node);
  return { fn: evaluate(d, bare), self: undefinedValue() };
}

/** `[a, , ...b]` as an array; `d` has evaluated the elements in order. */
export function argumentList(d: Desugarer, elements: readonly ts.Expression[], source: ts.Node): ts.Expression {
  const segments: ts.Expression[] = [];
  let plain: ts.Expression[] = [];
  const close = (): void => {
    if (plain.length > 0) segments.push(factory.createArrayLiteralExpression(plain));
    plain = [];
  };
  let spreads = false;
  for (const element of elements) {
    if (ts.isSpreadElement(element)) {
      close();
      spreads = true;
      segments.push(d.awaited(source, d.runtime("$items", [evaluate(d, element.expression)])));
    } else plain.push(ts.isOmittedExpression(element) ? element : evaluate(d, element));
  }
  if (!spreads) return factory.createArrayLiteralExpression(plain);
  close();
  return d.runtime("$concat", segments);
}

export function construction(d: Desugarer, node: ts.NewExpression): ts.Expression {
  const fn = evaluate(d, node.expression);
  const args = argumentList(d, node.arguments ?? [], node);
  settleForEffect(d, node);
  return d.awaited(node, d.runtime("$construct", [fn, args]));
}

export function taggedTemplate(d: Desugarer, node: ts.TaggedTemplateExpression): ts.Expression {
  const callee = calleeOf(d, node.tag);
  const strings = factory.createIdentifier(d.rewriter.emitter.templateName(node));
  const values = substitutionsOf(node).map((value) => evaluate(d, value));
  settleForEffect(d, node);
  return d.awaited(
    node,
    d.runtime("$apply", [callee.fn, callee.self, factory.createArrayLiteralExpression([strings, ...values])]),
  );
}

export function superCall(d: Desugarer, node: ts.CallExpression): ts.Expression {
  const record = homeRecord(d.rewriter)!;
  const parent = d.spill(d.runtime("$parent", [record]));
  const args = argumentList(d, node.arguments, node);
  const made = d.awaited(node, d.runtime("$constructSuper", [parent, args, newTarget(d.rewriter)]));
  const variable = d.ctx.captures.receivers.get(ownerOfThis(d.fn))!;
  d.assignVariable(variable, d.runtime("$once", [readVariable(d.rewriter, variable), made]), node);
  d.awaited(node, d.runtime("$initialize", [made, record]));
  const owner = ownerOfThis(d.fn).node.parent;
  if (ts.isClassLike(owner) && d.fn === ownerOfThis(d.fn)) assignParameterProperties(d, owner, made);
  return receiver(d.rewriter);
}
