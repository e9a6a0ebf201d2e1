/**
 * Pass `collect`: the functions of the program, each with a unique readable name, and the code they contain.
 */
import path from "node:path";
import { ts, unwrap } from "../ts.js";
import type { Barrier, Body, FunctionInfo, ModuleInfo } from "./model.js";

/** Names the language calls without a call expression in sight; nobody could check their result. */
const IMPLICITLY_CALLED = new Set(["then"]);

export interface Collected {
  readonly modules: ModuleInfo[];
  readonly functionOf: Map<ts.Node, FunctionInfo>;
}

export function collect(program: ts.Program, rootDir: string, everywhere = false): Collected {
  const functionOf = new Map<ts.Node, FunctionInfo>();
  const modules: ModuleInfo[] = [];
  for (const file of program.getSourceFiles()) {
    if (file.isDeclarationFile || program.isSourceFileFromExternalLibrary(file) || file.fileName.endsWith(".json")) continue;
    const id = path.relative(rootDir, file.fileName).split(path.sep).join("/");
    const module: ModuleInfo = { file, id, functions: [], inWorkflow: false };
    modules.push(module);
    new Collector(module, functionOf, everywhere).collect();
  }
  return { modules, functionOf };
}

class Collector {
  readonly #names = new Set<string>();
  constructor(
    readonly module: ModuleInfo,
    readonly functionOf: Map<ts.Node, FunctionInfo>,
    readonly everywhere: boolean,
  ) {}

  collect(): void {
    this.#add(this.module.file, undefined, "<module>", "module-level code");
  }

  #add(node: Body, parent: FunctionInfo | undefined, name: string, barrier: Barrier | undefined): void {
    const reluctant = !this.everywhere && isReluctant(node);
    const info: FunctionInfo = {
      node,
      module: this.module,
      parent,
      name,
      barrier,
      calls: [],
      reluctant,
      full: false,
      verdict: "never",
    };
    this.module.functions.push(info);
    this.functionOf.set(node, info);
    ts.forEachChild(node, (child) => this.#visit(child, info));
  }

  #visit(node: ts.Node, owner: FunctionInfo): void {
    if (isBody(node)) {
      // Decorators and computed names of members run in the code around them, not in the member.
      if ("name" in node && node.name && ts.isComputedPropertyName(node.name)) this.#visit(node.name, owner);
      const body = node;
      this.#add(body, owner, this.#uniqueName(body, owner), this.everywhere ? asyncBarrier(body) : barrierOf(body));
      return;
    }
    ts.forEachChild(node, (child) => this.#visit(child, owner));
  }

  #uniqueName(node: Exclude<Body, ts.SourceFile>, owner: FunctionInfo): string {
    const own = ownName(node);
    const prefix = owner.parent === undefined ? "" : `${owner.name}.`;
    const base = prefix + own.text;
    for (let n = own.anonymous ? 1 : 0; ; n++) {
      const name = n === 0 ? base : `${base}$${n}`;
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      return name;
    }
  }
}

/** Code of its own: a function with a body, a field initializer, a static block. */
export function isBody(node: ts.Node): node is Exclude<Body, ts.SourceFile> {
  if (ts.isClassStaticBlockDeclaration(node)) return true;
  if (ts.isPropertyDeclaration(node)) return node.initializer !== undefined;
  return ts.isFunctionLike(node) && "body" in node && node.body !== undefined;
}

function asyncBarrier(node: Exclude<Body, ts.SourceFile>): Barrier | undefined {
  return hasModifier(node, ts.SyntaxKind.AsyncKeyword) ? "an async function" : undefined;
}

function barrierOf(node: Exclude<Body, ts.SourceFile>): Barrier | undefined {
  const isStatic =
    ts.isClassStaticBlockDeclaration(node) || (ts.isPropertyDeclaration(node) && hasModifier(node, ts.SyntaxKind.StaticKeyword));
  // The class is evaluated by the module, which is loaded, not run.
  if (isStatic && !isInsideFunction(node)) return ts.isPropertyDeclaration(node) ? "a field initializer" : "a static block";
  if (hasModifier(node, ts.SyntaxKind.AsyncKeyword)) return "an async function";
  if (isInsideNamespace(node)) return "code inside a namespace";
  if (ts.isMethodDeclaration(node) && ts.isIdentifier(node.name) && IMPLICITLY_CALLED.has(node.name.text))
    return "a method that the language calls by itself";
  return undefined;
}

function isReluctant(node: Body): boolean {
  return ts.isConstructorDeclaration(node) || ts.isPropertyDeclaration(node) || ts.isClassStaticBlockDeclaration(node);
}

export function isInsideFunction(node: ts.Node): boolean {
  for (let up = node.parent; up; up = up.parent) if (ts.isFunctionLike(up) || ts.isClassStaticBlockDeclaration(up)) return true;
  return false;
}

/** Its resume copy would stand outside, where the namespace's own names mean nothing. */
function isInsideNamespace(node: ts.Node): boolean {
  for (let up = node.parent; up; up = up.parent) if (ts.isModuleBlock(up)) return true;
  return false;
}

export function usesSuper(node: ts.Node): boolean {
  return node.kind === ts.SyntaxKind.SuperKeyword || (ts.forEachChild(node, (child) => usesSuper(child) || undefined) ?? false);
}

export function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false);
}

/** What a person would call it: its own name, the variable or property it is assigned to, the function it is handed to. */
function ownName(node: Exclude<Body, ts.SourceFile>): { text: string; anonymous: boolean } {
  const named = (text: string): { text: string; anonymous: boolean } => ({ text, anonymous: false });
  if (ts.isClassStaticBlockDeclaration(node)) return named(`${className(node.parent)}.static`);
  if (ts.isConstructorDeclaration(node)) return named(`${className(node.parent)}.constructor`);
  if (node.name && !(ts.isFunctionExpression(node) || ts.isFunctionDeclaration(node))) {
    const member = ts.isComputedPropertyName(node.name) ? "[computed]" : node.name.getText();
    const accessor = ts.isGetAccessorDeclaration(node) ? "get " : ts.isSetAccessorDeclaration(node) ? "set " : "";
    return named(ts.isClassLike(node.parent) ? `${className(node.parent)}.${accessor}${member}` : accessor + member);
  }
  if (node.name) return named(node.name.getText());
  if (ts.isFunctionDeclaration(node)) return named("default");
  let up: ts.Node = node.parent;
  while (ts.isParenthesizedExpression(up) || ts.isAsExpression(up) || ts.isSatisfiesExpression(up)) up = up.parent;
  if (ts.isVariableDeclaration(up) && ts.isIdentifier(up.name)) return named(up.name.text);
  if (ts.isPropertyAssignment(up) && !ts.isComputedPropertyName(up.name)) return named(up.name.getText());
  if (ts.isExportAssignment(up)) return named("default");
  if (ts.isCallExpression(up)) return { text: calleeName(up.expression), anonymous: true };
  return { text: "anonymous", anonymous: true };
}

function className(node: ts.ClassLikeDeclaration): string {
  if (node.name) return node.name.text;
  return ts.isVariableDeclaration(node.parent) && ts.isIdentifier(node.parent.name) ? node.parent.name.text : "class";
}

/** The last name of a callee expression: `map` for `a.b.map`. */
export function calleeName(callee: ts.Expression): string {
  const bare = unwrap(callee);
  if (ts.isIdentifier(bare)) return bare.text;
  if (ts.isPropertyAccessExpression(bare)) return bare.name.text;
  return "anonymous";
}

/** The class around that declares a private name. */
export function declarerOf(name: ts.PrivateIdentifier): ts.ClassLikeDeclaration | undefined {
  const declares = (member: ts.ClassElement): boolean =>
    member.name !== undefined && ts.isPrivateIdentifier(member.name) && member.name.text === name.text;
  for (let at: ts.Node | undefined = name.parent; at; at = at.parent)
    if (ts.isClassLike(at) && at.members.some(declares)) return at;
  return undefined;
}
