/**
 * Check: what a frame keeps at a suspension point and can surely not be saved (I8, at compile time). Each live variable gets a verdict from its type (`saveable/`);
 * a closure it surely holds gets one from what the closure captures. Where the types cannot tell, nothing is said: the value is looked at when the run
 * suspends, and NotSaveableError is raised at that call.
 */
import type { Variable } from "../1-find/captures.js";
import { siteVerdict, type FunctionInfo } from "../1-find/model.js";
import type { Cfg } from "../4-lower/cfg.js";
import type { Layout } from "../5-shape/liveness.js";
import type { Context } from "../context.js";
import { ts, unwrap } from "../ts.js";
import { allOf, below, CAN, oneOf, UNKNOWN, type Verdict } from "./saveable/verdict.js";

/** How many closures that capture closures are followed. */
const DEEPEST = 6;

export function checkLiveValues(ctx: Context, info: FunctionInfo, cfg: Cfg, layout: Layout): void {
  const check = new LiveValues(ctx);
  const candidates = [...(ctx.captures.variablesIn.get(info) ?? []), ...(ctx.captures.captured.get(info) ?? [])].filter(
    (variable) => !variable.isMadeUp && variable.owner.parent !== undefined,
  );
  const told = new Set<Variable>();
  for (const [point, slots] of layout.slots) {
    const { source } = cfg.points[point]!;
    // A call of who knows what, or a generator's `yield`: whether anything is saved there is unknown.
    const site = ctx.findings.siteOf.get(source);
    if (!site || siteVerdict(site) !== "does") continue;
    for (const variable of candidates) {
      if (told.has(variable) || !slots.includes(slotOf(ctx, variable))) continue;
      const verdict = check.verdict(variable, source);
      if (verdict.kind !== "cannot") continue;
      told.add(variable);
      ctx.diagnostics.report("FLOW1004", variable.declaration, {
        path: variable.name + verdict.path,
        type: verdict.type,
        callee: calleeText(source),
        at: place(source),
        again: place(nextUse(variable, source)),
        why: verdict.why,
        fix: verdict.fix,
      });
    }
  }
}

/** The name of the slot that keeps a variable: its own, or that of the scope object it lives in. */
function slotOf(ctx: Context, variable: Variable): string {
  return variable.boxed ? ctx.scopeNameOf(variable) : variable.emitName;
}

class LiveValues {
  constructor(readonly ctx: Context) {}

  /** What is known of the value `variable` has at a suspension. */
  verdict(variable: Variable, suspension: ts.Node, seen: ReadonlySet<Variable> = new Set()): Verdict {
    // A scope object also keeps variables that have no value yet.
    if (variable.boxed && variable.declaration.pos >= suspension.end) return UNKNOWN;
    if (variable.kind === "class") return UNKNOWN;
    const initializer = variable.reassigned ? undefined : initializerOf(variable);
    if (initializer && isModuleConstant(initializer, this.ctx)) return CAN;
    const declared = this.ctx.verdicts.of(this.ctx.findings.checker.getTypeAtLocation(variable.declaration));
    if (declared.kind === "cannot" || !initializer || seen.size > DEEPEST) return declared;
    return this.#ofValue(initializer, suspension, new Set([...seen, variable]));
  }

  /** What is known of what an expression has made: its own type, which may say more than the one it was declared with, and the closures in it. */
  #ofValue(value: ts.Node, suspension: ts.Node, seen: ReadonlySet<Variable>): Verdict {
    const bare = ts.isExpression(value) ? unwrap(value) : value;
    const closure = this.ctx.findings.functionOf.get(bare);
    if (closure) return this.#ofClosure(closure, suspension, seen);
    if (ts.isObjectLiteralExpression(bare)) {
      return allOf(bare.properties.map((property) => this.#ofProperty(property, suspension, seen)));
    }
    if (ts.isConditionalExpression(bare))
      return oneOf([this.#ofValue(bare.whenTrue, suspension, seen), this.#ofValue(bare.whenFalse, suspension, seen)]);
    return ts.isExpression(bare) && isModuleConstant(bare, this.ctx)
      ? CAN
      : this.ctx.verdicts.of(this.ctx.findings.checker.getTypeAtLocation(bare));
  }

  /** Closures only: any other property may be something else by now, and then its declared type says what is known of it. */
  #ofProperty(property: ts.ObjectLiteralElementLike, suspension: ts.Node, seen: ReadonlySet<Variable>): Verdict {
    if (!ts.isPropertyAssignment(property) || ts.isComputedPropertyName(property.name)) return UNKNOWN;
    const bare = unwrap(property.initializer);
    const isFollowed = ts.isObjectLiteralExpression(bare) || this.ctx.findings.functionOf.has(bare);
    return isFollowed ? below(`.${property.name.text}`, this.#ofValue(bare, suspension, seen)) : UNKNOWN;
  }

  #ofClosure(closure: FunctionInfo, suspension: ts.Node, seen: ReadonlySet<Variable>): Verdict {
    if (!this.ctx.captures.tagged.has(closure)) return UNKNOWN;
    const captured = (this.ctx.captures.captured.get(closure) ?? []).filter(
      (variable) => !variable.isMadeUp && variable.owner.parent !== undefined && !seen.has(variable),
    );
    return allOf(
      captured.map((variable) =>
        below(` → captured ${variable.name}`, this.verdict(variable, suspension, new Set([...seen, variable]))),
      ),
    );
  }
}

/** What a constant, or a variable that is assigned once, is made with. */
function initializerOf({ declaration, kind }: Variable): ts.Node | undefined {
  const { parent } = declaration;
  if (kind === "function") return ts.isFunctionDeclaration(parent) ? parent : undefined;
  return ts.isVariableDeclaration(parent) && parent.name === declaration ? parent.initializer : undefined;
}

/** A constant of a module is saved by reference, whatever it is. */
function isModuleConstant(node: ts.Node, ctx: Context): boolean {
  if (!ts.isIdentifier(node)) return false;
  const { checker } = ctx.findings;
  let symbol = checker.getSymbolAtLocation(node);
  if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  const declaration = symbol?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !ts.isVariableDeclarationList(declaration.parent)) return false;
  const isConst = (declaration.parent.flags & ts.NodeFlags.Const) !== 0;
  return isConst && ts.isSourceFile(declaration.parent.parent.parent) && !declaration.getSourceFile().isDeclarationFile;
}

/** The use for which the variable is kept: the next one in the source, or in a loop one that comes round again. */
function nextUse(variable: Variable, suspension: ts.Node): ts.Node {
  const after = variable.references.find((reference) => reference.pos >= suspension.end);
  if (after) return after;
  const loop = ts.findAncestor(suspension, (node) => ts.isIterationStatement(node, false));
  const inLoop = loop && variable.references.find((reference) => reference.pos >= loop.pos && reference.end <= loop.end);
  return inLoop ?? variable.references.at(-1) ?? variable.declaration;
}

/** `sleep` of `sleep("1 day")`; other operations as they are written. */
function calleeText(node: ts.Node): string {
  const shown = ts.isCallExpression(node) ? node.expression : node;
  return shown.getText().split("\n")[0]!.slice(0, 60);
}

/** `12:3`: line and column, from 1. */
function place(node: ts.Node): string {
  const at = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
  return `${at.line + 1}:${at.character + 1}`;
}
