/**
 * The statements of the source, one after the other, with what has to be said about them once they have run:
 *
 *     export const f = (x) => …       ⇒   export const f = (x) => …; $m.bind(f$, f);
 *     export class C extends B {…}    ⇒   const $class1 = $record(); … export const C = $2        where it is written out
 *     function* g() {…}               ⇒   const g = $generatorFunction(…)                         at the head of the module
 */
import { hasModifier } from "../1-find/collect.js";
import { isGenerator } from "../1-find/full.js";
import type { FunctionInfo } from "../1-find/model.js";
import { constant } from "../3-desugar/build.js";
import { closureOf } from "../3-desugar/rewrite/closures.js";
import { factory } from "../context.js";
import { ts, unwrap } from "../ts.js";
import { bindFunctions } from "./bind.js";
import type { ModuleEmitter } from "./emitter.js";
import { canOpen, withOpenClasses } from "./privates.js";
import { DEFAULT_EXPORT } from "./registrar.js";
import { registrations } from "./registrations.js";
import { writtenOutClass } from "./written-out-class.js";

export function topLevel(m: ModuleEmitter, node: ts.Statement): ts.Statement[] {
  const open = openClasses(m, node);
  const rewritten = rewriteTopLevel(m, node);
  const made = open.size === 0 ? rewritten : rewritten.map((statement) => withOpenClasses(statement, open));
  return [...made, ...registrations(m, node)];
}

/** Classes of the statement that are saved by reference and keep private members of the engine. */
function openClasses(m: ModuleEmitter, node: ts.Statement): ReadonlySet<ts.Node> {
  const { findings } = m.ctx;
  const classes: ts.ClassLikeDeclaration[] = [];
  if (ts.isClassDeclaration(node) && node.name) classes.push(node);
  if (ts.isVariableStatement(node) && (node.declarationList.flags & ts.NodeFlags.Const) !== 0) {
    for (const { initializer } of node.declarationList.declarations) {
      const value = initializer && unwrap(initializer);
      if (value && ts.isClassExpression(value)) classes.push(value);
    }
  }
  return new Set(classes.filter((each) => !findings.everywhere && !findings.writtenOut.has(each) && canOpen(each)));
}

function rewriteTopLevel(m: ModuleEmitter, node: ts.Statement): ts.Statement[] {
  if (ts.isClassDeclaration(node) && m.ctx.findings.writtenOut.has(node)) return writtenOutClass(m, node);
  if (ts.isFunctionDeclaration(node) && isGenerator(node)) {
    const info = m.ctx.findings.functionOf.get(node);
    if (info?.full) return generatorDeclaration(m, info, node);
  }
  if (ts.isFunctionDeclaration(node)) {
    const info = m.ctx.findings.functionOf.get(node);
    const made = info ? (m.emitFunction(info) as ts.FunctionDeclaration) : node;
    return [made.name || !made.body ? made : withName(made, DEFAULT_EXPORT)];
  }
  return bindFunctions(m, node, () => m.top.statement(node));
}

function withName(node: ts.FunctionDeclaration, name: string): ts.FunctionDeclaration {
  return factory.updateFunctionDeclaration(
    node,
    node.modifiers,
    node.asteriskToken,
    factory.createIdentifier(name),
    node.typeParameters,
    node.parameters,
    node.type,
    node.body,
  );
}

/** `function* g() {…}` ⇒ `const g = $generatorFunction(…)` at the head of the module, since other modules may call it before this one has run. */
function generatorDeclaration(m: ModuleEmitter, info: FunctionInfo, node: ts.FunctionDeclaration): ts.Statement[] {
  const made = closureOf(m.top, info);
  m.closures.delete(info);
  const name = node.name?.text ?? DEFAULT_EXPORT;
  m.hoisted.set(info, constant(factory.createIdentifier(name), made));
  const exported = hasModifier(node, ts.SyntaxKind.ExportKeyword);
  if (!exported) return [];
  if (hasModifier(node, ts.SyntaxKind.DefaultKeyword))
    return [factory.createExportAssignment(undefined, false, factory.createIdentifier(name))];
  const specifier = factory.createExportSpecifier(false, undefined, name);
  return [factory.createExportDeclaration(undefined, false, factory.createNamedExports([specifier]))];
}
