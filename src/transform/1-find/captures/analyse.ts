/**
 * Pass `analyse captures`: the variables of each function, who captures them, which closures can reach a checkpoint, and which captured
 * variables therefore have to live in a scope object.
 *
 *     let n = 0;                         const $s1 = { n: 0 };
 *     const up = () => ++n;       ⇒      const up = $tag(() => ++$s1.n, up$, [$s1]);
 *
 * A captured variable that never changes after the closure was made is captured by value; only the others move into the scope object, which
 * frames and closures share by reference, before and after a restore (I6).
 */
import type { Findings } from "../model.js";
import { Analysis } from "./analysis.js";
import { decideBox } from "./boxes.js";
import { tagFunctions } from "./checkpoint.js";
import type { Captures } from "./model.js";
import { placeFunctions } from "./placement.js";
import { walk } from "./walk.js";

export function analyseCaptures(findings: Findings): Captures {
  const analysis = new Analysis(findings);
  const modules = findings.modules.filter((module) => module.inWorkflow);
  for (const { functions } of modules) walk(analysis, functions[0]!.node, functions[0]!);
  for (const { functions } of modules) tagFunctions(analysis, functions);
  const { variables } = analysis;
  placeFunctions(
    analysis,
    variables.filter((variable) => variable.kind === "function"),
  );
  for (const variable of variables) decideBox(analysis, variable);
  return analysis;
}
