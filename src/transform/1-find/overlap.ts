/**
 * Blocks given to `overlap`: which of their calls begin and let the code after them go on, and which of their variables may hold a result that is not there yet.
 *
 *     overlap(() => { const a = f(); const b = g(a); return h(a) + b; })
 *                               ↑ starts      ↑ starts     ↑ starts, and `+` waits for both
 *
 * Whatever is not known to be safe waits (I1): a result is only left pending in a variable that nothing but the block's own code can see meanwhile.
 */
import { ts, unwrap } from "../ts.js";
import { isAssigned } from "./assigned.js";
import type { Captures, Variable } from "./captures/model.js";
import { isGenerator } from "./full.js";
import { type CallSite, type Findings, type FunctionInfo, siteVerdict } from "./model.js";
import { walkOwn } from "./suspension.js";

/** Functions of flowc that are there for the moment at which they are called, or that answer at once. */
const IN_PLACE: ReadonlySet<string> = new Set(
  "sleep sleepUntil receive tryReceive join cancel callback spawn start send note".split(" "),
);

/** The function literal whose body is a block, when `node` is a call of flowc's own `overlap`. */
export function blockOf(node: ts.Node, isOverlap: (call: ts.CallExpression) => boolean): ts.Expression | undefined {
  if (!ts.isCallExpression(node) || !isOverlap(node)) return undefined;
  const given = node.arguments[0] && unwrap(node.arguments[0]);
  return given && isBlockLiteral(given) ? given : undefined;
}

/** Whether an expression can be the argument of `overlap`. */
export function isBlockLiteral(node: ts.Expression): boolean {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return false;
  const isAsync = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) ?? false;
  return !isAsync && !node.asteriskToken;
}

/** Whether a call in the block is begun and left to itself. */
function isStarted(site: CallSite, findings: Findings, captures: Captures, isOwnFile: (file: ts.SourceFile) => boolean): boolean {
  const { node } = site;
  if (!ts.isCallExpression(node) || ts.isOptionalChain(node) || site.kind !== "plain" || site.isImplicit) return false;
  if (siteVerdict(site) !== "does") return false;
  const callee = unwrap(node.expression);
  const isMember = ts.isPropertyAccessExpression(callee);
  if (!isMember && !ts.isIdentifier(callee)) return false;
  if (isMember && ["call", "apply", "bind"].includes(callee.name.text)) return false;
  const { targets } = site.callee;
  const declaration = findings.checker.getResolvedSignature(node)?.declaration;
  const name = declaration && ts.isJSDocSignature(declaration) ? undefined : declaration?.name;
  if (name && isOwnFile(name.getSourceFile()) && IN_PLACE.has(name.getText())) return false;
  return targets.every((target) => isIndependent(target, captures));
}

/** A function that is no method, and does not change a variable others see: the order in which such calls run does not matter to anybody by itself. */
function isIndependent(target: FunctionInfo, captures: Captures): boolean {
  const { node } = target;
  if (isGenerator(node)) return false;
  const isFunction =
    ts.isFunctionDeclaration(node) ||
    ((ts.isArrowFunction(node) || ts.isFunctionExpression(node)) &&
      !ts.isPropertyAssignment(node.parent) &&
      !ts.isPropertyDeclaration(node.parent));
  return isFunction && !captures.captured.get(target)?.some((variable) => variable.boxed);
}

export class OverlapBlock {
  readonly #started = new Set<ts.Node>();
  readonly #holders = new Set<Variable>();
  readonly #tryAround = new Map<ts.Node, ts.Node | undefined>();

  constructor(
    readonly info: FunctionInfo,
    findings: Findings,
    readonly captures: Captures,
    isOwnFile: (file: ts.SourceFile) => boolean,
  ) {
    for (const site of info.calls) if (isStarted(site, findings, captures, isOwnFile)) this.#started.add(site.node);
    this.#findHolders();
  }

  /** Whether the block begins no call: then it is a function like any other. */
  get isEmpty(): boolean {
    return this.#started.size === 0;
  }

  isStarted(node: ts.Node): boolean {
    return this.#started.has(node);
  }

  /** Whether some call in the node, without the functions in it, is begun. */
  hasStarted(root: ts.Node): boolean {
    let found = this.isStarted(root);
    walkOwn(root, (node) => (found ||= this.isStarted(node)));
    return found;
  }

  /** Whether the variable may hold a pending value, or a list or object with such values in it. */
  isHolder(variable: Variable | undefined): boolean {
    return variable !== undefined && this.#holders.has(variable);
  }

  /** Whether a closure is made of the variable, which then has to be there. */
  isCaptured(variable: Variable): boolean {
    return this.isHolder(variable) && variable.capturedBy.size > 0;
  }

  /** The variables a closure needs that may be pending. */
  heldBy(closure: FunctionInfo): readonly Variable[] {
    return (this.captures.captured.get(closure) ?? []).filter((variable) => this.isHolder(variable));
  }

  /** The variables from outside of statements, by their positions, that may be pending when they begin. */
  heldAround(start: number, end: number): readonly Variable[] {
    const isInside = (node: ts.Node): boolean => node.pos >= start && node.end <= end;
    const isHeld = ({ readyAt, references }: Variable): boolean => readyAt <= start && references.some(isInside);
    return [...this.#holders].filter(isHeld);
  }

  /** Whether evaluating the expression, without touching its value, may give something pending. */
  mayBePending(given: ts.Expression): boolean {
    const node = unwrap(given);
    if (ts.isIdentifier(node)) return this.isHolder(this.captures.variableOf.get(node));
    if (ts.isCallExpression(node)) return this.isStarted(node);
    if (ts.isConditionalExpression(node)) return this.mayBePending(node.whenTrue) || this.mayBePending(node.whenFalse);
    if (ts.isArrayLiteralExpression(node))
      return node.elements.some((element) => !ts.isSpreadElement(element) && this.mayBePending(element));
    if (ts.isObjectLiteralExpression(node))
      return isSimpleObject(node) && node.properties.some((each) => this.#propertyMay(each));
    if (isMember(node)) return !ts.isOptionalChain(node) && this.mayBePending(node.expression);
    if (!ts.isBinaryExpression(node)) return false;
    switch (node.operatorToken.kind) {
      case ts.SyntaxKind.AmpersandAmpersandToken:
      case ts.SyntaxKind.BarBarToken:
      case ts.SyntaxKind.QuestionQuestionToken:
      case ts.SyntaxKind.CommaToken:
        return this.mayBePending(node.right);
      case ts.SyntaxKind.EqualsToken:
        return this.isFilled(node) || (this.#isHolderName(node.left) && this.mayBePending(node.right));
      default:
        return false;
    }
  }

  /** `list[i] = f()`, `byName[key] = f()`: an object of the block gets a pending value. */
  isFilled(
    node: ts.Node,
  ): node is ts.BinaryExpression & { readonly left: ts.ElementAccessExpression | ts.PropertyAccessExpression } {
    if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return false;
    const target = unwrap(node.left);
    return isMember(target) && this.#isOpenName(target.expression) && this.mayBePending(node.right);
  }

  /** `list.push(f())`: the same at its end. */
  isPush(node: ts.Node): node is ts.CallExpression {
    return (
      isPushCall(node) && this.#isOpenName(node.expression.expression) && node.arguments.some((each) => this.mayBePending(each))
    );
  }

  #propertyMay(property: ts.ObjectLiteralElementLike): boolean {
    if (ts.isShorthandPropertyAssignment(property)) return this.isHolder(this.captures.variableOf.get(property.name));
    return ts.isPropertyAssignment(property) && this.mayBePending(property.initializer);
  }

  #isHolderName(given: ts.Expression): boolean {
    const node = unwrap(given);
    return ts.isIdentifier(node) && this.isHolder(this.captures.variableOf.get(node));
  }

  /** The same, where more may be put into it: in a `try`, what was not put there because the call failed must not be there afterwards. */
  #isOpenName(given: ts.Expression): boolean {
    const node = unwrap(given);
    const variable = ts.isIdentifier(node) ? this.captures.variableOf.get(node) : undefined;
    return (
      variable !== undefined && this.isHolder(variable) && this.#innermostTry(node) === this.#innermostTry(variable.declaration)
    );
  }

  /** A variable may hold what some assignment of it gives, and a literal what is put into it: least fixpoint. */
  #findHolders(): void {
    const candidates = (this.captures.variablesIn.get(this.info) ?? []).filter((variable) => this.#canHold(variable));
    for (let changed = true; changed;) {
      changed = false;
      for (const variable of candidates) {
        if (this.#holders.has(variable) || !this.#isGivenPending(variable)) continue;
        this.#holders.add(variable);
        changed = true;
      }
    }
  }

  #canHold(variable: Variable): boolean {
    const { declaration, kind, boxed, early, isMadeUp } = variable;
    if (isMadeUp || boxed || early || (kind !== "let" && kind !== "const")) return false;
    const statement = declaration.parent?.parent?.parent;
    if (!ts.isVariableDeclaration(declaration.parent) || !statement || !ts.isVariableStatement(statement)) return false;
    if ((statement.declarationList.flags & ts.NodeFlags.Using) === ts.NodeFlags.Using) return false;
    // In a `try`, what was not assigned because the call failed must not be there afterwards.
    const home = this.#innermostTry(declaration);
    if (variable.references.some((reference) => isAssigned(reference) && this.#innermostTry(reference) !== home)) return false;
    for (const closure of variable.capturedBy)
      if (closure.parent === this.info && !this.#isMadeAfter(closure, variable)) return false;
    return variable.capturedBy.size === 0 || !variable.reassigned;
  }

  /** Whether a closure is made where it stands, and after the variable has its value. */
  #isMadeAfter({ node }: FunctionInfo, variable: Variable): boolean {
    if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return false;
    for (let at = node.parent; at !== this.info.node; at = at.parent) if (ts.isClassLike(at)) return false;
    return node.pos >= variable.readyAt;
  }

  #isGivenPending({ declaration, references }: Variable): boolean {
    const { initializer } = declaration.parent as ts.VariableDeclaration;
    if (initializer && this.mayBePending(initializer)) return true;
    const isLiteral = initializer !== undefined && isContainer(unwrap(initializer));
    return references.some((reference) => this.#assigns(reference) || (isLiteral && this.#fills(reference, declaration)));
  }

  #assigns(reference: ts.Identifier): boolean {
    const { parent } = reference;
    return (
      ts.isBinaryExpression(parent) &&
      parent.left === reference &&
      parent.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      this.mayBePending(parent.right)
    );
  }

  #fills(reference: ts.Identifier, declaration: ts.Node): boolean {
    const access = reference.parent;
    if (!isMember(access) || access.expression !== reference || this.#innermostTry(reference) !== this.#innermostTry(declaration))
      return false;
    const { parent } = access;
    if (isPushCall(parent) && parent.expression === access) return parent.arguments.some((each) => this.mayBePending(each));
    return (
      ts.isBinaryExpression(parent) &&
      parent.left === access &&
      parent.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      this.mayBePending(parent.right)
    );
  }

  /** The block of a `try` statement, or one of its handlers, that a node is in. */
  #innermostTry(node: ts.Node): ts.Node | undefined {
    if (this.#tryAround.has(node)) return this.#tryAround.get(node);
    let at: ts.Node = node;
    while (at !== this.info.node && !(ts.isTryStatement(at.parent) || ts.isCatchClause(at.parent))) at = at.parent;
    const found = at === this.info.node ? undefined : at;
    this.#tryAround.set(node, found);
    return found;
  }
}

function isMember(node: ts.Node): node is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  if (ts.isPropertyAccessExpression(node) && ts.isPrivateIdentifier(node.name)) return false;
  return (
    (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) &&
    node.expression.kind !== ts.SyntaxKind.SuperKeyword
  );
}

function isPushCall(node: ts.Node): node is ts.CallExpression & { readonly expression: ts.PropertyAccessExpression } {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === "push" &&
    !ts.isOptionalChain(node) &&
    !node.arguments.some((argument) => ts.isSpreadElement(argument))
  );
}

function isContainer(node: ts.Expression): boolean {
  return ts.isArrayLiteralExpression(node) || (ts.isObjectLiteralExpression(node) && isSimpleObject(node));
}

/** `{ a: 1, b, [k]: 2 }`: no accessors, methods or spreads, and the prototype all literals have. */
export function isSimpleObject(node: ts.ObjectLiteralExpression): boolean {
  return node.properties.every(
    (property) =>
      ts.isShorthandPropertyAssignment(property) ||
      (ts.isPropertyAssignment(property) &&
        !((ts.isIdentifier(property.name) || ts.isStringLiteral(property.name)) && property.name.text === "__proto__")),
  );
}
