/** The IR verifier: what has to hold after each pass. A failure is a bug of the compiler, never of the program. */
import { assert } from "../shared/assert.js";
import type { FunctionInfo } from "./1-find/model.js";
import { type Cfg, isSaving, reachable, successors } from "./4-lower/cfg.js";
import { defines, type Layout } from "./5-shape/liveness.js";
import type { FunctionIr, Label, Stmt } from "./ir.js";

/** After desugar: each point is suspended at exactly once, and jumps name a construct around them. */
export function verifyIr(ir: FunctionIr, info: FunctionInfo): void {
  const where = `after desugar of ${info.name}`;
  const seen = new Set<number>();
  const visit = (body: readonly Stmt[], around: readonly Label[], loops: readonly Label[]): void => {
    for (const stmt of body) {
      switch (stmt.kind) {
        case "suspend":
        case "start":
        case "yield":
          assert(!seen.has(stmt.point.id), `${where}: point ${stmt.point.id} is used twice`);
          seen.add(stmt.point.id);
          break;
        case "break":
          assert(around.includes(stmt.label), `${where}: break to a label that does not enclose it`);
          break;
        case "continue":
          assert(loops.includes(stmt.label), `${where}: continue of a loop that does not enclose it`);
          break;
        case "if":
          visit(stmt.yes, around, loops);
          visit(stmt.no ?? [], around, loops);
          break;
        case "block":
          visit(stmt.body, stmt.label ? [...around, stmt.label] : around, loops);
          break;
        case "loop":
          assert(
            stmt.init.every((part) => part.kind === "let"),
            `${where}: a loop head that is not a declaration`,
          );
          visit(stmt.body, [...around, stmt.label], [...loops, stmt.label]);
          break;
        case "switch":
          for (const clause of stmt.cases) visit(clause.body, [...around, stmt.label], loops);
          break;
        case "try":
          visit(stmt.body, around, loops);
          visit(stmt.handler, around, loops);
          break;
        default:
          break;
      }
    }
  };
  visit(ir.body, [], []);
  assert(seen.size === ir.points.length, `${where}: ${ir.points.length} points, ${seen.size} suspensions`);
}

/** After lower and simplify: every jump has a target, every point its own resume block, and that block receives first. */
export function verifyCfg(cfg: Cfg, info: FunctionInfo, pass: string): void {
  const where = `after ${pass} of ${info.name}`;
  assert(cfg.blocks.has(cfg.entry), `${where}: no entry block`);
  for (const [id, block] of cfg.blocks) {
    assert(id === block.id, `${where}: block ${id} is filed under another number`);
    for (const next of successors(block.terminator))
      assert(cfg.blocks.has(next), `${where}: block ${id} goes to ${next}, which is not there`);
    if (block.handler !== undefined)
      assert(cfg.blocks.get(block.handler)?.instrs[0]?.kind === "catch", `${where}: the handler of block ${id} does not catch`);
    if (!isSaving(block.terminator)) continue;
    const { point, resume } = block.terminator;
    assert((point.id as number) === (resume as number), `${where}: point ${point.id} resumes in block ${resume}`);
    assert(cfg.blocks.get(resume)!.instrs[0]?.kind === "receive", `${where}: block ${resume} does not receive`);
    assert(cfg.blocks.get(resume)!.handler === block.handler, `${where}: point ${point.id} changes its handler`);
  }
  const live = reachable(cfg, [cfg.entry]);
  if (pass === "simplify") for (const id of cfg.blocks.keys()) assert(live.has(id), `${where}: block ${id} is unreachable`);
  for (const block of cfg.blocks.values()) {
    const received = block.instrs.slice(1).some((instr) => instr.kind === "receive" || instr.kind === "catch");
    assert(!received, `${where}: block ${block.id} receives in its middle`);
  }
}

/** After liveness: the variable a point receives is saved only if something reads its old value, and saved names are known. */
export function verifyLayout(cfg: Cfg, layout: Layout, info: FunctionInfo): void {
  const where = `after liveness of ${info.name}`;
  for (const [point, slots] of layout.slots) {
    assert(new Set(slots).size === slots.length, `${where}: point ${point} saves a name twice`);
    const block = [...cfg.blocks.values()].find(
      (candidate) => isSaving(candidate.terminator) && candidate.terminator.point.id === point,
    );
    assert(block, `${where}: point ${point} is not suspended at`);
    const received = defines(cfg.blocks.get((block.terminator as { resume: typeof block.id }).resume)!.instrs[0]!)[0]!;
    const handled = block.handler !== undefined;
    assert(handled || !slots.includes(received), `${where}: point ${point} saves \`${received}\`, which it is about to receive`);
  }
}
