/**
 * The object that the boxed variables of one scope live in, which closures and frames share (I6):
 *
 *     { let n; … }   ⇒   { const $s1 = { n: void 0 }; … }
 */
import type { Variable } from "../../1-find/captures/model.js";
import type { FunctionInfo } from "../../1-find/model.js";
import { factory } from "../../context.js";
import type { ts } from "../../ts.js";
import { assignmentOf, constant, undefinedValue } from "../build.js";
import { isChecked } from "./checked.js";
import type { Rewriter } from "./rewriter.js";

/** `const $s1 = { n: void 0 };` for a scope with boxed variables. Parameters start with their value. */
export function scopeObject(
  r: Rewriter,
  scope: ts.Node,
  values: ReadonlyMap<Variable, ts.Expression> = new Map(),
): ts.Statement | undefined {
  const box = r.ctx.captures.scopeObjects.get(scope);
  return box && constant(r.ctx.ref(box.name, box.owner), scopeLiteral(r, scope, values)!);
}

export function scopeLiteral(
  r: Rewriter,
  scope: ts.Node,
  values: ReadonlyMap<Variable, ts.Expression> = new Map(),
): ts.ObjectLiteralExpression | undefined {
  const box = r.ctx.captures.scopeObjects.get(scope);
  if (!box) return undefined;
  const initial = (variable: Variable): ts.Expression => {
    const known = values.get(variable);
    if (known) return known;
    if (variable.kind === "parameter") return factory.createIdentifier(variable.name);
    return isChecked(variable) ? runtimeName("$TDZ") : undefinedValue();
  };
  return factory.createObjectLiteralExpression(
    box.variables.map((variable) => factory.createPropertyAssignment(variable.emitName, initial(variable))),
    false,
  );
}

/** `$s1 = { ...$s1 }`. */
export function copyScope(r: Rewriter, name: string, owner: FunctionInfo): ts.Expression {
  const copy = factory.createObjectLiteralExpression([factory.createSpreadAssignment(r.ctx.ref(name, owner))]);
  return assignmentOf(r.ctx.ref(name, owner), copy);
}

function runtimeName(name: "$TDZ"): ts.Identifier {
  return factory.createIdentifier(name);
}
