/**
 * Which variables live in a scope object: those that a closure shares with somebody who changes them, and those that may be seen before they are initialized.
 *
 *     let n = 0; const up = () => ++n;     n lives in $s1
 *     const n = 0; const get = () => n;    n is captured by value
 */
import { ts } from "../../ts.js";
import type { FunctionInfo } from "../model.js";
import type { Analysis } from "./analysis.js";
import { declaresName } from "./declarations.js";
import type { Variable } from "./model.js";
import { createdAt } from "./placement.js";

export function decideBox(a: Analysis, variable: Variable): void {
  const closures = [...variable.capturedBy].filter((info) => outlives(a, info) && isDirectlyIn(info, variable, a.tagged));
  if (closures.length === 0 && !readBeforeReady(variable)) return;
  const inCase = ts.isCaseBlock(variable.scope);
  const early =
    readBeforeReady(variable) ||
    closures.some((info) => createdAt(a, info) < variable.readyAt && !isItself(info, variable)) ||
    inCase;
  if (!variable.reassigned && !early && !closures.some((info) => isOwnGenerator(info, variable))) return;
  variable.boxed = true;
  variable.early = early;
  const known = a.scopeObjects.get(variable.scope);
  if (known) known.variables.push(variable);
  else {
    const name = a.madeUpNames.make("s", variable.owner, true);
    a.scopeObjects.set(variable.scope, { name, scope: variable.scope, owner: variable.owner, variables: [variable] });
  }
}

/** The function itself can see the binding before it is initialized: only a checked one can say so. */
function readBeforeReady(variable: Variable): boolean {
  if (
    !variable.owner.full ||
    !(
      variable.kind === "let" ||
      variable.kind === "const" ||
      variable.kind === "class" ||
      variable.kind === "parameter" ||
      variable.kind === "catch"
    )
  )
    return false;
  if (
    variable.references.some(
      (reference) => reference !== variable.declaration && reference.pos < variable.readyAt && !declaresName(reference),
    )
  )
    return true;
  return ts.isCaseBlock(variable.scope) && variable.references.length > 1;
}

function outlives(a: Analysis, info: FunctionInfo): boolean {
  // Left as it is, an async function has to share its variables with the activation that goes on after a suspension.
  return a.tagged.has(info) || a.opaque.has(info) || (a.findings.everywhere && info.barrier === "an async function");
}

function isItself(info: FunctionInfo, variable: Variable): boolean {
  return info.node === variable.declaration.parent;
}

/** A declared generator that names itself: the function that does is only its body, and has no name. */
function isOwnGenerator(info: FunctionInfo, variable: Variable): boolean {
  return info.full && isItself(info, variable) && ts.isFunctionDeclaration(info.node) && info.node.asteriskToken !== undefined;
}

/** Captured by a closure that is not itself inside another tagged closure capturing it: that one's creation is what counts. */
function isDirectlyIn(info: FunctionInfo, variable: Variable, tagged: ReadonlySet<FunctionInfo>): boolean {
  for (let at = info.parent; at && at !== variable.owner; at = at.parent) if (tagged.has(at)) return false;
  return true;
}
