/** `break`, `continue` and `return`: on their way out they run what stands in between. */
import { assert } from "../../shared/assert.js";
import { factory } from "../context.js";
import { ts } from "../ts.js";
import { type Desugarer, type Exit, FIRST_EXIT, type FinallyRegion, NORMAL, type OverlapRegion, THROWN } from "./desugarer.js";

/** Leaves for `target`, a statement around the current place. */
export function jumpTo(d: Desugarer, kind: "break" | "continue", target: ts.Node): void {
  for (const entry of d.enclosing.toReversed()) {
    if (entry.kind === "finally") {
      if (kind === "continue" && entry.staysIn.includes(target)) continue;
      return leaveThrough(d, entry, { kind, target });
    }
    if (entry.kind === "overlap") {
      settle(d, entry, undefined);
      continue;
    }
    if (!entry.nodes.includes(target)) continue;
    if (kind === "break") d.emit({ kind: "break", label: entry.breakTo });
    else {
      assert(entry.continueTo, "continue of something that is not a loop");
      d.emit({ kind: entry.continueTo.kind, label: entry.continueTo.label });
    }
    return;
  }
  assert(false, "a jump to a statement that was not lowered");
}

/** Returns `value`, evaluated here: inside the innermost protected region, whose finalizer then runs. */
export function returnFrom(d: Desugarer, value: ts.Expression | undefined, source: ts.Node | undefined): void {
  const entry = d.enclosing.findLast((candidate) => candidate.kind === "finally");
  value = settleOnTheWay(d, value);
  if (!entry && d.returnTo) {
    d.emit({ kind: "assign", name: d.returnTo.name, value: value ?? factory.createVoidZero(), ...(source && { source }) });
    return d.emit({ kind: "break", label: d.returnTo.label });
  }
  if (!entry) return d.emit({ kind: "return", value: d.finish(value), ...(source && { source }) });
  d.emit({ kind: "assign", name: entry.value, value: value ?? factory.createVoidZero() });
  leaveThrough(d, entry, { kind: "return" });
}

/** Leaving parts of a block of `overlap` waits for the calls begun in them; leaving the block itself, for what it answers. */
function settleOnTheWay(d: Desugarer, value: ts.Expression | undefined): ts.Expression | undefined {
  for (const entry of d.enclosing.toReversed()) {
    if (entry.kind === "finally") break;
    if (entry.kind !== "overlap") continue;
    if (value && !entry.isBlock && !d.isTemporary(value)) value = d.spill(value);
    const answer = settle(d, entry, value);
    if (entry.isBlock) value = answer;
  }
  return value;
}

function settle(d: Desugarer, { mark, isBlock, source }: OverlapRegion, value: ts.Expression | undefined): ts.Expression {
  const given = (isBlock ? value : undefined) ?? factory.createVoidZero();
  return d.awaited(source, d.runtime("$settle", [d.ref(d.block!.scope), mark, given]));
}

function leaveThrough(d: Desugarer, entry: FinallyRegion, exit: Exit): void {
  let index = entry.exits.findIndex(
    (other) => other.kind === exit.kind && (other.kind === "return" || other.target === (exit as { target: ts.Node }).target),
  );
  if (index < 0) index = entry.exits.push(exit) - 1;
  d.emit({ kind: "assign", name: entry.completion, value: factory.createNumericLiteral(FIRST_EXIT + index) });
  d.emit({ kind: "break", label: entry.end });
}

/** Whether the region ended by an exception. */
export function wasThrown(d: Desugarer, region: FinallyRegion): ts.Expression {
  return factory.createStrictEquality(d.ref(region.completion), factory.createNumericLiteral(THROWN));
}

/** Whether the region was left by a jump. */
export function wasLeft(d: Desugarer, region: FinallyRegion): ts.Expression {
  return factory.createGreaterThan(d.ref(region.completion), factory.createNumericLiteral(THROWN));
}

/** The protected part: `body` in a block to leave, with its completion noted. Returns the region, for the finalizer that follows. */
export function protectedRegion(
  d: Desugarer,
  staysIn: readonly ts.Node[],
  source: ts.Node | undefined,
  body: (region: FinallyRegion) => void,
): FinallyRegion {
  const completion = d.fresh("completion");
  const value = d.fresh("result");
  d.emit({ kind: "let", name: completion, declare: "let", value: factory.createNumericLiteral(NORMAL) });
  d.emit({ kind: "let", name: value, declare: "let", value: undefined });
  const region: FinallyRegion = { kind: "finally", completion, value, end: d.label(), exits: [], staysIn };
  const error = d.fresh("thrown");
  const inner = d.collect(() => d.within(region, () => body(region)));
  const handler = d.collect(() => {
    d.emit({ kind: "assign", name: completion, value: factory.createNumericLiteral(THROWN) });
    d.emit({ kind: "assign", name: value, value: d.ref(error) });
  });
  d.emit({
    kind: "block",
    label: region.end,
    body: [{ kind: "try", body: inner, param: error, handler, ...(source && { source }) }],
  });
  return region;
}

/** After the finalizer: goes on with what it interrupted. */
export function resumeCompletion(d: Desugarer, region: FinallyRegion): void {
  d.emit({ kind: "if", test: wasThrown(d, region), yes: [{ kind: "throw", value: d.ref(region.value) }], no: undefined });
  for (const [index, exit] of region.exits.entries()) {
    const yes = d.collect(() => {
      if (exit.kind === "return") returnFrom(d, d.ref(region.value), undefined);
      else jumpTo(d, exit.kind, exit.target);
    });
    const test = factory.createStrictEquality(d.ref(region.completion), factory.createNumericLiteral(FIRST_EXIT + index));
    d.emit({ kind: "if", test, yes, no: undefined });
  }
}
