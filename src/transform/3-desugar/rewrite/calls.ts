/**
 * Calls in code that is not lowered: they do not suspend, or must not.
 *
 *     unknown()                ⇒   $must(unknown(), "…")               in code that cannot be suspended
 *     text.replace(re, fn)     ⇒   text.replace(re, $native(fn, …))    a function value handed to foreign code
 *     step(body)               ⇒   step(body, undefined, "file#name")  steps are found again by name
 */
import { accessOf } from "../../1-find/assigned.js";
import { calleeName } from "../../1-find/collect.js";
import { siteVerdict, valueVerdict } from "../../1-find/model.js";
import { type Context, factory } from "../../context.js";
import { ts, unwrap } from "../../ts.js";
import { callRuntime, undefinedValue } from "../build.js";
import { visibly } from "../visible.js";
import type { Rewriter } from "./rewriter.js";

/** `unknown()` ⇒ `$must(unknown(), "…")`, where the function cannot be suspended. */
export function rewriteCall(
  r: Rewriter,
  node: ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression,
): ts.Expression {
  const site = r.ctx.findings.siteOf.get(node);
  const id = ts.isCallExpression(node) ? r.emitter.stepId(node) : undefined;
  if (id !== undefined && ts.isCallExpression(node)) return stepCall(r, node, id);
  if (!site) return visibly(r.ctx, r.fn, node, plainCall(r, node));
  const verdict = siteVerdict(site);
  if (site.kind === "foreign" || (site.kind === "lib" && verdict !== "never")) return foreignCall(r, node);
  if (verdict === "never") return visibly(r.ctx, r.fn, node, plainCall(r, node));
  // Only code that cannot be suspended gets here with a call that may: everything else has been lowered.
  const barrier = r.fn.barrier ?? "a default parameter value";
  if (verdict === "does")
    r.ctx.diagnostics.report(r.fn.barrier ? "FLOW1001" : "FLOW2002", node, {
      callee: site.label,
      barrier,
      what: barrier,
    });
  return callRuntime("$must", [r.children(node), factory.createStringLiteral(`${r.fn.module.id}: ${r.fn.name}`)]);
}

/** A call that needs no guard. */
function plainCall(r: Rewriter, node: ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression): ts.Expression {
  return ts.isTaggedTemplateExpression(node) && r.options.hoistVars ? taggedTemplate(r, node) : r.children(node);
}

/** `xs.sort(f)` ⇒ `xs.sort($native(f, "xs.sort"))`: function values among the arguments are guarded where they may suspend. */
export function foreignCall<N extends ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression>(
  r: Rewriter,
  node: N,
): ts.Expression {
  const site = r.ctx.findings.siteOf.get(node)!;
  const guarded = new Set<ts.Node>();
  for (const callback of site.callbacks) {
    const verdict = valueVerdict(callback.value);
    if (verdict === "maybe") guarded.add(callback.node);
    if (verdict === "does")
      r.ctx.diagnostics.report("FLOW1002", callback.node, {
        callee: site.label,
        inner: innerSuspension(callback.node, r.ctx),
      });
  }
  const visit = (child: ts.Node): ts.VisitResult<ts.Node> => {
    if (!guarded.has(child)) return r.visit(child);
    return callRuntime("$native", [r.expression(child as ts.Expression), factory.createStringLiteral(site.label)]);
  };
  return visibly(r.ctx, r.fn, node, ts.visitEachChild(node, visit, undefined));
}

/** The call inside a callback that suspends, for the message. */
function innerSuspension(callback: ts.Expression, ctx: Context): string {
  const info = ctx.findings.functionOf.get(unwrap(callback));
  const site = info?.calls.find((call) => siteVerdict(call) === "does");
  return site?.label ?? calleeName(callback);
}

function stepCall(r: Rewriter, node: ts.CallExpression, id: string): ts.Expression {
  const args = node.arguments.map((argument) => r.expression(argument));
  while (args.length < 2) args.push(undefinedValue());
  return factory.updateCallExpression(node, node.expression, node.typeArguments, [...args, factory.createStringLiteral(id)]);
}

/** `o.v` ⇒ `$must(o.v, "…")`: a read that may enter an accessor which suspends is guarded where it could not. */
export function rewriteAccess(r: Rewriter, node: ts.PropertyAccessExpression): ts.Expression {
  const made = factory.updatePropertyAccessExpression(node, r.expression(node.expression), node.name);
  const site = r.ctx.findings.siteOf.get(node);
  if (!site || siteVerdict(site) === "never" || accessOf(node) !== "get") return made;
  if (siteVerdict(site) === "does" && r.fn.barrier)
    r.ctx.diagnostics.report("FLOW1001", node, { callee: site.label, barrier: r.fn.barrier });
  return callRuntime("$must", [made, factory.createStringLiteral(`${r.fn.module.id}: ${r.fn.name}`)]);
}

/** `` tag`a${x}b` `` ⇒ `tag(strings, x)` in a function of two copies: the strings are one object for the site, whichever runs. */
function taggedTemplate(r: Rewriter, node: ts.TaggedTemplateExpression): ts.Expression {
  const values = substitutionsOf(node).map((value) => r.expression(value));
  return factory.createCallExpression(r.expression(node.tag), undefined, [
    factory.createIdentifier(r.emitter.templateName(node)),
    ...values,
  ]);
}

/** The expressions inside a template, in order. */
export function substitutionsOf(node: ts.TaggedTemplateExpression): readonly ts.Expression[] {
  return ts.isTemplateExpression(node.template) ? node.template.templateSpans.map((span) => span.expression) : [];
}
