/**
 * What frames and closures refer to by name instead of copying it, registered as soon as it exists:
 *
 *     class Cart {…}               ⇒   class Cart {…} $m.cls("Cart", Cart, ["#items"]);
 *     const rates = { … };         ⇒   const rates = { … }; $m.value("rates", rates);
 *     import * as ns from "…";     ⇒   import * as ns from "…"; $m.value("ns", ns);
 */
import { isValueReference } from "../1-find/references.js";
import { hasModifier, isBody } from "../1-find/collect.js";
import { statementOf } from "../3-desugar/build.js";
import { boundNames } from "../3-desugar/rewrite/patterns.js";
import { factory } from "../context.js";
import { ts, unwrap } from "../ts.js";
import type { ModuleEmitter } from "./emitter.js";
import { instancePrivates } from "./privates.js";
import { registrarCall, registration } from "./registrar.js";

/** Classes and constants are saved by reference: registered as soon as they exist. */
export function registrations(m: ModuleEmitter, node: ts.Statement): ts.Statement[] {
  if (ts.isClassDeclaration(node) && node.name)
    return [classRegistration(node, node.name.text, m.ctx.findings.writtenOut.has(node))];
  if (ts.isImportDeclaration(node)) return namespaceRegistration(m, node);
  if (
    !ts.isVariableStatement(node) ||
    (node.declarationList.flags & ts.NodeFlags.Const) === 0 ||
    hasModifier(node, ts.SyntaxKind.DeclareKeyword)
  )
    return [];
  return node.declarationList.declarations.flatMap((declaration) => {
    const initializer = declaration.initializer && unwrap(declaration.initializer);
    if (initializer && ts.isClassExpression(initializer) && ts.isIdentifier(declaration.name))
      return [classRegistration(initializer, declaration.name.text, m.ctx.findings.writtenOut.has(initializer))];
    return boundNames(declaration.name)
      .filter((name) => needsRegistration(m, name, declaration))
      .map(registration);
  });
}

/** `import * as ns`, where the namespace itself is used as a value: saved by reference. */
function namespaceRegistration(m: ModuleEmitter, node: ts.ImportDeclaration): ts.Statement[] {
  const bindings = node.importClause?.namedBindings;
  if (!bindings || !ts.isNamespaceImport(bindings) || node.importClause.isTypeOnly || m.ctx.findings.everywhere) return [];
  const symbol = m.ctx.findings.checker.getSymbolAtLocation(bindings.name);
  const isValue = (child: ts.Node): boolean => {
    if (ts.isImportDeclaration(child) || ts.isTypeNode(child)) return false;
    if (ts.isPropertyAccessExpression(child) && ts.isIdentifier(child.expression)) return false;
    if (ts.isIdentifier(child) && child.text === bindings.name.text && isValueReference(child))
      return m.ctx.findings.checker.getSymbolAtLocation(child) === symbol;
    return ts.forEachChild(child, (each) => isValue(each) || undefined) ?? false;
  };
  return isValue(m.module.file) ? [registration(bindings.name)] : [];
}

/** Primitives are saved as they are; functions have been bound. */
function needsRegistration(m: ModuleEmitter, name: ts.Identifier, declaration: ts.VariableDeclaration): boolean {
  const initializer = declaration.initializer && unwrap(declaration.initializer);
  const bound = initializer && isBody(initializer) ? m.ctx.findings.functionOf.get(initializer) : undefined;
  if (bound && m.bound.has(bound)) return false;
  const primitive =
    ts.TypeFlags.StringLike |
    ts.TypeFlags.NumberLike |
    ts.TypeFlags.BooleanLike |
    ts.TypeFlags.BigIntLike |
    ts.TypeFlags.Null |
    ts.TypeFlags.Undefined;
  const type = m.ctx.findings.checker.getTypeAtLocation(name);
  return (type.flags & primitive) === 0;
}

/** `$m.cls("Cart", Cart, ["#items"])`. */
function classRegistration(node: ts.ClassLikeDeclaration, name: string, isWrittenOut: boolean): ts.Statement {
  const privates = isWrittenOut ? [] : instancePrivates(node);
  const args: ts.Expression[] = [factory.createStringLiteral(name), factory.createIdentifier(name)];
  if (privates.length > 0)
    args.push(factory.createArrayLiteralExpression(privates.map((field) => factory.createStringLiteral(field))));
  return statementOf(registrarCall("cls", args));
}
