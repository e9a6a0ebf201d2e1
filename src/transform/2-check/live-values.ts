/**
 * Check: what a frame keeps at a suspension point and can surely not be saved (I8, at compile time). Each live variable gets a verdict from its type (`saveable/`);
 * a closure it surely holds gets one from what the closure captures. Where the types cannot tell, nothing is said: the value is looked at when the run
 * suspends, and NotSaveableError is raised at that call.
 */
import type { Variable } from "../1-find/captures/model.js";
import { siteVerdict, type FunctionInfo } from "../1-find/model.js";
import type { Cfg } from "../4-lower/cfg.js";
import type { Layout } from "../5-shape/liveness.js";
import type { Context } from "../context.js";
import { ts } from "../ts.js";
import { ValueVerdicts } from "./saveable/values.js";
import type { Cannot, Verdict } from "./saveable/verdict.js";

export function checkLiveValues(ctx: Context, info: FunctionInfo, cfg: Cfg, layout: Layout): void {
  const check = new ValueVerdicts(ctx);
  const candidates = [...(ctx.captures.variablesIn.get(info) ?? []), ...(ctx.captures.captured.get(info) ?? [])].filter(
    (variable) => !variable.isMadeUp && variable.owner.parent !== undefined,
  );
  const told = new Set<Variable>();
  const temporaries = new Temporaries(ctx, check, cfg, candidates);
  for (const [point, slots] of layout.slots) {
    const { source } = cfg.points[point]!;
    // A call of who knows what, or a generator's `yield`: whether anything is saved there is unknown.
    const site = ctx.findings.siteOf.get(source);
    if (!site || siteVerdict(site) !== "does") continue;
    for (const name of slots) {
      const { value, verdict } = temporaries.of(name, source) ?? {};
      if (!value || verdict?.kind !== "cannot") continue;
      temporaries.forget(name);
      const path = textOf(value) + verdict.path;
      report(ctx, value, { path, source, again: value.parent, verdict });
    }
    for (const variable of candidates) {
      if (told.has(variable) || !slots.includes(slotOf(ctx, variable))) continue;
      const verdict = check.ofVariable(variable, source);
      if (verdict.kind !== "cannot") continue;
      told.add(variable);
      report(ctx, variable.declaration, {
        path: variable.name + verdict.path,
        source,
        again: nextUse(variable, source),
        verdict,
      });
    }
  }
}

interface Refusal {
  readonly path: string;
  readonly source: ts.Node;
  readonly again: ts.Node;
  readonly verdict: Cannot;
}

function report(ctx: Context, at: ts.Node, { path, source, again, verdict: { type, why, fix } }: Refusal): void {
  const facts = { path, type, why, fix, callee: calleeText(source), at: place(source), again: place(again) };
  ctx.diagnostics.report("FLOW1004", at, facts);
}

/** Values of expressions that wait for the rest of theirs: `connect(1)` in `use(connect(1), ask())`. They live in variables that the compiler made up. */
class Temporaries {
  readonly #check: ValueVerdicts;
  readonly #values = new Map<string, ts.Expression | undefined>();

  constructor(ctx: Context, check: ValueVerdicts, cfg: Cfg, variables: readonly Variable[]) {
    this.#check = check;
    for (const { instrs, terminator } of cfg.blocks.values()) {
      for (const instr of instrs) {
        if (instr.kind === "let" || instr.kind === "assign")
          this.#note(instr.name, instr.value && ts.getOriginalNode(instr.value));
      }
      if (terminator.kind !== "suspend") continue;
      const received = cfg.blocks.get(terminator.resume)!.instrs.find((instr) => instr.kind === "receive");
      if (received) this.#note(received.name, terminator.point.source);
    }
    for (const variable of variables) this.forget(slotOf(ctx, variable));
  }

  /** One value only, and one that stands in the source. */
  #note(name: string, value: ts.Node | undefined): void {
    const isKnown = !this.#values.has(name) && value !== undefined && value.pos >= 0 && ts.isExpression(value);
    this.#values.set(name, isKnown ? value : undefined);
  }

  of(name: string, suspension: ts.Node): { readonly value: ts.Expression; readonly verdict: Verdict } | undefined {
    const value = this.#values.get(name);
    if (!value || ts.findAncestor(value, ts.isSourceFile) === undefined) return undefined;
    return { value, verdict: this.#check.of(value, suspension) };
  }

  forget(name: string): void {
    this.#values.delete(name);
  }
}

/** The name of the slot that keeps a variable: its own, or that of the scope object it lives in. */
function slotOf(ctx: Context, variable: Variable): string {
  return variable.boxed ? ctx.scopeNameOf(variable) : variable.emitName;
}

/** The use for which the variable is kept: the next one in the source, or in a loop one that comes round again. */
function nextUse(variable: Variable, suspension: ts.Node): ts.Node {
  const after = variable.references.find((reference) => reference.pos >= suspension.end);
  if (after) return after;
  const loop = ts.findAncestor(suspension, (node) => ts.isIterationStatement(node, false));
  const inLoop = loop && variable.references.find((reference) => reference.pos >= loop.pos && reference.end <= loop.end);
  return inLoop ?? variable.references.at(-1) ?? variable.declaration;
}

function textOf(node: ts.Node): string {
  return node.getText().split("\n")[0]!.slice(0, 60);
}

/** `sleep` of `sleep("1 day")`; other operations as they are written. */
export function calleeText(node: ts.Node): string {
  const shown = ts.isCallExpression(node) ? node.expression : node;
  return textOf(shown);
}

/** `12:3`: line and column, from 1. */
export function place(node: ts.Node): string {
  const at = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
  return `${at.line + 1}:${at.character + 1}`;
}
