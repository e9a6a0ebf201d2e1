/**
 *     for (const x of xs) B   ⇒   suspend $it = $open(xs)
 *                                 for (;;) { suspend $1 = $step($it) · if (!$1) break · region { const x = $it.value · B } · close unless the round ended normally }
 *
 * Closing: `$abandon` drops what `return` throws, since the error that is on its way counts; `$finish` does not.
 */
import { factory } from "../../context.js";
import { Label } from "../../ir.js";
import { ts, unwrap } from "../../ts.js";
import { declareOf, type Desugarer, type Enclosing, NORMAL } from "../desugarer.js";
import { protectedRegion, resumeCompletion, wasLeft, wasThrown } from "../jump.js";
import { nested } from "../statement.js";
import { store, target } from "./assignment.js";
import { evaluate } from "./expression.js";
import { scoped, settleAround } from "./overlap.js";
import { needsNoClosing } from "../../1-find/suspension.js";
import { declarePattern, destructure } from "./pattern.js";
import { scopeLiteral } from "../rewrite/scopes.js";

/** Runs `body` and closes the iterator when it is left before it is done; `always` also when the body ends normally. */
export function closing(
  d: Desugarer,
  source: ts.Node,
  record: ts.Expression,
  staysIn: readonly ts.Node[],
  always: boolean,
  body: () => void,
): void {
  const region = protectedRegion(d, staysIn, undefined, body);
  const notDone = factory.createLogicalNot(isDone(record));
  const quietly = d.collect(() => d.awaited(source, d.runtime("$abandon", [record])));
  d.emit({ kind: "if", test: factory.createLogicalAnd(wasThrown(d, region), notDone), yes: quietly, no: undefined });
  const finish = (test: ts.Expression): void => {
    const yes = d.collect(() => d.awaited(source, d.runtime("$finish", [record])));
    d.emit({ kind: "if", test: factory.createLogicalAnd(test, factory.createLogicalNot(isDone(record))), yes, no: undefined });
  };
  if (region.exits.length > 0) finish(wasLeft(d, region));
  if (always) finish(factory.createStrictEquality(d.ref(region.completion), factory.createNumericLiteral(NORMAL)));
  resumeCompletion(d, region);
}

export function isDone(record: ts.Expression): ts.Expression {
  return factory.createPropertyAccessExpression(record, "done");
}

export function forOf(d: Desugarer, node: ts.ForOfStatement, labels: readonly ts.LabeledStatement[]): void {
  if (node.awaitModifier) d.ctx.diagnostics.report("FLOW2002", node, { what: "for await" });
  // An iterator that is closed when a round fails is asked for the next item when the round is over.
  const { checker } = d.ctx.findings;
  const isClosed = d.block !== undefined && !needsNoClosing(checker, checker.getTypeAtLocation(node.expression));
  if (isClosed) settleAround(d, node.getStart(), node.end, node);
  const record = d.awaited(node, d.runtime("$open", [head(d, node)]));
  const label = new Label(labels[0]?.label.text);
  const body = d.collect(() => {
    const found = d.awaited(node, d.runtime("$step", [record]));
    d.emit({ kind: "if", test: factory.createLogicalNot(found), yes: [{ kind: "break", label }], no: undefined });
    const item = d.spill(factory.createPropertyAccessExpression(record, "value"));
    d.within(loopTarget(node, labels, label), () =>
      closing(d, node, record, [node, ...labels], false, () => {
        bindItem(d, node, item);
        if (isClosed) scoped(d, node.statement, () => nested(d, node.statement));
        else nested(d, node.statement);
      }),
    );
  });
  d.emit({ kind: "loop", label, init: [], test: undefined, testLast: false, update: undefined, body });
}

/** The head sees the loop's own names uninitialized: `for (let x of x)` throws. */
function head(d: Desugarer, node: ts.ForOfStatement | ts.ForInStatement): ts.Expression {
  const box = scopeLiteral(d.rewriter, node);
  if (box) d.emit({ kind: "let", name: d.ctx.captures.scopeObjects.get(node)!.name, declare: "let", value: box });
  return evaluate(d, node.expression);
}

export function forIn(d: Desugarer, node: ts.ForInStatement, labels: readonly ts.LabeledStatement[]): void {
  const object = head(d, node);
  const keys = d.spill(d.runtime("$keys", [object]), "keys");
  const index = d.fresh("index");
  const label = new Label(labels[0]?.label.text);
  d.emit({ kind: "let", name: index, declare: "let", value: factory.createNumericLiteral(0) });
  const body = d.collect(() => {
    const ended = factory.createLogicalNot(
      factory.createLessThan(d.ref(index), factory.createPropertyAccessExpression(keys, "length")),
    );
    d.emit({ kind: "if", test: ended, yes: [{ kind: "break", label }], no: undefined });
    const key = d.spill(factory.createElementAccessExpression(keys, d.ref(index)));
    d.emit({ kind: "eval", value: factory.createPostfixIncrement(d.ref(index)) });
    const gone = factory.createLogicalNot(d.runtime("$has", [object, key]));
    d.emit({ kind: "if", test: gone, yes: [{ kind: "continue", label }], no: undefined });
    d.within(loopTarget(node, labels, label), () => {
      bindItem(d, node, key);
      nested(d, node.statement);
    });
  });
  d.emit({ kind: "loop", label, init: [], test: undefined, testLast: false, update: undefined, body });
}

function loopTarget(node: ts.Node, labels: readonly ts.Node[], label: Label): Enclosing {
  return { kind: "target", nodes: [node, ...labels], breakTo: label, continueTo: { kind: "continue", label } };
}

/** Declares or assigns what the head of the loop names. */
function bindItem(d: Desugarer, node: ts.ForOfStatement | ts.ForInStatement, item: ts.Expression): void {
  const box = scopeLiteral(d.rewriter, node);
  const initializer = node.initializer;
  if (box) {
    const name = d.ctx.captures.scopeObjects.get(node)!.name;
    d.emit({ kind: "assign", name, value: box });
  }
  if (ts.isVariableDeclarationList(initializer)) {
    const flags = initializer.flags & ts.NodeFlags.BlockScoped;
    if (flags === ts.NodeFlags.Using || flags === ts.NodeFlags.AwaitUsing) d.ctx.diagnostics.report("FLOW2005", initializer);
    const { name } = initializer.declarations[0]!;
    if (!ts.isIdentifier(name)) return declarePattern(d, name, item);
    const variable = d.ctx.variableOf(name)!;
    if (variable.boxed || variable.kind === "var") return d.assignVariable(variable, item, name);
    return d.emit({ kind: "let", name: variable.emitName, declare: declareOf(variable), value: item });
  }
  const bare = unwrap(initializer);
  if (ts.isObjectLiteralExpression(bare) || ts.isArrayLiteralExpression(bare)) return destructure(d, bare, item, "assign");
  store(d, target(d, bare), item, bare);
}
