/** The control-flow graph: basic blocks that each end in one terminator. */
import type { BlockId, Call, Point, Stmt } from "../ir.js";
import type { ts } from "../ts.js";

/** What a block does before its terminator. */
export type Instr =
  | Extract<Stmt, { kind: "native" | "let" | "pattern" | "assign" | "eval" }>
  /** The variable gets the value the awaited call returned; when the frame is resumed by an error, that is thrown here. */
  | { readonly kind: "receive"; readonly name: string }
  /** The variable gets the exception that led to this handler. */
  | { readonly kind: "catch"; readonly name: string }
  /** The variables are uninitialized from here on. */
  | { readonly kind: "forget"; readonly names: readonly string[] };

export type Terminator =
  | { readonly kind: "goto"; to: BlockId }
  | { readonly kind: "branch"; readonly test: ts.Expression; yes: BlockId; no: BlockId }
  | { readonly kind: "return"; readonly value: ts.Expression | undefined }
  | { readonly kind: "throw"; readonly value: ts.Expression }
  /** Calls; goes on in `resume`, at once or after a suspension. */
  | { readonly kind: "suspend"; readonly point: Point; readonly call: Call; readonly resume: BlockId }
  /** Makes the generator object and ends the call. */
  | {
      readonly kind: "start";
      readonly point: Point;
      readonly generator: ts.Expression;
      readonly callee: ts.Expression;
      readonly resume: BlockId;
    }
  /** Hands a value to whoever called `next`. */
  | {
      readonly kind: "yield";
      readonly point: Point;
      readonly generator: ts.Expression;
      readonly value: ts.Expression;
      readonly raw: boolean;
      readonly resume: BlockId;
    }
  | { readonly kind: "unreachable" };

/** Ends of blocks in which the activation is saved. */
export type Saving = Extract<Terminator, { resume: BlockId }>;

export function isSaving(terminator: Terminator): terminator is Saving {
  return "resume" in terminator;
}

export interface Block {
  readonly id: BlockId;
  readonly instrs: Instr[];
  terminator: Terminator;
  /** Where an exception thrown in this block goes; `undefined`: out of the function. */
  readonly handler: BlockId | undefined;
}

export interface Cfg {
  readonly entry: BlockId;
  readonly blocks: Map<BlockId, Block>;
  readonly points: readonly Point[];
}

/** Where control can go from the end of a block, without exceptions. */
export function successors(terminator: Terminator): BlockId[] {
  switch (terminator.kind) {
    case "goto":
      return [terminator.to];
    case "branch":
      return [terminator.yes, terminator.no];
    case "suspend":
    case "start":
    case "yield":
      return [terminator.resume];
    case "return":
    case "throw":
    case "unreachable":
      return [];
  }
}

/** Blocks that can be reached from `roots`, exceptions included. */
export function reachable(cfg: Cfg, roots: readonly BlockId[]): Set<BlockId> {
  const seen = new Set<BlockId>();
  const pending = [...roots];
  while (pending.length > 0) {
    const id = pending.pop()!;
    if (seen.has(id)) continue;
    seen.add(id);
    const block = cfg.blocks.get(id)!;
    pending.push(...successors(block.terminator));
    if (block.handler !== undefined) pending.push(block.handler);
  }
  return seen;
}
