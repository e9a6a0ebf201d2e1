/**
 * Calls that make an object whose state the engine shows to nobody: made by the runtime instead, which remembers what a checkpoint has to know.
 *
 *     f.bind(self, 1)     ⇒   $made(f, "bind")(self, 1)
 *     xs.values()         ⇒   $made(xs, "values")()            in functions that suspend: an iterator elsewhere does not outlive a suspension
 *     new Proxy(t, h)     ⇒   $construct(Proxy, [t, h])
 *     Symbol("x")         ⇒   $symbol(Symbol("x"))
 */
import { type FunctionInfo, hasTwoCopies } from "../1-find/model.js";
import { factory, type Context } from "../context.js";
import { ts, unwrap } from "../ts.js";
import { callRuntime } from "./build.js";

/** Types of the standard library whose objects hide where they stand. */
const ITERATORS = new Set([
  "ArrayIterator",
  "MapIterator",
  "SetIterator",
  "StringIterator",
  "RegExpStringIterator",
  "IteratorObject",
]);

/** `made`: what has become of the call or `new` expression `node`, its callee as it was. */
export function visibly(ctx: Context, fn: FunctionInfo, node: ts.Node, made: ts.Expression): ts.Expression {
  if (ctx.findings.everywhere) return made;
  if (ts.isNewExpression(node) && ts.isNewExpression(made)) {
    const args = made.arguments ?? [];
    if (!isGlobal(ctx, node.expression, "Proxy")) return made;
    return callRuntime("$construct", [made.expression, factory.createArrayLiteralExpression(args)]);
  }
  if (!ts.isCallExpression(node) || !ts.isCallExpression(made)) return made;
  // Those of the module itself are made once, whatever runs, and constants of it are saved by name.
  if (!ts.isSourceFile(fn.node) && isGlobal(ctx, node.expression, "Symbol")) return callRuntime("$symbol", [made]);
  return member(made.expression) && makesHidden(ctx, fn, node) ? throughRuntime(made) : made;
}

type Member = ts.PropertyAccessExpression | ts.ElementAccessExpression;

function member(callee: ts.Expression): callee is Member {
  if (!ts.isPropertyAccessExpression(callee) && !ts.isElementAccessExpression(callee)) return false;
  if (callee.questionDotToken || callee.expression.kind === ts.SyntaxKind.SuperKeyword || ts.isOptionalChain(callee))
    return false;
  return !ts.isPropertyAccessExpression(callee) || ts.isIdentifier(callee.name);
}

function throughRuntime(made: ts.CallExpression): ts.Expression {
  const callee = made.expression as Member;
  const key = ts.isPropertyAccessExpression(callee) ? factory.createStringLiteral(callee.name.text) : callee.argumentExpression;
  return factory.updateCallExpression(made, callRuntime("$made", [callee.expression, key]), made.typeArguments, made.arguments);
}

function makesHidden(ctx: Context, fn: FunctionInfo, node: ts.CallExpression): boolean {
  const callee = unwrap(node.expression);
  if (ts.isPropertyAccessExpression(callee)) {
    if (callee.name.text === "bind" && isOfLibrary(ctx, callee.name)) return true;
    if (callee.name.text === "revocable" && isGlobal(ctx, callee.expression, "Proxy")) return true;
  }
  if (!hasTwoCopies(fn) || node.questionDotToken) return false;
  const type = ctx.findings.checker.getTypeAtLocation(node).getSymbol();
  return type !== undefined && ITERATORS.has(type.name) && type.declarations?.every(isDeclared) === true;
}

function isOfLibrary(ctx: Context, name: ts.Node): boolean {
  const declarations = ctx.findings.checker.getSymbolAtLocation(name)?.declarations;
  return declarations !== undefined && declarations.length > 0 && declarations.every(isDeclared);
}

function isGlobal(ctx: Context, node: ts.Expression, name: string): boolean {
  const plain = unwrap(node);
  return ts.isIdentifier(plain) && plain.text === name && !ctx.variableOf(plain) && isOfLibrary(ctx, plain);
}

function isDeclared(declaration: ts.Declaration): boolean {
  return declaration.getSourceFile().isDeclarationFile;
}
