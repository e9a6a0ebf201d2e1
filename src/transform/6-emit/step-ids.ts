/** Steps are found again by name: that of the module-level constant they are. */
import { ts, unwrap } from "../ts.js";
import type { ModuleEmitter } from "./emitter.js";

/** `export const charge = step(…)` ⇒ "src/services.ts#charge". */
export function stepId(m: ModuleEmitter, node: ts.CallExpression): string | undefined {
  const callee = unwrap(node.expression);
  const isTx = ts.isPropertyAccessExpression(callee) && callee.name.text === "tx";
  if (!isTx && !ts.isIdentifier(callee)) return undefined;
  const declaration = m.ctx.findings.checker.getResolvedSignature(node)?.declaration;
  if (!declaration || !m.options.isOwnFile(declaration.getSourceFile())) return undefined;
  const name = "name" in declaration && declaration.name ? declaration.name.getText() : "";
  if (!isTx && name !== "step" && name !== "steps") return undefined;
  const place = moduleConstant(node);
  if (place === undefined) {
    m.ctx.diagnostics.report("FLOW1003", node, { callee: isTx ? "step.tx" : name });
    return undefined;
  }
  return `${m.module.id}#${place}`;
}

/** The name of the module-level constant a call initializes: `charge`, or `services.charge` inside an object. */
function moduleConstant(node: ts.CallExpression): string | undefined {
  const path: string[] = [];
  let at: ts.Node = node;
  for (;;) {
    const up: ts.Node = at.parent;
    if (
      ts.isParenthesizedExpression(up) ||
      ts.isAsExpression(up) ||
      ts.isSatisfiesExpression(up) ||
      ts.isObjectLiteralExpression(up)
    )
      at = up;
    else if (ts.isPropertyAssignment(up) && !ts.isComputedPropertyName(up.name)) {
      path.unshift(up.name.getText());
      at = up;
    } else if (ts.isVariableDeclaration(up)) {
      if (!ts.isVariableStatement(up.parent.parent) || !ts.isSourceFile(up.parent.parent.parent)) return undefined;
      if ((up.parent.flags & ts.NodeFlags.Const) === 0) return undefined;
      return [ts.isIdentifier(up.name) ? up.name.text : "steps", ...path].join(".");
    } else if (ts.isExportAssignment(up)) return ["default", ...path].join(".");
    else return undefined;
  }
}
