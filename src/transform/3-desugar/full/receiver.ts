/** `this`, `new.target` and the home object of `super`, which a derived constructor, an arrow function or a resumed frame may not have natively. */
import { ownerOfThis } from "../../1-find/captures.js";
import { hasModifier } from "../../1-find/collect.js";
import { factory } from "../../context.js";
import { ts } from "../../ts.js";
import { undefinedValue } from "../build.js";
import type { Desugarer } from "../desugarer.js";

/** `this`; in a derived constructor a variable, which throws before `super()` has returned. */
export function receiver(d: Desugarer): ts.Expression {
  const variable = d.ctx.captures.receivers.get(ownerOfThis(d.fn));
  return variable ? d.runtime("$bound", [d.rewriter.read(variable)]) : factory.createThis();
}

export function newTarget(d: Desugarer): ts.Expression {
  const variable = d.ctx.captures.newTargets.get(ownerOfThis(d.fn));
  return variable ? d.rewriter.read(variable) : undefinedValue();
}

/** The record of the class or object literal whose member the code belongs to. */
export function homeRecord(d: Desugarer): ts.Expression | undefined {
  const variable = d.ctx.captures.records.get(ownerOfThis(d.fn).node.parent);
  return variable && d.rewriter.read(variable);
}

/** The object whose prototype `super.p` looks at. */
export function homeObject(d: Desugarer): ts.Expression {
  const { node } = ownerOfThis(d.fn);
  const record = homeRecord(d)!;
  const isStatic = ts.isClassStaticBlockDeclaration(node) || hasModifier(node, ts.SyntaxKind.StaticKeyword);
  return factory.createPropertyAccessExpression(record, isStatic ? "ctor" : "home");
}
