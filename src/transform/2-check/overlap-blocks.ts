/** Check: what `overlap` is given is a function literal, whose body can be compiled for it. */
import { blockOf } from "../1-find/overlap.js";
import { isOverlapCall } from "../1-find/suspension.js";
import type { Context } from "../context.js";
import { ts } from "../ts.js";

export function checkOverlapBlocks(ctx: Context): void {
  const { checker, functionOf } = ctx.findings;
  const isOverlap = (call: ts.CallExpression): boolean => isOverlapCall(call, checker, ctx.isOwnFile);
  for (const info of functionOf.values()) {
    for (const { node } of info.calls) {
      if (!ts.isCallExpression(node) || !isOverlap(node) || blockOf(node, isOverlap)) continue;
      ctx.diagnostics.report("FLOW1010", node.arguments[0] ?? node);
    }
  }
}
