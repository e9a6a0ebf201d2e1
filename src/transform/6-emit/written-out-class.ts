/** Classes of the module that are written out, evaluated by the rules of `3-desugar/full`. */
import { hasModifier } from "../1-find/collect.js";
import type { Desugarer } from "../3-desugar/desugarer.js";
import { classValue } from "../3-desugar/full/class.js";
import { factory } from "../context.js";
import { ts } from "../ts.js";
import type { ModuleEmitter } from "./emitter.js";
import { fastBody } from "./fast.js";
import { registration } from "./registrar.js";

/**
 *     export class C extends B {…}   ⇒   const $class1 = $record() · … · export const C = $2
 *
 * Evaluated while the module is loaded, where nothing can suspend.
 */
export function writtenOutClass(m: ModuleEmitter, node: ts.ClassDeclaration): ts.Statement[] {
  const made = evaluated(m, node, (d) => classValue(d, node));
  const isDefault = hasModifier(node, ts.SyntaxKind.DefaultKeyword);
  if (!node.name) return [...made.statements, factory.createExportAssignment(undefined, false, made.value)];
  const modifiers =
    hasModifier(node, ts.SyntaxKind.ExportKeyword) && !isDefault
      ? [factory.createModifier(ts.SyntaxKind.ExportKeyword)]
      : undefined;
  const declaration = factory.createVariableDeclaration(node.name.text, undefined, undefined, made.value);
  const list = factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const);
  const statements = [...made.statements, factory.createVariableStatement(modifiers, list)];
  return isDefault
    ? [...statements, factory.createExportAssignment(undefined, false, factory.createIdentifier(node.name.text))]
    : statements;
}

/** What a rule of `3-desugar/full` writes for module-level code, and the value it leaves. */
function evaluated(
  m: ModuleEmitter,
  node: ts.Node,
  rule: (d: Desugarer) => ts.Expression,
): { statements: ts.Statement[]; value: ts.Expression } {
  const d = m.desugarer;
  let value: ts.Expression | undefined;
  const body = d.collect(() => (value = rule(d)));
  const where = `${m.module.id}: ${node.getText().split("\n")[0]!.slice(0, 60)}`;
  const statements = fastBody(body, {
    codeName: "",
    slots: new Map(),
    savesThis: false,
    guard: where,
    ref: (name) => factory.createIdentifier(name),
  });
  // Records and private names are what frames and closures refer to: saved by reference like any other constant of the module.
  const constants = m.ctx.captures.madeUpNames.visibleIn(m.module.functions[0]!);
  const registered = body.flatMap((stmt) =>
    stmt.kind === "let" && constants.has(stmt.name) ? [registration(factory.createIdentifier(stmt.name))] : [],
  );
  return { statements: [...statements, ...registered], value: value! };
}
