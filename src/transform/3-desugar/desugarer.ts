/**
 * The state of desugaring one suspendable function: the statements written so far, the constructs around the current place, temporaries. The rules
 * themselves are one file per construct beside this one; `statement.ts` and `expression.ts` pick the rule.
 */
import { assert } from "../../shared/assert.js";
import type { Variable } from "../1-find/captures/model.js";
import { type FunctionInfo } from "../1-find/model.js";
import { factory, type Context } from "../context.js";
import { type Declare, Label, type Point, type PointId, type Stmt } from "../ir.js";
import { isAssignmentOperator, ts, unwrap } from "../ts.js";
import { callRuntime } from "./build.js";
import type { BlockState } from "./full/overlap.js";
import type { Plan } from "./plan.js";
import type { Rewriter } from "./rewrite/rewriter.js";
import { boxed } from "./rewrite/variables.js";

/** A construct around the current place that `break`, `continue` or `return` have to know about. */
export type Enclosing =
  /** A statement that can be the target of a jump. A `continue` of a loop whose update suspends leaves a block inside it instead. */
  | {
      readonly kind: "target";
      readonly nodes: readonly ts.Node[];
      readonly breakTo: Label;
      readonly continueTo: { readonly kind: "break" | "continue"; readonly label: Label } | undefined;
    }
  /**
   * A protected region with a finalizer: jumps note where they wanted to go and run to its end first. The body of a `for…of` is one, whose finalizer closes the
   * iterator; `continue` of that loop, `staysIn`, does not leave it.
   */
  | {
      readonly kind: "finally";
      readonly completion: string;
      readonly value: string;
      readonly end: Label;
      readonly exits: Exit[];
      readonly staysIn: readonly ts.Node[];
    }
  /** A part of a block of `overlap`: the calls begun in it since `mark` end before it is left. */
  | { readonly kind: "overlap"; readonly mark: ts.Expression; readonly isBlock: boolean; readonly source: ts.Node };

export type OverlapRegion = Extract<Enclosing, { kind: "overlap" }>;
export type FinallyRegion = Extract<Enclosing, { kind: "finally" }>;

/** A jump out of a `finally` region; its completion number is its index plus `FIRST_EXIT`. */
export type Exit = { readonly kind: "break" | "continue"; readonly target: ts.Node } | { readonly kind: "return" };

/** Completion numbers: normal, thrown, then one for each jump out. */
export const NORMAL = 0;
export const THROWN = 1;
export const FIRST_EXIT = 2;

/** What the resume copy calls its own variables; temporaries leave these names alone. */
export const MACHINE_NAMES: ReadonlySet<string> = new Set(["$frame", "$mode", "$value", "$block", "$error"]);

export class Desugarer {
  out: Stmt[] = [];
  readonly points: Point[] = [];
  readonly enclosing: Enclosing[] = [];
  readonly #temporaries = new Map<string, number>();
  #generator: string | undefined;
  readonly #fresh = new Set<string>();
  #assigned: ReadonlySet<Variable> = new Set();

  constructor(
    readonly ctx: Context,
    readonly fn: FunctionInfo,
    readonly plan: Plan,
    readonly rewriter: Rewriter,
    /** Names taken in the function: temporaries avoid them. */
    readonly taken: Set<string>,
  ) {}

  /** Where a `return` goes when what it means is decided outside everything the function can catch. */
  returnTo: { readonly label: Label; readonly name: string } | undefined;

  /** Set while the body of a block given to `overlap` is written. */
  block: BlockState | undefined;

  /** What the value of a `return` becomes when it leaves the function. */
  finish: (value: ts.Expression | undefined) => ts.Expression | undefined = (value) => value;

  /** The variable that holds the generator a machine belongs to. */
  generatorName(): string {
    this.#generator ??= this.fresh("generator");
    return this.#generator;
  }

  emit(statement: Stmt): void {
    this.out.push(statement);
  }

  /** Runs `write` with an empty output and returns what it wrote. */
  collect(write: () => void): Stmt[] {
    const outer = this.out;
    this.out = [];
    write();
    const inner = this.out;
    this.out = outer;
    return inner;
  }

  within(entry: Enclosing, write: () => void): void {
    this.enclosing.push(entry);
    write();
    assert(this.enclosing.pop() === entry, "unbalanced enclosing constructs");
  }

  /** A name for a temporary: `$1`, `$2`, or what it is for: `$iterator`, `$iterator2`. */
  /** Name of the counter that polled loops share, once there is one. */
  rounds: string | undefined;

  fresh(hint = ""): string {
    for (;;) {
      const count = (this.#temporaries.get(hint) ?? 0) + 1;
      this.#temporaries.set(hint, count);
      const name = `$${hint}${hint !== "" && count === 1 ? "" : count}`;
      if (this.taken.has(name) || MACHINE_NAMES.has(name)) continue;
      this.#fresh.add(name);
      return name;
    }
  }

  label(): Label {
    return new Label(undefined);
  }

  ref(name: string): ts.Identifier {
    return this.ctx.ref(name, this.fn);
  }

  point(source: ts.Node): Point {
    const point: Point = { id: this.points.length as PointId, source };
    this.points.push(point);
    return point;
  }

  /** Notes which variables an expression assigns: its other operands cannot be read late if they are among them. */
  root(expression: ts.Node): void {
    const assigned = new Set<Variable>();
    const visit = (node: ts.Node): void => {
      if (ts.isBinaryExpression(node) && isAssignmentOperator(node.operatorToken.kind)) note(node.left);
      if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) note(node.operand);
      ts.forEachChild(node, visit);
    };
    const note = (target: ts.Node): void => {
      if (ts.isIdentifier(target)) {
        const variable = this.ctx.variableOf(target);
        if (variable) assigned.add(variable);
      } else ts.forEachChild(target, note);
    };
    visit(expression);
    this.#assigned = assigned;
  }

  /** Whether reading the expression later gives the same value and runs nothing: then it needs no temporary. */
  isStable(node: ts.Expression): boolean {
    const bare = unwrap(node);
    if (ts.isLiteralExpression(bare) || bare.kind === ts.SyntaxKind.ThisKeyword || bare.kind === ts.SyntaxKind.NullKeyword)
      return true;
    if (bare.kind === ts.SyntaxKind.TrueKeyword || bare.kind === ts.SyntaxKind.FalseKeyword) return true;
    if (ts.isArrowFunction(bare) || ts.isFunctionExpression(bare)) return true;
    if (!ts.isIdentifier(bare)) return false;
    const variable = this.ctx.variableOf(bare);
    if (variable) return !variable.boxed && !this.#assigned.has(variable);
    return isStableModuleName(bare, this.ctx.findings.checker);
  }

  /** Keeps a value for later: `const $1 = value`. */
  spill(value: ts.Expression, hint = "", source?: ts.Node): ts.Identifier {
    const name = this.fresh(hint);
    this.emit({ kind: "let", name, declare: "const", value, ...(source && { source }) });
    return this.ref(name);
  }

  /** `let $1;` to be assigned on several paths. */
  declareEmpty(): string {
    const name = this.fresh();
    this.emit({ kind: "let", name, declare: "let", value: undefined });
    return name;
  }

  /** The value of a call that may suspend, in a temporary. */
  awaited(source: ts.Node, call: ts.Expression): ts.Identifier {
    const name = this.fresh();
    this.suspend(source, call, name, "const");
    return this.ref(name);
  }

  suspend(source: ts.Node, call: ts.Expression, name: string, declare: Declare | undefined): void {
    ts.setSourceMapRange(call, source);
    const made = {
      expression: call,
      callee: this.#unknownCallee(source, call),
      isPrimitive:
        !this.plan.isFull && !ts.isForOfStatement(source) && isPrimitive(this.ctx.findings.checker, source as ts.Expression),
    };
    this.emit({ kind: "suspend", point: this.point(source), name, declare, call: made });
  }

  /** Whether an expression is a temporary, which nothing assigns any more once it has been handed out. */
  isTemporary(node: ts.Expression): boolean {
    return ts.isIdentifier(node) && this.#fresh.has(node.text);
  }

  /**
   * The callee of a call whose target is not known at compile time, to be looked at on the way out of a suspension: foreign code must not let one pass.
   * Only where reading it again runs nothing.
   */
  #unknownCallee(source: ts.Node, call: ts.Expression): ts.Expression | undefined {
    // There `$apply` looks.
    if (this.plan.isFull) return undefined;
    const site = this.ctx.findings.siteOf.get(source);
    if (site?.kind !== "plain" || site.callee.base !== "maybe" || !ts.isCallExpression(call)) return undefined;
    const callee = call.expression;
    // `$close(iterator)` is ours; the method it calls was looked up by the language.
    if (ts.isIdentifier(callee)) return ts.isForOfStatement(source) ? undefined : callee;
    if (!ts.isPropertyAccessExpression(callee) || !ts.isIdentifier(callee.name)) return undefined;
    const receiver = callee.expression;
    if (!ts.isIdentifier(receiver) && receiver.kind !== ts.SyntaxKind.ThisKeyword) return undefined;
    if (callee.name.text === "call" || callee.name.text === "apply") return ts.isIdentifier(receiver) ? receiver : undefined;
    return callRuntime("$method", [receiver, factory.createStringLiteral(callee.name.text)]);
  }

  /** Assigns to a variable of the source: itself, or its place in the scope object. */
  assignVariable(variable: Variable, value: ts.Expression, source?: ts.Node): void {
    if (variable.boxed)
      this.emit({
        kind: "eval",
        value: factory.createAssignment(boxed(this.rewriter, variable), value),
        ...(source && { source }),
      });
    else this.emit({ kind: "assign", name: variable.emitName, value, ...(source && { source }) });
  }

  /** Declares a variable of the source with its value. */
  declareVariable(variable: Variable, value: ts.Expression | undefined, source?: ts.Node): void {
    if (variable.kind === "var") {
      // `var v;` is no assignment.
      if (value) this.assignVariable(variable, value, source);
    } else if (variable.boxed) this.assignVariable(variable, value ?? factory.createVoidZero(), source);
    else {
      // It is assigned when the result it stands for is there.
      const declare = this.block?.rules.isCaptured(variable) ? "let" : declareOf(variable);
      this.emit({ kind: "let", name: variable.emitName, declare, value, ...(source && { source }) });
    }
  }

  /** `object === null || object === undefined`, as `==` does for all values of this world. */
  isNullish(value: ts.Expression): ts.Expression {
    return factory.createEquality(value, factory.createNull());
  }

  runtime = callRuntime;
}

/** Whether, by its type, the value is never an object. */
export function isPrimitive(checker: ts.TypeChecker, node: ts.Expression): boolean {
  const primitive =
    ts.TypeFlags.StringLike |
    ts.TypeFlags.NumberLike |
    ts.TypeFlags.BooleanLike |
    ts.TypeFlags.BigIntLike |
    ts.TypeFlags.VoidLike |
    ts.TypeFlags.Null |
    ts.TypeFlags.Never;
  const type = checker.getTypeAtLocation(node);
  const parts = type.isUnion() ? type.types : [type];
  return parts.every((part) => (part.flags & primitive) !== 0);
}

export function declareOf(variable: Variable): Declare {
  return variable.reassigned || variable.kind === "let" ? "let" : "const";
}

/** Functions, classes, constants and imports of them, and globals, never change under a suspended expression. */
function isStableModuleName(node: ts.Identifier, checker: ts.TypeChecker): boolean {
  let symbol = checker.getSymbolAtLocation(node);
  if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  if (node.text === "undefined") return true;
  if (!symbol?.declarations?.length) return false;
  return symbol.declarations.every((declaration) => {
    if (declaration.getSourceFile().isDeclarationFile) return true;
    if (ts.isFunctionDeclaration(declaration) || ts.isClassDeclaration(declaration) || ts.isEnumDeclaration(declaration))
      return true;
    if (ts.isSourceFile(declaration) || ts.isModuleDeclaration(declaration)) return true;
    return ts.isVariableDeclaration(declaration) && (declaration.parent.flags & ts.NodeFlags.Const) !== 0;
  });
}
