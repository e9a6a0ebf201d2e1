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
import { factory } from "../context.js";
import { Label } from "../ir.js";
import { ts } from "../ts.js";
import { type Desugarer, type Enclosing, FIRST_EXIT, NORMAL, THROWN } from "./desugarer.js";
import { jumpTo, returnFrom } from "./jump.js";
import { bindTo, nested } from "./statement.js";

export function tryStatement(d: Desugarer, node: ts.TryStatement): void {
  if (node.finallyBlock) return tryFinally(d, node, node.finallyBlock);
  tryCatch(d, node);
}

function tryCatch(d: Desugarer, node: ts.TryStatement): void {
  const clause = node.catchClause;
  const body = d.collect(() => nested(d, node.tryBlock));
  if (!clause) {
    d.emit({ kind: "block", label: undefined, body });
    return;
  }
  const name = clause.variableDeclaration?.name;
  const variable = name && ts.isIdentifier(name) ? d.ctx.variableOf(name) : undefined;
  const direct = variable && !variable.boxed ? variable.emitName : undefined;
  const param = direct ?? d.fresh();
  const handler = d.collect(() => {
    const box = d.rewriter.scopeLiteral(clause);
    if (box) d.emit({ kind: "let", name: d.ctx.captures.scopeObjects.get(clause)!.name, declare: "const", value: box });
    if (name && !direct) bindTo(d, name, d.ref(param));
    nested(d, clause.block);
  });
  d.emit({ kind: "try", body, param, handler, source: node });
}

function tryFinally(d: Desugarer, node: ts.TryStatement, finallyBlock: ts.Block): void {
  const completion = d.fresh("completion");
  const value = d.fresh("result");
  d.emit({ kind: "let", name: completion, declare: "let", value: factory.createNumericLiteral(NORMAL) });
  d.emit({ kind: "let", name: value, declare: "let", value: undefined });
  const entry: Extract<Enclosing, { kind: "finally" }> = { kind: "finally", completion, value, end: new Label(undefined), exits: [] };
  const error = d.fresh("thrown");
  const body = d.collect(() =>
    d.within(entry, () => {
      if (node.catchClause) tryCatch(d, node);
      else nested(d, node.tryBlock);
    }),
  );
  const handler = d.collect(() => {
    d.emit({ kind: "assign", name: completion, value: factory.createNumericLiteral(THROWN) });
    d.emit({ kind: "assign", name: value, value: d.ref(error) });
  });
  d.emit({ kind: "block", label: entry.end, body: [{ kind: "try", body, param: error, handler, source: node }] });
  d.emit({ kind: "block", label: undefined, body: d.collect(() => nested(d, finallyBlock)) });
  dispatch(d, entry);
}

function dispatch(d: Desugarer, entry: Extract<Enclosing, { kind: "finally" }>): void {
  const is = (code: number): ts.Expression => factory.createStrictEquality(d.ref(entry.completion), factory.createNumericLiteral(code));
  d.emit({ kind: "if", test: is(THROWN), yes: [{ kind: "throw", value: d.ref(entry.value) }], no: undefined });
  for (const [index, exit] of entry.exits.entries()) {
    const yes = d.collect(() => {
      if (exit.kind === "return") returnFrom(d, d.ref(entry.value), undefined);
      else jumpTo(d, exit.kind, exit.target);
    });
    d.emit({ kind: "if", test: is(FIRST_EXIT + index), yes, no: undefined });
  }
}
