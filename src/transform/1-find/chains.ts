/**
 * How many callers of a function are surely compiled code at a suspension point, whoever they are: what `$tick` needs to know before it suspends below them.
 *
 *     export function report(rows) { return sum(rows) }     0: anybody may call it, the driver for one
 *     function sum(rows) { for (…) total += weight(row) }   1: only called by name, by `report`
 *     function weight(row) { while (…) … }                  2: only called by name, by `sum`
 *
 * Each reference to a function of depth 1 or more is the callee of a plain call in code that can suspend. One that is handed on as a value may be called by anybody, and so may
 * one that is exported and that no other module of the program imports by its name.
 */
import { outermost, ts } from "../ts.js";
import type { Collected } from "./collect.js";
import { type FunctionInfo, hasTwoCopies } from "./model.js";

/** No stack is looked at further up than this. */
const DEEPEST = 32;

/** Depths of the functions whose depth is not 0. Of a circle of functions that nobody else calls there is nothing to be said. */
export function callerDepths(collected: Collected, checker: ts.TypeChecker): Map<FunctionInfo, number> {
  const callers = new References(collected, checker).callers();
  const depths = new Map([...callers.keys()].map((info) => [info, DEEPEST]));
  const depthOf = (info: FunctionInfo): number => (isPlain(info) ? (depths.get(info) ?? 0) : -1);
  for (let changed = true; changed;) {
    changed = false;
    for (const [info, of] of callers) {
      const depth = Math.min(DEEPEST, ...[...of].map((caller) => depthOf(caller) + 1));
      if (depth === depths.get(info)) continue;
      depths.set(info, depth);
      changed = true;
    }
  }
  return new Map([...depths].filter(([, depth]) => depth > 0));
}

/** A function whose body runs when it is called, in two copies. That of a generator runs when somebody asks for the next value. */
function isPlain(info: FunctionInfo): boolean {
  const { node } = info;
  return hasTwoCopies(info) && !(ts.isFunctionLike(node) && "asteriskToken" in node && node.asteriskToken !== undefined);
}

class References {
  readonly #bySymbol = new Map<ts.Symbol, FunctionInfo>();
  readonly #names = new Set<string>();
  readonly #callers = new Map<FunctionInfo, Set<FunctionInfo>>();
  /** Functions that anybody may call. */
  readonly #open = new Set<FunctionInfo>();
  /** Functions whose export is needed in the program itself. */
  readonly #imported = new Set<FunctionInfo>();

  constructor(
    readonly collected: Collected,
    readonly checker: ts.TypeChecker,
  ) {
    for (const info of collected.functionOf.values()) {
      const name = isPlain(info) ? declaredName(info.node) : undefined;
      const symbol = name && checker.getSymbolAtLocation(name);
      if (!symbol) continue;
      this.#bySymbol.set(symbol, info);
      this.#names.add(name.text);
      this.#callers.set(info, new Set());
    }
  }

  /** The callers of each function that nobody else can call. */
  callers(): ReadonlyMap<FunctionInfo, ReadonlySet<FunctionInfo>> {
    for (const { file } of this.collected.modules) this.#visit(file);
    return new Map(
      [...this.#callers].filter(([info]) => !this.#open.has(info) && (this.#imported.has(info) || !isExported(info))),
    );
  }

  #visit(node: ts.Node): void {
    if (ts.isIdentifier(node) && this.#names.has(node.text)) this.#note(node);
    if (ts.isStringLiteralLike(node)) this.#noteModule(node);
    ts.forEachChild(node, (child) => this.#visit(child));
  }

  #note(name: ts.Identifier): void {
    const info = this.#referredBy(name);
    if (info === undefined || declaredName(declarationAround(name)) === name || ts.isTypeQueryNode(name.parent)) return;
    if (ts.isImportSpecifier(name.parent) || ts.isImportClause(name.parent)) this.#imported.add(info);
    else if (!ts.isExportSpecifier(name.parent)) {
      const caller = this.#callerAt(name);
      if (caller === undefined) this.#open.add(info);
      else this.#callers.get(info)!.add(caller);
    }
  }

  /** `import * as all from "./module"` and `import("./module")` hand on whatever it exports. */
  #noteModule(specifier: ts.StringLiteralLike): void {
    const { parent } = specifier;
    const isWhole =
      (ts.isImportDeclaration(parent) &&
        parent.importClause?.namedBindings !== undefined &&
        ts.isNamespaceImport(parent.importClause.namedBindings)) ||
      (ts.isExportDeclaration(parent) && parent.exportClause !== undefined && ts.isNamespaceExport(parent.exportClause)) ||
      (ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword);
    const module = isWhole ? this.checker.getSymbolAtLocation(specifier) : undefined;
    if (!module) return;
    for (const symbol of this.checker.getExportsOfModule(module)) {
      const info = this.#bySymbol.get(this.#unaliased(symbol));
      if (info) this.#open.add(info);
    }
  }

  #referredBy(name: ts.Identifier): FunctionInfo | undefined {
    const symbol = ts.isShorthandPropertyAssignment(name.parent)
      ? this.checker.getShorthandAssignmentValueSymbol(name.parent)
      : this.checker.getSymbolAtLocation(name);
    return symbol && this.#bySymbol.get(this.#unaliased(symbol));
  }

  #unaliased(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  /** Whose call this is the callee of, `undefined` when it is none. */
  #callerAt(name: ts.Identifier): FunctionInfo | undefined {
    const callee = outermost(name);
    const call = callee.parent;
    if (!ts.isCallExpression(call) || call.expression !== callee || call.questionDotToken) return undefined;
    for (let at: ts.Node | undefined = call.parent; at; at = at.parent) {
      const info = this.collected.functionOf.get(at);
      if (info) return info;
    }
    return undefined;
  }
}

function isExported({ node }: FunctionInfo): boolean {
  const declaration = ts.isFunctionDeclaration(node) ? node : node.parent.parent?.parent;
  const isMarked = declaration && ts.canHaveModifiers(declaration) && ts.getModifiers(declaration)?.some(isExport);
  if (isMarked) return true;
  const name = declaredName(node)?.text;
  return node
    .getSourceFile()
    .statements.some(
      (each) =>
        ts.isExportDeclaration(each) &&
        !each.moduleSpecifier &&
        each.exportClause &&
        ts.isNamedExports(each.exportClause) &&
        each.exportClause.elements.some((element) => (element.propertyName ?? element.name).text === name),
    );
}

const isExport = ({ kind }: ts.Modifier): boolean => kind === ts.SyntaxKind.ExportKeyword;

/** `function f() {}`, `const f = () => …`. */
function declaredName(node: ts.Node): ts.Identifier | undefined {
  if (ts.isFunctionDeclaration(node)) return node.name;
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return undefined;
  const { parent } = node;
  const isConstant = ts.isVariableDeclaration(parent) && (ts.getCombinedNodeFlags(parent) & ts.NodeFlags.Const) !== 0;
  return isConstant && ts.isIdentifier(parent.name) ? parent.name : undefined;
}

/** The function or constant declared by that name, or whatever else it stands in. */
function declarationAround({ parent }: ts.Identifier): ts.Node {
  return ts.isVariableDeclaration(parent) ? (parent.initializer ?? parent) : parent;
}
