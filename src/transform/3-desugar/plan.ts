/**
 * Which nodes of a suspendable function have to be lowered. Everything else passes through as written.
 *
 * A node is lowered when it contains a suspension point, or a jump to (or across) something that is lowered: in the resume copy that jump is a
 * change of block, which native code could not make.
 */
import { ts } from "../ts.js";
import { walkOwn } from "../1-find/suspension.js";
import { isOpenLoop, type OpenLoop } from "../1-find/workflows.js";
import { waitsEachRound } from "./rounds.js";
import { type Findings, type FunctionInfo, siteVerdict } from "../1-find/model.js";

export class Plan {
  readonly #lowered = new Set<ts.Node>();
  readonly #polled = new Set<ts.Node>();

  constructor(
    readonly findings: Findings,
    readonly fn: FunctionInfo,
    /** The rules of `3-desugar/full`, whatever the function is. */
    readonly isFull = fn.full,
    /** Loops that only compute are polled: see `poll.ts`. */
    polls = false,
  ) {
    if (!isFull) this.#markSuspensions();
    if (polls) this.#markLoops();
    if (!isFull) this.#markJumps();
  }

  isLowered(node: ts.Node): boolean {
    // In a block of `overlap` reading a variable may wait.
    if (this.isFull) return !isLeaf(node) || (this.fn.overlap === true && ts.isIdentifier(node));
    return this.#lowered.has(node);
  }

  /** Whether the variables of this scope are variables of the whole function after lowering, not of a native statement. */
  isHoistedScope(scope: ts.Node): boolean {
    if (scope === this.fn.node) return true;
    if (ts.isCaseBlock(scope) || ts.isCatchClause(scope)) return this.isLowered(scope.parent);
    return this.isLowered(scope);
  }

  /** Whether this very node is a call that may suspend. */
  isPoint(node: ts.Node): boolean {
    const site = this.findings.siteOf.get(node);
    return site !== undefined && siteVerdict(site) !== "never";
  }

  #markSuspensions(): void {
    for (const site of this.fn.calls) if (siteVerdict(site) !== "never") this.#mark(site.node, this.fn.node);
  }

  /**
   * Those without a suspension point of their own; in the others a run gives way where it waits. Not `for…of` and `for…in`: what they go through ends, and going through it
   * by the explicit protocol costs several times as much as a short array does natively.
   */
  #markLoops(): void {
    walkOwn(this.fn.node, (node) => {
      if (isOpenLoop(node) && !this.#givesWay(node)) this.#polled.add(node);
    });
    if (!this.isFull) for (const loop of this.#polled) this.#mark(loop, this.fn.node);
  }

  /**
   * Whether a loop that may wait does so often enough: in each round, or after a number of rounds that its head says. A poll in a `for` with a test would cost hot loops
   * whose calls could suspend, and hardly ever do, three times their time.
   */
  #givesWay(loop: OpenLoop): boolean {
    const waits = (): boolean => waitsEachRound(loop, (call) => this.#isPrimitive(call));
    if (this.isFull) return waits();
    return this.#lowered.has(loop) && ((ts.isForStatement(loop) && loop.condition !== undefined) || waits());
  }

  /** Whether the call is one that waits itself: a step, a sleep. */
  #isPrimitive(node: ts.Node): boolean {
    const site = this.findings.siteOf.get(node);
    return site?.kind === "plain" && site.callee.base === "does";
  }

  isPolled(loop: ts.IterationStatement): boolean {
    return this.#polled.has(loop);
  }

  /** Marks `from` and everything around it up to, and without, `root`. */
  #mark(from: ts.Node, root: ts.Node): boolean {
    let changed = false;
    for (let at = from; at !== root; at = at.parent) {
      if (this.#lowered.has(at)) continue;
      this.#lowered.add(at);
      changed = true;
    }
    return changed;
  }

  /** Lowering one jump can lower a `try…finally`, which lowers the jumps across it: repeated until nothing changes. */
  #markJumps(): void {
    const jumps: ts.Node[] = [];
    walkOwn(this.fn.node, (node) => {
      if (ts.isBreakOrContinueStatement(node) || ts.isReturnStatement(node)) jumps.push(node);
    });
    for (let changed = true; changed;) {
      changed = false;
      for (const jump of jumps) {
        const crossed = this.#outermostLoweredCrossed(jump);
        if (crossed && this.#mark(jump, crossed)) changed = true;
      }
    }
  }

  /** The outermost lowered construct this jump leaves through or ends, `undefined` when the jump is entirely native. */
  #outermostLoweredCrossed(jump: ts.Node): ts.Node | undefined {
    const isReturn = ts.isReturnStatement(jump);
    const target = isReturn ? this.fn.node : jumpTarget(jump as ts.BreakOrContinueStatement);
    let found: ts.Node | undefined;
    for (let at = jump.parent; ; at = at.parent) {
      if (this.#lowered.has(at) && (isReturn ? interceptsReturn(at) : at === target || interceptsReturn(at))) found = at;
      if (at === target || at === this.fn.node) return found;
    }
  }
}

function isLeaf(node: ts.Node): boolean {
  return (
    ts.isIdentifier(node) ||
    ts.isLiteralExpression(node) ||
    ts.isEmptyStatement(node) ||
    node.kind === ts.SyntaxKind.DebuggerStatement
  );
}

/** Constructs that do something when control leaves them. */
function interceptsReturn(node: ts.Node): boolean {
  return (ts.isTryStatement(node) && node.finallyBlock !== undefined) || ts.isForOfStatement(node);
}

/** The statement a `break` or `continue` refers to. */
export function jumpTarget(jump: ts.BreakOrContinueStatement): ts.Node {
  for (let at: ts.Node = jump.parent; ; at = at.parent) {
    if (jump.label) {
      if (ts.isLabeledStatement(at) && at.label.text === jump.label.text) return at;
    } else if (ts.isIterationStatement(at, false) || (ts.isBreakStatement(jump) && ts.isSwitchStatement(at))) {
      return at;
    }
  }
}
