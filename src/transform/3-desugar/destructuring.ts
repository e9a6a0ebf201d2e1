/**
 * Destructuring whose pattern suspends (in a default value, a computed key or a target). A pattern that does not suspend stays as it is.
 *
 *     const { a = f(), ...rest } = o   ⇒   const $1 = o · let $2 = $1.a
 *                                          if ($2 === undefined) { suspend $3 = f() · $2 = $3 }
 *                                          const a = $2 · const { a: _, ...rest } = $1
 *
 *     [x = f()] = xs                   ⇒   the iterator protocol, closing the iterator when something throws before it is done
 */
import { factory } from "../context.js";
import { ts, unwrap } from "../ts.js";
import type { Desugarer } from "./desugarer.js";
import { evaluatedTarget } from "./assignment.js";
import { atom, into } from "./expression.js";
import { readied } from "./rewrite/checked.js";
import { boundNames } from "./rewrite/patterns.js";

export type Pattern = ts.BindingPattern | ts.ObjectLiteralExpression | ts.ArrayLiteralExpression;

/** What an element of a pattern is stored into. */
type Target = ts.BindingName | ts.Expression;

/** Whether the names a declaration binds are declared where they are stored, or have been declared in front of a protected region. */
type Names = "declares" | "declared";

/** One element of either kind of pattern. */
export interface Element {
  readonly target: Target;
  readonly key: ts.PropertyName | undefined;
  readonly fallback: ts.Expression | undefined;
  readonly rest: boolean;
}

/** `const <pattern> = source` with a suspension in the pattern; `source` is safe to read more than once. */
export function destructureDeclaration(d: Desugarer, pattern: ts.BindingPattern, source: ts.Expression): void {
  destructure(d, pattern, source, "declares");
}

/** `<pattern> = right`; its value is the right side. */
export function destructureAssignment(
  d: Desugarer,
  pattern: ts.ObjectLiteralExpression | ts.ArrayLiteralExpression,
  right: ts.Expression,
): ts.Expression {
  const source = atom(d, right);
  if (d.plan.isLowered(pattern)) destructure(d, pattern, source, "declares");
  else d.emit({ kind: "eval", value: factory.createAssignment(d.rewriter.expression(pattern), source), source: pattern });
  return source;
}

function destructure(
  d: Desugarer,
  pattern: ts.BindingPattern | ts.ObjectLiteralExpression | ts.ArrayLiteralExpression,
  source: ts.Expression,
  names: Names,
): void {
  if (ts.isObjectBindingPattern(pattern) || ts.isObjectLiteralExpression(pattern))
    objectPattern(d, elementsOf(pattern), source, names);
  else arrayPattern(d, elementsOf(pattern), source, names);
}

export function elementsOf(pattern: Pattern): (Element | undefined)[] {
  if (ts.isArrayLiteralExpression(pattern))
    return pattern.elements.map((element) => (ts.isOmittedExpression(element) ? undefined : assignmentElement(element)));
  if (ts.isObjectLiteralExpression(pattern)) return pattern.properties.map(assignmentProperty);
  return pattern.elements.map((element) => {
    if (ts.isOmittedExpression(element)) return undefined;
    const key = element.propertyName ?? (ts.isIdentifier(element.name) ? element.name : undefined);
    return { target: element.name, key, fallback: element.initializer, rest: element.dotDotDotToken !== undefined };
  });
}

function assignmentElement(element: ts.Expression): Element {
  if (ts.isSpreadElement(element)) return { target: element.expression, key: undefined, fallback: undefined, rest: true };
  return { ...withDefault(element), key: undefined, rest: false };
}

function assignmentProperty(property: ts.ObjectLiteralElementLike): Element {
  if (ts.isSpreadAssignment(property)) return { target: property.expression, key: undefined, fallback: undefined, rest: true };
  if (ts.isShorthandPropertyAssignment(property))
    return { target: property.name, key: property.name, fallback: property.objectAssignmentInitializer, rest: false };
  const assigned = property as ts.PropertyAssignment;
  return { ...withDefault(assigned.initializer), key: assigned.name, rest: false };
}

function withDefault(node: ts.Expression): { target: ts.Expression; fallback: ts.Expression | undefined } {
  const isDefault = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return isDefault ? { target: node.left, fallback: node.right } : { target: node, fallback: undefined };
}

function objectPattern(d: Desugarer, elements: readonly (Element | undefined)[], source: ts.Expression, names: Names): void {
  // Destructuring null or undefined throws before anything else happens: an empty pattern does just that.
  const check = factory.createAssignment(factory.createObjectLiteralExpression([]), source);
  d.emit({ kind: "eval", value: check });
  const keys: ts.Expression[] = [];
  for (const element of elements) {
    if (!element) continue;
    if (element.rest) {
      store(d, element.target, restOf(d, source, keys), names);
      continue;
    }
    const { read, name } = property(d, element.key!, source);
    keys.push(name);
    storeElement(d, element, () => read, names);
  }
}

/** Reads one property; a computed key is evaluated once. */
function property(d: Desugarer, key: ts.PropertyName, source: ts.Expression): { read: ts.Expression; name: ts.Expression } {
  if (ts.isComputedPropertyName(key)) {
    const evaluated = atom(d, key.expression);
    return { read: factory.createElementAccessExpression(source, evaluated), name: evaluated };
  }
  if (ts.isIdentifier(key))
    return { read: factory.createPropertyAccessExpression(source, key.text), name: factory.createStringLiteral(key.text) };
  return { read: factory.createElementAccessExpression(source, key), name: key };
}

/** What `...rest` collects: the own enumerable properties that have not been named. */
function restOf(d: Desugarer, source: ts.Expression, keys: readonly ts.Expression[]): ts.Expression {
  return d.spill(d.runtime("$rest", [source, factory.createArrayLiteralExpression(keys)]));
}

/** The target's own object and key come first, then the value, then its default, then the store. */
function storeElement(d: Desugarer, element: Element, read: () => ts.Expression, names: Names): void {
  const reference = targetReference(d, element.target);
  const name = d.fresh();
  d.emit({ kind: "let", name, declare: "let", value: read() });
  if (element.fallback) {
    const test = factory.createStrictEquality(d.ref(name), factory.createVoidZero());
    const fallback = element.fallback;
    d.emit({ kind: "if", test, yes: d.collect(() => into(d, fallback, name)), no: undefined });
  }
  store(d, reference, d.ref(name), names);
}

function targetReference(d: Desugarer, target: Target): Target {
  if (!ts.isExpression(target) || ts.isIdentifier(target)) return target;
  const bare = unwrap(target);
  if (!ts.isPropertyAccessExpression(bare) && !ts.isElementAccessExpression(bare)) return target;
  return evaluatedTarget(d, bare);
}

function store(d: Desugarer, target: Target, stored: ts.Expression, names: Names): void {
  if (ts.isObjectBindingPattern(target) || ts.isArrayBindingPattern(target)) return destructure(d, target, stored, names);
  if (ts.isObjectLiteralExpression(target) || ts.isArrayLiteralExpression(target)) return destructure(d, target, stored, names);
  const variable = ts.isIdentifier(target) ? d.ctx.variableOf(target) : undefined;
  if (!variable) return d.emit({ kind: "eval", value: factory.createAssignment(target, stored) });
  const isDeclared = ts.isBindingElement(target.parent);
  if (names === "declares" && isDeclared) d.declareVariable(variable, stored, target);
  else d.assignVariable(variable, isDeclared ? stored : readied(d.rewriter, target as ts.Identifier, stored), target);
}

/**
 *     const it = $iterate(source); let done = false
 *     try { each element: done = true; r = it.next(); done = r.done; v = done ? undefined : r.value; … }
 *     catch (e) { if (!done) close it, its own errors dropped; throw e }
 *     if (!done) close it
 */
function arrayPattern(d: Desugarer, elements: readonly (Element | undefined)[], source: ts.Expression, names: Names): void {
  const iterator = d.spill(d.runtime("$iterate", [source]));
  const done = d.fresh();
  d.emit({ kind: "let", name: done, declare: "let", value: factory.createFalse() });
  // Names bound in the pattern outlive the protected region.
  if (names === "declares")
    for (const element of elements) if (element) for (const name of declaredNames(element.target)) declareBefore(d, name);
  const body = d.collect(() => {
    for (const element of elements) arrayElement(d, element, iterator, done);
  });
  const error = d.fresh();
  const handler = d.collect(() => {
    closeQuietly(d, iterator, factory.createLogicalNot(d.ref(done)));
    d.emit({ kind: "throw", value: d.ref(error) });
  });
  d.emit({ kind: "try", body, param: error, handler });
  d.emit({
    kind: "if",
    test: factory.createLogicalNot(d.ref(done)),
    yes: d.collect(() => closeIterator(d, iterator, true)),
    no: undefined,
  });
}

function declaredNames(target: Target): ts.Identifier[] {
  return ts.isIdentifier(target)
    ? ts.isBindingElement(target.parent)
      ? [target]
      : []
    : ts.isExpression(target)
      ? []
      : boundNames(target);
}

function declareBefore(d: Desugarer, name: ts.Identifier): void {
  const variable = d.ctx.variableOf(name);
  if (variable && !variable.boxed && variable.kind !== "var")
    d.emit({ kind: "let", name: variable.emitName, declare: "let", value: undefined });
}

function arrayElement(d: Desugarer, element: Element | undefined, iterator: ts.Expression, done: string): void {
  const advance = (): ts.Expression => {
    const result = d.fresh();
    d.emit({ kind: "let", name: result, declare: "let", value: factory.createVoidZero() });
    const next = d.collect(() => {
      d.emit({ kind: "assign", name: done, value: factory.createTrue() });
      const call = factory.createCallExpression(factory.createPropertyAccessExpression(iterator, "next"), undefined, []);
      const answer = d.spill(d.runtime("$object", [call]));
      // While `done` or `value` are read the iterator counts as done: an error in them does not close it.
      const ended = d.spill(
        factory.createLogicalNot(factory.createLogicalNot(factory.createPropertyAccessExpression(answer, "done"))),
      );
      const read = factory.createPropertyAccessExpression(answer, "value");
      d.emit({
        kind: "assign",
        name: result,
        value: factory.createConditionalExpression(ended, undefined, factory.createVoidZero(), undefined, read),
      });
      d.emit({ kind: "assign", name: done, value: ended });
    });
    d.emit({ kind: "if", test: factory.createLogicalNot(d.ref(done)), yes: next, no: undefined });
    return d.ref(result);
  };
  if (!element) {
    advance();
    return;
  }
  if (element.rest) {
    store(d, element.target, restItems(d, iterator, done), "declared");
    return;
  }
  const reference = targetReference(d, element.target);
  const read = advance();
  const name = (read as ts.Identifier).text;
  if (element.fallback) {
    const fallback = element.fallback;
    d.emit({
      kind: "if",
      test: factory.createStrictEquality(read, factory.createVoidZero()),
      yes: d.collect(() => into(d, fallback, name)),
      no: undefined,
    });
  }
  store(d, reference, d.ref(name), "declared");
}

function restItems(d: Desugarer, iterator: ts.Expression, done: string): ts.Expression {
  const rest = d.fresh();
  const self = factory.createPropertyAssignment(
    factory.createComputedPropertyName(factory.createPropertyAccessExpression(factory.createIdentifier("Symbol"), "iterator")),
    factory.createArrowFunction(undefined, undefined, [], undefined, undefined, iterator),
  );
  const all = factory.createArrayLiteralExpression([factory.createSpreadElement(factory.createObjectLiteralExpression([self]))]);
  const items = factory.createConditionalExpression(
    d.ref(done),
    undefined,
    factory.createArrayLiteralExpression([]),
    undefined,
    all,
  );
  d.emit({ kind: "let", name: rest, declare: "let", value: items });
  d.emit({ kind: "assign", name: done, value: factory.createTrue() });
  return d.ref(rest);
}

/** Calls the iterator's `return`; where its result counts it has to be an object. */
function closeIterator(d: Desugarer, iterator: ts.Expression, counts: boolean): void {
  const close = d.runtime("$must", [
    d.runtime("$close", [iterator]),
    factory.createStringLiteral(`${d.fn.module.id}: iterator return()`),
  ]);
  d.emit({ kind: "eval", value: counts ? d.runtime("$object", [close]) : close });
}

/** Calls `return` while an error is on its way: what it throws is dropped, as the language says. */
function closeQuietly(d: Desugarer, iterator: ts.Expression, when: ts.Expression): void {
  const body = d.collect(() => closeIterator(d, iterator, false));
  const ignored = d.fresh();
  d.emit({ kind: "if", test: when, yes: [{ kind: "try", body, param: ignored, handler: [] }], no: undefined });
}
