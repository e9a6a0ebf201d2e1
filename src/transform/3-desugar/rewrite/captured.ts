/** What the closures made inside the function capture, and whether that is another object in each round of a loop. */
import type { Variable } from "../../1-find/captures/model.js";
import { type FunctionInfo, hasTwoCopies } from "../../1-find/model.js";
import { ts } from "../../ts.js";
import type { Captured } from "./emitter.js";
import type { Rewriter } from "./rewriter.js";

/** Names of what a closure captures: variables by value, scope objects by reference. Its own name is not among them. */
export function capturedBy(r: Rewriter, info: FunctionInfo): Captured[] {
  const found = new Map<string, Captured>();
  for (const variable of r.ctx.captures.captured.get(info) ?? []) {
    if (variable.boxed) {
      const { name, owner } = r.ctx.captures.scopeObjects.get(variable.scope)!;
      found.set(name, { name, reference: () => r.ctx.ref(name, owner) });
    } else if (variable.declaration.parent !== info.node) {
      found.set(variable.emitName, { name: variable.emitName, reference: () => r.ctx.refVariable(variable) });
    }
  }
  return [...found.values()];
}

/**
 * In a lowered loop the variable that holds the scope object changes from round to round, so a native closure over it would see the wrong round:
 * such a closure is made by its maker, which captures the object itself. The same goes for a closure in the head of any loop, whose variables are not those of
 * the first round.
 */
export function capturesChangingScope(r: Rewriter, info: FunctionInfo): boolean {
  const captured = r.ctx.captures.captured.get(info) ?? [];
  return captured.some((variable) => {
    if (!variable.boxed || !isLoop(variable)) return false;
    const isLowered = hasTwoCopies(variable.owner);
    return isLowered || (ts.isForStatement(variable.scope) && isWithin(info.node, variable.scope.initializer));
  });
}

/** Whether the variable's scope object is another one in each round, under the same name. */
function isLoop({ scope, owner }: Variable): boolean {
  return ts.isForStatement(scope) || (owner.full && (ts.isForOfStatement(scope) || ts.isForInStatement(scope)));
}

function isWithin(node: ts.Node, outer: ts.Node | undefined): boolean {
  return outer !== undefined && node.pos >= outer.pos && node.end <= outer.end;
}
