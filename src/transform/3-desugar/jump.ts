/** `break`, `continue` and `return`: on their way out they run what stands in between. */
import { assert } from "../../shared/assert.js";
import { factory } from "../context.js";
import { ts } from "../ts.js";
import { type Desugarer, type Exit, FIRST_EXIT } from "./desugarer.js";

/** Leaves for `target`, a statement around the current place. */
export function jumpTo(d: Desugarer, kind: "break" | "continue", target: ts.Node): void {
  for (let depth = d.enclosing.length - 1; depth >= 0; depth--) {
    const entry = d.enclosing[depth]!;
    if (entry.kind === "finally") return leaveThrough(d, entry, { kind, target });
    if (entry.kind === "iterator") {
      // `continue` of this very loop does not leave it.
      const loop = d.enclosing[depth - 1];
      const staysInside = kind === "continue" && loop?.kind === "target" && loop.nodes.includes(target);
      if (!staysInside) d.outside(d.enclosing.length - depth, () => entry.close());
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

/** Returns `value`, which has been evaluated and is safe to read later. */
export function returnFrom(d: Desugarer, value: ts.Expression | undefined, source: ts.Node | undefined): void {
  for (let depth = d.enclosing.length - 1; depth >= 0; depth--) {
    const entry = d.enclosing[depth]!;
    if (entry.kind === "iterator") d.outside(d.enclosing.length - depth, () => entry.close());
    if (entry.kind !== "finally") continue;
    d.emit({ kind: "assign", name: entry.value, value: value ?? factory.createVoidZero() });
    return leaveThrough(d, entry, { kind: "return" });
  }
  d.emit({ kind: "return", value, ...(source && { source }) });
}

/** Whether anything runs between a `return` here and the end of the function. */
export function returnIsIntercepted(d: Desugarer): boolean {
  return d.enclosing.some((entry) => entry.kind !== "target");
}

function leaveThrough(d: Desugarer, entry: Extract<(typeof d.enclosing)[number], { kind: "finally" }>, exit: Exit): void {
  let index = entry.exits.findIndex((other) => other.kind === exit.kind && (other.kind === "return" || other.target === (exit as { target: ts.Node }).target));
  if (index < 0) index = entry.exits.push(exit) - 1;
  d.emit({ kind: "assign", name: entry.completion, value: factory.createNumericLiteral(FIRST_EXIT + index) });
  d.emit({ kind: "break", label: entry.end });
}
