/**
 * Pass `liveness`: which variables a frame has to keep at each suspension point. Backward data flow over the blocks,
 *
 *     liveIn(b) = uses(b) ∪ (liveOut(b) − defines(b)) ∪ liveIn(handler(b))
 *
 * where an exception may leave a block at any instruction, so that nothing a handler needs is killed inside the block.
 * (Aho, Lam, Sethi, Ullman: Compilers, section 9.2.5.)
 */
import type { Context } from "../context.js";
import type { Variable } from "../1-find/captures/model.js";
import type { FunctionInfo } from "../1-find/model.js";
import type { BlockId, PointId } from "../ir.js";
import { ts } from "../ts.js";
import { type Block, type Cfg, type Instr, isSaving, successors, type Terminator } from "../4-lower/cfg.js";

export interface Layout {
  /** Names of the variables saved at each point, in order of first appearance in the function. */
  readonly slots: ReadonlyMap<PointId, readonly string[]>;
}

export function liveness(cfg: Cfg, ctx: Context, fn: FunctionInfo): Layout {
  const uses = new Uses(ctx, fn);
  const order = new Map<string, number>();
  for (const block of cfg.blocks.values())
    for (const name of uses.inBlock(block)) if (!order.has(name)) order.set(name, order.size);
  const liveIn = solve(cfg, uses);
  const slots = new Map<PointId, string[]>();
  for (const block of cfg.blocks.values()) {
    if (!isSaving(block.terminator)) continue;
    const live = liveAtSuspension(cfg, block, liveIn);
    slots.set(
      block.terminator.point.id,
      [...live].sort((a, b) => order.get(a)! - order.get(b)!),
    );
  }
  return { slots };
}

/** What the resume block needs, without the variable it receives, and what the handler needs if the resumption throws. */
function liveAtSuspension(cfg: Cfg, block: Block, liveIn: ReadonlyMap<BlockId, ReadonlySet<string>>): Set<string> {
  const end = block.terminator as Extract<Terminator, { kind: "suspend" }>;
  const live = new Set(liveIn.get(end.resume));
  const handler = cfg.blocks.get(end.resume)!.handler;
  for (const name of (handler !== undefined && liveIn.get(handler)) || []) live.add(name);
  return live;
}

function solve(cfg: Cfg, uses: Uses): Map<BlockId, Set<string>> {
  const liveIn = new Map<BlockId, Set<string>>();
  for (const id of cfg.blocks.keys()) liveIn.set(id, new Set());
  const backwards = [...cfg.blocks.values()].reverse();
  for (let changed = true; changed;) {
    changed = false;
    for (const block of backwards) {
      const live = transfer(block, liveIn, uses);
      const known = liveIn.get(block.id)!;
      if (live.size === known.size) continue;
      liveIn.set(block.id, live);
      changed = true;
    }
  }
  return liveIn;
}

function transfer(block: Block, liveIn: ReadonlyMap<BlockId, ReadonlySet<string>>, uses: Uses): Set<string> {
  const live = new Set<string>();
  for (const next of successors(block.terminator)) for (const name of liveIn.get(next)!) live.add(name);
  for (const name of uses.inTerminator(block.terminator)) live.add(name);
  for (let index = block.instrs.length - 1; index >= 0; index--) {
    const instr = block.instrs[index]!;
    for (const name of defines(instr)) live.delete(name);
    for (const name of uses.inInstr(instr)) live.add(name);
  }
  if (block.handler !== undefined) for (const name of liveIn.get(block.handler)!) live.add(name);
  return live;
}

/** Names an instruction surely overwrites before anything reads them. */
export function defines(instr: Instr): readonly string[] {
  switch (instr.kind) {
    case "let":
    case "assign":
    case "receive":
    case "catch":
      return [instr.name];
    case "pattern":
    case "forget":
      return instr.names;
    case "native":
    case "eval":
      return [];
  }
}

/** The function's variables that nodes mention; an assignment inside an expression counts as a use, which only keeps more. */
export class Uses {
  readonly #cache = new WeakMap<ts.Node, readonly string[]>();

  constructor(
    readonly ctx: Context,
    readonly fn: FunctionInfo,
  ) {}

  inBlock(block: Block): Set<string> {
    const names = new Set<string>();
    for (const instr of block.instrs) {
      for (const name of defines(instr)) names.add(name);
      for (const name of this.inInstr(instr)) names.add(name);
    }
    for (const name of this.inTerminator(block.terminator)) names.add(name);
    return names;
  }

  inInstr(instr: Instr): readonly string[] {
    switch (instr.kind) {
      case "native":
        return this.inNode(instr.node);
      case "let":
      case "assign":
      case "eval":
        return instr.value ? this.inNode(instr.value) : [];
      case "pattern":
        return [...this.inNode(instr.value), ...this.inNode(instr.pattern).filter((name) => !instr.names.includes(name))];
      case "receive":
      case "catch":
      case "forget":
        return [];
    }
  }

  inTerminator(end: Terminator): readonly string[] {
    switch (end.kind) {
      case "branch":
        return this.inNode(end.test);
      case "return":
        return end.value ? this.inNode(end.value) : [];
      case "throw":
        return this.inNode(end.value);
      case "suspend":
        return this.inNode(end.call.expression);
      case "start":
        return [...this.inNode(end.generator), ...this.inNode(end.callee)];
      case "yield":
        return [...this.inNode(end.generator), ...this.inNode(end.value)];
      case "goto":
      case "unreachable":
        return [];
    }
  }

  inNode(node: ts.Node): readonly string[] {
    const known = this.#cache.get(node);
    if (known) return known;
    const names = new Set<string>();
    // A function or class expression knows itself by its own name: that is not a use of the variable it is stored in.
    const own = new Set<Variable>();
    const visit = (child: ts.Node): void => {
      if (ts.isIdentifier(child)) {
        const variable = this.ctx.variableOf(child);
        const name = variable && own.has(variable) ? undefined : this.ctx.nameIn(child, this.fn);
        if (name !== undefined) names.add(name);
        return;
      }
      if (ts.isTypeNode(child) && !ts.isExpressionWithTypeArguments(child)) return;
      const self =
        (ts.isFunctionExpression(child) || ts.isClassExpression(child)) && child.name
          ? this.ctx.variableOf(child.name)
          : undefined;
      const isNew = self !== undefined && !own.has(self);
      if (isNew) own.add(self);
      ts.forEachChild(child, visit);
      if (isNew) own.delete(self);
    };
    visit(node);
    const list = [...names];
    this.#cache.set(node, list);
    return list;
  }
}
