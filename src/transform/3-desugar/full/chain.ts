/**
 *     a?.b(x).c   ⇒   let $1
 *                     $L: { const $2 = a; if ($2 is nullish) break $L · suspend $3 = $get($2, "b") · suspend $4 = $apply($3, $2, [x]) · suspend $5 = $get($4, "c") · $1 = $5 }
 */
import { factory } from "../../context.js";
import { Label } from "../../ir.js";
import { ts, unwrap } from "../../ts.js";
import { undefinedValue } from "../build.js";
import type { Desugarer } from "../desugarer.js";
import { argumentList, type Callee, calleeOf } from "./call.js";
import { breakIf, evaluate, isNullish } from "./expression.js";
import { settleForEffect } from "./overlap.js";
import { isReference, type MemberNode, read, receiverOf, referenceOf, remove } from "./reference.js";

export function optionalChain(d: Desugarer, node: ts.Expression, last: "read" | "delete" = "read"): ts.Expression {
  const result = d.fresh();
  d.emit({ kind: "let", name: result, declare: "let", value: last === "delete" ? factory.createTrue() : undefined });
  const end = new Label(undefined);
  const body = d.collect(() =>
    d.emit({ kind: "assign", name: result, value: last === "delete" ? deleted(d, node, end) : link(d, node, end).fn }),
  );
  d.emit({ kind: "block", label: end, body });
  return d.ref(result);
}

/** `(a?.m)(…)` and `a?.m!(…)`: the method and its receiver; both undefined when the chain ends early. */
export function optionalMethod(d: Desugarer, node: ts.Expression): Callee {
  const fn = d.fresh();
  const self = d.fresh();
  for (const name of [fn, self]) d.emit({ kind: "let", name, declare: "let", value: undefined });
  const end = new Label(undefined);
  const body = d.collect(() => {
    const found = link(d, node, end);
    d.emit({ kind: "assign", name: fn, value: found.fn });
    d.emit({ kind: "assign", name: self, value: found.self });
  });
  d.emit({ kind: "block", label: end, body });
  return { fn: d.ref(fn), self: d.ref(self) };
}

/** One link and those before it. */
function link(d: Desugarer, given: ts.Expression, end: Label): Callee {
  const node = ts.isNonNullExpression(given) ? given.expression : given;
  if (!ts.isOptionalChain(node)) return calleeOf(d, node);
  if (ts.isCallExpression(node)) {
    const callee = link(d, node.expression, end);
    leaveWhenNullish(d, node.questionDotToken, callee.fn, end);
    const args = argumentList(d, node.arguments, node);
    settleForEffect(d, node);
    return { fn: d.awaited(node, d.runtime("$apply", [callee.fn, callee.self, args])), self: undefinedValue() };
  }
  const at = member(d, node as unknown as MemberNode, end);
  return { fn: read(d, at, node), self: receiverOf(at) };
}

function member(d: Desugarer, node: MemberNode, end: Label): ReturnType<typeof referenceOf> {
  const object = objectOf(d, node.expression, end);
  leaveWhenNullish(d, node.questionDotToken, object, end);
  return referenceOf(d, object, node);
}

function objectOf(d: Desugarer, node: ts.Expression, end: Label): ts.Expression {
  const bare = ts.isNonNullExpression(node) ? node.expression : node;
  return ts.isOptionalChain(bare) ? link(d, bare, end).fn : evaluate(d, bare);
}

function leaveWhenNullish(d: Desugarer, token: ts.Node | undefined, value: ts.Expression, end: Label): void {
  if (token) breakIf(d, isNullish(value), end);
}

function deleted(d: Desugarer, node: ts.Expression, end: Label): ts.Expression {
  const bare = unwrap(node);
  if (!isReference(bare)) {
    link(d, bare, end);
    return factory.createTrue();
  }
  return remove(d, member(d, bare, end), bare);
}
