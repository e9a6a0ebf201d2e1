/**
 * References to members: what is evaluated before a value is read or stored, and how it is.
 *
 *     o.p        ⇒  suspend $get(o, "p")              suspend $set(o, "p", v)
 *     o.#p       ⇒  suspend $privateGet(o, $p)        suspend $privateSet(o, $p, v)
 *     super.p    ⇒  suspend $getSuper(home, "p", this) …
 */
import { unreachable } from "../../../shared/assert.js";
import { factory } from "../../context.js";
import { ts, unwrap } from "../../ts.js";
import type { Desugarer } from "../desugarer.js";
import { evaluate, privateVariable } from "./expression.js";
import { settleForEffect } from "./overlap.js";
import { homeObject, receiver } from "./receiver.js";

export type Reference =
  | { readonly kind: "member"; readonly object: ts.Expression; readonly key: ts.Expression }
  | { readonly kind: "super"; readonly home: ts.Expression; readonly key: ts.Expression; readonly self: ts.Expression }
  | { readonly kind: "private"; readonly object: ts.Expression; readonly name: ts.Expression };

export type MemberNode = ts.PropertyAccessExpression | ts.ElementAccessExpression;

export function isReference(node: ts.Node): node is MemberNode {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
}

/** Evaluates object and key. */
export function reference(d: Desugarer, node: MemberNode): Reference {
  if (node.expression.kind === ts.SyntaxKind.SuperKeyword) {
    const self = settledReceiver(d);
    const key = keyOf(d, node);
    return { kind: "super", home: homeObject(d.rewriter), key, self };
  }
  return referenceOf(d, evaluate(d, node.expression), node);
}

/** The reference over an object that has been evaluated. */
export function referenceOf(d: Desugarer, object: ts.Expression, node: MemberNode): Reference {
  if (ts.isPropertyAccessExpression(node) && ts.isPrivateIdentifier(node.name))
    return { kind: "private", object, name: privateVariable(d, node.name) };
  return { kind: "member", object, key: keyOf(d, node) };
}

function settledReceiver(d: Desugarer): ts.Expression {
  return d.spill(receiver(d.rewriter));
}

function keyOf(d: Desugarer, node: MemberNode): ts.Expression {
  return ts.isPropertyAccessExpression(node) ? factory.createStringLiteral(node.name.text) : evaluate(d, node.argumentExpression);
}

export function read(d: Desugarer, at: Reference, source: ts.Node): ts.Expression {
  switch (at.kind) {
    case "member":
      return d.awaited(source, d.runtime("$get", [at.object, at.key]));
    case "super":
      return d.awaited(source, d.runtime("$getSuper", [at.home, at.key, at.self]));
    case "private":
      return d.awaited(source, d.runtime("$privateGet", [at.object, at.name]));
    default:
      return unreachable(at);
  }
}

export function write(d: Desugarer, at: Reference, value: ts.Expression, source: ts.Node): void {
  settleForEffect(d, source);
  switch (at.kind) {
    case "member":
      d.awaited(source, d.runtime("$set", [at.object, at.key, value]));
      return;
    case "super":
      d.awaited(source, d.runtime("$setSuper", [at.home, at.key, value, at.self]));
      return;
    case "private":
      d.awaited(source, d.runtime("$privateSet", [at.object, at.name, value]));
      return;
    default:
      unreachable(at);
  }
}

/** `this` for a method that was read from the reference. */
export function receiverOf(at: Reference): ts.Expression {
  return at.kind === "super" ? at.self : at.object;
}

export function deleteReference(d: Desugarer, node: MemberNode): ts.Expression {
  const at = reference(d, unwrap(node) as MemberNode);
  return remove(d, at, node);
}

export function remove(d: Desugarer, at: Reference, source: ts.Node): ts.Expression {
  settleForEffect(d, source);
  if (at.kind === "member") return d.awaited(source, d.runtime("$delete", [at.object, at.key]));
  return d.awaited(source, d.runtime("$deleteSuper", []));
}
