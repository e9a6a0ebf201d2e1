/**
 * Names of the source, where what they mean lives elsewhere or is called otherwise:
 *
 *     n            ⇒   $s1.n                  in a scope object
 *     n            ⇒   n$1                    under another name
 *     { n }        ⇒   { n: $s1.n }
 *     C            ⇒   $itself(record, "C")   the class, in its own body
 *     arguments    ⇒   $arguments             in code that has none of its own
 */
import { ownerOfThis } from "../../1-find/function-kinds.js";
import { isValueReference } from "../../1-find/references.js";
import { factory } from "../../context.js";
import { ts } from "../../ts.js";
import { assignmentOf, callRuntime, plainKey } from "../build.js";
import { readBoxed } from "./checked.js";
import type { Rewriter } from "./rewriter.js";
import { readVariable } from "./variables.js";

export function rewriteIdentifier(r: Rewriter, node: ts.Identifier): ts.Node {
  const implied = impliedValue(r, node);
  if (implied) return implied;
  if (
    !r.fn.full &&
    node.text === "arguments" &&
    node.parent &&
    r.options.hoistVars &&
    r.ctx.findings.checker.getSymbolAtLocation(node)?.declarations === undefined
  ) {
    r.ctx.diagnostics.report("FLOW2002", node, { what: "arguments" });
  }
  const variable = r.ctx.variableOf(node);
  if (!variable) return node;
  if (variable.boxed) return isDeclaredName(node) ? node : readBoxed(r, variable, node);
  if (variable.emitName === variable.name) return node;
  return ts.setSourceMapRange(r.ctx.refVariable(variable), node);
}

/** `arguments`, and a class's own name inside its body. */
function impliedValue(r: Rewriter, node: ts.Identifier): ts.Expression | undefined {
  const record = r.ctx.captures.classSelf.get(node);
  if (record) return callRuntime("$itself", [readVariable(r, record), factory.createStringLiteral(node.text)]);
  if (node.text !== "arguments" || r.ctx.variableOf(node)) return undefined;
  const list = r.ctx.captures.argumentsOf.get(ownerOfThis(r.fn));
  return list && node.parent && isValueReference(node) ? readVariable(r, list) : undefined;
}

/** `{ n }` ⇒ `{ n: $s1.n }`, also as an assignment pattern with a default. */
export function rewriteShorthand(r: Rewriter, node: ts.ShorthandPropertyAssignment): ts.Node {
  const variable = r.ctx.variableOf(node.name);
  const fallback = node.objectAssignmentInitializer;
  if (!variable || (!variable.boxed && variable.emitName === variable.name)) {
    if (!fallback) return node;
    return factory.updateShorthandPropertyAssignment(node, node.name, r.expression(fallback));
  }
  const target = variable.boxed ? readBoxed(r, variable, node.name) : r.ctx.refVariable(variable);
  const value = fallback ? assignmentOf(target, r.expression(fallback)) : target;
  return factory.createPropertyAssignment(plainKey(node.name.text), value);
}

/** `{ a }` in a declaration, where `a` got another name ⇒ `{ a: a$1 }`. */
export function rewriteBindingElement(r: Rewriter, node: ts.BindingElement): ts.Node {
  const made = r.children(node);
  const isShorthand = ts.isObjectBindingPattern(node.parent) && !node.propertyName && !node.dotDotDotToken;
  if (!isShorthand || !ts.isIdentifier(node.name) || !ts.isIdentifier(made.name) || made.name.text === node.name.text)
    return made;
  return factory.updateBindingElement(made, undefined, factory.createIdentifier(node.name.text), made.name, made.initializer);
}

/** The name of a function, class or parameter where it is declared. */
function isDeclaredName(node: ts.Identifier): boolean {
  const parent = node.parent as ts.Node | undefined;
  if (!parent) return false;
  const declares =
    ts.isFunctionLike(parent) ||
    ts.isClassLike(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isVariableDeclaration(parent);
  return declares && (parent as ts.NamedDeclaration).name === node;
}
