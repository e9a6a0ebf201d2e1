/**
 * The verdict on a value at a suspension: that on its type, and for what is made in the program itself also what it is made of, since a closure has a type that tells
 * nothing of what it captures.
 */
import type { Variable } from "../../1-find/captures/model.js";
import type { FunctionInfo } from "../../1-find/model.js";
import type { Context } from "../../context.js";
import { ts, unwrap } from "../../ts.js";
import { allOf, below, CAN, oneOf, UNKNOWN, type Verdict } from "./verdict.js";

/** How many closures that capture closures are followed. */
const DEEPEST = 6;

export class ValueVerdicts {
  constructor(readonly ctx: Context) {}

  /** What is known of the value `variable` has at a suspension. */
  ofVariable(variable: Variable, suspension: ts.Node, seen: ReadonlySet<Variable> = new Set()): Verdict {
    // A scope object also keeps variables that have no value yet.
    if (variable.boxed && variable.declaration.pos >= suspension.end) return UNKNOWN;
    if (variable.kind === "class") return UNKNOWN;
    const initializer = variable.reassigned ? undefined : initializerOf(variable);
    if (initializer && isModuleConstant(initializer, this.ctx)) return CAN;
    const declared = this.ctx.verdicts.of(this.ctx.findings.checker.getTypeAtLocation(variable.declaration));
    if (declared.kind === "cannot" || !initializer || seen.size > DEEPEST) return declared;
    return this.#made(initializer, suspension, new Set([...seen, variable]));
  }

  /** What is known of the value of an expression that is handed on as it is. */
  of(value: ts.Expression, suspension: ts.Node): Verdict {
    if (isModuleConstant(value, this.ctx)) return CAN;
    const verdict = this.ctx.verdicts.of(this.ctx.findings.checker.getTypeAtLocation(value));
    return verdict.kind === "cannot" ? verdict : this.#made(value, suspension, new Set());
  }

  /** What is known of what an expression has made: its own type, which may say more than the one it was declared with, and the closures in it. */
  #made(value: ts.Node, suspension: ts.Node, seen: ReadonlySet<Variable>): Verdict {
    const bare = ts.isExpression(value) ? unwrap(value) : value;
    const closure = this.ctx.findings.functionOf.get(bare);
    if (closure) return this.#ofClosure(closure, suspension, seen);
    if (ts.isObjectLiteralExpression(bare)) {
      return allOf(bare.properties.map((property) => this.#ofProperty(property, suspension, seen)));
    }
    if (ts.isArrayLiteralExpression(bare))
      return allOf(bare.elements.map((element, index) => this.#ofPart(`[${index}]`, element, suspension, seen)));
    if (ts.isConditionalExpression(bare))
      return oneOf([this.#made(bare.whenTrue, suspension, seen), this.#made(bare.whenFalse, suspension, seen)]);
    return ts.isExpression(bare) && isModuleConstant(bare, this.ctx)
      ? CAN
      : this.ctx.verdicts.of(this.ctx.findings.checker.getTypeAtLocation(bare));
  }

  #ofProperty(property: ts.ObjectLiteralElementLike, suspension: ts.Node, seen: ReadonlySet<Variable>): Verdict {
    if (!ts.isPropertyAssignment(property) || ts.isComputedPropertyName(property.name)) return UNKNOWN;
    return this.#ofPart(`.${property.name.text}`, property.initializer, suspension, seen);
  }

  /** Closures only: any other part may be something else by now, and then its declared type says what is known of it. */
  #ofPart(step: string, value: ts.Expression, suspension: ts.Node, seen: ReadonlySet<Variable>): Verdict {
    const bare = unwrap(value);
    const isFollowed =
      ts.isObjectLiteralExpression(bare) || ts.isArrayLiteralExpression(bare) || this.ctx.findings.functionOf.has(bare);
    return isFollowed ? below(step, this.#made(bare, suspension, seen)) : UNKNOWN;
  }

  #ofClosure(closure: FunctionInfo, suspension: ts.Node, seen: ReadonlySet<Variable>): Verdict {
    if (!this.ctx.captures.tagged.has(closure)) return UNKNOWN;
    const captured = (this.ctx.captures.captured.get(closure) ?? []).filter(
      (variable) => !variable.isMadeUp && variable.owner.parent !== undefined && !seen.has(variable),
    );
    return allOf(
      captured.map((variable) =>
        below(` → captured ${variable.name}`, this.ofVariable(variable, suspension, new Set([...seen, variable]))),
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
