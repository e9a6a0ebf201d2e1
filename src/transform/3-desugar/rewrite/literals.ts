/** Object literals with members that a checkpoint has to know: methods that suspend or use `super`, and accessors. */
import { type FunctionInfo, hasTwoCopies } from "../../1-find/model.js";
import { factory } from "../../context.js";
import { ts } from "../../ts.js";
import { callRuntime } from "../build.js";
import { capturedBy } from "./captured.js";
import { withOpaque } from "./opaque.js";
import type { Rewriter } from "./rewriter.js";

/** `{ m() {…} }` ⇒ `$homed({ m() {…} })`, where `m` suspends or uses `super`. */
export function rewriteObjectLiteral(r: Rewriter, node: ts.ObjectLiteralExpression): ts.Expression {
  const made = withOpaque(r, withAccessors(r, r.children(node), node), node);
  const record = r.ctx.captures.records.get(node);
  if (record) return callRuntime("$homed", [made, r.emitter.moduleRecord(record)]);
  // Members that save their own frames have to be known as such where nobody knows at compile time what is called.
  const passes = node.properties.some((property) => {
    const info = r.ctx.findings.functionOf.get(property);
    return info !== undefined && hasTwoCopies(info) && !r.ctx.captures.tagged.has(info);
  });
  return passes ? callRuntime("$homed", [made]) : made;
}

/**
 *     { get v() { return n; } }   ⇒   $accessors({ get v() { return n; } }, [["v", "get", v$, [n]]])
 *
 * Accessors cannot suspend, but objects that have some can be saved.
 */
export function withAccessors(r: Rewriter, made: ts.Expression, source: ts.ObjectLiteralExpression): ts.Expression {
  const rows = source.properties.flatMap((property) => {
    const info =
      ts.isAccessor(property) && !ts.isComputedPropertyName(property.name) ? r.ctx.findings.functionOf.get(property) : undefined;
    return info && r.ctx.captures.accessors.has(info) ? [accessorRow(r, info)] : [];
  });
  return rows.length === 0 ? made : callRuntime("$accessors", [made, factory.createArrayLiteralExpression(rows)]);
}

function accessorRow(r: Rewriter, info: FunctionInfo): ts.Expression {
  const node = info.node as ts.AccessorDeclaration;
  const key = factory.createStringLiteral((node.name as ts.Identifier).text);
  const kind = ts.isGetAccessorDeclaration(node) ? "get" : "set";
  const captured = capturedBy(r, info).map((each) => each.reference());
  const code = factory.createIdentifier(r.emitter.codeName(info));
  const row = factory.createArrayLiteralExpression([
    key,
    factory.createStringLiteral(kind),
    code,
    factory.createArrayLiteralExpression(captured),
  ]);
  const alone = factory.createObjectLiteralExpression([r.emitter.emitFunction(info) as ts.AccessorDeclaration]);
  const object = callRuntime("$accessors", [alone, factory.createArrayLiteralExpression([row])]);
  const describe = factory.createPropertyAccessExpression(factory.createIdentifier("Object"), "getOwnPropertyDescriptor");
  r.emitter.noteClosure(
    info,
    factory.createPropertyAccessExpression(factory.createCallExpression(describe, undefined, [object, key]), kind),
  );
  return row;
}
