/**
 * The block given to `overlap`. A call that suspends is begun, and what it answers is left pending where nothing but the block can see it; everything else that is
 * done with a value touches it, which waits.
 *
 *     const a = f(x); return { a, n: a + 1 }   ⇒   const $overlap = $overlap()
 *                                                  try {
 *                                                    const a = $begin($overlap, "f", f, void 0, [x])
 *                                                    suspend $1 = $touch($overlap, a) · suspend $2 = $binary("+", $1, 1)
 *                                                    suspend $3 = $settle($overlap, 0, $keep($overlap, { a, n: $2 })) · return $3
 *                                                  } catch ($e) { suspend $4 = $unwind($overlap, 0, $e, true) · throw $4 }
 *
 * A `try` in a block is a scope of its own: the calls begun in it end with it, since its handlers are for their errors. What it mentions from outside is waited for
 * before it begins, since errors of that are not for its handlers.
 */
import { calleeName } from "../../1-find/collect.js";
import { isSimpleObject, OverlapBlock } from "../../1-find/overlap.js";
import type { Variable } from "../../1-find/captures/model.js";
import type { FunctionInfo } from "../../1-find/model.js";
import { factory } from "../../context.js";
import { ts, unwrap } from "../../ts.js";
import { undefinedValue } from "../build.js";
import type { Desugarer, OverlapRegion } from "../desugarer.js";
import { store } from "./assignment.js";
import { calleeOf } from "./call.js";
import { evaluate, goesOn, transient, transientEffect } from "./expression.js";
import { propertyKey } from "./pattern.js";
import { isReference } from "./reference.js";
import { withOpaque } from "../rewrite/opaque.js";
import { readVariable } from "../rewrite/variables.js";

/** What is known of the block while it is written. */
export interface BlockState {
  readonly rules: OverlapBlock;
  /** The variable with its calls. */
  readonly scope: string;
}

/** Writes the body of a block; that of another function as it is. */
export function blockBody(d: Desugarer, write: () => void): void {
  const rules = d.fn.overlap ? new OverlapBlock(d.fn, d.ctx.findings, d.ctx.captures, d.ctx.isOwnFile) : undefined;
  if (!rules || rules.isEmpty) return write();
  const scope = d.fresh("overlap");
  d.block = { rules, scope };
  d.emit({ kind: "let", name: scope, declare: "const", value: d.runtime("$overlap", []) });
  region(d, d.fn.node, factory.createNumericLiteral(0), true, write);
}

/** A part of a block that is a scope of its own when calls are begun in it. */
export function scoped(d: Desugarer, source: ts.Node, write: () => void): void {
  if (!d.block?.rules.hasStarted(source)) return write();
  region(d, source, d.spill(d.runtime("$mark", [d.ref(d.block.scope)]), "mark"), false, write);
}

function region(d: Desugarer, source: ts.Node, mark: ts.Expression, isBlock: boolean, write: () => void): void {
  const scope = d.block!.scope;
  const entry = { kind: "overlap", mark, isBlock, source } as const;
  const body = d.collect(() =>
    d.within(entry, () => {
      write();
      d.awaited(source, d.runtime("$settle", [d.ref(scope), mark, undefinedValue()]));
    }),
  );
  const param = d.fresh("error");
  const handler = d.collect(() => {
    const flag = isBlock ? factory.createTrue() : factory.createFalse();
    const error = d.awaited(source, d.runtime("$unwind", [d.ref(scope), mark, d.ref(param), flag]));
    d.emit({ kind: "throw", value: error });
  });
  d.emit({ kind: "try", body, param, handler });
}

/** What a statement with handlers mentions is there before it begins. */
export function settleAround(d: Desugarer, start: number, end: number, source: ts.Node): void {
  settleForEffect(d, source);
  for (const variable of d.block?.rules.heldAround(start, end) ?? []) settleVariable(d, variable, source);
}

/**
 * In a `try`, something others can see is about to happen: it must not when one of the calls before it has failed, since the handler goes on with what there is.
 */
export function settleForEffect(d: Desugarer, source: ts.Node): void {
  const region = innermost(d);
  if (!region || region.isBlock || (ts.isCallExpression(source) && isPure(d, source))) return;
  d.awaited(source, d.runtime("$settle", [d.ref(d.block!.scope), region.mark, undefinedValue()]));
}

/** The same for assigning a variable from outside of the `try` or of the block. */
export function settleForAssignment(d: Desugarer, variable: Variable, source: ts.Node): void {
  const region = innermost(d);
  if (!region || (variable.readyAt >= region.source.pos && variable.readyAt <= region.source.end)) return;
  d.awaited(source, d.runtime("$settle", [d.ref(d.block!.scope), region.mark, undefinedValue()]));
}

function innermost(d: Desugarer): OverlapRegion | undefined {
  return d.block && d.enclosing.findLast((entry) => entry.kind === "overlap");
}

const PURE = new Set(["Math", "String", "Number", "StringConstructor", "NumberConstructor", "BooleanConstructor"]);

/** Functions of the language that compute something and touch nothing else. */
function isPure(d: Desugarer, call: ts.CallExpression): boolean {
  const declaration = d.ctx.findings.checker.getResolvedSignature(call)?.declaration;
  if (!declaration?.getSourceFile().isDeclarationFile || !ts.isInterfaceDeclaration(declaration.parent)) return false;
  return PURE.has(declaration.parent.name.text) && !call.arguments.some((argument) => ts.isFunctionLike(unwrap(argument)));
}

/** A closure gets values: what it captures is there before it is made. */
export function settleCaptured(d: Desugarer, closure: FunctionInfo): void {
  for (const variable of d.block?.rules.heldBy(closure) ?? []) settleVariable(d, variable, closure.node);
}

function settleVariable(d: Desugarer, variable: Variable, source: ts.Node): void {
  const value = touched(d, readVariable(d.rewriter, variable), source);
  if (d.block!.rules.isCaptured(variable)) d.assignVariable(variable, value, source);
}

/** The value once it is there. */
export function touched(d: Desugarer, value: ts.Expression, source: ts.Node): ts.Expression {
  return d.awaited(source, d.runtime("$touch", [d.ref(d.block!.scope), value]));
}

/** Evaluates `node` for a place that may hold what is pending; `keeps`: and is a variable into which more may be put. */
export function pending(d: Desugarer, given: ts.Expression, keeps = false): ts.Expression {
  const { block } = d;
  const node = unwrap(given);
  const isLiteral = ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node);
  if (!block || (!block.rules.mayBePending(node) && !(keeps && isLiteral))) return transient(d, given);
  if (ts.isIdentifier(node)) return d.rewriter.expression(node);
  if (ts.isCallExpression(node)) return begin(d, node);
  if (ts.isConditionalExpression(node)) return conditional(d, node, keeps);
  if (ts.isArrayLiteralExpression(node)) return keep(d, list(d, node.elements, node));
  if (ts.isObjectLiteralExpression(node)) return isSimpleObject(node) ? keep(d, object(d, node)) : transient(d, given);
  if (isReference(node)) return member(d, node);
  return binary(d, node as ts.BinaryExpression, keeps);
}

/** The same, to be read at any later place. */
export function held(d: Desugarer, node: ts.Expression, keeps = false): ts.Expression {
  if (!d.block?.rules.mayBePending(node) && !keeps) return evaluate(d, node);
  const made = pending(d, node, keeps);
  return d.isTemporary(made) ? made : d.spill(made);
}

function begin(d: Desugarer, node: ts.CallExpression): ts.Expression {
  const callee = calleeOf(d, node.expression);
  const args = list(d, node.arguments, node);
  const name = factory.createStringLiteral(calleeName(node.expression));
  return d.spill(d.runtime("$begin", [d.ref(d.block!.scope), name, callee.fn, callee.self, args]), "", node);
}

/** A spread is iterated where it stands, which touches it. */
function list(d: Desugarer, elements: readonly ts.Expression[], source: ts.Node): ts.Expression {
  const segments: ts.Expression[] = [];
  for (const element of elements) {
    if (ts.isSpreadElement(element)) segments.push(d.awaited(source, d.runtime("$items", [evaluate(d, element.expression)])));
    else segments.push(factory.createArrayLiteralExpression([ts.isOmittedExpression(element) ? element : held(d, element)]));
  }
  const isPlain = elements.every((element) => !ts.isSpreadElement(element) && !ts.isOmittedExpression(element));
  if (!isPlain) return d.runtime("$concat", segments);
  return factory.createArrayLiteralExpression(segments.map((segment) => (segment as ts.ArrayLiteralExpression).elements[0]!));
}

function object(d: Desugarer, node: ts.ObjectLiteralExpression): ts.Expression {
  const properties = node.properties.map((property) => {
    const { name } = property as ts.PropertyAssignment | ts.ShorthandPropertyAssignment;
    const key = propertyKey(d, name);
    const value = ts.isPropertyAssignment(property) ? held(d, property.initializer) : held(d, name as ts.Identifier);
    return factory.createPropertyAssignment(factory.createComputedPropertyName(key), value);
  });
  return withOpaque(d.rewriter, factory.createObjectLiteralExpression(properties, properties.length > 1), node);
}

function keep(d: Desugarer, literal: ts.Expression): ts.Expression {
  return d.spill(d.runtime("$keep", [d.ref(d.block!.scope), literal]));
}

function conditional(d: Desugarer, node: ts.ConditionalExpression, keeps: boolean): ts.Expression {
  const test = transient(d, node.condition);
  const name = d.fresh();
  d.emit({ kind: "let", name, declare: "let", value: undefined });
  const yes = d.collect(() => d.emit({ kind: "assign", name, value: pending(d, node.whenTrue, keeps) }));
  const no = d.collect(() => d.emit({ kind: "assign", name, value: pending(d, node.whenFalse, keeps) }));
  d.emit({ kind: "if", test, yes, no });
  return d.ref(name);
}

function member(d: Desugarer, node: ts.PropertyAccessExpression | ts.ElementAccessExpression): ts.Expression {
  const found = held(d, node.expression);
  const key = ts.isPropertyAccessExpression(node)
    ? factory.createStringLiteral(node.name.text)
    : evaluate(d, node.argumentExpression);
  const object = d.awaited(node, d.runtime("$reach", [d.ref(d.block!.scope), found, key]));
  return d.awaited(node, d.runtime("$get", [object, key]));
}

function binary(d: Desugarer, node: ts.BinaryExpression, keeps: boolean): ts.Expression {
  const kind = node.operatorToken.kind;
  if (kind === ts.SyntaxKind.CommaToken) {
    transientEffect(d, node.left);
    return pending(d, node.right, keeps);
  }
  if (kind === ts.SyntaxKind.EqualsToken) {
    if (d.block!.rules.isFilled(node)) return fill(d, node);
    const value = held(d, node.right, true);
    store(d, { kind: "name", node: unwrap(node.left) as ts.Identifier }, value, node);
    return value;
  }
  const name = d.fresh();
  d.emit({ kind: "let", name, declare: "let", value: transient(d, node.left) });
  const yes = d.collect(() => d.emit({ kind: "assign", name, value: pending(d, node.right, keeps) }));
  d.emit({ kind: "if", test: goesOn(d, kind, name), yes, no: undefined });
  return d.ref(name);
}

/** `o[k] = f()` ⇒ `suspend $1 = $fill(scope, o, k, [pending])` · `suspend $set($1[0], k, $1[1])`. */
function fill(d: Desugarer, node: ts.BinaryExpression): ts.Expression {
  const left = unwrap(node.left) as ts.PropertyAccessExpression | ts.ElementAccessExpression;
  const object = held(d, left.expression);
  const key = ts.isPropertyAccessExpression(left)
    ? factory.createStringLiteral(left.name.text)
    : evaluate(d, left.argumentExpression);
  const value = held(d, node.right);
  const ready = filled(d, object, key, [value], node);
  d.awaited(node, d.runtime("$set", [at(ready, 0), key, at(ready, 1)]));
  return d.spill(at(ready, 1));
}

/** `list.push(f())`. */
export function push(d: Desugarer, node: ts.CallExpression): ts.Expression {
  const object = held(d, (node.expression as ts.PropertyAccessExpression).expression);
  const values = node.arguments.map((argument) => held(d, argument));
  const ready = filled(d, object, factory.createPrefixMinus(factory.createNumericLiteral(1)), values, node);
  const method = d.awaited(node, d.runtime("$get", [at(ready, 0), factory.createStringLiteral("push")]));
  const args = d.runtime("$tail", [ready, factory.createNumericLiteral(1)]);
  return d.awaited(node, d.runtime("$apply", [method, at(ready, 0), args]));
}

function filled(
  d: Desugarer,
  object: ts.Expression,
  key: ts.Expression,
  values: readonly ts.Expression[],
  source: ts.Node,
): ts.Expression {
  return d.awaited(
    source,
    d.runtime("$fill", [d.ref(d.block!.scope), object, key, factory.createArrayLiteralExpression(values)]),
  );
}

function at(list: ts.Expression, index: number): ts.Expression {
  return factory.createElementAccessExpression(list, index);
}
