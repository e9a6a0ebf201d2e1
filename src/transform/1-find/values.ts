/**
 * Which functions an expression can evaluate to. Exact for function declarations, constants and class methods; a member is also anything else
 * of that name in the program, because TypeScript's classes and interfaces are structural and a literal may stand in for an instance.
 */
import { isAssignmentOperator, ts, unwrap } from "../ts.js";
import { SUSPENDING_PRIMITIVES } from "./builtins.js";
import { isBody } from "./collect.js";
import type { FunctionInfo, Value } from "./model.js";

export const NEVER: Value = { base: "never", targets: [] };
export const MAYBE: Value = { base: "maybe", targets: [] };
const DOES: Value = { base: "does", targets: [] };

export class Values {
  readonly #members = new Map<string, FunctionInfo[]>();
  readonly #assigned = new Set<string>();
  readonly #bySymbol = new Map<ts.Symbol, Value | undefined>();

  constructor(
    readonly checker: ts.TypeChecker,
    readonly functionOf: ReadonlyMap<ts.Node, FunctionInfo>,
    /** Whether a declaration file belongs to flowc itself. */
    readonly isOwnFile: (file: ts.SourceFile) => boolean,
  ) {
    for (const info of functionOf.values()) this.#indexMember(info);
  }

  /** Notes what gives a member a value that is not a function literal: `x.name = …`, `{ name }`, `{ name: f }`. From then on a member of that name can be any function. */
  noteMember(node: ts.Node): void {
    const name = assignedMember(node);
    if (name !== undefined && this.#members.has(name)) this.#assigned.add(name);
  }

  /** The functions `expression` can be when it is called. */
  of(expression: ts.Expression): Value {
    const bare = unwrap(expression);
    const literal = isBody(bare) ? this.functionOf.get(bare) : undefined;
    if (literal) return { base: "never", targets: [literal] };
    if (bare.kind === ts.SyntaxKind.SuperKeyword) return NEVER;
    if (ts.isConditionalExpression(bare)) return union(this.of(bare.whenTrue), this.of(bare.whenFalse));
    const signature = this.#signature(bare);
    const own = signature && this.#ownPrimitive(signature);
    if (own) return own;
    const symbol = this.#symbol(bare);
    const known = symbol && this.#ofSymbol(symbol);
    if (known) return known;
    return MAYBE;
  }

  /** What reading member `name` off an unknown object can call. */
  member(name: string): Value {
    return this.#sameName(name, undefined);
  }

  #signature(callee: ts.Expression): ts.SignatureDeclaration | undefined {
    const parent = callee.parent;
    if (ts.isCallExpression(parent) && parent.expression === callee)
      return declarationOf(this.checker.getResolvedSignature(parent));
    if (ts.isTaggedTemplateExpression(parent) && parent.tag === callee)
      return declarationOf(this.checker.getResolvedSignature(parent));
    return declarationOf(this.checker.getTypeAtLocation(callee).getCallSignatures()[0]);
  }

  #symbol(callee: ts.Expression): ts.Symbol | undefined {
    const at = ts.isPropertyAccessExpression(callee)
      ? callee.name
      : ts.isElementAccessExpression(callee)
        ? callee.argumentExpression
        : callee;
    const symbol = this.checker.getSymbolAtLocation(at);
    return symbol && symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  /** Functions declared by flowc: those in the list and everything `step` and `steps` return suspend, unless they return a promise. */
  #ownPrimitive(declaration: ts.SignatureDeclaration): Value | undefined {
    if (!this.isOwnFile(declaration.getSourceFile())) return undefined;
    if (ts.isFunctionTypeNode(declaration)) return DOES;
    const name = declaration.name?.getText() ?? "";
    if (!SUSPENDING_PRIMITIVES.has(name)) return NEVER;
    const returned = declaration.type?.getText() ?? "";
    return returned.startsWith("Promise") ? NEVER : DOES;
  }

  #ofSymbol(symbol: ts.Symbol): Value | undefined {
    if (this.#bySymbol.has(symbol)) return this.#bySymbol.get(symbol);
    this.#bySymbol.set(symbol, MAYBE); // A constant that refers to itself: unknown while it is being looked at.
    const value = this.#resolve(symbol);
    this.#bySymbol.set(symbol, value);
    return value;
  }

  #resolve(symbol: ts.Symbol): Value | undefined {
    const declarations = symbol.declarations ?? [];
    const values = declarations.map((declaration) => this.#ofDeclaration(declaration, symbol.name));
    const found = values.filter((value) => value !== undefined);
    return found.length > 0 ? found.reduce(union) : undefined;
  }

  #ofDeclaration(declaration: ts.Declaration, name: string): Value | undefined {
    // A property declared elsewhere can hold a function of the program; a method, function or variable is the foreign code it is declared as.
    const isForeign = declaration.getSourceFile().isDeclarationFile;
    if (isForeign)
      return ts.isPropertySignature(declaration) || ts.isPropertyDeclaration(declaration) || ts.isParameter(declaration)
        ? MAYBE
        : NEVER;
    if (ts.isFunctionDeclaration(declaration)) {
      const info = this.functionOf.get(declaration);
      return info ? { base: "never", targets: [info] } : undefined; // an overload signature
    }
    if (ts.isMethodDeclaration(declaration) || isFunctionMember(declaration)) return this.#sameName(name, declaration);
    if (ts.isVariableDeclaration(declaration) && isConstant(declaration) && declaration.initializer)
      return this.of(declaration.initializer);
    if (ts.isClassDeclaration(declaration) || ts.isClassExpression(declaration)) return NEVER;
    return undefined;
  }

  /** The member itself and its overrides are sure; what merely has the same name is a lookalike. */
  #sameName(name: string, declared: ts.Declaration | undefined): Value {
    const same = this.#members.get(name) ?? [];
    if (!declared) return { base: "maybe", targets: [], lookalikes: same };
    const owner = memberNode(declared).parent;
    const targets = same.filter(
      (info) => info.node === declared || memberNode(info.node) === memberNode(declared) || this.#overrides(info, owner),
    );
    const lookalikes = same.filter((info) => !targets.includes(info));
    return { base: this.#assigned.has(name) ? "maybe" : "never", targets, lookalikes };
  }

  /** Whether the member belongs to a class derived from `base`. */
  #overrides(info: FunctionInfo, base: ts.Node): boolean {
    if (!ts.isClassLike(base)) return false;
    const baseSymbol = this.checker.getTypeAtLocation(base).symbol;
    let owner: ts.Node | undefined = memberNode(info.node).parent;
    for (let depth = 0; owner && ts.isClassLike(owner) && depth < 64; depth++) {
      const heritage: ts.ExpressionWithTypeArguments | undefined = owner.heritageClauses?.find(
        (clause) => clause.token === ts.SyntaxKind.ExtendsKeyword,
      )?.types[0];
      const parent: ts.Symbol | undefined = heritage && this.checker.getTypeAtLocation(heritage.expression).symbol;
      if (!parent) return false;
      if (parent === baseSymbol) return true;
      owner = parent.valueDeclaration;
    }
    return false;
  }

  #indexMember(info: FunctionInfo): void {
    const name = memberName(info.node);
    if (name === undefined) return;
    const list = this.#members.get(name);
    if (list) list.push(info);
    else this.#members.set(name, [info]);
  }
}

/** The member a node gives a value to, unless that value is a function literal, which is known. */
function assignedMember(node: ts.Node): string | undefined {
  if (ts.isShorthandPropertyAssignment(node)) return node.name.text;
  if (ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node)) {
    const value = node.initializer && unwrap(node.initializer);
    const isKnown = !value || isBody(value) || ts.isLiteralExpression(value);
    return isKnown || ts.isComputedPropertyName(node.name) ? undefined : node.name.text;
  }
  const target = ts.isBinaryExpression(node) && isAssignmentOperator(node.operatorToken.kind) ? unwrap(node.left) : undefined;
  if (target && ts.isPropertyAccessExpression(target)) return target.name.text;
  if (target && ts.isElementAccessExpression(target) && ts.isStringLiteralLike(target.argumentExpression))
    return target.argumentExpression.text;
  // A member as a target inside a destructuring pattern: `({ run: o.run } = …)`.
  if (ts.isPropertyAccessExpression(node) && (ts.isPropertyAssignment(node.parent) || ts.isArrayLiteralExpression(node.parent)))
    return node.name.text;
  return undefined;
}

export function union(a: Value, b: Value): Value {
  const rank = { never: 0, maybe: 1, does: 2 };
  return {
    base: rank[a.base] >= rank[b.base] ? a.base : b.base,
    targets: [...a.targets, ...b.targets],
    lookalikes: [...(a.lookalikes ?? []), ...(b.lookalikes ?? [])],
  };
}

function declarationOf(signature: ts.Signature | undefined): ts.SignatureDeclaration | undefined {
  const declaration = signature?.declaration;
  return declaration && !ts.isJSDocSignature(declaration) ? declaration : undefined;
}

/** A property declared with a function: `run = () => …` in a class, `run: () => …` in a literal. */
function isFunctionMember(declaration: ts.Declaration): boolean {
  return (
    (ts.isPropertyAssignment(declaration) || ts.isPropertyDeclaration(declaration)) &&
    declaration.initializer !== undefined &&
    (ts.isArrowFunction(declaration.initializer) || ts.isFunctionExpression(declaration.initializer))
  );
}

function isConstant(declaration: ts.VariableDeclaration): boolean {
  return ts.isVariableDeclarationList(declaration.parent) && (declaration.parent.flags & ts.NodeFlags.Const) !== 0;
}

/** The member a function is: the method itself, or the property whose initializer it is. */
function memberNode(node: ts.Node): ts.Node {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node) ? node.parent : node;
}

function memberName(node: ts.Node): string | undefined {
  if (ts.isMethodDeclaration(node)) return ts.isComputedPropertyName(node.name) ? undefined : node.name.text;
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return undefined;
  const parent = node.parent;
  const isMember = ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent);
  return isMember && !ts.isComputedPropertyName(parent.name) ? parent.name.text : undefined;
}
