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
import { parentOf, ts, unwrap } from "../ts.js";
import type { Desugarer } from "./desugarer.js";
import { atom, operands, value } from "./expression.js";

interface Link {
  readonly value: ts.Expression;
  /** The receiver when the link is called. */
  readonly receiver: ts.Expression | undefined;
}

export function optionalChain(d: Desugarer, node: ts.Expression): ts.Expression {
  return chain(d, node, undefined, (link) => link);
}

/** `delete a?.b` deletes at the end of the chain, and is true when the chain ends early. */
export function deleteOptionalChain(d: Desugarer, node: ts.Expression): ts.Expression {
  return chain(d, node, factory.createTrue(), (link) => factory.createDeleteExpression(link));
}

function chain(
  d: Desugarer,
  node: ts.Expression,
  early: ts.Expression | undefined,
  finish: (link: ts.Expression) => ts.Expression,
): ts.Expression {
  const result = d.fresh();
  d.emit({ kind: "let", name: result, declare: "let", value: early });
  const end = new Label(undefined);
  const body = d.collect(() => {
    const link = chainLink(d, node, end);
    d.emit({ kind: "assign", name: result, value: finish(link.value) });
  });
  d.emit({ kind: "block", label: end, body });
  return d.ref(result);
}

function chainLink(d: Desugarer, node: ts.Expression, end: Label): Link {
  if (!ts.isOptionalChain(node)) return base(d, node);
  if (ts.isNonNullExpression(node)) return chainLink(d, node.expression, end);
  if (ts.isCallExpression(node)) return callLink(d, node, end);
  const receiver = checked(d, chainLink(d, node.expression, end), node.questionDotToken !== undefined, end);
  if (ts.isPropertyAccessExpression(node))
    return { value: factory.createPropertyAccessExpression(receiver, node.name), receiver };
  return {
    value: factory.createElementAccessExpression(receiver, value(d, (node as ts.ElementAccessExpression).argumentExpression)),
    receiver,
  };
}

/** The start of the chain. `o.m` before `?.(` is read as a method. */
function base(d: Desugarer, node: ts.Expression): Link {
  const start = unwrap(node);
  const isCalled = ts.isCallExpression(parentOf(node));
  if (!isCalled || !(ts.isPropertyAccessExpression(start) || ts.isElementAccessExpression(start)) || ts.isOptionalChain(start)) {
    return { value: value(d, node), receiver: undefined };
  }
  if (start.expression.kind === ts.SyntaxKind.SuperKeyword) return { value: value(d, start), receiver: factory.createThis() };
  const receiver = atom(d, start.expression);
  if (ts.isPropertyAccessExpression(start))
    return { value: factory.createPropertyAccessExpression(receiver, start.name), receiver };
  return { value: factory.createElementAccessExpression(receiver, value(d, start.argumentExpression)), receiver };
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
  const fn = checked(
    d,
    lib ? { ...link, value: d.runtime("$lib", [link.value]) } : link,
    node.questionDotToken !== undefined,
    end,
  );
  const args = operands(d, node.arguments);
  const made = link.receiver
    ? factory.createCallExpression(factory.createPropertyAccessExpression(fn, "call"), undefined, [link.receiver, ...args])
    : factory.createCallExpression(fn, undefined, args);
  if (!d.plan.isPoint(node)) return { value: made, receiver: undefined };
  const name = d.fresh();
  d.suspend(node, made, name, "const");
  return { value: d.ref(name), receiver: undefined };
}
