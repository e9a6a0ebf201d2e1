/**
 * Functions that are surely workflows, because the program hands them to `start` or `schedule`. One that never suspends but computes for long would keep its worker from
 * everything else, so its loops are polled (`3-desugar/poll.ts`), which makes it suspend.
 */
import { ts } from "../ts.js";
import { calleeName, type Collected } from "./collect.js";
import type { FunctionInfo } from "./model.js";
import { walkOwn } from "./suspension.js";
import type { Values } from "./values.js";

const STARTERS = new Set(["start", "schedule"]);

/** Workflows with loops that nobody knows the end of. */
export function loopingWorkflows(
  collected: Collected,
  checker: ts.TypeChecker,
  values: Values,
  isOwnFile: (file: ts.SourceFile) => boolean,
): Set<FunctionInfo> {
  const found = new Set<FunctionInfo>();
  for (const info of collected.functionOf.values()) {
    walkOwn(info.node, (node) => {
      if (!ts.isCallExpression(node) || !isStart(node, checker, isOwnFile)) return;
      for (const argument of node.arguments)
        for (const target of values.of(argument).targets)
          if (target.barrier === undefined && !target.reluctant && hasOpenLoop(target)) found.add(target);
    });
  }
  return found;
}

function isStart(call: ts.CallExpression, checker: ts.TypeChecker, isOwnFile: (file: ts.SourceFile) => boolean): boolean {
  if (!STARTERS.has(calleeName(call.expression))) return false;
  const declaration = checker.getResolvedSignature(call)?.declaration;
  return declaration !== undefined && isOwnFile(declaration.getSourceFile());
}

function hasOpenLoop(info: FunctionInfo): boolean {
  let found = false;
  walkOwn(info.node, (node) => void (found ||= isOpenLoop(node)));
  return found;
}

export type OpenLoop = ts.WhileStatement | ts.DoStatement | ts.ForStatement;

/** One whose number of rounds is not that of the elements of something. */
export function isOpenLoop(node: ts.Node): node is OpenLoop {
  return ts.isWhileStatement(node) || ts.isDoStatement(node) || ts.isForStatement(node);
}
