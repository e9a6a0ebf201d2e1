/**
 *     a?.b(f()).c   ⇒   let $1
 *                       $L: {
 *                         const $2 = a; if ($2 == null) break $L
 *                         const $3 = $2.b · suspend $4 = f() · suspend $5 = $3.call($2, $4)
 *                         $1 = $5.c
 *                       }
 */
import { factory } from "../context.js";
import { Label } from "../ir.js";
import { ts } from "../ts.js";
import type { Desugarer } from "./desugarer.js";
import { atom, operands, value } from "./expression.js";

interface Link {
  readonly value: ts.Expression;
  /** The receiver when the link is called. */
  readonly receiver: ts.Expression | undefined;
}

export function optionalChain(d: Desugarer, node: ts.Expression): ts.Expression {
  const result = d.declareEmpty();
  const end = new Label(undefined);
  const body = d.collect(() => {
    const link = chainLink(d, node, end);
    d.emit({ kind: "assign", name: result, value: link.value });
  });
  d.emit({ kind: "block", label: end, body });
  return d.ref(result);
}

function chainLink(d: Desugarer, node: ts.Expression, end: Label): Link {
  if (!ts.isOptionalChain(node)) return base(d, node);
  if (ts.isNonNullExpression(node)) return chainLink(d, node.expression, end);
  if (ts.isCallExpression(node)) return callLink(d, node, end);
  const receiver = checked(d, chainLink(d, node.expression, end), node.questionDotToken !== undefined, end);
  if (ts.isPropertyAccessExpression(node)) return { value: factory.createPropertyAccessExpression(receiver, node.name), receiver };
  return { value: factory.createElementAccessExpression(receiver, value(d, (node as ts.ElementAccessExpression).argumentExpression)), receiver };
}

/** The start of the chain. `o.m` before `?.(` is read as a method. */
function base(d: Desugarer, node: ts.Expression): Link {
  const isMethod = ts.isOptionalChain(node.parent) && ts.isCallExpression(node.parent) && ts.isPropertyAccessExpression(node);
  if (!isMethod || node.expression.kind === ts.SyntaxKind.SuperKeyword) return { value: value(d, node), receiver: undefined };
  const receiver = atom(d, node.expression);
  return { value: factory.createPropertyAccessExpression(receiver, node.name), receiver };
}

/** The link in a temporary; leaves the chain when it is nullish and the chain says `?.`. */
function checked(d: Desugarer, link: Link, optional: boolean, end: Label): ts.Expression {
  const kept = d.spill(link.value);
  if (optional) d.emit({ kind: "if", test: d.isNullish(kept), yes: [{ kind: "break", label: end }], no: undefined });
  return kept;
}

function callLink(d: Desugarer, node: ts.CallExpression, end: Label): Link {
  const link = chainLink(d, node.expression, end);
  const lib = d.ctx.findings.siteOf.get(node)?.kind === "lib" && d.plan.isPoint(node);
  const fn = checked(d, lib ? { ...link, value: d.runtime("$lib", [link.value]) } : link, node.questionDotToken !== undefined, end);
  const args = operands(d, node.arguments);
  const made = link.receiver
    ? factory.createCallExpression(factory.createPropertyAccessExpression(fn, "call"), undefined, [link.receiver, ...args])
    : factory.createCallExpression(fn, undefined, args);
  if (!d.plan.isPoint(node)) return { value: made, receiver: undefined };
  const name = d.fresh();
  d.suspend(node, made, name, "const");
  return { value: d.ref(name), receiver: undefined };
}
