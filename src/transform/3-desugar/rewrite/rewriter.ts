/**
 * Rewrites code that is not lowered. It keeps its structure; what changes is
 *
 *     n                        ⇒   $s1.n                               n lives in a scope object            identifiers.ts, checked.ts
 *     { let n; … }             ⇒   { const $s1 = { n: void 0 }; … }    which its scope begins with          scopes.ts, blocks.ts, loops.ts
 *     let n = 1                ⇒   $s1.n = 1                           so its declaration is none           declarations.ts, patterns.ts
 *     (x) => x + n             ⇒   $tag((x) => x + n, f$, [n])         the closure can reach a checkpoint   closures.ts, opaque.ts
 *     { get v() {…} }          ⇒   $accessors({ get v() {…} }, …)      so can the object                    literals.ts
 *     unknown()                ⇒   $must(unknown(), "…")               in code that cannot be suspended     calls.ts
 *     o.#p                     ⇒   $privately(o, $p).value             in async functions                   members.ts
 *     f.bind(self)             ⇒   $made(f, "bind")(self)                                                   ../visible.ts
 *
 * Nodes in which nothing changes are returned as they are, so that they print exactly as TypeScript prints them.
 */
import { isBody } from "../../1-find/collect.js";
import type { FunctionInfo } from "../../1-find/model.js";
import type { Context } from "../../context.js";
import { isAssignmentOperator, ts } from "../../ts.js";
import { rewriteBlock, rewriteCatch, rewriteSwitch } from "./blocks.js";
import { rewriteAccess, rewriteCall } from "./calls.js";
import { rewriteAssignment, rewriteUpdate } from "./checked.js";
import { rewriteNested } from "./closures.js";
import { rewriteClass, rewriteVariables } from "./declarations.js";
import type { FunctionEmitter } from "./emitter.js";
import { rewriteBindingElement, rewriteIdentifier, rewriteShorthand } from "./identifiers.js";
import { rewriteObjectLiteral } from "./literals.js";
import { rewriteFor, rewriteForEach } from "./loops.js";
import { memberFromOutside } from "./members.js";
import { functionsWrittenInPlace, withOpaque } from "./opaque.js";

export interface RewriteOptions {
  /** The function is lowered: `var` declarations have moved to its start. */
  readonly hoistVars: boolean;
}

/** One function and the visitor that goes through its code: which rule a node falls under. The rules are functions over it, a file for each concern. */
export class Rewriter {
  #written: readonly FunctionInfo[] | undefined;

  constructor(
    readonly ctx: Context,
    readonly fn: FunctionInfo,
    readonly emitter: FunctionEmitter,
    readonly options: RewriteOptions,
  ) {}

  readonly visit = (node: ts.Node): ts.VisitResult<ts.Node> => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return node;
    const member = memberFromOutside(this, node);
    if (member) return member;
    if (ts.isIdentifier(node)) return rewriteIdentifier(this, node);
    if (node !== this.fn.node && isBody(node)) return rewriteNested(this, node);
    if (ts.isShorthandPropertyAssignment(node)) return rewriteShorthand(this, node);
    if (ts.isVariableStatement(node)) return rewriteVariables(this, node);
    if (ts.isBindingElement(node)) return rewriteBindingElement(this, node);
    if (ts.isObjectLiteralExpression(node)) return rewriteObjectLiteral(this, node);
    if (ts.isClassExpression(node)) return withOpaque(this, this.children(node), node);
    if (ts.isFunctionDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return node;
    if (ts.isClassDeclaration(node)) return rewriteClass(this, node);
    if (ts.isBlock(node)) return rewriteBlock(this, node);
    if (ts.isSwitchStatement(node)) return rewriteSwitch(this, node);
    if (ts.isForStatement(node)) return rewriteFor(this, node);
    if (ts.isForOfStatement(node) || ts.isForInStatement(node)) return rewriteForEach(this, node);
    if (ts.isCatchClause(node)) return rewriteCatch(this, node);
    if (ts.isCallExpression(node) || ts.isTaggedTemplateExpression(node) || ts.isNewExpression(node))
      return rewriteCall(this, node);
    if (ts.isBinaryExpression(node) && isAssignmentOperator(node.operatorToken.kind)) return rewriteAssignment(this, node);
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return rewriteUpdate(this, node);
    if (ts.isPropertyAccessExpression(node)) return rewriteAccess(this, node);
    return this.children(node);
  };

  children<N extends ts.Node>(node: N): N {
    return ts.visitEachChild(node, this.visit, undefined);
  }

  expression(node: ts.Expression): ts.Expression {
    return ts.visitNode(node, this.visit, ts.isExpression);
  }

  /** Functions of this one that no maker makes: looked for when the first node asks. */
  get written(): readonly FunctionInfo[] {
    return (this.#written ??= functionsWrittenInPlace(this.ctx, this.fn));
  }

  /** One statement can become several: a boxed declaration is an assignment of its own. */
  statement(node: ts.Statement): ts.Statement[] {
    const result = this.visit(node);
    if (result === undefined) return [];
    return (Array.isArray(result) ? result : [result]) as ts.Statement[];
  }
}
