/**
 * A poll at the start of each round of a loop that only computes, so that a run that computes for long lets others have their turn:
 *
 *     while (T) B   ⇒   let $rounds = 0
 *                       while (T) { if ((++$rounds & 1023) === 0) { suspend $1 = $tick() } · B }
 *
 * It suspends only where the driver has entered the function itself, and nothing is saved then. The counter is each copy's own and in no frame: a call in every round
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
  // Not a reference to a variable of the function: it has no slot.
  const next = factory.createPrefixIncrement(factory.createIdentifier(d.rounds));
  const masked = factory.createParenthesizedExpression(factory.createBitwiseAnd(next, factory.createNumericLiteral(ROUNDS)));
  const test = factory.createStrictEquality(masked, factory.createNumericLiteral(0));
  const yes = d.collect(() => d.suspend(loop.statement, d.runtime("$tick", []), d.fresh(), "const"));
  d.emit({ kind: "if", test, yes, no: undefined });
}

/** `let $rounds = 0;`, for a copy of a function with polled loops. */
export function declareRounds(d: Desugarer): ts.Statement[] {
  return d.rounds === undefined ? [] : [declare("let", factory.createIdentifier(d.rounds), factory.createNumericLiteral(0))];
}
