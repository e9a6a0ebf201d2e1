/**
 * Generators. Calling one binds its parameters and makes a generator object that holds a frame; `next`, `throw` and `return` run that frame from where it
 * stands, like the driver runs any other.
 *
 *     function* g(a = f()) { const x = yield a }
 *   ⇒
 *     g = $generatorFunction(function ($callee, …) { …bind a… · start @0 · yield $1 = a @1 · if ($isReturn($1)) return $1.value · const x = $1 })
 *
 *     yield* xs   ⇒   suspend $it = $open(xs) · let $sent = $first()
 *                     for (;;) { suspend $1 = $delegate($it, $sent) · if ($1.done) break · yield raw $sent = $1.value }
 *                     if ($1.returns) return $1.value
 */
import type { FunctionInfo } from "../../1-find/model.js";
import { factory } from "../../context.js";
import { Label } from "../../ir.js";
import { ts } from "../../ts.js";
import { undefinedValue } from "../build.js";
import type { Desugarer } from "../desugarer.js";
import { returnFrom } from "../jump.js";
import { evaluate } from "./expression.js";
import { closureOf } from "../rewrite/closures.js";

/** The method that stands in a literal or class body for a generator: it gives the place, the attributes and the name. Itself a generator, as `$replace` expects. */
export function placeholder(key: ts.Expression): ts.MethodDeclaration {
  const name = factory.createComputedPropertyName(key);
  return factory.createMethodDeclaration(
    undefined,
    factory.createToken(ts.SyntaxKind.AsteriskToken),
    name,
    undefined,
    undefined,
    [],
    undefined,
    factory.createBlock([]),
  );
}

export function replaceGenerator(d: Desugarer, target: ts.Expression, key: ts.Expression, info: FunctionInfo): void {
  d.emit({ kind: "eval", value: d.runtime("$replace", [target, key, closureOf(d.rewriter, info)]) });
}

export function yielded(d: Desugarer, node: ts.YieldExpression): ts.Expression {
  if (node.asteriskToken) return delegated(d, node);
  const value = node.expression ? evaluate(d, node.expression) : undefinedValue();
  const name = d.fresh();
  d.emit({ kind: "yield", point: d.point(node), name, value, raw: false, generator: d.ref(d.generatorName()) });
  const yes = d.collect(() => returnFrom(d, factory.createPropertyAccessExpression(d.ref(name), "value"), undefined));
  d.emit({ kind: "if", test: d.runtime("$isReturn", [d.ref(name)]), yes, no: undefined });
  return d.ref(name);
}

function delegated(d: Desugarer, node: ts.YieldExpression): ts.Expression {
  const record = d.awaited(node, d.runtime("$open", [evaluate(d, node.expression!)]));
  const sent = d.fresh();
  d.emit({ kind: "let", name: sent, declare: "let", value: d.runtime("$first", []) });
  const answer = d.fresh();
  d.emit({ kind: "let", name: answer, declare: "let", value: undefined });
  const label = new Label(undefined);
  const body = d.collect(() => {
    const made = d.awaited(node, d.runtime("$delegate", [record, d.ref(sent)]));
    d.emit({ kind: "assign", name: answer, value: made });
    d.emit({ kind: "if", test: part(d, answer, "done"), yes: [{ kind: "break", label }], no: undefined });
    d.emit({
      kind: "yield",
      point: d.point(node),
      name: sent,
      value: part(d, answer, "value"),
      raw: true,
      generator: d.ref(d.generatorName()),
    });
  });
  d.emit({ kind: "loop", label, init: [], test: undefined, testLast: false, update: undefined, body });
  const yes = d.collect(() => returnFrom(d, part(d, answer, "value"), undefined));
  d.emit({ kind: "if", test: part(d, answer, "returns"), yes, no: undefined });
  return part(d, answer, "value");
}

function part(d: Desugarer, name: string, key: string): ts.Expression {
  return factory.createPropertyAccessExpression(d.ref(name), key);
}
