/**
 * A poll at the start of each round of a loop that only computes, so that a run that computes for long lets others have their turn:
 *
 *     while (T) B   ⇒   let $rounds = 0
 *                       while (T) { if (($rounds = ($rounds + 1) & 1023) === 0) { suspend $1 = $tick() } · B }
 *
 * It suspends only where nothing but compiled code is between the driver and the function (`$tick(2)`: its two next callers surely are), and nothing is saved then. The counter is each copy's own and in no frame: a call in every round
 * costs up to three times as much as a short loop itself, the counter a fraction of that.
 */
import { factory } from "../context.js";
import { ts } from "../ts.js";
import { declare } from "./build.js";
import type { Desugarer } from "./desugarer.js";

/** So many rounds pass between two calls, less one: all bits set. */
const ROUNDS = 1_023;

export function poll(d: Desugarer, loop: ts.IterationStatement): void {
  if (!d.plan.isPolled(loop)) return;
  d.rounds ??= d.fresh("rounds");
  // Not references to a variable of the function: it has no slot. Masked at once, it stays a small integer without a check for overflow.
  const rounds = factory.createIdentifier(d.rounds);
  const next = factory.createParenthesizedExpression(factory.createAdd(rounds, factory.createNumericLiteral(1)));
  const masked = factory.createBitwiseAnd(next, factory.createNumericLiteral(ROUNDS));
  const counted = factory.createParenthesizedExpression(factory.createAssignment(rounds, masked));
  const test = factory.createStrictEquality(counted, factory.createNumericLiteral(0));
  const depth = d.ctx.findings.callerDepths.get(d.plan.fn) ?? 0;
  const yes = d.collect(() =>
    d.suspend(loop.statement, d.runtime("$tick", depth === 0 ? [] : [factory.createNumericLiteral(depth)]), d.fresh(), "const"),
  );
  d.emit({ kind: "if", test, yes, no: undefined });
}

/** `let $rounds = 0;`, for a copy of a function with polled loops. */
export function declareRounds(d: Desugarer): ts.Statement[] {
  return d.rounds === undefined ? [] : [declare("let", factory.createIdentifier(d.rounds), factory.createNumericLiteral(0))];
}
