/** Check: what a step is called with or answers and can surely not be saved (I3, I8). */
import type { Cfg } from "../4-lower/cfg.js";
import type { Context } from "../context.js";
import { ts, unwrap } from "../ts.js";
import { calleeText, place } from "./live-values.js";
import { ValueVerdicts } from "./saveable/values.js";
import type { Verdict } from "./saveable/verdict.js";

export function checkStepValues(ctx: Context, cfg: Cfg): void {
  const values = new ValueVerdicts(ctx);
  for (const { source } of cfg.points) {
    if (!ts.isCallExpression(source) || !isStepCall(source, ctx)) continue;
    const report = (path: string, role: string, verdict: Verdict): void => {
      if (verdict.kind !== "cannot") return;
      const { type, why, fix } = verdict;
      const facts = { path: path + verdict.path, role, type, why, fix, callee: calleeText(source), at: place(source) };
      ctx.diagnostics.report("FLOW1008", source, facts);
    };
    source.arguments.forEach((argument, index) => {
      const bare = unwrap(argument);
      // The receiver may be a constant of a module, which is saved by reference.
      if (ts.isSpreadElement(bare) || bare.kind === ts.SyntaxKind.ThisKeyword) return;
      const isShort = ts.isIdentifier(bare) || ts.isPropertyAccessExpression(bare);
      report(isShort ? bare.getText() : `arguments[${index}]`, "handed to", values.of(bare, source));
    });
    report("result", "answered by", ctx.verdicts.of(ctx.findings.checker.getTypeAtLocation(source)));
  }
}

/** A call of what `step` or `steps` made, which are function types of ours, or of `perform`. */
function isStepCall(call: ts.CallExpression, ctx: Context): boolean {
  const declaration = ctx.findings.checker.getResolvedSignature(call)?.declaration;
  if (!declaration || !ctx.isOwnFile(declaration.getSourceFile())) return false;
  return ts.isFunctionTypeNode(declaration) || (ts.isFunctionDeclaration(declaration) && declaration.name?.text === "perform");
}
