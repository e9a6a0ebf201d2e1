/**
 * Pass `infer suspension`: for every call of the program, whether it may suspend; for every function, whether one of its calls does. A least
 * fixpoint over the call graph: everything starts as `never` and only rises.
 */
import { ts, unwrap } from "../ts.js";
import { callsAtOnce, hasSuspendableVersion, isTransparent } from "./builtins.js";
import { calleeName, isBody, type Collected } from "./collect.js";
import { type CallNode, type CallSite, type Findings, type FunctionInfo, siteVerdict, join, type Value } from "./model.js";
import { accessOf } from "./assigned.js";
import { callerDepths } from "./chains.js";
import { convertedBy, Doors } from "./doors.js";
import { markFull } from "./full.js";
import { blockOf } from "./overlap.js";
import { NEVER, union, Values } from "./values.js";
import { loopingWorkflows } from "./workflows.js";

const GENERATOR_METHODS = new Set(["next", "return", "throw"]);

export function inferSuspension(
  collected: Collected,
  checker: ts.TypeChecker,
  isOwnFile: (file: ts.SourceFile) => boolean,
  everywhere = false,
  refused: ReadonlySet<ts.Node> = new Set(),
  polls = false,
): Findings {
  if (everywhere) return suspendsEverywhere(collected, checker);
  const values = new Values(checker, collected.functionOf, isOwnFile);
  const siteOf = new Map<ts.Node, CallSite>();
  const doors = new Doors(checker, collected.functionOf);
  const sites = new Sites(checker, values, doors, isOwnFile);
  for (const info of collected.functionOf.values()) noteAssignments(info, values);
  for (const info of collected.functionOf.values()) {
    for (const node of callNodes(info)) {
      const site = sites.classify(node);
      if (!site) continue;
      info.calls.push(site);
      siteOf.set(node, site);
    }
  }
  if (polls)
    for (const info of loopingWorkflows(collected, checker, values, isOwnFile)) info.verdict = join(info.verdict, "maybe");
  solve([...collected.functionOf.values()]);
  markBlocks(collected, checker, isOwnFile);
  const findings: Findings = {
    checker,
    modules: collected.modules,
    functionOf: collected.functionOf,
    siteOf,
    everywhere: false,
    writtenOut: new Set(),
    callerDepths: new Map(),
  };
  markFull(findings, doors, refused);
  return polls ? { ...findings, callerDepths: callerDepths(collected, checker) } : findings;
}

/** The function literals given to `overlap`. */
function markBlocks(collected: Collected, checker: ts.TypeChecker, isOwnFile: (file: ts.SourceFile) => boolean): void {
  for (const info of collected.functionOf.values()) {
    for (const { node } of info.calls) {
      const block = blockOf(node, (call) => isOverlapCall(call, checker, isOwnFile));
      const found = block && collected.functionOf.get(block);
      if (found) found.overlap = true;
    }
  }
}

/** Whether flowc's own `overlap` is called. */
export function isOverlapCall(
  call: ts.CallExpression,
  checker: ts.TypeChecker,
  isOwnFile: (file: ts.SourceFile) => boolean,
): boolean {
  const declaration = checker.getResolvedSignature(call)?.declaration;
  if (!declaration || !ts.isFunctionDeclaration(declaration) || declaration.name?.text !== "overlap") return false;
  return isOwnFile(declaration.getSourceFile());
}

/** Every function that is not async may suspend, at every operation that can enter code of the program. */
function suspendsEverywhere(collected: Collected, checker: ts.TypeChecker): Findings {
  const writtenOut = new Set<ts.Node>();
  for (const info of collected.functionOf.values()) {
    if (info.barrier) continue;
    info.verdict = "maybe";
    info.full = true;
  }
  return {
    checker,
    modules: collected.modules,
    functionOf: collected.functionOf,
    siteOf: new Map(),
    everywhere: true,
    writtenOut,
    callerDepths: new Map(),
  };
}

/** Raises verdicts until nothing changes. Each function rises at most twice, so this ends after few rounds. */
function solve(functions: readonly FunctionInfo[]): void {
  for (let changed = true; changed;) {
    changed = false;
    for (const info of functions) {
      if (info.barrier) continue;
      const verdict = info.calls.reduce((worst, site) => join(worst, siteVerdict(site)), info.verdict);
      if (verdict === info.verdict || (info.reluctant && verdict !== "does")) continue;
      info.verdict = verdict;
      changed = true;
    }
  }
}

function noteAssignments(info: FunctionInfo, values: Values): void {
  if (ts.isPropertyDeclaration(info.node)) values.noteMember(info.node);
  walkOwn(info.node, (node) => values.noteMember(node));
}

function callNodes(info: FunctionInfo): CallNode[] {
  const found: CallNode[] = [];
  walkOwn(info.node, (node) => {
    if (isDoor(node)) found.push(node);
  });
  return found;
}

function isDoor(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isTaggedTemplateExpression(node) ||
    ts.isForOfStatement(node) ||
    ts.isPropertyAccessExpression(node) ||
    ts.isSpreadElement(node) ||
    ts.isArrayBindingPattern(node) ||
    convertedBy(node).length > 0 ||
    (ts.isYieldExpression(node) && node.asteriskToken !== undefined)
  );
}

/** Visits the nodes of a function's own code, without the functions inside it and without types. */
export function walkOwn(root: ts.Node, visit: (node: ts.Node) => void): void {
  const step = (node: ts.Node): void => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (node !== root && isBody(node)) {
      if ("name" in node && node.name && ts.isComputedPropertyName(node.name)) step(node.name);
      return;
    }
    visit(node);
    ts.forEachChild(node, step);
  };
  ts.forEachChild(root, step);
}

class Sites {
  constructor(
    readonly checker: ts.TypeChecker,
    readonly values: Values,
    readonly doors: Doors,
    readonly isOwnFile: (file: ts.SourceFile) => boolean,
  ) {}

  classify(node: CallNode): CallSite | undefined {
    if (ts.isForOfStatement(node)) return this.#loop(node, node.expression, false);
    if (ts.isSpreadElement(node)) return this.#loop(node, node.expression, true);
    if (ts.isYieldExpression(node)) return this.#loop(node, node.expression!, true);
    if (ts.isArrayBindingPattern(node)) return this.#loop(node, node, true);
    if (ts.isPropertyAccessExpression(node)) return this.#accessor(node);
    const converted = convertedBy(node);
    if (converted.length > 0) return this.#conversion(node, converted);
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node) && !ts.isTaggedTemplateExpression(node)) return undefined;
    const declaration = this.checker.getResolvedSignature(node)?.declaration;
    if (ts.isNewExpression(node)) {
      const construction = this.doors.construction(node.expression);
      if (construction) return { node, kind: "plain", callee: construction, callbacks: [], label: calleeName(node.expression) };
      return this.#foreign(node, declaration, node.expression);
    }
    const callee = ts.isCallExpression(node) ? node.expression : node.tag;
    if (callee.kind === ts.SyntaxKind.SuperKeyword) return this.#superCall(node as ts.CallExpression);
    if (callee.kind === ts.SyntaxKind.ImportKeyword) return undefined;
    const label = calleeName(callee);
    if (ts.isCallExpression(node) && declaration) {
      const owner = ownerName(declaration);
      const target = this.#transparentTarget(node, owner, label);
      if (target) return { node, kind: "plain", callee: this.values.of(target), callbacks: [], label: calleeName(target) };
      if (isLibrary(declaration) && hasSuspendableVersion(owner, label)) {
        // It calls `toJSON` of whatever it meets.
        const callee = owner === "JSON" && label === "stringify" ? this.doors.anyConversion() : NEVER;
        return { node, kind: "lib", callee, callbacks: this.#callbacks(node, declaration), label };
      }
    }
    const generator = ts.isCallExpression(node) ? this.#ofGenerator(callee, declaration) : undefined;
    if (generator) return { node, kind: "lib", callee: generator, callbacks: [], label };
    const value = this.values.of(callee);
    if (ts.isCallExpression(node) && this.#mayBeLibrary(node, value, label))
      return { node, kind: "lib", callee: value, callbacks: [], label };
    if (value.base !== "never" || value.targets.length > 0 || value.lookalikes?.length)
      return { node, kind: "plain", callee: value, callbacks: [], label };
    return this.#foreign(node, declaration, callee);
  }

  /** `anything.map((x) => …)`: whether it is the built-in is only known at run time, where `$lib` decides. */
  #mayBeLibrary(node: ts.CallExpression, value: Value, label: string): boolean {
    const callee = unwrap(node.expression);
    if (value.base !== "maybe" || !ts.isPropertyAccessExpression(callee) || !hasSuspendableVersion("Array", label)) return false;
    const receiver = this.checker.getTypeAtLocation(callee.expression);
    const isUnknown = (receiver.flags & ts.TypeFlags.Any) !== 0;
    return isUnknown && node.arguments.some((argument) => this.#isFunctionValue(argument));
  }

  /** `f.call(…)` and `Reflect.apply(f, …)` call `f`. */
  #transparentTarget(node: ts.CallExpression, owner: string, label: string): ts.Expression | undefined {
    const callee = unwrap(node.expression);
    if (!ts.isPropertyAccessExpression(callee)) return undefined;
    if (isTransparent(owner, label)) return callee.expression;
    return owner === "Reflect" && label === "apply" ? node.arguments[0] : undefined;
  }

  #foreign(
    node: ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression,
    declaration: ts.Node | undefined,
    callee: ts.Expression,
  ): CallSite | undefined {
    if (ts.isTaggedTemplateExpression(node)) return undefined;
    if (!declaration || !ts.isFunctionLike(declaration) || !declaration.getSourceFile().isDeclarationFile) return undefined;
    if (this.isOwnFile(declaration.getSourceFile())) return undefined; // flowc knows what to do with a function it is given
    const callbacks = this.#callbacks(node, declaration);
    return callbacks.length > 0 ? { node, kind: "foreign", callee: NEVER, callbacks, label: calleeName(callee) } : undefined;
  }

  /** The arguments that land in a parameter declared as a function. Through `any` or a type parameter a function is data, not a callback. */
  #callbacks(node: ts.CallExpression | ts.NewExpression, declaration: ts.Node): CallSite["callbacks"] {
    if (!ts.isFunctionLike(declaration)) return [];
    const found: { node: ts.Expression; value: Value }[] = [];
    for (const [index, argument] of (node.arguments ?? []).entries()) {
      if (!this.#isFunctionValue(argument) || !takesFunction(this.checker, declaration, index)) continue;
      found.push({ node: argument, value: this.values.of(argument) });
    }
    return found;
  }

  #isFunctionValue(argument: ts.Expression): boolean {
    const bare = unwrap(argument);
    if (ts.isArrowFunction(bare) || ts.isFunctionExpression(bare)) return true;
    const type = this.checker.getTypeAtLocation(argument);
    const parts = type.isUnion() ? type.types : [type];
    return parts.some((part) => part.getCallSignatures().length > 0);
  }

  /** Iteration calls `next` of an iterator: none of ours when the iterable is a built-in one. */
  #loop(node: ts.Node, iterable: ts.Node, isImplicit: boolean): CallSite | undefined {
    const type = this.checker.getTypeAtLocation(iterable);
    if (needsNoClosing(this.checker, type)) return undefined;
    const isGenerator = isBuiltinIterable(this.checker, type);
    const next = isGenerator ? NEVER : this.values.member("next");
    const callee = { ...next, lookalikes: [...(next.lookalikes ?? []), ...this.doors.generators] };
    // An unknown iterable is iterated natively, as before, unless the program has generators or iterators of its own that suspend.
    return {
      node,
      kind: "plain",
      callee: isImplicit ? { ...callee, base: "never" } : callee,
      callbacks: [],
      label: "next",
      isImplicit,
    };
  }

  /** `gen.next()` runs the body of a generator. */
  #ofGenerator(callee: ts.Expression, declaration: ts.Node | undefined): Value | undefined {
    const bare = unwrap(callee);
    if (!declaration || !ts.isPropertyAccessExpression(bare) || !isLibrary(declaration)) return undefined;
    if (!GENERATOR_METHODS.has(bare.name.text) || !/^(Generator|Iterator|IteratorObject)$/.test(ownerName(declaration)))
      return undefined;
    return { base: "never", targets: [], lookalikes: this.doors.generators };
  }

  #accessor(node: ts.PropertyAccessExpression): CallSite | undefined {
    const access = accessOf(node);
    const read = access === "set" ? undefined : this.doors.accessor(node, "get");
    const written = access === "get" ? undefined : this.doors.accessor(node, "set");
    const callee = read && written ? union(read, written) : (read ?? written);
    if (!callee) return undefined;
    // Light code can only take what a plain read gives.
    const isImplicit =
      access !== "get" || node.questionDotToken !== undefined || node.expression.kind === ts.SyntaxKind.SuperKeyword;
    return { node, kind: "plain", callee, callbacks: [], label: node.name.text, isImplicit };
  }

  #conversion(node: ts.Node, operands: readonly ts.Expression[]): CallSite | undefined {
    const found = operands.map((operand) => this.doors.conversion(operand)).filter((value) => value !== undefined);
    if (found.length === 0) return undefined;
    return { node, kind: "plain", callee: found.reduce(union), callbacks: [], label: "a conversion", isImplicit: true };
  }

  #superCall(node: ts.CallExpression): CallSite | undefined {
    let owner: ts.Node = node;
    while (!ts.isClassLike(owner)) owner = owner.parent;
    const parent = this.doors.parentOf(owner);
    const callee: Value | undefined = parent && { base: "never", targets: this.doors.constructionOf(parent) };
    return callee && { node, kind: "plain", callee, callbacks: [], label: "super", isImplicit: true };
  }
}

/** Iterables of the language whose iterators have no `return` method. */
const WITHOUT_CLOSING = new Set(
  "Array ReadonlyArray Map ReadonlyMap Set ReadonlySet String IArguments MapIterator SetIterator ArrayIterator StringIterator RegExpStringIterator URLSearchParams Buffer".split(
    " ",
  ),
);

/** Whether iterating a value of this type runs no code of the program, or only code that cannot suspend (a generator's). */
export function isBuiltinIterable(checker: ts.TypeChecker, type: ts.Type): boolean {
  return isIterableOf(checker, type, (name) => WITHOUT_CLOSING.has(name) || name === "Generator" || name.endsWith("Array"));
}

/** Whether leaving a loop over a value of this type early calls nothing. */
export function needsNoClosing(checker: ts.TypeChecker, type: ts.Type): boolean {
  return isIterableOf(checker, type, (name) => WITHOUT_CLOSING.has(name) || name.endsWith("Array"));
}

function isIterableOf(checker: ts.TypeChecker, type: ts.Type, accepts: (name: string) => boolean): boolean {
  if (type.flags & ts.TypeFlags.StringLike) return true;
  if (type.isUnion()) return type.types.every((part) => isIterableOf(checker, part, accepts));
  if (checker.isTupleType(type) || checker.isArrayType(type)) return true;
  const symbol = type.getSymbol();
  if (!symbol || !symbol.declarations?.every((declaration) => declaration.getSourceFile().isDeclarationFile)) return false;
  return accepts(symbol.name);
}

/** Name of the interface, class or namespace a signature is declared in. */
function ownerName(declaration: ts.Node): string {
  const parent = declaration.parent;
  if (ts.isInterfaceDeclaration(parent) || ts.isClassDeclaration(parent)) return parent.name?.text ?? "";
  if (parent && ts.isModuleBlock(parent) && ts.isIdentifier(parent.parent.name)) return parent.parent.name.text;
  return "";
}

function isLibrary(declaration: ts.Node): boolean {
  return declaration.getSourceFile().isDeclarationFile;
}

/** Whether a function literal handed to this call is surely dead when the call returns. */
export function diesWithCall(checker: ts.TypeChecker, node: ts.CallExpression, argument: ts.Node): boolean {
  const declaration = checker.getResolvedSignature(node)?.declaration;
  if (!declaration || !ts.isFunctionLike(declaration) || !isLibrary(declaration) || !callsAtOnce(ownerName(declaration)))
    return false;
  const index = node.arguments.findIndex((candidate) => unwrap(candidate) === argument);
  return index >= 0 && takesFunction(checker, declaration, index);
}

/** Whether the parameter at `index` is declared as a function: a callback, where `push(...items: T[])` takes data. */
function takesFunction(
  checker: ts.TypeChecker,
  declaration: ts.SignatureDeclaration | ts.JSDocSignature,
  index: number,
): boolean {
  const parameters = declaration.parameters;
  const parameter = parameters[Math.min(index, parameters.length - 1)];
  if (!parameter || !ts.isParameter(parameter)) return false;
  let type = checker.getTypeAtLocation(parameter);
  if (parameter.dotDotDotToken) type = checker.getIndexTypeOfType(type, ts.IndexKind.Number) ?? type;
  const parts = type.isUnion() ? type.types : [type];
  return parts.some((part) => isCallable(checker, part));
}

function isCallable(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (type.flags & ts.TypeFlags.TypeParameter) {
    const constraint = checker.getBaseConstraintOfType(type);
    return constraint !== undefined && constraint !== type && constraint.getCallSignatures().length > 0;
  }
  return type.getCallSignatures().length > 0;
}
