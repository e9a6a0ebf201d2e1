/**
 *     for (const x of xs) B   ⇒   const $it = $iterate(xs)
 *                                 for (;;) { const $r = $it.next(); if ($r.done) break; const x = $r.value; B }
 *
 * The iterators of built-in collections need no closing. Any other is closed when B is left before it is done: by a jump (its errors count) or by
 * an exception (they do not), and its `next` and `return` may suspend themselves.
 *
 *     for (const k in o) B    ⇒   const $o = o, $keys = $keys($o)
 *                                 for (let $i = 0; $i < $keys.length; $i++) { const k = $keys[$i]; if ($has($o, k)) B }
 */
import { needsNoClosing } from "../1-find/suspension.js";
import { factory } from "../context.js";
import { Label } from "../ir.js";
import { ts, unwrap } from "../ts.js";
import type { Desugarer, Enclosing } from "./desugarer.js";
import { forIn as fullForIn, forOf as fullForOf } from "./full/iteration.js";
import { atom, value } from "./expression.js";
import { protectedRegion, resumeCompletion, wasLeft, wasThrown } from "./jump.js";
import { bindTo, nested } from "./statement.js";
import { scopeLiteral } from "./rewrite/scopes.js";

export function forEachStatement(
  d: Desugarer,
  node: ts.ForOfStatement | ts.ForInStatement,
  labels: readonly ts.LabeledStatement[],
): void {
  d.root(node.expression);
  if (d.plan.isFull) return ts.isForInStatement(node) ? fullForIn(d, node, labels) : fullForOf(d, node, labels);
  if (ts.isForInStatement(node)) forIn(d, node, labels);
  else if (needsNoClosing(d.ctx.findings.checker, d.ctx.findings.checker.getTypeAtLocation(node.expression)))
    forOfBuiltin(d, node, labels);
  else forOf(d, node, labels);
}

function forOfBuiltin(d: Desugarer, node: ts.ForOfStatement, labels: readonly ts.LabeledStatement[]): void {
  const iterator = d.spill(d.runtime("$iterate", [iterable(d, node.expression)]), "iterator", node);
  const label = new Label(labels[0]?.label.text);
  const body = d.collect(() => {
    const result = d.spill(
      factory.createCallExpression(factory.createPropertyAccessExpression(iterator, "next"), undefined, []),
      "next",
    );
    d.emit({
      kind: "if",
      test: factory.createPropertyAccessExpression(result, "done"),
      yes: [{ kind: "break", label }],
      no: undefined,
    });
    bindItem(d, node, factory.createPropertyAccessExpression(result, "value"));
    d.within(target(node, labels, label), () => nested(d, node.statement));
  });
  d.emit({ kind: "loop", label, init: [], test: undefined, testLast: false, update: undefined, body });
}

/** `xs.entries()` in the head of a loop: by the version whose position can be saved. */
function iterable(d: Desugarer, node: ts.Expression): ts.Expression {
  const call = unwrap(node);
  const callee =
    ts.isCallExpression(call) && call.arguments.length === 0 && !ts.isOptionalChain(call) ? unwrap(call.expression) : undefined;
  if (!callee || !ts.isPropertyAccessExpression(callee) || !ITERATOR_METHODS.has(callee.name.text)) return value(d, node);
  const receiver = atom(d, callee.expression);
  const method = d.runtime("$lib", [factory.createPropertyAccessExpression(receiver, callee.name)]);
  return factory.createCallExpression(factory.createPropertyAccessExpression(method, "call"), undefined, [receiver]);
}

const ITERATOR_METHODS = new Set(["values", "keys", "entries"]);

function forOf(d: Desugarer, node: ts.ForOfStatement, labels: readonly ts.LabeledStatement[]): void {
  const iterator = d.spill(d.runtime("$iterate", [value(d, node.expression)]), "iterator", node);
  // `next` is read once, whatever the iterator does to itself later.
  const method = d.spill(factory.createPropertyAccessExpression(iterator, "next"), "advance");
  const label = new Label(labels[0]?.label.text);
  const body = d.collect(() => {
    const next = d.fresh("next");
    callIterator(
      d,
      node,
      factory.createCallExpression(
        factory.createPropertyAccessExpression(d.plan.isPoint(node) ? d.runtime("$lib", [method]) : method, "call"),
        undefined,
        [iterator],
      ),
      next,
    );
    const result = d.runtime("$object", [d.ref(next)]);
    d.emit({
      kind: "if",
      test: factory.createPropertyAccessExpression(result, "done"),
      yes: [{ kind: "break", label }],
      no: undefined,
    });
    const item = d.spill(factory.createPropertyAccessExpression(d.ref(next), "value"));
    closingBody(d, node, labels, label, iterator, item);
  });
  d.emit({ kind: "loop", label, init: [], test: undefined, testLast: false, update: undefined, body });
}

/**
 *     region { const x = item; B }
 *     if (thrown) try { $close(it) } catch {}        the error that is on its way is the one that counts
 *     if (left by a jump) $object($close(it))
 *     go on with what was interrupted
 */
function closingBody(
  d: Desugarer,
  node: ts.ForOfStatement,
  labels: readonly ts.LabeledStatement[],
  label: Label,
  iterator: ts.Expression,
  item: ts.Expression,
): void {
  const own = [node, ...labels];
  d.within(target(node, labels, label), () => {
    const region = protectedRegion(d, own, undefined, () => {
      bindItem(d, node, item);
      nested(d, node.statement);
    });
    const attempt = d.collect(() => closes(d, node, iterator));
    d.emit({
      kind: "if",
      test: wasThrown(d, region),
      yes: [{ kind: "try", body: attempt, param: d.fresh(), handler: [] }],
      no: undefined,
    });
    if (region.exits.length > 0) {
      const left = d.collect(() => d.emit({ kind: "eval", value: d.runtime("$object", [d.ref(closes(d, node, iterator))]) }));
      d.emit({ kind: "if", test: wasLeft(d, region), yes: left, no: undefined });
    }
    resumeCompletion(d, region);
  });
}

/** `answer = $close(iterator)`; returns the name. */
function closes(d: Desugarer, node: ts.ForOfStatement, iterator: ts.Expression): string {
  const answer = d.fresh();
  callIterator(d, node, d.runtime("$close", [iterator]), answer);
  return answer;
}

/** A call of one of the iterator's methods: a suspension point unless its code is known not to suspend. */
function callIterator(d: Desugarer, node: ts.ForOfStatement, call: ts.Expression, name: string): void {
  if (d.plan.isPoint(node)) return d.suspend(node, call, name, "const");
  const guarded = d.runtime("$must", [call, factory.createStringLiteral(`${d.fn.module.id}: for…of in ${d.fn.name}`)]);
  d.emit({ kind: "let", name, declare: "const", value: guarded });
}

function forIn(d: Desugarer, node: ts.ForInStatement, labels: readonly ts.LabeledStatement[]): void {
  const object = d.spill(value(d, node.expression), "object", node);
  const keys = d.spill(d.runtime("$keys", [object]), "keys");
  const index = d.fresh("index");
  const label = new Label(labels[0]?.label.text);
  const body = d.collect(() => {
    const key = d.spill(factory.createElementAccessExpression(keys, d.ref(index)));
    const there = d.runtime("$has", [object, key]);
    d.emit({ kind: "if", test: factory.createLogicalNot(there), yes: [{ kind: "continue", label }], no: undefined });
    bindItem(d, node, key);
    d.within(target(node, labels, label), () => nested(d, node.statement));
  });
  const test = factory.createLessThan(d.ref(index), factory.createPropertyAccessExpression(keys, "length"));
  const update = factory.createPostfixIncrement(d.ref(index));
  d.emit({
    kind: "loop",
    label,
    init: [{ kind: "let", name: index, declare: "let", value: factory.createNumericLiteral(0) }],
    test,
    testLast: false,
    update,
    body,
  });
}

function target(node: ts.Node, labels: readonly ts.Node[], label: Label): Enclosing {
  return { kind: "target", nodes: [node, ...labels], breakTo: label, continueTo: { kind: "continue", label } };
}

/** Declares or assigns what the head of the loop names. */
function bindItem(d: Desugarer, node: ts.ForOfStatement | ts.ForInStatement, item: ts.Expression): void {
  const box = scopeLiteral(d.rewriter, node);
  if (box) d.emit({ kind: "let", name: d.ctx.captures.scopeObjects.get(node)!.name, declare: "const", value: box });
  const head = node.initializer;
  if (ts.isVariableDeclarationList(head)) return bindTo(d, head.declarations[0]!.name, item);
  d.emit({ kind: "eval", value: factory.createAssignment(d.rewriter.expression(head), item) });
}
