/**
 * Pass `mark full`: which functions are compiled by the rules of `3-desugar/full`, in which every operation is a call of the runtime, and which classes are
 * written out. Everything else keeps the form of its source.
 *
 * A class is written out when constructing an instance may suspend, when it has a generator among its methods, when a full function uses one of its private names, or
 * when it is declared in a function and a method may suspend. A function is full when its own kind asks for it, when it evaluates such a class, or when it uses what only the class's own form could resolve
 * (`super`, a private name).
 */
import { ts } from "../ts.js";
import { declarerOf, hasModifier, isInsideFunction, usesSuper } from "./collect.js";
import { type Doors, makesInstances } from "./doors.js";
import { type Findings, type FunctionInfo, siteVerdict } from "./model.js";
import { walkOwn } from "./suspension.js";

/** @param refused functions a light form was tried for in vain */
export function markFull(findings: Findings, doors: Doors, refused: ReadonlySet<ts.Node>): void {
  const isWorkflow = [...findings.functionOf.values()].some((info) => info.verdict === "does");
  if (!isWorkflow) return;
  const marker = new Marker(findings, doors, refused);
  for (let changed = true; changed;) changed = marker.round();
}

class Marker {
  #changed = false;

  constructor(
    readonly findings: Findings,
    readonly doors: Doors,
    readonly refused: ReadonlySet<ts.Node>,
  ) {}

  round(): boolean {
    this.#changed = false;
    for (const info of this.findings.functionOf.values()) {
      if (!info.full && !info.barrier && this.#needsFull(info)) this.#mark(info);
      const { parent } = info.node;
      if (parent && ts.isClassLike(parent) && !this.findings.writtenOut.has(parent) && this.#isWrittenOut(info, parent))
        this.#writeOut(parent);
      if (info.full) this.#writeOutIn(info.node);
    }
    return this.#changed;
  }

  #mark(info: FunctionInfo): void {
    info.full = true;
    this.#changed = true;
  }

  #writeOut(node: ts.ClassLikeDeclaration): void {
    this.findings.writtenOut.add(node);
    this.#changed = true;
  }

  /** A full function reaches private members through the class's record, which only a written-out class has, and evaluates the classes declared in it. */
  #writeOutIn(root: ts.Node): void {
    const visit = (node: ts.Node): void => {
      const owner = ts.isPrivateIdentifier(node) ? declarerOf(node) : undefined;
      if (owner && !this.findings.writtenOut.has(owner)) this.#writeOut(owner);
      // A class is evaluated where it stands, and there every operation is written out.
      if (ts.isClassLike(node) && !this.findings.writtenOut.has(node) && ownerOf(node, this.findings)?.full) this.#writeOut(node);
      ts.forEachChild(node, visit);
    };
    ts.forEachChild(root, visit);
  }

  #isWrittenOut(info: FunctionInfo, owner: ts.ClassLikeDeclaration): boolean {
    const parent = this.doors.parentOf(owner);
    if (parent && this.findings.writtenOut.has(parent)) return true;
    if (info.barrier || info.verdict === "never") return false;
    if (info.reluctant) return true;
    return isGenerator(info.node) || isInsideFunction(owner);
  }

  #needsFull(info: FunctionInfo): boolean {
    const { node } = info;
    if (isGenerator(node) || this.refused.has(node)) return true;
    if (ts.isArrowFunction(node) && this.#sharesActivation(info)) return true;
    if (this.#evaluatesWrittenOut(info) || this.#isPartOfWrittenOut(info)) return true;
    if (info.verdict === "never") return false;
    if (info.overlap || info.reluctant || ts.isAccessor(node) || makesInstances(node)) return true;
    return this.#usesActivation(info) || info.calls.some((site) => site.isImplicit === true && siteVerdict(site) !== "never");
  }

  /** An arrow function that uses what a full function around it keeps in variables of its own. */
  #sharesActivation(info: FunctionInfo): boolean {
    let of: FunctionInfo = info;
    while (ts.isArrowFunction(of.node) && of.parent) of = of.parent;
    if (!of.full) return false;
    const isDerived = ts.isConstructorDeclaration(of.node) && this.doors.parentOf(of.node.parent) !== undefined;
    return usesSuper(info.node) || usesArguments(info.node, this.findings.checker) || (isDerived && usesThis(info.node));
  }

  /** Constructor, initializers, and whatever uses `super` or a private name inside the class. */
  #isPartOfWrittenOut(info: FunctionInfo): boolean {
    for (let at: ts.Node | undefined = info.node; at; at = at.parent) {
      if (!ts.isClassLike(at) || !this.findings.writtenOut.has(at)) continue;
      if (info.node.parent === at && info.reluctant) return true;
      if (usesClassNames(info.node)) return true;
    }
    return false;
  }

  #evaluatesWrittenOut(info: FunctionInfo): boolean {
    if (info.parent !== undefined && this.#makesHome(info)) return true;
    for (const node of this.findings.writtenOut)
      if (ownerOf(node, this.findings) === info && info.parent !== undefined) return true;
    return false;
  }

  /** An object literal with a full method that uses `super`. */
  #makesHome(info: FunctionInfo): boolean {
    for (const inner of this.findings.functionOf.values()) {
      const { node } = inner;
      if (inner.parent !== info || !inner.full || !ts.isObjectLiteralExpression(node.parent)) continue;
      if (usesSuper(node)) return true;
    }
    return false;
  }

  /** `arguments`, `new.target`, `super` in an object literal, a default parameter that suspends. */
  #usesActivation(info: FunctionInfo): boolean {
    const { node } = info;
    if (
      ts.isMethodDeclaration(node) &&
      ts.isObjectLiteralExpression(node.parent) &&
      (usesSuper(node) || ts.isComputedPropertyName(node.name))
    )
      return true;
    if (ts.isMethodDeclaration(node) && ts.isComputedPropertyName(node.name)) return false;
    const parameters = "parameters" in node ? node.parameters : [];
    const inParameters = info.calls.some(
      (site) =>
        siteVerdict(site) !== "never" &&
        parameters.some((parameter) => site.node.pos >= parameter.pos && site.node.end <= parameter.end),
    );
    return inParameters || usesArguments(node, this.findings.checker);
  }
}

/** Async generators are not among them: like all async functions they stay as they are. */
export function isGenerator(node: ts.Node): boolean {
  return "asteriskToken" in node && node.asteriskToken !== undefined && !hasModifier(node, ts.SyntaxKind.AsyncKeyword);
}

function ownerOf(node: ts.Node, findings: Findings): FunctionInfo | undefined {
  for (let at = node.parent; at; at = at.parent) {
    const info = findings.functionOf.get(at);
    if (info) return info;
  }
  return undefined;
}

function usesClassNames(node: ts.Node): boolean {
  if (ts.isPrivateIdentifier(node) || node.kind === ts.SyntaxKind.SuperKeyword) return true;
  return ts.forEachChild(node, (child) => usesClassNames(child) || undefined) ?? false;
}

function usesThis(node: ts.Node): boolean {
  return node.kind === ts.SyntaxKind.ThisKeyword || (ts.forEachChild(node, (child) => usesThis(child) || undefined) ?? false);
}

/** In the function's own code or in an arrow function in it. */
function usesArguments(root: ts.Node, checker: ts.TypeChecker): boolean {
  let found = false;
  const visit = (node: ts.Node): void => {
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.NewKeyword) found = true;
    if (ts.isIdentifier(node) && node.text === "arguments" && !checker.getSymbolAtLocation(node)?.declarations?.length)
      found = true;
    if (ts.isArrowFunction(node)) ts.forEachChild(node, visitAll);
  };
  const visitAll = (node: ts.Node): void => {
    visit(node);
    if (!ts.isFunctionLike(node)) ts.forEachChild(node, visitAll);
  };
  walkOwn(root, visit);
  ts.forEachChild(root, function arrows(node: ts.Node): void {
    if (ts.isArrowFunction(node)) visit(node);
    else if (!ts.isFunctionLike(node)) ts.forEachChild(node, arrows);
  });
  return found;
}
