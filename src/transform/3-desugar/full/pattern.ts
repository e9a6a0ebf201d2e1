/**
 * Destructuring, declarations and assignments alike. Targets are evaluated before the values they receive; an iterator that is not done when the
 * pattern ends, however it ends, is closed.
 *
 *     [o.p = f()] = xs   ⇒   suspend $it = $open(xs)
 *                            region { const $1 = o · suspend $2 = $step($it) · let $3 = $2 ? $it.value : undefined
 *                                     if ($3 === undefined) { suspend $4 = f() · $3 = $4 } · suspend $set($1, "p", $3) }
 *                            close unless done
 */
import { factory } from "../../context.js";
import { ts, unwrap } from "../../ts.js";
import { undefinedValue } from "../build.js";
import type { Desugarer } from "../desugarer.js";
import { elementsOf, type Element, type Pattern } from "../destructuring.js";
import { boundNames } from "../rewrite/patterns.js";
import { store, target, type Target } from "./assignment.js";
import { evaluate } from "./expression.js";
import { closing } from "./iteration.js";

/** `initialize` is what a declaration does: the names are its own, and none is read before. */
export type How = "initialize" | "assign";

/** `let { a, b } = source`: everything the pattern binds, declared in front of whatever blocks it needs. */
export function declarePattern(d: Desugarer, pattern: ts.BindingPattern, source: ts.Expression): void {
  for (const name of boundNames(pattern)) {
    const variable = d.ctx.variableOf(name)!;
    if (!variable.boxed && variable.kind !== "var")
      d.emit({ kind: "let", name: variable.emitName, declare: "let", value: undefined });
  }
  destructure(d, pattern, source, "initialize");
}

/** Takes `source`, which is settled, apart. */
export function destructure(d: Desugarer, pattern: Pattern, source: ts.Expression, how: How): void {
  if (ts.isObjectBindingPattern(pattern) || ts.isObjectLiteralExpression(pattern)) objectPattern(d, pattern, source, how);
  else arrayPattern(d, pattern, source, how);
}

function objectPattern(d: Desugarer, pattern: Pattern, source: ts.Expression, how: How): void {
  d.emit({ kind: "eval", value: d.runtime("$coercible", [source]) });
  const keys: ts.Expression[] = [];
  for (const element of elementsOf(pattern)) {
    if (!element) continue;
    if (element.rest) {
      const at = targetOf(d, element, how);
      const rest = d.awaited(
        pattern,
        d.runtime("$copy", [factory.createObjectLiteralExpression(), source, factory.createArrayLiteralExpression(keys)]),
      );
      put(d, element, at, rest, how);
      continue;
    }
    const key = propertyKey(d, element.key!);
    keys.push(key);
    const at = targetOf(d, element, how);
    const name = d.fresh();
    d.emit({ kind: "let", name, declare: "let", value: d.awaited(pattern, d.runtime("$get", [source, key])) });
    putWithDefault(d, element, at, name, how);
  }
}

export function propertyKey(d: Desugarer, key: ts.PropertyName): ts.Expression {
  if (ts.isComputedPropertyName(key)) return d.awaited(key, d.runtime("$propertyKey", [evaluate(d, key.expression)]));
  if (ts.isNumericLiteral(key) || ts.isBigIntLiteral(key)) return factory.createStringLiteral(String(numberOf(key)));
  return factory.createStringLiteral(key.text);
}

function numberOf(key: ts.NumericLiteral | ts.BigIntLiteral): number | bigint {
  return ts.isBigIntLiteral(key) ? BigInt(key.text.slice(0, -1)) : Number(key.text);
}

function arrayPattern(d: Desugarer, pattern: Pattern, source: ts.Expression, how: How): void {
  const record = d.awaited(pattern, d.runtime("$open", [source]));
  const step = (): ts.Expression => {
    const found = d.awaited(pattern, d.runtime("$step", [record]));
    return factory.createConditionalExpression(
      found,
      undefined,
      factory.createPropertyAccessExpression(record, "value"),
      undefined,
      undefinedValue(),
    );
  };
  closing(d, pattern, record, [], true, () => {
    for (const element of elementsOf(pattern)) {
      if (!element) {
        d.awaited(pattern, d.runtime("$step", [record]));
        continue;
      }
      const at = targetOf(d, element, how);
      if (element.rest) put(d, element, at, d.awaited(pattern, d.runtime("$remaining", [record])), how);
      else {
        const name = d.fresh();
        d.emit({ kind: "let", name, declare: "let", value: step() });
        putWithDefault(d, element, at, name, how);
      }
    }
  });
}

/** What an assignment evaluates before the value; patterns and declared names need nothing. */
function targetOf(d: Desugarer, element: Element, how: How): Target | undefined {
  if (how === "initialize" || isPattern(element.target)) return undefined;
  return target(d, element.target);
}

function isPattern(node: ts.Node): node is Pattern {
  const bare = ts.isExpression(node) ? unwrap(node) : node;
  return (
    ts.isObjectBindingPattern(bare) ||
    ts.isArrayBindingPattern(bare) ||
    ts.isObjectLiteralExpression(bare) ||
    ts.isArrayLiteralExpression(bare)
  );
}

function putWithDefault(d: Desugarer, element: Element, at: Target | undefined, name: string, how: How): void {
  if (element.fallback) {
    const fallback = element.fallback;
    const yes = d.collect(() => d.emit({ kind: "assign", name, value: evaluate(d, fallback) }));
    d.emit({ kind: "if", test: factory.createStrictEquality(d.ref(name), undefinedValue()), yes, no: undefined });
  }
  put(d, element, at, d.ref(name), how);
}

function put(d: Desugarer, element: Element, at: Target | undefined, value: ts.Expression, how: How): void {
  if (isPattern(element.target)) return destructure(d, unwrapPattern(element.target), value, how);
  if (at) return store(d, at, value, element.target);
  initialize(d, element.target as ts.Identifier, value);
}

function unwrapPattern(node: Pattern): Pattern {
  return ts.isExpression(node) ? (unwrap(node) as Pattern) : node;
}

/** Gives a declared name its value. */
export function initialize(d: Desugarer, name: ts.Identifier, value: ts.Expression): void {
  d.assignVariable(d.ctx.variableOf(name)!, value, name);
}
