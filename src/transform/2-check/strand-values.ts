/**
 * Check: what a function that runs as a strand answers and can surely not be saved (I8). Results are kept until the strands beside it have ended.
 *
 *     all([() => connect(1)])     refused: a Socket        map(urls, async (url) => …)     refused: a Promise; waiting is what steps are for
 */
import type { Cfg } from "../4-lower/cfg.js";
import type { Context } from "../context.js";
import { ts, unwrap } from "../ts.js";
import { calleeText, place } from "./live-values.js";

const COMBINATORS = new Set(["all", "settle", "race", "any", "map"]);

export function checkStrandValues(ctx: Context, cfg: Cfg): void {
  const { checker } = ctx.findings;
  for (const { source } of cfg.points) {
    if (!ts.isCallExpression(source) || !isCombinator(source, ctx)) continue;
    for (const fn of functionsOf(source)) {
      for (const signature of checker.getTypeAtLocation(fn).getCallSignatures()) {
        const verdict = ctx.verdicts.of(checker.getReturnTypeOfSignature(signature));
        if (verdict.kind !== "cannot") continue;
        const { type, why, fix } = verdict;
        const facts = { path: `result${verdict.path}`, type, why, fix, callee: calleeText(source), at: place(source) };
        ctx.diagnostics.report("FLOW1009", fn, facts);
        break;
      }
    }
  }
}

function isCombinator(call: ts.CallExpression, ctx: Context): boolean {
  const declaration = ctx.findings.checker.getResolvedSignature(call)?.declaration;
  if (!declaration || !ts.isFunctionDeclaration(declaration) || !ctx.isOwnFile(declaration.getSourceFile())) return false;
  return COMBINATORS.has(declaration.name?.text ?? "");
}

/** The functions of the list, or the one for all items. */
function functionsOf({ arguments: given }: ts.CallExpression): readonly ts.Expression[] {
  const list = given[0] && unwrap(given[0]);
  if (given[1]) return [given[1]];
  return list && ts.isArrayLiteralExpression(list) ? list.elements.filter((element) => !ts.isSpreadElement(element)) : [];
}
