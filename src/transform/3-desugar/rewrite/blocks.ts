/** Statements that open a scope: blocks, switches and catch clauses begin with the scope object, then come the functions used before they stand. */
import { factory } from "../../context.js";
import { ts } from "../../ts.js";
import { functionDeclaration, isBound } from "./declarations.js";
import { bindAll } from "./patterns.js";
import type { Rewriter } from "./rewriter.js";
import { scopeObject } from "./scopes.js";

/**
 *     let n; f(); function f() {…}   ⇒   const $s1 = { n: void 0 }; const f = $tag(function f() {…}, f$, [$s1]); f();
 *
 * The scope object comes first, then function declarations used before they stand, then the rest.
 */
export function rewriteStatements(r: Rewriter, list: readonly ts.Statement[], scope: ts.Node): ts.Statement[] {
  const out: ts.Statement[] = [];
  const box = scopeObject(r, scope);
  if (box) out.push(box);
  for (const node of list)
    if (ts.isFunctionDeclaration(node) && !standsInPlace(r, node)) out.push(...functionDeclaration(r, node));
  for (const node of list) {
    if (!ts.isFunctionDeclaration(node)) out.push(...r.statement(node));
    else if (standsInPlace(r, node)) out.push(...functionDeclaration(r, node));
    else if (!node.body) out.push(node);
  }
  return out;
}

function standsInPlace(r: Rewriter, node: ts.FunctionDeclaration): boolean {
  const info = r.ctx.findings.functionOf.get(node);
  return info !== undefined && (r.ctx.captures.inPlace.has(info) || !isBound(r, info));
}

/** A block with boxed variables begins with its scope object. */
export function rewriteBlock(r: Rewriter, node: ts.Block): ts.Block {
  const hasFunctions = node.statements.some((statement) => ts.isFunctionDeclaration(statement));
  if (!hasFunctions && !r.ctx.captures.scopeObjects.has(node)) return r.children(node);
  return factory.updateBlock(node, rewriteStatements(r, node.statements, node));
}

/** `switch (v) { case 0: let n; }` with `n` boxed ⇒ `{ const $s1 = { n: void 0 }; switch (v) {…} }`. */
export function rewriteSwitch(r: Rewriter, node: ts.SwitchStatement): ts.Node {
  const box = scopeObject(r, node.caseBlock);
  const inner = r.children(node);
  return box ? factory.createBlock([box, inner], true) : inner;
}

/** `catch (e) {…}` with `e` boxed ⇒ `catch ($error) { const $s1 = { e: void 0 }; ($s1.e = $error); … }`. */
export function rewriteCatch(r: Rewriter, node: ts.CatchClause): ts.Node {
  const box = scopeObject(r, node);
  if (!box || !node.variableDeclaration) return r.children(node);
  const error = factory.createIdentifier("$error");
  const bind = bindAll(r, node.variableDeclaration.name, error);
  const body = factory.createBlock([box, ...bind, ...rewriteStatements(r, node.block.statements, node.block)], true);
  return factory.updateCatchClause(node, factory.createVariableDeclaration(error), body);
}
