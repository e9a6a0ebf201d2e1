/** Loops whose variables live in a scope object, one for each round. */
import { factory } from "../../context.js";
import { ts } from "../../ts.js";
import { assignmentOf, undefinedValue } from "../build.js";
import { assignmentPattern, bindAll, boundNames, plainName } from "./patterns.js";
import type { Rewriter } from "./rewriter.js";
import { copyScope, scopeLiteral, scopeObject } from "./scopes.js";

/**
 *     for (let i = 0; i < n; i++) B   ⇒   for (let $s1 = { i: 0 }; $s1.i < n; $s1 = { ...$s1 }, $s1.i++) B
 *
 * Each round gets a scope object of its own, as each round has a binding of its own.
 */
export function rewriteFor(r: Rewriter, node: ts.ForStatement): ts.Node {
  const box = r.ctx.captures.scopeObjects.get(node);
  const list = node.initializer;
  if (!box || !list || !ts.isVariableDeclarationList(list)) return plainFor(r, node);
  const scope = (): ts.Identifier => r.ctx.ref(box.name, box.owner);
  const declarations = [factory.createVariableDeclaration(scope(), undefined, undefined, scopeLiteral(r, node))];
  for (const [index, declaration] of list.declarations.entries()) {
    const names = boundNames(declaration.name);
    if (!names.some((name) => r.ctx.variableOf(name)?.boxed)) {
      declarations.push(r.children(declaration));
      continue;
    }
    const value = declaration.initializer ? r.expression(declaration.initializer) : undefinedValue();
    const set = factory.createParenthesizedExpression(assignmentOf(assignmentPattern(r, declaration.name), value));
    for (const name of names)
      if (!r.ctx.variableOf(name)?.boxed) declarations.push(factory.createVariableDeclaration(plainName(r, name)));
    declarations.push(factory.createVariableDeclaration(`${box.name}$${index}`, undefined, undefined, set));
  }
  // What the initializer captured is not the first round's.
  if (containsFunction(list))
    declarations.push(
      factory.createVariableDeclaration(
        `${box.name}$first`,
        undefined,
        undefined,
        factory.createParenthesizedExpression(copyScope(r, box.name, box.owner)),
      ),
    );
  const copy = copyScope(r, box.name, box.owner);
  const update = node.incrementor ? factory.createCommaListExpression([copy, r.expression(node.incrementor)]) : copy;
  return factory.updateForStatement(
    node,
    factory.createVariableDeclarationList(declarations, ts.NodeFlags.Let),
    node.condition && r.expression(node.condition),
    update,
    loopBody(r, node.statement),
  );
}

/** `for (var i = 0; …)` in a lowered function ⇒ `for (i = 0; …)`: its declaration has moved to the start. */
function plainFor(r: Rewriter, node: ts.ForStatement): ts.Node {
  const list = node.initializer;
  const isHoisted =
    list && ts.isVariableDeclarationList(list) && r.options.hoistVars && (list.flags & ts.NodeFlags.BlockScoped) === 0;
  if (!isHoisted) return r.children(node);
  const parts = list.declarations
    .filter((declaration) => declaration.initializer)
    .map((declaration) => assignmentOf(assignmentPattern(r, declaration.name), r.expression(declaration.initializer!)));
  const init = parts.length === 0 ? undefined : parts.length === 1 ? parts[0] : factory.createCommaListExpression(parts);
  return factory.updateForStatement(
    node,
    init,
    node.condition && r.expression(node.condition),
    node.incrementor && r.expression(node.incrementor),
    loopBody(r, node.statement),
  );
}

/** `for (const x of xs) B` with `x` boxed ⇒ `for (const x$ of xs) { const $s1 = { x: x$ }; B }`. */
export function rewriteForEach(r: Rewriter, node: ts.ForOfStatement | ts.ForInStatement): ts.Node {
  const list = node.initializer;
  const declaration = ts.isVariableDeclarationList(list) ? list.declarations[0] : undefined;
  const isVar = declaration !== undefined && (list.flags & ts.NodeFlags.BlockScoped) === 0;
  const box = scopeObject(r, node);
  if (!declaration || (!box && !(isVar && r.options.hoistVars))) return r.children(node);
  const subject = r.expression(node.expression);
  const body = loopBody(r, node.statement);
  const update = (head: ts.ForInitializer, inner: ts.Statement): ts.Node =>
    ts.isForOfStatement(node)
      ? factory.updateForOfStatement(node, undefined, head, subject, inner)
      : factory.updateForInStatement(node, head, subject, inner);
  if (isVar) return update(assignmentPattern(r, declaration.name), body);
  const item = factory.createIdentifier("$item");
  const bind = bindAll(r, declaration.name, item);
  const head = factory.createVariableDeclarationList([factory.createVariableDeclaration(item)], ts.NodeFlags.Const);
  return update(head, factory.createBlock([...(box ? [box] : []), ...bind, body], true));
}

function loopBody(r: Rewriter, node: ts.Statement): ts.Statement {
  const list = r.statement(node);
  return list.length === 1 ? list[0]! : factory.createBlock(list, true);
}

/** Whether a function is made anywhere inside. */
export function containsFunction(node: ts.Node): boolean {
  return (
    ts.isFunctionLike(node) ||
    ts.isClassLike(node) ||
    (ts.forEachChild(node, (child) => containsFunction(child) || undefined) ?? false)
  );
}
