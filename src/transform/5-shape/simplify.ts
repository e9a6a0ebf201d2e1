/** Pass `simplify`: unreachable blocks go, jumps skip empty blocks, a block with one way in joins the one before it. */
import type { BlockId } from "../ir.js";
import { type Block, type Cfg, reachable, successors } from "../4-lower/cfg.js";

export function simplify(cfg: Cfg): Cfg {
  skipEmpty(cfg);
  dropUnreachable(cfg);
  joinChains(cfg);
  return cfg;
}

function dropUnreachable(cfg: Cfg): void {
  const live = reachable(cfg, [cfg.entry]);
  for (const id of cfg.blocks.keys()) if (!live.has(id)) cfg.blocks.delete(id);
}

/** The block a jump to `id` ends in when blocks that only jump on are skipped. A cycle of empty blocks is an endless loop and stays. */
function destination(cfg: Cfg, id: BlockId): BlockId {
  const seen = new Set<BlockId>();
  let at = id;
  for (;;) {
    const block = cfg.blocks.get(at)!;
    if (block.instrs.length > 0 || block.terminator.kind !== "goto" || seen.has(at) || at < cfg.points.length) return at;
    seen.add(at);
    at = block.terminator.to;
  }
}

function skipEmpty(cfg: Cfg): void {
  for (const block of cfg.blocks.values()) {
    const end = block.terminator;
    if (end.kind === "goto") end.to = destination(cfg, end.to);
    if (end.kind === "branch") {
      end.yes = destination(cfg, end.yes);
      end.no = destination(cfg, end.no);
    }
  }
}

function joinChains(cfg: Cfg): void {
  const waysIn = countWaysIn(cfg);
  for (const block of cfg.blocks.values()) {
    for (let next = onlyNext(cfg, block, waysIn); next; next = onlyNext(cfg, block, waysIn)) {
      block.instrs.push(...next.instrs);
      block.terminator = next.terminator;
      cfg.blocks.delete(next.id);
    }
  }
}

function countWaysIn(cfg: Cfg): Map<BlockId, number> {
  const count = new Map<BlockId, number>([[cfg.entry, 1]]);
  const add = (id: BlockId): void => void count.set(id, (count.get(id) ?? 0) + 1);
  for (const block of cfg.blocks.values()) {
    successors(block.terminator).forEach(add);
    if (block.handler !== undefined) add(block.handler);
  }
  return count;
}

function onlyNext(cfg: Cfg, block: Block, waysIn: ReadonlyMap<BlockId, number>): Block | undefined {
  if (block.terminator.kind !== "goto") return undefined;
  const next = cfg.blocks.get(block.terminator.to);
  if (!next || next === block || waysIn.get(next.id) !== 1 || next.handler !== block.handler) return undefined;
  return next.id < cfg.points.length ? undefined : next;
}
