/** One function through desugar, lower, shape and emit: its fast copy in place, its code object and resume copy for the end of the module. */
import { createHash } from "node:crypto";
import type { PointInfo } from "../../shared/abi.js";
import type { Variable } from "../1-find/captures/model.js";
import { isSimple } from "../1-find/function-kinds.js";
import { isValueReference } from "../1-find/references.js";
import type { FunctionInfo } from "../1-find/model.js";
import { RESERVED, writtenNames } from "../1-find/names.js";
import { walkOwn } from "../1-find/suspension.js";
import { checkLiveValues } from "../2-check/live-values.js";
import { checkStepValues } from "../2-check/step-values.js";
import { checkStrandValues } from "../2-check/strand-values.js";
import { Desugarer } from "../3-desugar/desugarer.js";
import { declareRounds } from "../3-desugar/poll.js";
import { value } from "../3-desugar/expression.js";
import { fastFunction, finalValue, type FullFunction, fullFunction } from "../3-desugar/full/function.js";
import { Plan } from "../3-desugar/plan.js";
import { rewriteStatements } from "../3-desugar/rewrite/blocks.js";
import type { FunctionEmitter } from "../3-desugar/rewrite/emitter.js";
import { withBody } from "../3-desugar/rewrite/function-expression.js";
import { boundNames } from "../3-desugar/rewrite/patterns.js";
import { Rewriter } from "../3-desugar/rewrite/rewriter.js";
import { scopeLiteral, scopeObject } from "../3-desugar/rewrite/scopes.js";
import { blockStatements } from "../3-desugar/statement.js";
import { lower } from "../4-lower/lower.js";
import type { Cfg } from "../4-lower/cfg.js";
import { type Layout, liveness, Uses } from "../5-shape/liveness.js";
import { simplify } from "../5-shape/simplify.js";
import { factory, type Context } from "../context.js";
import { lineText } from "../diagnostics.js";
import type { FunctionIr } from "../ir.js";
import { ts } from "../ts.js";
import { verifyCfg, verifyIr, verifyLayout } from "../verify.js";
import { fastBody, type FastOptions } from "./fast.js";
import { resumeFunction } from "./resume.js";

/** The passes a suspendable function goes through, as `--emit` names them. */
export type FunctionPass = "desugar" | "lower" | "simplify" | "liveness";

export interface Trace {
  (pass: FunctionPass, info: FunctionInfo, state: { ir: FunctionIr; cfg: Cfg | undefined; layout: Layout | undefined }): void;
}

export interface EmittedFunction {
  readonly info: FunctionInfo;
  /** The function in its place. */
  readonly fast: ts.Node;
  readonly resume: { readonly parameters: ts.ParameterDeclaration[]; readonly body: ts.Block } | undefined;
  readonly points: readonly PointInfo[];
  readonly cfg: Cfg | undefined;
  readonly layout: Layout | undefined;
}

export interface FunctionOptions {
  readonly verify: boolean;
  readonly trace: Trace;
  /** See ResumeOptions.adapt. */
  readonly adapt: (info: FunctionInfo, node: ts.Node) => ts.Node;
}

/** First twelve hex digits of the SHA-256 of a function's own source text. */
export function hashOf(info: FunctionInfo): string {
  return createHash("sha256").update(info.node.getText()).digest("hex").slice(0, 12);
}

/** A function that cannot suspend: rewritten in place. */
export function emitPlain(ctx: Context, info: FunctionInfo, emitter: FunctionEmitter): ts.Node {
  const rewriter = new Rewriter(ctx, info, emitter, { hoistVars: false });
  return rewritePlain(rewriter, ctx, info);
}

function rewritePlain(rewriter: Rewriter, ctx: Context, info: FunctionInfo): ts.Node {
  const node = info.node;
  const body = "body" in node ? node.body : undefined;
  const needsScope = ctx.captures.scopeObjects.has(node);
  if (!body || !ts.isBlock(body))
    return needsScope && body
      ? arrowWithScope(rewriter, node as ts.ArrowFunction)
      : withBody(rewriter, node, undefined, undefined);
  const hasFunctions = body.statements.some((statement) => ts.isFunctionDeclaration(statement));
  if (!needsScope && !hasFunctions) return withBody(rewriter, node, undefined, undefined);
  checkParameters(ctx, info);
  const made = factory.createBlock(rewriteStatements(rewriter, body.statements, node), true);
  ts.setTextRange(made, body);
  return withBody(rewriter, node, body, made);
}

/** `(n) => () => ++n` ⇒ `(n) => { const $s1 = { n }; return () => ++$s1.n; }`. */
function arrowWithScope(rewriter: Rewriter, node: ts.ArrowFunction): ts.Node {
  const result = factory.createReturnStatement(rewriter.expression(node.body as ts.Expression));
  const made = factory.createBlock([scopeObject(rewriter, node)!, result], true);
  return withBody(rewriter, node, node.body, made);
}

/** Generators are resumed by whoever holds them, and some functions only guard what they call: neither is entered by the driver. */
function mayPoll({ node, barrier }: FunctionInfo): boolean {
  const isGenerator = ts.isFunctionLike(node) && "asteriskToken" in node && node.asteriskToken !== undefined;
  return !isGenerator && barrier === undefined;
}

/** A function that can suspend: both copies from one IR. */
export function emitSuspendable(
  ctx: Context,
  info: FunctionInfo,
  emitter: FunctionEmitter,
  options: FunctionOptions,
): EmittedFunction {
  const plan = new Plan(ctx.findings, info, info.full, ctx.preempt && mayPoll(info));
  const taken = assignNames(ctx, info, plan);
  const rewriter = new Rewriter(ctx, info, emitter, { hoistVars: true });
  if (!plan.isFull) checkParameters(ctx, info);
  const d = new Desugarer(ctx, info, plan, rewriter, taken);
  d.finish = (returned) => (plan.isFull ? finalValue(d, returned) : returned);
  let full: FullFunction | undefined;
  const body = d.collect(() => {
    if (plan.isFull) full = fullFunction(d);
    else desugarBody(d);
  });
  const ir: FunctionIr = { body, points: d.points };
  options.trace("desugar", info, { ir, cfg: undefined, layout: undefined });
  if (ctx.diagnostics.stopsLowering)
    return { info, fast: info.node, resume: undefined, points: [], cfg: undefined, layout: undefined };
  if (options.verify) verifyIr(ir, info);
  const ref = (name: string): ts.Identifier => ctx.ref(name, info);
  const cfg = lower(ir, ref);
  options.trace("lower", info, { ir, cfg, layout: undefined });
  if (options.verify) verifyCfg(cfg, info, "lower");
  simplify(cfg);
  options.trace("simplify", info, { ir, cfg, layout: undefined });
  if (options.verify) verifyCfg(cfg, info, "simplify");
  const layout = liveness(cfg, ctx, info);
  if (!ctx.findings.everywhere) {
    checkLiveValues(ctx, info, cfg, layout);
    checkStepValues(ctx, cfg);
    checkStrandValues(ctx, cfg);
  }
  options.trace("liveness", info, { ir, cfg, layout });
  if (options.verify) verifyLayout(cfg, layout, info);
  const fastOptions: FastOptions = {
    codeName: emitter.codeName(info),
    slots: completed(layout, ir),
    savesThis: ctx.captures.usesThis.has(info),
    ref,
  };
  const resume = resumeFunction(cfg, {
    ...fastOptions,
    adapt: (node) => options.adapt(info, node),
    bindingToAssignment: (pattern) => patternTarget(pattern, (node) => options.adapt(info, node)),
    uses: new Uses(ctx, info),
    taken,
  });
  const fast = [...declareRounds(d), ...fastBody(ir.body, fastOptions)];
  return {
    info,
    fast: full ? fastFunction(d, full, fast) : fastNode(rewriter, info, fast),
    resume: withRounds(resume, d),
    points: ctx.findings.everywhere ? [] : ir.points.map((point) => pointInfo(point.source)),
    cfg,
    layout,
  };
}

/** The resume copy counts rounds of its own. */
function withRounds(resume: ReturnType<typeof resumeFunction>, d: Desugarer): ReturnType<typeof resumeFunction> {
  const rounds = declareRounds(d);
  if (rounds.length === 0) return resume;
  return { ...resume, body: factory.createBlock([...rounds, ...resume.body.statements], true) };
}

/** Points in unreachable code were dropped from the graph; the fast copy still prints them. */
function completed(layout: Layout, ir: FunctionIr): FastOptions["slots"] {
  const slots = new Map(layout.slots);
  for (const point of ir.points) if (!slots.has(point.id)) slots.set(point.id, []);
  return slots;
}

function desugarBody(d: Desugarer): void {
  const node = d.fn.node as ts.FunctionLikeDeclaration;
  const body = node.body!;
  for (const variable of d.ctx.captures.variablesIn.get(d.fn) ?? []) {
    const isParameter = node.parameters.some((parameter) =>
      boundNames(parameter.name).some((name) => name.text === variable.name),
    );
    if (variable.kind === "var" && !variable.boxed && !isParameter)
      d.emit({ kind: "let", name: variable.emitName, declare: "let", value: undefined });
  }
  if (ts.isBlock(body)) return blockStatements(d, body.statements, node);
  const box = scopeLiteral(d.rewriter, node);
  if (box) d.emit({ kind: "let", name: d.ctx.captures.scopeObjects.get(node)!.name, declare: "const", value: box });
  d.root(body);
  d.emit({ kind: "return", value: value(d, body), source: body });
}

/** The same function over a new body. Parameters stay as they are. */
function fastNode(rewriter: Rewriter, info: FunctionInfo, statements: readonly ts.Statement[]): ts.Node {
  const node = info.node as ts.FunctionLikeDeclaration;
  const made = factory.createBlock(statements, true);
  ts.setTextRange(made, node.body);
  return withBody(rewriter, node, node.body, made);
}

/**
 * Gives each variable of a lowered function a name of its own, since the resume copy declares them all side by side. A name is kept unless it means
 * something else elsewhere in the function. Returns all names in use.
 */
function assignNames(ctx: Context, info: FunctionInfo, plan: Plan): Set<string> {
  const taken = new Set<string>(RESERVED);
  const variables = ctx.captures.variablesIn.get(info) ?? [];
  const own = new Set<Variable>(variables);
  collectForeignNames(ctx, info, own, taken);
  // A name that is not the source's could be hidden where the source uses it for something else.
  const written = writtenNames(info.node);
  const used = new Set<string>();
  for (const variable of [...variables].sort((a, b) => a.readyAt - b.readyAt)) {
    if (variable.boxed) {
      // It arrives under its own name before it is put into its scope object.
      if (variable.kind === "parameter") used.add(variable.name);
      continue;
    }
    if (variable.isMadeUp) {
      used.add(variable.emitName);
      continue;
    }
    if (!plan.isHoistedScope(variable.scope)) {
      ctx.keepNative(variable);
      continue;
    }
    // At the top of the function a name hides what is outside; only what emitted code itself needs must stay visible.
    // Defaults of parameters see what is outside, where the body hides it.
    const hidesOutside = variable.scope === info.node && !RESERVED.has(variable.name) && !(plan.isFull && !isSimple(info.node));
    const isFixed = variable.kind === "parameter" || hidesOutside;
    for (let n = 0; ; n++) {
      const name = n === 0 ? variable.name : `${variable.name}$${n}`;
      if (used.has(name) || (n > 0 && written.has(name)) || (!isFixed && taken.has(name))) continue;
      variable.emitName = name;
      used.add(name);
      break;
    }
  }
  for (const box of ctx.captures.scopeObjects.values()) {
    if (box.owner === info && !plan.isHoistedScope(box.scope)) ctx.keepScopeNative(box);
  }
  return new Set([...taken, ...used, ...written, ...ctx.captures.madeUpNames.visibleIn(info)]);
}

/** Names in the function's text that do not mean one of its own variables. */
function collectForeignNames(ctx: Context, info: FunctionInfo, own: ReadonlySet<Variable>, taken: Set<string>): void {
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && isValueReference(node)) {
      const variable = ctx.captures.variableOf.get(node);
      // A function inside has its own names: they hide ours where they mean something else.
      const isInner = variable !== undefined && !own.has(variable) && isInside(variable.owner, info);
      if (!isInner && (!variable || !own.has(variable))) taken.add(variable?.emitName ?? node.text);
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(info.node, visit);
}

function isInside(inner: FunctionInfo, outer: FunctionInfo): boolean {
  for (let at = inner.parent; at; at = at.parent) if (at === outer) return true;
  return false;
}

function checkParameters(ctx: Context, info: FunctionInfo): void {
  const parameters = (info.node as ts.FunctionLikeDeclaration).parameters;
  for (const parameter of parameters ?? []) {
    const visit = (node: ts.Node): void => {
      const variable = ts.isIdentifier(node) ? ctx.variableOf(node) : undefined;
      const declares =
        ts.isIdentifier(node) && (ts.isParameter(node.parent) || ts.isBindingElement(node.parent)) && node.parent.name === node;
      if (variable?.boxed && variable.owner === info && !declares)
        ctx.diagnostics.report("FLOW2004", node, { name: variable.name });
      ts.forEachChild(node, visit);
    };
    visit(parameter);
  }
  walkOwn(info.node, (node) => {
    if (info.verdict !== "never" && ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.NewKeyword)
      ctx.diagnostics.report("FLOW2002", node, { what: "new.target" });
  });
}

/** A declaration pattern as the target of an assignment. */
function patternTarget(pattern: ts.BindingPattern, adapt: (node: ts.Node) => ts.Node): ts.Expression {
  const target = (element: ts.BindingElement): ts.Expression => {
    const name = ts.isIdentifier(element.name) ? element.name : patternTarget(element.name, adapt);
    return element.initializer ? factory.createAssignment(name, adapt(element.initializer) as ts.Expression) : name;
  };
  if (ts.isArrayBindingPattern(pattern)) {
    return factory.createArrayLiteralExpression(
      pattern.elements.map((element) => {
        if (ts.isOmittedExpression(element)) return factory.createOmittedExpression();
        return element.dotDotDotToken ? factory.createSpreadElement(target(element)) : target(element);
      }),
    );
  }
  return factory.createObjectLiteralExpression(
    pattern.elements.map((element) => {
      if (element.dotDotDotToken) return factory.createSpreadAssignment(target(element));
      const key = element.propertyName ?? factory.createIdentifier((element.name as ts.Identifier).text);
      return factory.createPropertyAssignment(key, target(element));
    }),
  );
}

function pointInfo(source: ts.Node): PointInfo {
  const file = source.getSourceFile();
  const at = file.getLineAndCharacterOfPosition(source.getStart());
  return [at.line + 1, at.character + 1, lineText(file, at.line).trim()];
}
