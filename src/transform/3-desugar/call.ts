/**
 * Calls with a suspension in them or of their own. Callee, receiver and method are read before the arguments, as JavaScript does.
 *
 *     o.m(f())          ⇒   const $1 = o.m · suspend $2 = f() · suspend $3 = $1.call(o, $2)
 *     xs.map(suspends)  ⇒   suspend $1 = $lib(xs.map).call(xs, suspends)
 */
import { siteVerdict, valueVerdict } from "../1-find/model.js";
import { factory } from "../context.js";
import { ts, unwrap } from "../ts.js";
import type { Desugarer } from "./desugarer.js";
import { atom, operands, value } from "./expression.js";
import { foreignCall, substitutionsOf } from "./rewrite/calls.js";
import { visibly } from "./visible.js";

export function call(d: Desugarer, node: ts.CallExpression): ts.Expression {
  const made = callExpression(d, node);
  if (!d.plan.isPoint(node)) return made;
  const name = d.fresh();
  d.suspend(node, made, name, "const");
  return d.ref(name);
}

/** The call itself over evaluated operands, not yet written down. */
export function callExpression(d: Desugarer, node: ts.CallExpression): ts.Expression {
  const callee: ts.Expression = unwrap(node.expression);
  const keeps = node.arguments.some((argument) => d.plan.isLowered(argument));
  if (d.ctx.findings.siteOf.get(node)?.kind === "lib" && d.plan.isPoint(node)) return libraryCall(d, node, callee, keeps);
  if (!keeps) return inPlace(d, node, callee);
  if (!isMember(callee)) {
    const fn = isImport(callee) ? callee : atom(d, callee);
    return factory.updateCallExpression(node, fn, undefined, argumentsOf(d, node));
  }
  if (isForeignModuleMember(d, callee))
    return factory.updateCallExpression(node, d.rewriter.expression(callee), undefined, argumentsOf(d, node));
  const method = readMethod(d, callee);
  return callMethod(method, argumentsOf(d, node), hasOwnCall(d, callee));
}

/** `` o.tag`a${f()}` `` ⇒ the call it is, over the strings of the site. */
export function taggedTemplate(d: Desugarer, node: ts.TaggedTemplateExpression): ts.Expression {
  const made = taggedCall(d, node);
  if (!d.plan.isPoint(node)) return made;
  const name = d.fresh();
  d.suspend(node, made, name, "const");
  return d.ref(name);
}

function taggedCall(d: Desugarer, node: ts.TaggedTemplateExpression): ts.Expression {
  const tag = unwrap(node.tag);
  const strings = factory.createIdentifier(d.rewriter.emitter.templateName(node));
  const values = substitutionsOf(node);
  const keeps = values.some((value) => d.plan.isLowered(value));
  if (keeps && isMember(tag)) {
    const method = readMethod(d, tag);
    return callMethod(method, [strings, ...operands(d, values)], hasOwnCall(d, tag));
  }
  const fn = keeps ? atom(d, tag) : value(d, tag);
  return factory.createCallExpression(fn, undefined, [strings, ...operands(d, values)]);
}

/**
 * `path.join` of an imported foreign module. A function of such a module has no name to be saved by, so it is read when it is called, not before the arguments:
 * the same, unless an argument replaces a function of somebody else's module.
 */
function isForeignModuleMember(d: Desugarer, callee: Member): boolean {
  let root: ts.Expression = callee;
  while (ts.isPropertyAccessExpression(root)) root = root.expression;
  if (!ts.isIdentifier(root) || d.plan.isLowered(callee)) return false;
  const { checker } = d.ctx.findings;
  const symbol = checker.getSymbolAtLocation(root);
  if (!symbol || !(symbol.flags & ts.SymbolFlags.Alias)) return false;
  const declarations = checker.getAliasedSymbol(symbol).declarations ?? [];
  return declarations.length > 0 && declarations.every((declaration) => declaration.getSourceFile().isDeclarationFile);
}

type Member = ts.PropertyAccessExpression | ts.ElementAccessExpression;

function isMember(node: ts.Node): node is Member {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
}

function isImport(node: ts.Node): boolean {
  return node.kind === ts.SyntaxKind.ImportKeyword;
}

/** No argument suspends: the callee keeps its form, `o.m(a)`. */
function inPlace(d: Desugarer, node: ts.CallExpression, callee: ts.Expression): ts.Expression {
  if (!d.plan.isLowered(callee) && d.ctx.findings.siteOf.get(node)?.kind === "foreign") return foreignCall(d.rewriter, node);
  const args = node.arguments.map((argument) =>
    ts.isSpreadElement(argument) ? d.rewriter.children(argument) : d.rewriter.expression(argument),
  );
  return visibly(d.ctx, d.rewriter.fn, node, factory.updateCallExpression(node, plainCallee(d, callee), undefined, args));
}

/** `(f(), o.m)(a)` calls `o.m` without a receiver: what was no member in the source must not become one. */
function plainCallee(d: Desugarer, callee: ts.Expression): ts.Expression {
  if (ts.isOptionalChain(callee) && d.plan.isLowered(callee)) {
    d.ctx.diagnostics.report("FLOW2002", callee, { what: "a parenthesized optional chain that is called" });
  }
  const made = value(d, callee);
  return isMember(made) && !isMember(callee) ? d.spill(made) : made;
}

/** Evaluated arguments; function values handed to foreign code are guarded where they may suspend. */
export function argumentsOf(d: Desugarer, node: ts.CallExpression | ts.NewExpression): ts.Expression[] {
  const source: readonly ts.Expression[] = node.arguments ?? [];
  const made = operands(d, source);
  const site = d.ctx.findings.siteOf.get(node);
  if (site?.kind !== "foreign") return made;
  for (const callback of site.callbacks) {
    const verdict = valueVerdict(callback.value);
    if (verdict === "does") d.ctx.diagnostics.report("FLOW1002", callback.node, { callee: site.label, inner: site.label });
    const index = source.indexOf(callback.node);
    if (verdict === "maybe" && index >= 0)
      made[index] = d.runtime("$native", [made[index]!, factory.createStringLiteral(site.label)]);
  }
  return made;
}

interface Method {
  readonly receiver: ts.Expression;
  readonly fn: ts.Expression;
}

/** Reads `o.m` into temporaries: receiver first, then key, then the method. */
function readMethod(d: Desugarer, callee: Member): Method {
  if (callee.expression.kind === ts.SyntaxKind.SuperKeyword)
    return { receiver: factory.createThis(), fn: d.spill(d.rewriter.expression(callee)) };
  const receiver = atom(d, callee.expression);
  // A private method cannot be replaced: it is read when it is called, and is not kept in the frame.
  if (ts.isPropertyAccessExpression(callee) && isPrivateMethod(d, callee)) {
    return { receiver, fn: factory.createPropertyAccessExpression(receiver, callee.name) };
  }
  const read = ts.isPropertyAccessExpression(callee)
    ? factory.createPropertyAccessExpression(receiver, callee.name)
    : factory.createElementAccessExpression(receiver, value(d, callee.argumentExpression));
  return {
    receiver,
    fn: d.spill(read, ts.isPropertyAccessExpression(callee) && ts.isIdentifier(callee.name) ? callee.name.text : ""),
  };
}

function isPrivateMethod(d: Desugarer, callee: Member): boolean {
  if (!ts.isPropertyAccessExpression(callee) || !ts.isPrivateIdentifier(callee.name)) return false;
  const declaration = d.ctx.findings.checker.getSymbolAtLocation(callee.name)?.valueDeclaration;
  return declaration !== undefined && ts.isMethodDeclaration(declaration);
}

/** Whether by its type the function has a `call` that is not Function.prototype's. */
function hasOwnCall(d: Desugarer, callee: ts.Expression): boolean {
  const { checker } = d.ctx.findings;
  const property = checker.getPropertyOfType(checker.getTypeAtLocation(callee), "call");
  return property?.declarations?.some((declaration) => !declaration.getSourceFile().isDeclarationFile) ?? false;
}

function callMethod(method: Method, args: readonly ts.Expression[], byReflection: boolean): ts.Expression {
  if (byReflection) {
    const apply = factory.createPropertyAccessExpression(factory.createIdentifier("Reflect"), "apply");
    return factory.createCallExpression(apply, undefined, [
      method.fn,
      method.receiver,
      factory.createArrayLiteralExpression(args),
    ]);
  }
  const call = factory.createPropertyAccessExpression(method.fn, "call");
  return factory.createCallExpression(call, undefined, [method.receiver, ...args]);
}

function libraryCall(d: Desugarer, node: ts.CallExpression, callee: ts.Expression, keeps: boolean): ts.Expression {
  if (!ts.isPropertyAccessExpression(callee)) {
    d.ctx.diagnostics.report("FLOW2002", node, { what: "a call of a built-in through a computed name" });
    return node;
  }
  const receiver = atom(d, callee.expression);
  const suspendable = d.runtime("$lib", [factory.createPropertyAccessExpression(receiver, callee.name)]);
  const fn = keeps ? d.spill(suspendable, ts.isIdentifier(callee.name) ? callee.name.text : "") : suspendable;
  return callMethod({ receiver, fn }, operands(d, node.arguments), false);
}

/** Whether the statement `node` is nothing but one suspending call. */
export function isPlainPoint(d: Desugarer, node: ts.Expression): node is ts.CallExpression {
  if (d.plan.isFull) return false;
  const bare = unwrap(node);
  const site = d.ctx.findings.siteOf.get(bare);
  return ts.isCallExpression(bare) && !ts.isOptionalChain(bare) && site !== undefined && siteVerdict(site) !== "never";
}
