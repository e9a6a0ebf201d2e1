/** Where a variable lives: under its emitted name, or in the scope object of its scope. */
import type { Variable } from "../../1-find/captures/model.js";
import { factory } from "../../context.js";
import type { ts } from "../../ts.js";
import type { Rewriter } from "./rewriter.js";

/** The value of a variable, wherever it lives. */
export function readVariable(r: Rewriter, variable: Variable): ts.Expression {
  return variable.boxed ? boxed(r, variable) : r.ctx.refVariable(variable);
}

/** `$s1.n`. */
export function boxed(r: Rewriter, variable: Variable): ts.PropertyAccessExpression {
  const box = r.ctx.captures.scopeObjects.get(variable.scope)!;
  return factory.createPropertyAccessExpression(r.ctx.ref(box.name, box.owner), variable.emitName);
}
