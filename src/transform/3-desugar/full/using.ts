/**
 *     { A; using r = f(); B }   ⇒   A · const $1 = []
 *                                   region { suspend $2 = f() · suspend $resource($1, $2) · const r = $2 · B }
 *                                   suspend $dispose($1, thrown?, error)       in reverse order; throws what is thrown, or went wrong here
 */
import { factory } from "../../context.js";
import { ts } from "../../ts.js";
import type { Desugarer } from "../desugarer.js";
import { protectedRegion, resumeCompletion, wasThrown } from "../jump.js";
import { evaluate } from "./expression.js";
import { scoped, settleAround } from "./overlap.js";

/** Whether the statement declares resources that are disposed of at the end of the block. */
export function isUsing(node: ts.Node): node is ts.VariableStatement {
  return ts.isVariableStatement(node) && (node.declarationList.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Using;
}

/** The declaration and all that follows it in its block. */
export function usingBlock(d: Desugarer, node: ts.VariableStatement, rest: () => void): void {
  settleAround(d, node.getStart(), node.parent.end, node);
  const resources = d.spill(factory.createArrayLiteralExpression());
  const region = protectedRegion(d, [], node, () => {
    for (const declaration of node.declarationList.declarations) {
      const value = evaluate(d, declaration.initializer!);
      d.awaited(declaration, d.runtime("$resource", [resources, value]));
      d.declareVariable(d.ctx.variableOf(declaration.name as ts.Identifier)!, value, declaration);
    }
    scoped(d, node.parent, rest);
  });
  d.awaited(node, d.runtime("$dispose", [resources, wasThrown(d, region), d.ref(region.value)]));
  resumeCompletion(d, region);
}
