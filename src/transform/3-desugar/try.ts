/**
 *     try { A } catch (e) { B } finally { C }
 *   ⇒
 *     let $k = 0, $v
 *     $end: { try { try { A } catch (e) { B } } catch ($e) { $k = 1; $v = $e } }
 *     C
 *     if ($k === 1) throw $v
 *     if ($k === 2) return $v          one line for each jump out of A or B, which has become
 *     …                                $k = 2; $v = value; break $end
 *
 * The completion is reset on entry, so one that a jump out of C discards cannot fire in the next round of a loop.
 */
import { ts } from "../ts.js";
import type { Desugarer } from "./desugarer.js";
import { scoped, settleAround } from "./full/overlap.js";
import { protectedRegion, resumeCompletion } from "./jump.js";
import { bindTo, nested } from "./statement.js";
import { scopeLiteral } from "./rewrite/scopes.js";

export function tryStatement(d: Desugarer, node: ts.TryStatement): void {
  settleAround(d, node.getStart(), node.end, node);
  if (node.finallyBlock) return tryFinally(d, node, node.finallyBlock);
  tryCatch(d, node);
}

function tryCatch(d: Desugarer, node: ts.TryStatement): void {
  const clause = node.catchClause;
  const body = d.collect(() => scoped(d, node.tryBlock, () => nested(d, node.tryBlock)));
  if (!clause) {
    d.emit({ kind: "block", label: undefined, body });
    return;
  }
  const name = clause.variableDeclaration?.name;
  const variable = name && ts.isIdentifier(name) ? d.ctx.variableOf(name) : undefined;
  const direct = variable && !variable.boxed ? variable.emitName : undefined;
  const param = direct ?? d.fresh();
  const handler = d.collect(() => {
    const box = scopeLiteral(d.rewriter, clause);
    if (box) d.emit({ kind: "let", name: d.ctx.captures.scopeObjects.get(clause)!.name, declare: "const", value: box });
    if (name && !direct) bindTo(d, name, d.ref(param));
    if (node.finallyBlock) scoped(d, clause.block, () => nested(d, clause.block));
    else nested(d, clause.block);
  });
  d.emit({ kind: "try", body, param, handler, source: node });
}

function tryFinally(d: Desugarer, node: ts.TryStatement, finallyBlock: ts.Block): void {
  const region = protectedRegion(d, [], node, () => {
    if (node.catchClause) tryCatch(d, node);
    else scoped(d, node.tryBlock, () => nested(d, node.tryBlock));
  });
  const last = d.collect(() => scoped(d, finallyBlock, () => nested(d, finallyBlock)));
  d.emit({ kind: "block", label: undefined, body: last });
  resumeCompletion(d, region);
}
