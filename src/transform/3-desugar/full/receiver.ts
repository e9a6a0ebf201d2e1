/** `this`, `new.target` and the home object of `super`, which a derived constructor, an arrow function or a resumed frame may not have natively. */
import { ownerOfThis } from "../../1-find/function-kinds.js";
import { hasModifier } from "../../1-find/collect.js";
import { factory } from "../../context.js";
import { ts } from "../../ts.js";
import { callRuntime, undefinedValue } from "../build.js";
import type { Rewriter } from "../rewrite/rewriter.js";
import { readVariable } from "../rewrite/variables.js";

/** `this`; in a derived constructor a variable, which throws before `super()` has returned. */
export function receiver(r: Rewriter): ts.Expression {
  const variable = r.ctx.captures.receivers.get(ownerOfThis(r.fn));
  return variable ? callRuntime("$bound", [readVariable(r, variable)]) : factory.createThis();
}

export function newTarget(r: Rewriter): ts.Expression {
  const variable = r.ctx.captures.newTargets.get(ownerOfThis(r.fn));
  return variable ? readVariable(r, variable) : undefinedValue();
}

/** The record of the class or object literal whose member the code belongs to. */
export function homeRecord(r: Rewriter): ts.Expression | undefined {
  const variable = r.ctx.captures.records.get(ownerOfThis(r.fn).node.parent);
  return variable && readVariable(r, variable);
}

/** The object whose prototype `super.p` looks at. */
export function homeObject(r: Rewriter): ts.Expression {
  const { node } = ownerOfThis(r.fn);
  const record = homeRecord(r)!;
  const isStatic = ts.isClassStaticBlockDeclaration(node) || hasModifier(node, ts.SyntaxKind.StaticKeyword);
  return factory.createPropertyAccessExpression(record, isStatic ? "ctor" : "home");
}
