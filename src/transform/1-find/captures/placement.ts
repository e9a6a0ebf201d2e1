/** Where a function declaration is created: at the start of its block, or where it stands, when nobody uses it before. */
import { ts } from "../../ts.js";
import type { FunctionInfo } from "../model.js";
import type { Analysis } from "./analysis.js";
import type { Variable } from "./model.js";

/** A declaration without an earlier use is created where it stands, when everything above it is initialized. */
export function placeFunctions(a: Analysis, variables: readonly Variable[]): void {
  for (const variable of variables) placeFunction(a, variable);
  for (let changed = true; changed;) {
    changed = false;
    for (const variable of variables) if (isUsedEarly(a, variable)) changed = a.inPlace.delete(declaredBy(a, variable)!);
  }
}

function placeFunction(a: Analysis, variable: Variable): void {
  const info = declaredBy(a, variable);
  if (!info || ts.isCaseClause(variable.declaration.parent.parent) || ts.isDefaultClause(variable.declaration.parent.parent))
    return;
  const start = variable.declaration.parent.pos;
  if (variable.references.every((reference) => reference.pos >= start)) a.inPlace.add(info);
}

/** A function that is created earlier may be called earlier, wherever it stands. */
function isUsedEarly(a: Analysis, variable: Variable): boolean {
  const info = declaredBy(a, variable);
  if (!info || !a.inPlace.has(info)) return false;
  return [...variable.capturedBy].some((user) => createdAt(a, user) < info.node.pos);
}

function declaredBy(a: Analysis, variable: Variable): FunctionInfo | undefined {
  return a.findings.functionOf.get(variable.declaration.parent);
}

/** Where in the source a closure comes into being: where it stands, or at the start of its block. */
export function createdAt(a: Analysis, info: FunctionInfo): number {
  const node = info.node;
  return ts.isFunctionDeclaration(node) && !a.inPlace.has(info) ? node.parent.pos : node.getStart();
}
