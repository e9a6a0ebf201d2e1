/** Closures that are not made by id, and so have to capture copies where a variable of a loop is one variable for all rounds. */
import type { Variable } from "../../1-find/captures/model.js";
import type { FunctionInfo } from "../../1-find/model.js";
import { factory, type Context } from "../../context.js";
import { ts } from "../../ts.js";
import { capturedBy, capturesChangingScope } from "./captured.js";
import type { Captured } from "./emitter.js";
import type { Rewriter } from "./rewriter.js";

/**
 *     { get v() { return x; } }   ⇒   ((x) => ({ get v() { return x; } }))(x)      in the resume copy
 *
 * There a variable of a loop is one variable for all rounds, so closures that are not made by id have to capture a copy. In the fast copy the source's own
 * scopes do that, except for scope objects of a `for`.
 *
 * @param also what it captures besides: the record of a class whose constructor is not in the source
 */
export function withOpaque<E extends ts.Expression>(
  r: Rewriter,
  made: E,
  source: ts.Node,
  also: readonly Variable[] = [],
): ts.Expression {
  if (!r.options.hoistVars) return made;
  const inside = r.written.filter((info) => info.node === source || info.node.parent === source);
  const more = also.map((variable) => ({ name: variable.emitName, reference: () => r.ctx.refVariable(variable) }));
  const captured = [
    ...new Map([...inside.flatMap((info) => capturedBy(r, info)), ...more].map((each) => [each.name, each])).values(),
  ];
  if (captured.length === 0) return made;
  if (inside.some((info) => capturesChangingScope(r, info))) return withCopies(made, captured);
  r.emitter.noteOpaque(made, captured);
  return made;
}

/** Functions of `fn` that no maker makes. */
export function functionsWrittenInPlace({ findings, captures }: Context, fn: FunctionInfo): readonly FunctionInfo[] {
  const isCandidate = (info: FunctionInfo): boolean =>
    captures.opaque.has(info) || (findings.everywhere && isMemberOrBarrier(info));
  return [...findings.functionOf.values()].filter((info) => info.parent === fn && isCandidate(info));
}

/** Methods of object literals stay in them where everything suspends; async functions stay what they are. */
function isMemberOrBarrier(info: FunctionInfo): boolean {
  return info.barrier !== undefined || (ts.isMethodDeclaration(info.node) && ts.isObjectLiteralExpression(info.node.parent));
}

/** `((x) => expression)(x)`. */
export function withCopies(expression: ts.Expression, captured: readonly Captured[]): ts.Expression {
  const parameters = captured.map(({ name }) => factory.createParameterDeclaration(undefined, undefined, name));
  const body = ts.isObjectLiteralExpression(expression) ? factory.createParenthesizedExpression(expression) : expression;
  const arrow = factory.createArrowFunction(undefined, undefined, parameters, undefined, undefined, body);
  return factory.createCallExpression(
    factory.createParenthesizedExpression(arrow),
    undefined,
    captured.map((each) => each.reference()),
  );
}
