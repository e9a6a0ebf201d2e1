/**
 * What an async function means by private names of a written-out class, and by `super`, `this` and `new.target` of a full function around it. It keeps the form of
 * its source, where these names have lost their meaning:
 *
 *     o.#p         ⇒   $privately(o, $p).value             read, written or both
 *     o.#p(x)      ⇒   $privately(o, $p).call(x)
 *     #p in o      ⇒   $privateHas(o, $p)
 *     super.p      ⇒   $superior(home, "p", this).value
 */
import { ownerOfThis } from "../../1-find/function-kinds.js";
import { factory } from "../../context.js";
import { ts, unwrap } from "../../ts.js";
import { callRuntime } from "../build.js";
import { homeObject, newTarget, receiver } from "../full/receiver.js";
import type { Rewriter } from "./rewriter.js";
import { readVariable } from "./variables.js";

/** The rewritten node, where it is one of these. */
export function memberFromOutside(r: Rewriter, node: ts.Node): ts.Expression | undefined {
  if (ts.isBinaryExpression(node) && ts.isPrivateIdentifier(node.left)) return membership(r, node, node.left);
  if (ts.isCallExpression(node)) return called(r, node);
  if (node.kind === ts.SyntaxKind.ThisKeyword) return isBorrowing(r) ? receiver(r) : undefined;
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.NewKeyword) return isBorrowing(r) ? newTarget(r) : undefined;
  return slotOf(r, node, "value");
}

/** Whether the code is that of an arrow function whose `this` is a full function's. */
function isBorrowing(r: Rewriter): boolean {
  return !r.fn.full && ownerOfThis(r.fn).full;
}

function membership(r: Rewriter, node: ts.BinaryExpression, left: ts.PrivateIdentifier): ts.Expression | undefined {
  const name = privateName(r, left);
  return name && callRuntime("$privateHas", [r.expression(node.right), name]);
}

function called(r: Rewriter, node: ts.CallExpression): ts.Expression | undefined {
  if (node.expression.kind === ts.SyntaxKind.SuperKeyword && isBorrowing(r)) {
    r.ctx.diagnostics.report("FLOW2002", node, { what: "`super()` in an async function" });
    return undefined;
  }
  const callee = slotOf(r, unwrap(node.expression), "call");
  if (!callee) return undefined;
  const args = node.arguments.map((argument) => r.expression(argument));
  return factory.createCallExpression(callee, undefined, args);
}

type Part = "value" | "call";

function slotOf(r: Rewriter, node: ts.Node, part: Part): ts.Expression | undefined {
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return undefined;
  const slot = node.expression.kind === ts.SyntaxKind.SuperKeyword ? superSlot(r, node) : privateSlot(r, node);
  if (!slot) return undefined;
  if (ts.isOptionalChain(node) || ts.isTaggedTemplateExpression(node.parent))
    r.ctx.diagnostics.report("FLOW2002", node, { what: "this form of access in an async function of a class that can suspend" });
  return ts.setTextRange(factory.createPropertyAccessExpression(slot, part), node);
}

function superSlot(r: Rewriter, node: ts.PropertyAccessExpression | ts.ElementAccessExpression): ts.Expression | undefined {
  if (!isBorrowing(r)) return undefined;
  const self = receiver(r);
  const key = ts.isPropertyAccessExpression(node)
    ? factory.createStringLiteral(node.name.text)
    : r.expression(node.argumentExpression);
  return callRuntime("$superior", [homeObject(r), key, self]);
}

function privateSlot(r: Rewriter, node: ts.PropertyAccessExpression | ts.ElementAccessExpression): ts.Expression | undefined {
  if (ts.isElementAccessExpression(node) || !ts.isPrivateIdentifier(node.name)) return undefined;
  const name = privateName(r, node.name);
  return name && callRuntime("$privately", [r.expression(node.expression), name]);
}

/** The variable that stands for the name, where the class that declares it is written out. */
function privateName(r: Rewriter, node: ts.PrivateIdentifier): ts.Expression | undefined {
  const variable = r.ctx.privateOf(node);
  return variable && readVariable(r, variable);
}
