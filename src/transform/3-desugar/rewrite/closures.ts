/**
 * Functions made inside the one being rewritten. What can reach a checkpoint is made known by the id of its code and what it captures:
 *
 *     (x) => x + n          ⇒   $tag((x) => x + n, f$, [n])
 *     { add(x) {…} }        ⇒   { add: $tag({ add(x) {…} }.add, add$, []) }
 *     (x) => x + n          ⇒   f$make(n)                          where a native closure would see the variable of another round
 */
import type { FunctionInfo } from "../../1-find/model.js";
import { factory } from "../../context.js";
import { ts } from "../../ts.js";
import { callRuntime, named } from "../build.js";
import { capturedBy, capturesChangingScope } from "./captured.js";
import type { Captured } from "./emitter.js";
import { closureExpression, generatorFunction } from "./function-expression.js";
import { assignedName, withOwnName } from "./names.js";
import { withOpaque } from "./opaque.js";
import type { Rewriter } from "./rewriter.js";

export function rewriteNested(r: Rewriter, node: ts.Node): ts.Node {
  const info = r.ctx.findings.functionOf.get(node)!;
  if (ts.isFunctionExpression(node) && r.ctx.captures.opaque.has(info))
    return withOpaque(r, r.emitter.emitFunction(info) as ts.Expression, node);
  if (ts.isMethodDeclaration(node) && info.full && node.asteriskToken && ts.isObjectLiteralExpression(node.parent))
    return ts.setTextRange(factory.createPropertyAssignment(node.name, closureOf(r, info)), node);
  if (r.ctx.findings.everywhere && info.barrier && isFunctionValue(node)) return plainFunction(r, info);
  if (ts.isFunctionDeclaration(node) || !r.ctx.captures.tagged.has(info)) return r.emitter.emitFunction(info);
  if (!ts.isMethodDeclaration(node)) return closureOf(r, info);
  // { add(x) {…} } ⇒ { add: $tag({ add(x) {…} }.add, add$, […]) }: the function stays a method.
  return ts.setTextRange(factory.createPropertyAssignment(node.name, closureOf(r, info)), node);
}

function isFunctionValue(node: ts.Node): boolean {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

/** `$tag(function, code$, [captured…], this?)`. */
export function closureOf(r: Rewriter, info: FunctionInfo): ts.Expression {
  const fast = r.emitter.emitFunction(info);
  const captured = capturedBy(r, info);
  const needsThis = ts.isArrowFunction(info.node) && r.ctx.captures.usesThis.has(info);
  const isGenerator = info.full && "asteriskToken" in info.node && info.node.asteriskToken !== undefined;
  const name = isGenerator ? undefined : assignedName(info.node);
  const args = [
    name === undefined ? closureExpression(fast, r.ctx) : named(name, closureExpression(fast, r.ctx)),
    factory.createIdentifier(r.emitter.codeName(info)),
    factory.createArrayLiteralExpression(captured.map((each) => each.reference())),
    ...(needsThis ? [factory.createThis()] : []),
  ];
  const tagged = ts.setSourceMapRange(callRuntime("$tag", args), info.node);
  const site = isGenerator ? generatorFunction(tagged, info.node) : tagged;
  r.emitter.noteClosure(info, site);
  return capturesChangingScope(r, info) ? makeCall(r.emitter.makeName(info), captured, needsThis) : site;
}

/** The expression of a function that cannot reach a checkpoint. */
export function plainFunction(r: Rewriter, info: FunctionInfo): ts.Expression {
  const made = closureExpression(r.emitter.emitFunction(info), r.ctx);
  return withOpaque(r, r.ctx.findings.everywhere ? withOwnName(made, info.node) : made, info.node);
}

/** `f$make(captured…)`: the closure made by its maker. */
export function makeCall(makeName: string, captured: readonly Captured[], needsThis: boolean): ts.Expression {
  const maker = factory.createIdentifier(makeName);
  const args = captured.map((each) => each.reference());
  if (!needsThis) return factory.createCallExpression(maker, undefined, args);
  return factory.createCallExpression(factory.createPropertyAccessExpression(maker, "call"), undefined, [
    factory.createThis(),
    ...args,
  ]);
}
