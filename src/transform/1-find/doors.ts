/**
 * Calls without a call expression: construction, accessors, iteration. What they enter is found by the class or the name of the member, like any other callee.
 *
 *     new C(x)          the constructors and field initializers of C and of the classes it extends
 *     o.total           a getter of that name          o.total = v     a setter
 *     for…of, [...xs]   `next` of an iterator, and the body of any generator
 */
import { isConverting } from "../operators.js";
import { ts, unwrap } from "../ts.js";
import { hasModifier } from "./collect.js";
import type { FunctionInfo, Value } from "./model.js";

export class Doors {
  readonly #getters = new Map<string, FunctionInfo[]>();
  readonly #setters = new Map<string, FunctionInfo[]>();
  readonly #generators: FunctionInfo[] = [];
  readonly #constructions: FunctionInfo[] = [];
  readonly #conversions: FunctionInfo[] = [];

  constructor(
    readonly checker: ts.TypeChecker,
    readonly functionOf: ReadonlyMap<ts.Node, FunctionInfo>,
  ) {
    for (const info of functionOf.values()) this.#index(info);
  }

  #index(info: FunctionInfo): void {
    const { node } = info;
    if (isConversion(node)) this.#conversions.push(info);
    if (ts.isGetAccessorDeclaration(node)) note(this.#getters, node, info);
    else if (ts.isSetAccessorDeclaration(node)) note(this.#setters, node, info);
    else if ("asteriskToken" in node && node.asteriskToken) this.#generators.push(info);
    else if (ts.isConstructorDeclaration(node) || isInstanceField(node) || makesInstances(node)) this.#constructions.push(info);
  }

  /** The bodies of the program's generators: any iteration may run one of them. */
  get generators(): readonly FunctionInfo[] {
    return this.#generators;
  }

  /** What `new expression(…)` or `super(…)` runs; `undefined` for classes of other programs. */
  construction(expression: ts.Expression): Value | undefined {
    const known = this.#classOf(expression);
    if (known) return { base: "never", targets: this.constructionOf(known) };
    const declarations = this.checker.getTypeAtLocation(expression).getSymbol()?.declarations ?? [];
    const isForeign =
      declarations.length > 0 && declarations.every((declaration) => declaration.getSourceFile().isDeclarationFile);
    return isForeign || this.#constructions.length === 0
      ? undefined
      : { base: "never", targets: [], lookalikes: this.#constructions };
  }

  /** The constructor and the field initializers of a class and of those it extends. */
  constructionOf(node: ts.ClassLikeDeclaration, seen = new Set<ts.Node>()): FunctionInfo[] {
    if (seen.has(node)) return [];
    seen.add(node);
    const own = node.members
      .filter((member) => ts.isConstructorDeclaration(member) || isInstanceField(member))
      .map((member) => this.functionOf.get(member))
      .filter((info) => info !== undefined);
    const parent = this.parentOf(node);
    return parent ? [...own, ...this.constructionOf(parent, seen)] : own;
  }

  /** The class a class extends, when the program declares it. */
  parentOf(node: ts.ClassLikeDeclaration): ts.ClassLikeDeclaration | undefined {
    const heritage = node.heritageClauses?.find((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
    return heritage && this.#classOf(heritage.expression);
  }

  #classOf(expression: ts.Expression): ts.ClassLikeDeclaration | undefined {
    const bare = unwrap(expression);
    if (ts.isClassExpression(bare)) return bare;
    let symbol = this.checker.getSymbolAtLocation(bare);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = this.checker.getAliasedSymbol(symbol);
    const declaration = symbol?.valueDeclaration;
    if (!declaration || declaration.getSourceFile().isDeclarationFile) return undefined;
    if (ts.isClassLike(declaration)) return declaration;
    const value = ts.isVariableDeclaration(declaration) && declaration.initializer ? unwrap(declaration.initializer) : undefined;
    return value && ts.isClassExpression(value) ? value : undefined;
  }

  /** Any method by which the language converts objects. */
  anyConversion(): Value {
    return { base: "never", targets: [], lookalikes: this.#conversions };
  }

  /** What an operator, a template or a key converts `operand` by: methods of that name in its type, or any where the type does not say. */
  conversion(operand: ts.Expression): Value | undefined {
    if (this.#conversions.length === 0) return undefined;
    const type = this.checker.getTypeAtLocation(operand);
    const parts = type.isUnion() ? type.types : [type];
    if (parts.every((part) => (part.flags & PRIMITIVE) !== 0)) return undefined;
    const targets = this.#conversions.filter((info) => parts.some((part) => declares(part, info)));
    const isUnknown = parts.some(
      (part) =>
        (part.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter)) !== 0 || part.isClassOrInterface(),
    );
    if (targets.length === 0 && !isUnknown) return undefined;
    return { base: "never", targets, lookalikes: isUnknown ? this.#conversions.filter((info) => !targets.includes(info)) : [] };
  }

  /** The accessor a read or write of `node` may enter, `undefined` when no accessor of the program has that name. */
  accessor(node: ts.PropertyAccessExpression, kind: "get" | "set"): Value | undefined {
    const named = (kind === "get" ? this.#getters : this.#setters).get(node.name.text);
    if (!named) return undefined;
    const symbol = this.checker.getSymbolAtLocation(node.name);
    const targets = named.filter((info) => symbol?.declarations?.some((declaration) => declaration === info.node));
    if (targets.length > 0) return { base: "never", targets, lookalikes: named.filter((info) => !targets.includes(info)) };
    // A member that is declared as something else is that, unless the type is an interface an accessor may stand behind.
    const isKnown = symbol?.declarations?.some(
      (declaration) => ts.isClassLike(declaration.parent) || ts.isObjectLiteralExpression(declaration.parent),
    );
    return isKnown ? undefined : { base: "never", targets: [], lookalikes: named };
  }
}

const PRIMITIVE =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.ESSymbolLike |
  ts.TypeFlags.VoidLike |
  ts.TypeFlags.Null;

/** A method by which the language converts objects: `toString`, `valueOf`, `toJSON`, `[Symbol.toPrimitive]`. */
function isConversion(node: ts.Node): boolean {
  const owner =
    ts.isMethodDeclaration(node) || ts.isGetAccessorDeclaration(node) ? node : ts.isFunctionLike(node) ? node.parent : undefined;
  const name = owner && "name" in owner ? (owner.name as ts.PropertyName | undefined) : undefined;
  if (!name) return false;
  if (ts.isComputedPropertyName(name)) return /^Symbol\.toPrimitive$/.test(name.expression.getText());
  return (ts.isIdentifier(name) || ts.isStringLiteral(name)) && /^(toString|valueOf|toJSON)$/.test(name.text);
}

function declares(type: ts.Type, info: FunctionInfo): boolean {
  return type
    .getProperties()
    .some((property) =>
      property.declarations?.some((declaration) => declaration === info.node || declaration === info.node.parent),
    );
}

/** The operands an operator converts. */
export function convertedBy(node: ts.Node): readonly ts.Expression[] {
  if (ts.isTemplateSpan(node)) return [node.expression];
  if (ts.isElementAccessExpression(node)) return [node.argumentExpression];
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
    return node.operator === ts.SyntaxKind.ExclamationToken ? [] : [node.operand];
  if (!ts.isBinaryExpression(node)) return [];
  return isConverting(node.operatorToken.kind) ? [node.left, node.right] : [];
}

function isInstanceField(node: ts.Node): boolean {
  return ts.isPropertyDeclaration(node) && node.initializer !== undefined && !hasModifier(node, ts.SyntaxKind.StaticKeyword);
}

/** A function written to be called by `new`. */
export function makesInstances(node: ts.Node): boolean {
  if (!ts.isFunctionDeclaration(node) && !ts.isFunctionExpression(node)) return false;
  return node.asteriskToken === undefined && node.body !== undefined && usesReceiver(node.body);
}

function usesReceiver(node: ts.Node): boolean {
  if (node.kind === ts.SyntaxKind.ThisKeyword || ts.isMetaProperty(node)) return true;
  if (ts.isFunctionLike(node) && !ts.isArrowFunction(node)) return false;
  return ts.forEachChild(node, (child) => usesReceiver(child) || undefined) ?? false;
}

function note(map: Map<string, FunctionInfo[]>, node: ts.AccessorDeclaration, info: FunctionInfo): void {
  if (ts.isComputedPropertyName(node.name)) return;
  const list = map.get(node.name.text);
  if (list) list.push(info);
  else map.set(node.name.text, [info]);
}
