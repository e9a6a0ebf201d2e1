/**
 * Pass `analyse captures`: the variables of each function, who captures them, which closures can reach a checkpoint, and which captured
 * variables therefore have to live in a scope object.
 *
 *     let n = 0;                         const $s1 = { n: 0 };
 *     const up = () => ++n;       ⇒      const up = $tag(() => ++$s1.n, up$, [$s1]);
 *
 * A captured variable that never changes after the closure was made is captured by value; only the others move into the scope object, which
 * frames and closures share by reference, before and after a restore (I6).
 */
import { isAssigned } from "./assigned.js";
import { ts, unwrap } from "../ts.js";
import { MadeUpNames } from "./names.js";
import { declarerOf, hasModifier, isBody } from "./collect.js";
import type { Findings, FunctionInfo, ModuleInfo } from "./model.js";
import { diesWithCall } from "./suspension.js";

export type VariableKind = "parameter" | "let" | "const" | "var" | "function" | "class" | "catch";

export interface Variable {
  readonly name: string;
  kind: VariableKind;
  readonly owner: FunctionInfo;
  /** The identifier that declares it (the first one, for a `var`). */
  readonly declaration: ts.Identifier;
  /** The block, loop, catch clause, case block or function the binding lives in. */
  readonly scope: ts.Node;
  /** Position at which the binding has its value, in the order of the source. */
  readonly readyAt: number;
  reassigned: boolean;
  readonly references: ts.Identifier[];
  readonly capturedBy: Set<FunctionInfo>;
  /** Set when it lives in the scope object of its scope. */
  boxed: boolean;
  /** A closure may see it before it is initialized: its reads are checked. */
  early: boolean;
  /** No name of the source: the compiler gave it one. */
  readonly isMadeUp: boolean;
  /** The name in emitted code. */
  emitName: string;
}

export interface ScopeObject {
  readonly name: string;
  readonly scope: ts.Node;
  readonly owner: FunctionInfo;
  readonly variables: Variable[];
}

export interface Captures {
  readonly variableOf: ReadonlyMap<ts.Identifier, Variable>;
  readonly variablesIn: ReadonlyMap<FunctionInfo, readonly Variable[]>;
  /** Closures that can end up in a checkpoint. */
  readonly tagged: ReadonlySet<FunctionInfo>;
  /** Accessors of object literals: they cannot suspend but can be saved with their object. */
  readonly accessors: ReadonlySet<FunctionInfo>;
  /** Closures that outlive the expression that makes them but cannot be saved: accessors of object literals, generators, members of local classes. */
  readonly opaque: ReadonlySet<FunctionInfo>;
  /** Scope objects by the node of the scope. */
  readonly scopeObjects: ReadonlyMap<ts.Node, ScopeObject>;
  /** Free variables of a function, in order of first use. */
  readonly captured: ReadonlyMap<FunctionInfo, readonly Variable[]>;
  /** Functions whose code, or an arrow function in it, uses `this`. */
  readonly usesThis: ReadonlySet<FunctionInfo>;
  /** The record of each class, and of each object literal whose methods use `super`: `{ ctor, home, … }`, made before the class or object. */
  readonly records: ReadonlyMap<ts.Node, Variable>;
  /** References to a class by its own name inside its body: they mean the class, whatever the outer variable becomes. */
  readonly classSelf: ReadonlyMap<ts.Identifier, Variable>;
  /**
   * Parameters, and the variable that the body declares under the same name. Where parameters have defaults or patterns that is another variable, which starts
   * with the value of the parameter (ECMA-262 10.2.11).
   */
  readonly redeclared: ReadonlyMap<Variable, Variable>;
  /** `this` of a derived constructor, which `super()` initializes. */
  readonly receivers: ReadonlyMap<FunctionInfo, Variable>;
  /** `arguments` and `new.target` of the functions that use them, themselves or in an arrow function. */
  readonly argumentsOf: ReadonlyMap<FunctionInfo, Variable>;
  readonly newTargets: ReadonlyMap<FunctionInfo, Variable>;
  /** The private names of each class, by their text with the `#`. */
  readonly privates: ReadonlyMap<ts.Node, ReadonlyMap<string, Variable>>;
  readonly madeUpNames: MadeUpNames;
  /** Function declarations that are only used after the place where they stand, so that they can be created there. */
  readonly inPlace: ReadonlySet<FunctionInfo>;
}

export function analyseCaptures(findings: Findings): Captures {
  const analysis = new Analysis(findings);
  for (const module of findings.modules) if (module.inWorkflow) analysis.module(module);
  return analysis.finish();
}

class Analysis {
  readonly #bySymbol = new Map<ts.Symbol, Variable>();
  readonly variableOf = new Map<ts.Identifier, Variable>();
  readonly variablesIn = new Map<FunctionInfo, Variable[]>();
  readonly tagged = new Set<FunctionInfo>();
  readonly opaque = new Set<FunctionInfo>();
  readonly accessors = new Set<FunctionInfo>();
  readonly scopeObjects = new Map<ts.Node, ScopeObject>();
  readonly captured = new Map<FunctionInfo, Variable[]>();
  readonly usesThis = new Set<FunctionInfo>();
  readonly inPlace = new Set<FunctionInfo>();
  readonly records = new Map<ts.Node, Variable>();
  readonly classSelf = new Map<ts.Identifier, Variable>();
  readonly redeclared = new Map<Variable, Variable>();
  readonly receivers = new Map<FunctionInfo, Variable>();
  readonly argumentsOf = new Map<FunctionInfo, Variable>();
  readonly newTargets = new Map<FunctionInfo, Variable>();
  readonly privates = new Map<ts.Node, Map<string, Variable>>();
  readonly madeUpNames = new MadeUpNames();
  readonly #madeUp: Variable[] = [];
  readonly #modules: ModuleInfo[] = [];

  constructor(readonly findings: Findings) {}

  module(module: ModuleInfo): void {
    this.#modules.push(module);
    const top = module.functions[0]!;
    this.#walk(top.node, top);
  }

  finish(): Captures {
    for (const module of this.#modules) {
      for (const info of module.functions) {
        if (this.#canReachCheckpoint(info)) this.tagged.add(info);
        else if (isOpaque(info)) this.opaque.add(info);
        if (isAccessor(info) && this.opaque.has(info) && !isInsideUnsaveable(info)) this.accessors.add(info);
      }
    }
    const functionVariables = [...this.#bySymbol.values(), ...this.redeclared.values(), ...this.#madeUp];
    this.#placeFunctions(functionVariables.filter((variable) => variable.kind === "function"));
    for (const variable of functionVariables) this.#decideBox(variable);
    return this;
  }

  #walk(node: ts.Node, owner: FunctionInfo): void {
    ts.forEachChild(node, (child) => this.#visit(child, owner));
  }

  #visit(node: ts.Node, owner: FunctionInfo): void {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    const info = isBody(node) ? this.findings.functionOf.get(node) : undefined;
    if (info) {
      if (info.full && isConstructible(node)) this.#useOf(this.newTargets, "target", info, info);
      if (info.full && (isConstructible(node) || isBaseConstructor(node))) this.usesThis.add(info);
      if ("name" in info.node && info.node.name) {
        if (ts.isComputedPropertyName(info.node.name)) this.#visit(info.node.name, owner);
        else if (ts.isIdentifier(info.node.name) && ts.isFunctionDeclaration(info.node)) this.#reference(info.node.name, owner);
        else if (ts.isIdentifier(info.node.name) && ts.isFunctionExpression(info.node)) this.#reference(info.node.name, info);
      }
      ts.forEachChild(node, (child) => {
        if (!("name" in node && child === node.name)) this.#visit(child, info);
      });
      return;
    }
    if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword) this.#noteThis(owner);
    this.#implicit(node, owner);
    if (ts.isIdentifier(node)) {
      if (isValueReference(node)) this.#reference(node, owner);
      return;
    }
    this.#walk(node, owner);
  }

  #noteThis(owner: FunctionInfo): void {
    // There it is a variable, which may have no value yet.
    const of = ownerOfThis(owner);
    if (of.full && isDerivedConstructor(of.node)) return;
    for (let at: FunctionInfo | undefined = owner; at; at = at.parent) {
      this.usesThis.add(at);
      if (!ts.isArrowFunction(at.node)) return;
    }
  }

  /** What a name means. In the head of a function TypeScript sees some of the variables of its body, and those of a method in its computed name. */
  #visibleSymbol(node: ts.Identifier, owner: FunctionInfo): ts.Symbol | undefined {
    let symbol = this.findings.checker.getSymbolAtLocation(node);
    if (!owner.full) return symbol;
    const caught = catchParameterAssignedBy(node);
    if (caught) return this.findings.checker.getSymbolAtLocation(caught);
    for (const head of headsAround(node))
      if (symbol && isHiddenIn(symbol, head)) symbol = this.#symbolOutside(node.text, head.of);
    return symbol;
  }

  #symbolOutside(name: string, of: ts.FunctionLikeDeclaration): ts.Symbol | undefined {
    const { resolveName } = this.findings.checker as unknown as { resolveName: ResolveName };
    if (ts.isFunctionExpression(of) && of.name?.text === name) return this.findings.checker.getSymbolAtLocation(of.name);
    return resolveName(name, of.parent, ts.SymbolFlags.Value, false);
  }

  #reference(node: ts.Identifier, owner: FunctionInfo): void {
    const symbol = this.#symbolOf(node, owner);
    if (!symbol) return;
    const found = this.#variable(symbol);
    if (!found) return;
    const variable = this.#inBody(found, node) ?? found;
    const around = classAround(node, symbol);
    const own = around && this.#isWrittenOut(around) ? around : undefined;
    if (own) {
      const record = this.#record(own);
      this.classSelf.set(node, record);
      this.#capture(record, owner);
      return;
    }
    this.variableOf.set(node, variable);
    variable.references.push(node);
    const isConstant =
      variable.owner.full &&
      (variable.kind === "const" ||
        (variable.declaration.parent !== undefined && ts.isFunctionExpression(variable.declaration.parent)));
    if ((isAssigned(node) && !isConstant) || redeclares(node, variable) || (variable.kind === "catch" && isVarName(node)))
      variable.reassigned = true;
    this.#capture(variable, owner);
  }

  #symbolOf(node: ts.Identifier, owner: FunctionInfo): ts.Symbol | undefined {
    const { checker, everywhere } = this.findings;
    if (ts.isShorthandPropertyAssignment(node.parent)) return checker.getShorthandAssignmentValueSymbol(node.parent);
    if (!everywhere || !mayDeclareProperty(node)) return this.#visibleSymbol(node, owner);
    return checker.getSymbolsInScope(node, ts.SymbolFlags.Value).find((symbol) => symbol.name === node.text);
  }

  #capture(variable: Variable, owner: FunctionInfo): void {
    // What a module's own classes need are constants of the module, which all its code can see.
    if (variable.isMadeUp && !variable.owner.parent) return;
    for (let at = owner; at !== variable.owner && at.parent; at = at.parent) {
      variable.capturedBy.add(at);
      const list: Variable[] = this.captured.get(at) ?? [];
      if (!list.includes(variable)) list.push(variable);
      this.captured.set(at, list);
    }
  }

  /** What a node uses without naming it: the home of `super`, `arguments`, `new.target`, private names, `this` of a derived constructor. */
  #implicit(node: ts.Node, owner: FunctionInfo): void {
    if (ts.isClassLike(node) && this.#isWrittenOut(node)) this.#declareClass(node);
    if (ts.isPrivateIdentifier(node)) return this.#usePrivate(node, owner);
    if (!ownerOfThis(owner).full) return;
    if (node.kind === ts.SyntaxKind.SuperKeyword) this.#useSuper(node, owner);
    if (node.kind === ts.SyntaxKind.ThisKeyword) this.#useReceiver(owner);
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.NewKeyword)
      this.#useOf(this.newTargets, "target", ownerOfThis(owner), owner);
    if (ts.isIdentifier(node) && node.text === "arguments" && isValueReference(node) && this.#isArguments(node))
      this.#useOf(this.argumentsOf, "arguments", ownerOfThis(owner), owner);
  }

  #declareClass(node: ts.ClassLikeDeclaration): void {
    const record = this.#record(node);
    for (const member of node.members) {
      if (member.name && ts.isPrivateIdentifier(member.name)) this.#privateName(node, member.name.text);
      const info = ts.isConstructorDeclaration(member) ? this.findings.functionOf.get(member) : undefined;
      if (info) this.#capture(record, info);
    }
  }

  #isWrittenOut(node: ts.ClassLikeDeclaration): boolean {
    return this.findings.everywhere || this.findings.writtenOut.has(node);
  }

  /** Whether a declaration belongs to a full function. */
  #isIn(declaration: ts.Node, kind: VariableKind): boolean {
    return this.#ownerOf(scopeOf(declaration as Declared, kind))?.full ?? false;
  }

  #isArguments(node: ts.Identifier): boolean {
    return this.findings.checker.getSymbolAtLocation(node)?.declarations === undefined;
  }

  /** A variable of `owner` that is not in the source. */
  #made(name: string, owner: FunctionInfo, kind: "const" | "let"): Variable {
    const variable: Variable = {
      name,
      kind,
      owner,
      declaration: ts.factory.createIdentifier(name),
      scope: owner.node,
      readyAt: owner.node.pos,
      reassigned: kind === "let",
      references: [],
      capturedBy: new Set(),
      boxed: false,
      early: false,
      isMadeUp: true,
      emitName: this.madeUpNames.make(name, owner),
    };
    this.#madeUp.push(variable);
    const list = this.variablesIn.get(owner);
    if (list) list.push(variable);
    else this.variablesIn.set(owner, [variable]);
    return variable;
  }

  #record(node: ts.Node): Variable {
    const known = this.records.get(node);
    if (known) return known;
    const name = ts.isClassLike(node) && node.name ? `class_${node.name.text}` : "class";
    const made = this.#made(name, this.#ownerOf(node.parent)!, "const");
    this.records.set(node, made);
    return made;
  }

  #useOf(map: Map<FunctionInfo, Variable>, name: string, of: FunctionInfo, user: FunctionInfo): void {
    const known = map.get(of) ?? this.#made(name, of, "const");
    map.set(of, known);
    this.#capture(known, user);
  }

  #useReceiver(owner: FunctionInfo): void {
    const of = ownerOfThis(owner);
    if (!isDerivedConstructor(of.node)) return;
    const known = this.receivers.get(of) ?? this.#made("this", of, "let");
    this.receivers.set(of, known);
    this.#capture(known, owner);
  }

  #useSuper(node: ts.Node, owner: FunctionInfo): void {
    const of = ownerOfThis(owner);
    const home = of.node.parent;
    if (home && (ts.isObjectLiteralExpression(home) || (ts.isClassLike(home) && this.#isWrittenOut(home))))
      this.#capture(this.#record(home), owner);
    this.#useReceiver(owner);
    if (ts.isCallExpression(node.parent) && node.parent.expression === node) this.#useOf(this.newTargets, "target", of, owner);
  }

  #usePrivate(node: ts.PrivateIdentifier, owner: FunctionInfo): void {
    const of = declarerOf(node);
    if (of && this.#isWrittenOut(of)) this.#capture(this.#privateName(of, node.text), owner);
  }

  #privateName(of: ts.ClassLikeDeclaration, text: string): Variable {
    const names = this.privates.get(of) ?? new Map<string, Variable>();
    this.privates.set(of, names);
    const known = names.get(text) ?? this.#made(`private_${text.slice(1)}`, this.#ownerOf(of.parent)!, "const");
    names.set(text, known);
    return known;
  }

  #variable(symbol: ts.Symbol): Variable | undefined {
    const known = this.#bySymbol.get(symbol);
    if (known) return known;
    const declarations = symbol.declarations?.filter(isVariableDeclaration) ?? [];
    const declaration = declarations.find((candidate) => ts.isParameter(rootDeclaration(candidate))) ?? declarations[0];
    if (!declaration) return undefined;
    const name = declaration.name;
    if (!name || !ts.isIdentifier(name)) return undefined;
    // A function declared twice, or next to a `var`, is one variable that is assigned more than once.
    const first = kindOf(declaration);
    const isShared = this.#isIn(declaration, first) && declarations.length > 1 && first === "function";
    const kind = isShared ? "var" : first;
    const scope = scopeOf(declaration, kind);
    if (ts.isSourceFile(scope) || scope.getSourceFile().isDeclarationFile) return undefined;
    const owner = this.#ownerOf(scope);
    if (!owner) return undefined;
    const merged = owner.full ? this.#merged(symbol, name.text, kind, scope, owner) : undefined;
    if (merged) return merged;
    const root = rootDeclaration(declaration);
    const variable: Variable = {
      name: name.text,
      kind,
      owner,
      declaration: name,
      scope,
      readyAt:
        (kind === "catch" && !(owner.full && isInPattern(declaration))) ||
        (kind === "parameter" && (!owner.full || isSimple(scope)))
          ? scope.pos
          : kind === "function"
            ? declaration.pos
            : readyAfter(root, scope, owner.full),
      // A `var` is one binding for all rounds of a loop; several declarations are several assignments.
      reassigned: kind === "var",
      references: [],
      capturedBy: new Set(),
      boxed: false,
      early: false,
      isMadeUp: false,
      // As a property of a scope object this name would set its prototype.
      emitName: name.text === "__proto__" ? "proto$" : name.text,
    };
    this.#bySymbol.set(symbol, variable);
    const list = this.variablesIn.get(owner);
    if (list) list.push(variable);
    else this.variablesIn.set(owner, [variable]);
    return variable;
  }

  /** What a name means in the body of a function that declares it again, next to a parameter of that name. */
  #inBody(parameter: Variable, node: ts.Identifier): Variable | undefined {
    const { scope, name, owner, kind } = parameter;
    if (kind !== "parameter" || !owner.full || isSimple(scope)) return undefined;
    const { body } = scope as ts.FunctionLikeDeclaration;
    if (!body || !isWithin(node, body)) return undefined;
    const known = this.redeclared.get(parameter);
    if (known) return known;
    const declaration = functionLevelNames(body).find((declared) => declared.text === name);
    if (!declaration) return undefined;
    const variable: Variable = {
      ...parameter,
      kind: "var",
      declaration,
      readyAt: body.pos,
      reassigned: true,
      references: [],
      capturedBy: new Set(),
      emitName: `${name}$body`,
    };
    this.redeclared.set(parameter, variable);
    this.variablesIn.get(owner)!.push(variable);
    return variable;
  }

  /** `var f; function f() {}`: two symbols to TypeScript, one variable to the language. */
  #merged(symbol: ts.Symbol, name: string, kind: VariableKind, scope: ts.Node, owner: FunctionInfo): Variable | undefined {
    const isFunctionLevel = (of: VariableKind): boolean => of === "var" || of === "parameter" || of === "function";
    // The own name of a function expression is in a scope around it.
    if (!isFunctionLevel(kind) || symbol.declarations?.some((node) => ts.isFunctionExpression(node))) return undefined;
    const known = this.variablesIn
      .get(owner)
      ?.find(
        (other) =>
          other.name === name &&
          other.scope === scope &&
          isFunctionLevel(other.kind) &&
          !ts.isFunctionExpression(other.declaration.parent),
      );
    if (!known) return undefined;
    if (known.kind === "function") known.kind = "var";
    known.reassigned = true;
    this.#bySymbol.set(symbol, known);
    return known;
  }

  #ownerOf(node: ts.Node): FunctionInfo | undefined {
    for (let at: ts.Node | undefined = node; at; at = at.parent) {
      const info = this.findings.functionOf.get(at);
      if (info) return info;
      // A computed name is outside the method it names.
      if (ts.isComputedPropertyName(at)) at = at.parent;
    }
    return undefined;
  }

  #canReachCheckpoint(info: FunctionInfo): boolean {
    const node = info.node;
    if (info.full && isClosureOfItsOwn(node)) return !info.barrier && (this.findings.everywhere || !isInsideUnsaveable(info));
    if (info.full && isGenerator(node)) return !info.barrier;
    const isClosure =
      ts.isArrowFunction(node) ||
      ts.isFunctionExpression(node) ||
      (ts.isFunctionDeclaration(node) && !ts.isSourceFile(node.parent)) ||
      (ts.isMethodDeclaration(node) && ts.isObjectLiteralExpression(node.parent) && !isComputed(node.name));
    if (!isClosure || info.barrier === "a generator" || info.barrier === "a method of an object literal that uses super")
      return false;
    // A module-level async function is the body of a step or a constant: saved by reference.
    if (info.barrier && !info.parent?.parent) return false;
    if (isInsideUnsaveable(info)) return false;
    if (info.verdict !== "never" || ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) return true;
    // Whatever stands beside it in the call may wait.
    if (info.parent?.overlap) return true;
    let up: ts.Node = node.parent;
    while (ts.isParenthesizedExpression(up)) up = up.parent;
    if (!ts.isCallExpression(up)) return true;
    if (unwrap(up.expression) === node) return false; // called on the spot
    return !diesWithCall(this.findings.checker, up, node);
  }

  /** A declaration without an earlier use is created where it stands, when everything above it is initialized. */
  #placeFunctions(variables: readonly Variable[]): void {
    for (const variable of variables) this.#placeFunction(variable);
    for (let changed = true; changed;) {
      changed = false;
      for (const variable of variables)
        if (this.#isUsedEarly(variable)) changed = this.inPlace.delete(this.#declaredBy(variable)!);
    }
  }

  #placeFunction(variable: Variable): void {
    const info = this.#declaredBy(variable);
    if (!info || ts.isCaseClause(variable.declaration.parent.parent) || ts.isDefaultClause(variable.declaration.parent.parent))
      return;
    const start = variable.declaration.parent.pos;
    if (variable.references.every((reference) => reference.pos >= start)) this.inPlace.add(info);
  }

  /** A function that is created earlier may be called earlier, wherever it stands. */
  #isUsedEarly(variable: Variable): boolean {
    const info = this.#declaredBy(variable);
    if (!info || !this.inPlace.has(info)) return false;
    return [...variable.capturedBy].some((user) => this.#createdAt(user) < info.node.pos);
  }

  #declaredBy(variable: Variable): FunctionInfo | undefined {
    return this.findings.functionOf.get(variable.declaration.parent);
  }

  /** The function itself can see the binding before it is initialized: only a checked one can say so. */
  #readBeforeReady(variable: Variable): boolean {
    if (
      !variable.owner.full ||
      !(
        variable.kind === "let" ||
        variable.kind === "const" ||
        variable.kind === "class" ||
        variable.kind === "parameter" ||
        variable.kind === "catch"
      )
    )
      return false;
    if (
      variable.references.some(
        (reference) => reference !== variable.declaration && reference.pos < variable.readyAt && !declaresName(reference),
      )
    )
      return true;
    return ts.isCaseBlock(variable.scope) && variable.references.length > 1;
  }

  #decideBox(variable: Variable): void {
    const closures = [...variable.capturedBy].filter((info) => this.#outlives(info) && isDirectlyIn(info, variable, this.tagged));
    if (closures.length === 0 && !this.#readBeforeReady(variable)) return;
    const inCase = ts.isCaseBlock(variable.scope);
    const early =
      this.#readBeforeReady(variable) ||
      closures.some((info) => this.#createdAt(info) < variable.readyAt && !this.#isItself(info, variable)) ||
      inCase;
    if (!variable.reassigned && !early && !closures.some((info) => this.#isOwnGenerator(info, variable))) return;
    variable.boxed = true;
    variable.early = early;
    const known = this.scopeObjects.get(variable.scope);
    if (known) known.variables.push(variable);
    else {
      const name = this.madeUpNames.make("s", variable.owner, true);
      this.scopeObjects.set(variable.scope, { name, scope: variable.scope, owner: variable.owner, variables: [variable] });
    }
  }

  #outlives(info: FunctionInfo): boolean {
    // Left as it is, an async function has to share its variables with the activation that goes on after a suspension.
    return this.tagged.has(info) || this.opaque.has(info) || (this.findings.everywhere && info.barrier === "an async function");
  }

  #isItself(info: FunctionInfo, variable: Variable): boolean {
    return info.node === variable.declaration.parent;
  }

  /** A declared generator that names itself: the function that does is only its body, and has no name. */
  #isOwnGenerator(info: FunctionInfo, variable: Variable): boolean {
    return (
      info.full && this.#isItself(info, variable) && ts.isFunctionDeclaration(info.node) && info.node.asteriskToken !== undefined
    );
  }

  /** Where in the source a closure comes into being: where it stands, or at the start of its block. */
  #createdAt(info: FunctionInfo): number {
    const node = info.node;
    return ts.isFunctionDeclaration(node) && !this.inPlace.has(info) ? node.parent.pos : node.getStart();
  }
}

/** The function whose `this`, `arguments` and `new.target` the code sees: arrow functions have none of their own. */
export function ownerOfThis(owner: FunctionInfo): FunctionInfo {
  let at = owner;
  while (ts.isArrowFunction(at.node) && at.parent) at = at.parent;
  return at;
}

/** The constructor of a class; `static constructor() {}` is a method of that name. */
export function isConstructor(node: ts.Node): node is ts.ConstructorDeclaration {
  return ts.isConstructorDeclaration(node) && !hasModifier(node, ts.SyntaxKind.StaticKeyword);
}

export function isDerivedConstructor(node: ts.Node): boolean {
  return isConstructor(node) && heritageOf(node.parent) !== undefined;
}

function isBaseConstructor(node: ts.Node): boolean {
  return isConstructor(node) && heritageOf(node.parent) === undefined;
}

/** The expression after `extends`. */
export function heritageOf(node: ts.ClassLikeDeclaration): ts.Expression | undefined {
  return node.heritageClauses?.find((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)?.types[0]?.expression;
}

/** A function that `new` can be applied to, and is not a class. */
export function isConstructible(node: ts.Node): boolean {
  if (!ts.isFunctionExpression(node) && !ts.isFunctionDeclaration(node)) return false;
  return node.asteriskToken === undefined && !node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword);
}

/** Whether all parameters are plain names (the last one perhaps after `...`). */
export function isSimple(node: ts.Node): boolean {
  const parameters = (node as ts.FunctionLikeDeclaration).parameters as readonly ts.ParameterDeclaration[] | undefined;
  return (parameters ?? []).every((parameter) => ts.isIdentifier(parameter.name) && !parameter.initializer);
}

/** Made on its own, as an expression; all other functions are part of a class body or an object literal. */
function isClosureOfItsOwn(node: ts.Node): boolean {
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return true;
  if (ts.isFunctionDeclaration(node)) return !ts.isSourceFile(node.parent);
  if (ts.isPropertyDeclaration(node) || ts.isClassStaticBlockDeclaration(node)) return true;
  return (ts.isMethodDeclaration(node) || ts.isAccessor(node)) && ts.isPrivateIdentifier(node.name);
}

function isInPattern(node: ts.Node): boolean {
  return ts.isBindingElement(node);
}

/** Where in the text a binding has its value: after its declaration; for the head of `for…of` and `for…in` when the body begins. */
function readyAfter(root: ts.Node, scope: ts.Node, isFull: boolean): number {
  const isHead = isFull && (ts.isForOfStatement(scope) || ts.isForInStatement(scope));
  return isHead ? scope.statement.pos : root.end;
}

/** The class of that name around a reference to it. */
function classAround(node: ts.Identifier, symbol: ts.Symbol): ts.ClassLikeDeclaration | undefined {
  const declaration = symbol.declarations?.find((candidate) => ts.isClassLike(candidate));
  if (!declaration || !ts.isClassLike(declaration) || declaration.name === node) return undefined;
  for (let at: ts.Node = node; at; at = at.parent) if (at === declaration) return declaration;
  return undefined;
}

function declaresName(node: ts.Identifier): boolean {
  const parent = node.parent as ts.NamedDeclaration;
  return parent.name === node && (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent));
}

/** A name that is evaluated; `[Symbol.iterator]` is as good as a fixed one. */
function isComputed(name: ts.PropertyName): boolean {
  if (!ts.isComputedPropertyName(name)) return false;
  const key = name.expression;
  return !(ts.isPropertyAccessExpression(key) && ts.isIdentifier(key.expression) && key.expression.text === "Symbol");
}

/** Whether it is made by an activation that can never be in a checkpoint. */
function isInsideUnsaveable(info: FunctionInfo): boolean {
  for (let at = info.parent; at; at = at.parent)
    if (at.barrier === "an async function" || at.barrier === "a generator") return true;
  return false;
}

function isAccessor(info: FunctionInfo): boolean {
  return ts.isAccessor(info.node) && ts.isObjectLiteralExpression(info.node.parent);
}

function isGenerator(node: ts.Node): boolean {
  return "asteriskToken" in node && node.asteriskToken !== undefined;
}

function isOpaque(info: FunctionInfo): boolean {
  const node = info.node;
  if (!info.parent || ts.isSourceFile(info.parent.node)) return false;
  const isGenerator = "asteriskToken" in node && node.asteriskToken !== undefined;
  const isMethod = ts.isMethodDeclaration(node) && ts.isObjectLiteralExpression(node.parent);
  return isGenerator || isAccessor(info) || isMethod || ts.isClassLike(node.parent);
}

/** Captured by a closure that is not itself inside another tagged closure capturing it: that one's creation is what counts. */
function isDirectlyIn(info: FunctionInfo, variable: Variable, tagged: ReadonlySet<FunctionInfo>): boolean {
  for (let at = info.parent; at && at !== variable.owner; at = at.parent) if (tagged.has(at)) return false;
  return true;
}

type Declared =
  | ts.VariableDeclaration
  | ts.ParameterDeclaration
  | ts.BindingElement
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.ClassDeclaration
  | ts.ClassExpression;

function isVariableDeclaration(node: ts.Declaration): node is Declared {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isClassDeclaration(node) ||
    ts.isClassExpression(node)
  );
}

/** The variable declaration or parameter a name in a pattern belongs to. */
function rootDeclaration(node: Declared): ts.Node {
  let at: ts.Node = node;
  while (ts.isBindingElement(at) || ts.isObjectBindingPattern(at) || ts.isArrayBindingPattern(at)) at = at.parent;
  return at;
}

function kindOf(node: Declared): VariableKind {
  if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node)) return "function";
  if (ts.isClassDeclaration(node) || ts.isClassExpression(node)) return "class";
  const root = rootDeclaration(node);
  if (ts.isParameter(root)) return "parameter";
  if (ts.isCatchClause(root.parent)) return "catch";
  const flags = root.parent.flags;
  // `using` has a flag of its own and is as constant.
  if (flags & (ts.NodeFlags.Const | ts.NodeFlags.Using)) return "const";
  return flags & ts.NodeFlags.Let ? "let" : "var";
}

function scopeOf(node: Declared, kind: VariableKind): ts.Node {
  if (ts.isFunctionExpression(node) || ts.isClassExpression(node)) return node;
  let at: ts.Node = rootDeclaration(node).parent;
  const functionLevel = kind === "var" || kind === "parameter";
  for (; ; at = at.parent) {
    if (ts.isSourceFile(at) || ts.isModuleBlock(at) || ts.isFunctionLike(at) || ts.isClassStaticBlockDeclaration(at)) return at;
    if (functionLevel) continue;
    if (ts.isCatchClause(at) || ts.isForStatement(at) || ts.isForInStatement(at) || ts.isForOfStatement(at) || ts.isCaseBlock(at))
      return at;
    if (ts.isBlock(at)) return ts.isFunctionLike(at.parent) || ts.isClassStaticBlockDeclaration(at.parent) ? at.parent : at;
  }
}

/** An internal method of the checker. */
type ResolveName = (name: string, location: ts.Node, meaning: ts.SymbolFlags, excludeGlobals: boolean) => ts.Symbol | undefined;

/** The names that a function's body declares for the whole of it: `var` anywhere, functions at its top. */
function functionLevelNames(body: ts.Node): ts.Identifier[] {
  const names: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionDeclaration(node) && node.parent === body && node.name) names.push(node.name);
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (ts.isIdentifier(node) && isVar(node)) names.push(node);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(body, visit);
  return names;
}

/** Whether the identifier is declared there by `var`, perhaps within a pattern. */
function isVar(node: ts.Identifier): boolean {
  let at: ts.Node = node.parent;
  if (!declaresName(node) || ts.isParameter(at)) return false;
  while (ts.isBindingElement(at) || ts.isObjectBindingPattern(at) || ts.isArrayBindingPattern(at)) at = at.parent;
  return (
    ts.isVariableDeclaration(at) && ts.isVariableDeclarationList(at.parent) && (at.parent.flags & ts.NodeFlags.BlockScoped) === 0
  );
}

function isVarName(node: ts.Identifier): boolean {
  return (
    ts.isVariableDeclaration(node.parent) &&
    node.parent.name === node &&
    ts.isVariableDeclarationList(node.parent.parent) &&
    (node.parent.parent.flags & ts.NodeFlags.BlockScoped) === 0
  );
}

/** `catch (e) { var e = 1; }` assigns the parameter (ECMA-262 B.3.4): the `var` is a variable of the function that keeps its value. */
function catchParameterAssignedBy(node: ts.Identifier): ts.Identifier | undefined {
  if (!isVarName(node) || !(node.parent as ts.VariableDeclaration).initializer) return undefined;
  for (let at: ts.Node = node.parent; at && !ts.isFunctionLike(at) && !ts.isClassStaticBlockDeclaration(at); at = at.parent) {
    const name = ts.isCatchClause(at) ? at.variableDeclaration?.name : undefined;
    if (name && ts.isIdentifier(name) && name.text === node.text) return name;
  }
  return undefined;
}

/** A place in front of a function's body: its computed name, or one of its parameters. */
interface Head {
  readonly of: ts.FunctionLikeDeclaration;
  readonly part: ts.ComputedPropertyName | ts.ParameterDeclaration;
}

/** The heads in which the node stands, innermost first. */
function headsAround(node: ts.Node): Head[] {
  const found: Head[] = [];
  for (let part = node; part; part = part.parent)
    if (
      (ts.isComputedPropertyName(part) && (ts.isMethodDeclaration(part.parent) || ts.isAccessor(part.parent))) ||
      ts.isParameter(part)
    )
      found.push({ of: part.parent as ts.FunctionLikeDeclaration, part });
  return found;
}

/** Whether the variable is declared behind the head: a `var` that is a parameter as well is not. */
function isHiddenIn(symbol: ts.Symbol, { of, part }: Head): boolean {
  const declarations = symbol.declarations ?? [];
  const behind = (declaration: ts.Node): boolean =>
    ts.isParameter(part) ? isWithin(declaration, of.body!) : isWithin(declaration, of) && !isWithin(declaration, part);
  return declarations.length > 0 && declarations.every(behind);
}

function isWithin(node: ts.Node, outer: ts.Node): boolean {
  for (let at = node; at; at = at.parent) if (at === outer) return true;
  return false;
}

/** Whether an identifier stands for a variable's value or names a variable being declared. */
export function isValueReference(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent)) return false;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.propertyName !== node;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent))
    return false;
  if (ts.isMetaProperty(parent) || ts.isEnumMember(parent)) return false;
  if (ts.isMethodDeclaration(parent) || ts.isAccessor(parent) || ts.isPropertyDeclaration(parent)) return parent.name !== node;
  return true;
}

/** `function f(a) { var a = 5; }`: the declaration assigns the parameter. */
function redeclares(node: ts.Identifier, variable: Variable): boolean {
  return (
    variable.kind === "parameter" &&
    node !== variable.declaration &&
    ts.isVariableDeclaration(node.parent) &&
    node.parent.name === node
  );
}

/** Whether a name is that of `exports.p = …`, `module.exports = …` or `F.prototype = …`: in JavaScript the checker answers with the property then. */
function mayDeclareProperty(node: ts.Identifier): boolean {
  const access = node.parent;
  if (!ts.isPropertyAccessExpression(access) || access.expression !== node) return false;
  const assignment = access.parent;
  if (!ts.isBinaryExpression(assignment) || assignment.left !== access) return false;
  return node.text === "exports" || node.text === "module" || access.name.text === "prototype";
}
