/**
 * Variables that may not be initialized yet where they are read or written. They live in a scope object, which holds `$TDZ` for them until then:
 *
 *     x          ⇒   $live($s1.x, "x")
 *     x = v      ⇒   $s1.x = $ready(v, $s1.x, "x")
 *     x += v     ⇒   ($live($s1.x, "x"), $s1.x += v)
 *     [x] = v    ⇒   [$slot($s1, "x", "x").value] = v
 */
import { isAssigned, isPatternTarget } from "../../1-find/assigned.js";
import type { Variable } from "../../1-find/captures/model.js";
import { factory } from "../../context.js";
import { ts, unwrap } from "../../ts.js";
import { callRuntime } from "../build.js";
import type { Rewriter } from "./rewriter.js";
import { boxed, readVariable } from "./variables.js";

/** `x` ⇒ `$s1.x`, or one of the forms above. */
export function readBoxed(r: Rewriter, variable: Variable, node: ts.Identifier): ts.Expression {
  const access = ts.setSourceMapRange(boxed(r, variable), node);
  if (!isCheckedAt(r, variable, node)) return access;
  if (isPatternTarget(node)) return slot(r, variable);
  return isAssigned(node) ? access : live(r, variable, access);
}

/** `[x] = v` and `for (x of v)` ⇒ `[$slot($s1, "x", "x").value] = v`: checked when the value is stored, not before. */
function slot(r: Rewriter, variable: Variable): ts.Expression {
  const { expression, name } = boxed(r, variable);
  const args = [expression, factory.createStringLiteral(name.text), factory.createStringLiteral(variable.name)];
  return factory.createPropertyAccessExpression(callRuntime("$slot", args), "value");
}

/** The value a name has now, checked for initialization where it may lack it, also where the name is about to be written. */
export function checkedRead(r: Rewriter, node: ts.Identifier): ts.Expression {
  const variable = r.ctx.variableOf(node);
  if (!variable) return r.expression(node);
  return isCheckedAt(r, variable, node) ? live(r, variable) : readVariable(r, variable);
}

/**
 * Before `x` is initialized, an assignment throws: a plain one when its value is known, a compound one before its value is evaluated.
 *
 *     x = v    ⇒   $s1.x = $ready(v, $s1.x, "x")
 *     x += v   ⇒   ($live($s1.x, "x"), $s1.x += v)
 */
export function rewriteAssignment(r: Rewriter, node: ts.BinaryExpression): ts.Expression {
  const variable = checkedTarget(r, node.left);
  if (!variable || isPatternTarget(node)) return r.children(node);
  const right = r.expression(node.right);
  if (node.operatorToken.kind === ts.SyntaxKind.EqualsToken)
    return factory.updateBinaryExpression(node, boxed(r, variable), node.operatorToken, ready(r, variable, right));
  return afterCheck(r, variable, factory.createBinaryExpression(boxed(r, variable), node.operatorToken, right));
}

/** `x++` ⇒ `($live($s1.x, "x"), $s1.x++)`, where `x` may not be initialized. */
export function rewriteUpdate(r: Rewriter, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): ts.Expression {
  const writes = node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
  const variable = writes ? checkedTarget(r, node.operand) : undefined;
  return variable ? afterCheck(r, variable, r.children(node)) : r.children(node);
}

function afterCheck(r: Rewriter, variable: Variable, made: ts.Expression): ts.Expression {
  return factory.createParenthesizedExpression(factory.createComma(live(r, variable), made));
}

/** The variable a target names, where it may not be initialized. */
function checkedTarget(r: Rewriter, given: ts.Expression): Variable | undefined {
  const target = unwrap(given);
  if (!ts.isIdentifier(target)) return undefined;
  const variable = r.ctx.variableOf(target);
  return variable && isCheckedAt(r, variable, target) ? variable : undefined;
}

/** The value about to be assigned to what `node` names, checked where that may not be initialized. */
export function readied(r: Rewriter, node: ts.Identifier, value: ts.Expression): ts.Expression {
  const variable = checkedTarget(r, node);
  return variable ? ready(r, variable, value) : value;
}

function ready(r: Rewriter, variable: Variable, value: ts.Expression): ts.Expression {
  return callRuntime("$ready", [value, boxed(r, variable), factory.createStringLiteral(variable.name)]);
}

function live(r: Rewriter, variable: Variable, access: ts.Expression = boxed(r, variable)): ts.Expression {
  return callRuntime("$live", [access, factory.createStringLiteral(variable.name)]);
}

/** In its own function, after its declaration, a variable is initialized; elsewhere it may not be. */
export function isCheckedAt(r: Rewriter, variable: Variable, node: ts.Identifier): boolean {
  if (!variable.boxed || !isChecked(variable)) return false;
  // In a loop a later place of the text can run before the declaration of the next round.
  return variable.owner !== r.fn || node.pos < variable.readyAt || ts.isCaseBlock(variable.scope);
}

/** Whether reads have to make sure that the binding is initialized. */
export function isChecked(variable: Variable): boolean {
  const { kind } = variable;
  return (
    variable.early &&
    (kind === "let" ||
      kind === "const" ||
      kind === "class" ||
      ((kind === "parameter" || kind === "catch") && variable.readyAt !== variable.scope.pos))
  );
}
