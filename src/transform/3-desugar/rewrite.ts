/**
 * Rewrites code that is not lowered. It keeps its structure; what changes is
 *
 *     n                        ⇒   $s1.n                               n lives in a scope object
 *     (x) => x + n             ⇒   $tag((x) => x + n, f$, [n])         the closure can reach a checkpoint
 *     unknown()                ⇒   $must(unknown(), "…")               in code that cannot be suspended
 *     text.replace(re, fn)     ⇒   text.replace(re, $native(fn, …))    a function value handed to foreign code
 *     step(body)               ⇒   step(body, undefined, "file#name")  steps are found again by name
 *     f.bind(self)             ⇒   $made(f, "bind")(self)              see visible.ts
 *
 * Nodes in which nothing changes are returned as they are, so that they print exactly as TypeScript prints them.
 */
import { type FunctionInfo, hasTwoCopies, siteVerdict, valueVerdict } from "../1-find/model.js";
import { accessOf, isAssigned, isPatternTarget } from "../1-find/assigned.js";
import { calleeName, isBody } from "../1-find/collect.js";
import { isValueReference, ownerOfThis, type Variable } from "../1-find/captures.js";
import { factory, type Context } from "../context.js";
import { isAssignmentOperator, ts, unwrap } from "../ts.js";
import {
  assignmentOf,
  callRuntime,
  constant,
  named,
  plainKey,
  setStatement,
  splitClosure,
  statementOf,
  undefinedValue,
} from "./build.js";
import { memberFromOutside } from "./members.js";
import { visibly } from "./visible.js";

export interface FunctionEmitter {
  /** The fast copy of a function inside the one being rewritten. */
  emitFunction(info: FunctionInfo): ts.Node;
  /** The identifier that holds a function's code object in the emitted module. */
  codeName(info: FunctionInfo): string;
  /** The identifier of the function that makes a closure from its captured values. */
  makeName(info: FunctionInfo): string;
  /** Notes that a node of a lowered function makes closures over these variables that cannot be made by id: in the resume copy they capture copies. */
  noteOpaque(node: ts.Expression, captured: readonly Captured[]): void;
  /** The module-level constant that holds the strings of a tagged template: one object for the site, in both copies. */
  templateName(node: ts.TaggedTemplateExpression): string;
  /** Notes that the closure created by `site` has to be made by id too. */
  noteClosure(info: FunctionInfo, site: ts.Expression): void;
  stepId(node: ts.CallExpression): string | undefined;
  /** The record of an object literal of the module, which is a constant of the module. */
  moduleRecord(record: Variable): ts.Expression;
  /** The expression that makes a class at run time, so that the class can be made by id too: `$tag(made, C$, [captured…])`. */
  classSite(node: ts.ClassLikeDeclaration, made: ts.Expression, captured: readonly Captured[]): ts.Expression;
}

/** Something a closure captures: a variable by value or a scope object. */
export interface Captured {
  readonly name: string;
  /** A new identifier for it, which liveness knows as what it stands for. */
  reference(): ts.Identifier;
}

export interface RewriteOptions {
  /** The function is lowered: `var` declarations have moved to its start. */
  readonly hoistVars: boolean;
}

export class Rewriter {
  #written: readonly FunctionInfo[] | undefined;

  constructor(
    readonly ctx: Context,
    readonly fn: FunctionInfo,
    readonly emitter: FunctionEmitter,
    readonly options: RewriteOptions,
  ) {}

  readonly visit = (node: ts.Node): ts.VisitResult<ts.Node> => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return node;
    const member = memberFromOutside(this, node);
    if (member) return member;
    if (ts.isIdentifier(node)) return this.#identifier(node);
    if (node !== this.fn.node && isBody(node)) return this.#nested(node);
    if (ts.isShorthandPropertyAssignment(node)) return this.#shorthand(node);
    if (ts.isVariableStatement(node)) return this.#variableStatement(node);
    if (ts.isBindingElement(node)) return this.#bindingElement(node);
    if (ts.isObjectLiteralExpression(node)) return this.#objectLiteral(node);
    if (ts.isClassExpression(node)) return this.opaque(this.children(node), node);
    if (ts.isFunctionDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return node;
    if (ts.isClassDeclaration(node)) return this.#classDeclaration(node);
    if (ts.isBlock(node)) return this.block(node);
    if (ts.isSwitchStatement(node)) return this.#switch(node);
    if (ts.isForStatement(node)) return this.#for(node);
    if (ts.isForOfStatement(node) || ts.isForInStatement(node)) return this.#forEach(node);
    if (ts.isCatchClause(node)) return this.#catch(node);
    if (ts.isCallExpression(node) || ts.isTaggedTemplateExpression(node) || ts.isNewExpression(node)) return this.#call(node);
    if (ts.isTaggedTemplateExpression(node) && this.options.hoistVars) return this.#taggedTemplate(node);
    if (ts.isBinaryExpression(node) && isAssignmentOperator(node.operatorToken.kind)) return this.#assignment(node);
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return this.#update(node);
    if (ts.isPropertyAccessExpression(node)) return this.#read(node);
    return this.children(node);
  };

  #objectLiteral(node: ts.ObjectLiteralExpression): ts.Expression {
    const made = this.opaque(this.accessors(this.children(node), node), node);
    const record = this.ctx.captures.records.get(node);
    if (record) return callRuntime("$homed", [made, this.emitter.moduleRecord(record)]);
    // Members that save their own frames have to be known as such where nobody knows at compile time what is called.
    const passes = node.properties.some((property) => {
      const info = this.ctx.findings.functionOf.get(property);
      return info !== undefined && hasTwoCopies(info) && !this.ctx.captures.tagged.has(info);
    });
    return passes ? callRuntime("$homed", [made]) : made;
  }

  children<N extends ts.Node>(node: N): N {
    return ts.visitEachChild(node, this.visit, undefined);
  }

  expression(node: ts.Expression): ts.Expression {
    return ts.visitNode(node, this.visit, ts.isExpression);
  }

  /** One statement can become several: a boxed declaration is an assignment of its own. */
  statement(node: ts.Statement): ts.Statement[] {
    const result = this.visit(node);
    if (result === undefined) return [];
    return (Array.isArray(result) ? result : [result]) as ts.Statement[];
  }

  /** The statements of a block: its scope object first, then function declarations used before they stand, then the rest. */
  statements(list: readonly ts.Statement[], scope: ts.Node): ts.Statement[] {
    const out: ts.Statement[] = [];
    const box = this.scopeObject(scope);
    if (box) out.push(box);
    for (const node of list)
      if (ts.isFunctionDeclaration(node) && !this.#standsInPlace(node)) out.push(...this.functionDeclaration(node));
    for (const node of list) {
      if (!ts.isFunctionDeclaration(node)) out.push(...this.statement(node));
      else if (this.#standsInPlace(node)) out.push(...this.functionDeclaration(node));
      else if (!node.body) out.push(node);
    }
    return out;
  }

  #standsInPlace(node: ts.FunctionDeclaration): boolean {
    const info = this.ctx.findings.functionOf.get(node);
    return info !== undefined && (this.ctx.captures.inPlace.has(info) || !this.#isBound(info));
  }

  /** Whether the declaration turns into a constant (or stays the declaration it is). */
  #isBound(info: FunctionInfo): boolean {
    return this.ctx.captures.tagged.has(info);
  }

  /** `function f() {…}` inside a function ⇒ `const f = $tag(function f() {…}, f$, […])`. */
  functionDeclaration(node: ts.FunctionDeclaration): ts.Statement[] {
    const info = this.ctx.findings.functionOf.get(node);
    if (!info || !this.#isBound(info)) return info ? [this.emitter.emitFunction(info) as ts.Statement] : [node];
    const variable = this.ctx.variableOf(node.name!)!;
    return [setStatement(this.#declare(variable, this.closure(info)), node)];
  }

  #declare(variable: Variable, value: ts.Expression): ts.Statement {
    return variable.boxed
      ? statementOf(assignmentOf(this.boxed(variable), value))
      : constant(this.ctx.refVariable(variable), value);
  }

  /** `class C {…}` whose name lives in a scope object ⇒ `$s1.C = class C {…}`. */
  #classDeclaration(node: ts.ClassDeclaration): ts.Node {
    const made = this.children(node);
    const variable = node.name && this.ctx.variableOf(node.name);
    if (!variable?.boxed) return made;
    const expression = factory.createClassExpression(
      undefined,
      made.name,
      made.typeParameters,
      made.heritageClauses,
      made.members,
    );
    return setStatement(statementOf(assignmentOf(this.boxed(variable), expression)), node);
  }

  /** A function node over a new body, or its own; its name is not a reference. */
  withBody(node: ts.Node, body: ts.Node | undefined, made: ts.Block | undefined): ts.Node {
    const name = "name" in node ? node.name : undefined;
    const visit = (child: ts.Node): ts.VisitResult<ts.Node> => {
      if (made && child === body) return made;
      return child === name && (ts.isIdentifier(child) || this.#isNamedOutside(node)) ? child : this.visit(child);
    };
    return ts.visitEachChild(node, visit, undefined);
  }

  /** Computed names of members are evaluated where the class or object is; there they get the key. */
  #isNamedOutside(node: ts.Node): boolean {
    if (ts.isClassLike(node.parent)) return this.ctx.findings.writtenOut.has(node.parent);
    return ts.isObjectLiteralExpression(node.parent) && this.fn.parent?.full === true;
  }

  /** A block with boxed variables begins with its scope object. */
  block(node: ts.Block): ts.Block {
    const hasFunctions = node.statements.some((statement) => ts.isFunctionDeclaration(statement));
    if (!hasFunctions && !this.ctx.captures.scopeObjects.has(node)) return this.children(node);
    return factory.updateBlock(node, this.statements(node.statements, node));
  }

  /** `const $s1 = { n: void 0 };` for a scope with boxed variables. Parameters start with their value. */
  scopeObject(scope: ts.Node, values: ReadonlyMap<Variable, ts.Expression> = new Map()): ts.Statement | undefined {
    const box = this.ctx.captures.scopeObjects.get(scope);
    return box && constant(this.ctx.ref(box.name, box.owner), this.scopeLiteral(scope, values)!);
  }

  scopeLiteral(scope: ts.Node, values: ReadonlyMap<Variable, ts.Expression> = new Map()): ts.ObjectLiteralExpression | undefined {
    const box = this.ctx.captures.scopeObjects.get(scope);
    if (!box) return undefined;
    const initial = (variable: Variable): ts.Expression => {
      const known = values.get(variable);
      if (known) return known;
      if (variable.kind === "parameter") return factory.createIdentifier(variable.name);
      return isChecked(variable) ? runtimeName("$TDZ") : undefinedValue();
    };
    return factory.createObjectLiteralExpression(
      box.variables.map((variable) => factory.createPropertyAssignment(variable.emitName, initial(variable))),
      false,
    );
  }

  /** `$s1.n`. */
  boxed(variable: Variable): ts.PropertyAccessExpression {
    const box = this.ctx.captures.scopeObjects.get(variable.scope)!;
    return factory.createPropertyAccessExpression(this.ctx.ref(box.name, box.owner), variable.emitName);
  }

  #identifier(node: ts.Identifier): ts.Node {
    const implied = this.#implied(node);
    if (implied) return implied;
    if (
      !this.fn.full &&
      node.text === "arguments" &&
      node.parent &&
      this.options.hoistVars &&
      this.ctx.findings.checker.getSymbolAtLocation(node)?.declarations === undefined
    ) {
      this.ctx.diagnostics.report("FLOW2002", node, { what: "arguments" });
    }
    const variable = this.ctx.variableOf(node);
    if (!variable) return node;
    if (variable.boxed) return isDeclaredName(node) ? node : this.#boxedRead(variable, node);
    if (variable.emitName === variable.name) return node;
    return ts.setSourceMapRange(this.ctx.refVariable(variable), node);
  }

  /** `arguments`, and a class's own name inside its body. */
  #implied(node: ts.Identifier): ts.Expression | undefined {
    const record = this.ctx.captures.classSelf.get(node);
    if (record) return callRuntime("$itself", [this.read(record), factory.createStringLiteral(node.text)]);
    if (node.text !== "arguments" || this.ctx.variableOf(node)) return undefined;
    const list = this.ctx.captures.argumentsOf.get(ownerOfThis(this.fn));
    return list && node.parent && isValueReference(node) ? this.read(list) : undefined;
  }

  /** The value of a variable, wherever it lives. */
  read(variable: Variable): ts.Expression {
    return variable.boxed ? this.boxed(variable) : this.ctx.refVariable(variable);
  }

  /** `` tag`a${x}b` `` ⇒ `tag(strings, x)`: the strings are one object for the site, whichever copy runs. */
  #taggedTemplate(node: ts.TaggedTemplateExpression): ts.Expression {
    const values = substitutionsOf(node).map((value) => this.expression(value));
    return factory.createCallExpression(this.expression(node.tag), undefined, [
      factory.createIdentifier(this.emitter.templateName(node)),
      ...values,
    ]);
  }

  /**
   * Before `x` is initialized, an assignment throws: a plain one when its value is known, a compound one before its value is evaluated.
   *
   *     x = v    ⇒   $s1.x = $ready(v, $s1.x, "x")
   *     x += v   ⇒   ($live($s1.x, "x"), $s1.x += v)
   */
  #assignment(node: ts.BinaryExpression): ts.Expression {
    const variable = this.#checkedTarget(node.left);
    if (!variable || isPatternTarget(node)) return this.children(node);
    const right = this.expression(node.right);
    if (node.operatorToken.kind === ts.SyntaxKind.EqualsToken)
      return factory.updateBinaryExpression(node, this.boxed(variable), node.operatorToken, this.#ready(variable, right));
    return this.#afterCheck(variable, factory.createBinaryExpression(this.boxed(variable), node.operatorToken, right));
  }

  /** `x++` ⇒ `($live($s1.x, "x"), $s1.x++)`, where `x` may not be initialized. */
  #update(node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): ts.Expression {
    const writes = node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
    const variable = writes ? this.#checkedTarget(node.operand) : undefined;
    return variable ? this.#afterCheck(variable, this.children(node)) : this.children(node);
  }

  #afterCheck(variable: Variable, made: ts.Expression): ts.Expression {
    return factory.createParenthesizedExpression(factory.createComma(this.#live(variable), made));
  }

  /** The variable a target names, where it may not be initialized. */
  #checkedTarget(given: ts.Expression): Variable | undefined {
    const target = unwrap(given);
    if (!ts.isIdentifier(target)) return undefined;
    const variable = this.ctx.variableOf(target);
    return variable && this.isCheckedAt(variable, target) ? variable : undefined;
  }

  /** The value about to be assigned to what `node` names, checked where that may not be initialized. */
  readied(node: ts.Identifier, value: ts.Expression): ts.Expression {
    const variable = this.#checkedTarget(node);
    return variable ? this.#ready(variable, value) : value;
  }

  #ready(variable: Variable, value: ts.Expression): ts.Expression {
    return callRuntime("$ready", [value, this.boxed(variable), factory.createStringLiteral(variable.name)]);
  }

  #live(variable: Variable, access: ts.Expression = this.boxed(variable)): ts.Expression {
    return callRuntime("$live", [access, factory.createStringLiteral(variable.name)]);
  }

  /** In its own function, after its declaration, a variable is initialized; elsewhere it may not be. */
  isCheckedAt(variable: Variable, node: ts.Identifier): boolean {
    if (!variable.boxed || !isChecked(variable)) return false;
    // In a loop a later place of the text can run before the declaration of the next round.
    return variable.owner !== this.fn || node.pos < variable.readyAt || ts.isCaseBlock(variable.scope);
  }

  #boxedRead(variable: Variable, node: ts.Identifier): ts.Expression {
    const access = ts.setSourceMapRange(this.boxed(variable), node);
    if (!this.isCheckedAt(variable, node)) return access;
    if (isPatternTarget(node)) return this.#slot(variable);
    return isAssigned(node) ? access : this.#live(variable, access);
  }

  /** `[x] = v` and `for (x of v)` ⇒ `[$slot($s1, "x", "x").value] = v`: checked when the value is stored, not before. */
  #slot(variable: Variable): ts.Expression {
    const { expression, name } = this.boxed(variable);
    const args = [expression, factory.createStringLiteral(name.text), factory.createStringLiteral(variable.name)];
    return factory.createPropertyAccessExpression(callRuntime("$slot", args), "value");
  }

  /** The value a name has now, checked for initialization where it may lack it, also where the name is about to be written. */
  checkedRead(node: ts.Identifier): ts.Expression {
    const variable = this.ctx.variableOf(node);
    if (!variable) return this.expression(node);
    return this.isCheckedAt(variable, node) ? this.#live(variable) : this.read(variable);
  }

  /** `{ a }` in a declaration, where `a` got another name ⇒ `{ a: a$1 }`. */
  #bindingElement(node: ts.BindingElement): ts.Node {
    const made = this.children(node);
    const isShorthand = ts.isObjectBindingPattern(node.parent) && !node.propertyName && !node.dotDotDotToken;
    if (!isShorthand || !ts.isIdentifier(node.name) || !ts.isIdentifier(made.name) || made.name.text === node.name.text)
      return made;
    return factory.updateBindingElement(made, undefined, factory.createIdentifier(node.name.text), made.name, made.initializer);
  }

  /** `{ n }` ⇒ `{ n: $s1.n }`, also as an assignment pattern with a default. */
  #shorthand(node: ts.ShorthandPropertyAssignment): ts.Node {
    const variable = this.ctx.variableOf(node.name);
    const fallback = node.objectAssignmentInitializer;
    if (!variable || (!variable.boxed && variable.emitName === variable.name)) {
      if (!fallback) return node;
      return factory.updateShorthandPropertyAssignment(node, node.name, this.expression(fallback));
    }
    const target = variable.boxed ? this.#boxedRead(variable, node.name) : this.ctx.refVariable(variable);
    const value = fallback ? assignmentOf(target, this.expression(fallback)) : target;
    return factory.createPropertyAssignment(plainKey(node.name.text), value);
  }

  #nested(node: ts.Node): ts.Node {
    const info = this.ctx.findings.functionOf.get(node)!;
    if (ts.isFunctionExpression(node) && this.ctx.captures.opaque.has(info))
      return this.opaque(this.emitter.emitFunction(info) as ts.Expression, node);
    if (ts.isMethodDeclaration(node) && info.full && node.asteriskToken && ts.isObjectLiteralExpression(node.parent))
      return ts.setTextRange(factory.createPropertyAssignment(node.name, this.closure(info)), node);
    if (this.ctx.findings.everywhere && info.barrier && isFunctionValue(node)) return this.plainFunction(info);
    if (ts.isFunctionDeclaration(node) || !this.ctx.captures.tagged.has(info)) return this.emitter.emitFunction(info);
    if (!ts.isMethodDeclaration(node)) return this.closure(info);
    // { add(x) {…} } ⇒ { add: $tag({ add(x) {…} }.add, add$, […]) }: the function stays a method.
    return ts.setTextRange(factory.createPropertyAssignment(node.name, this.closure(info)), node);
  }

  /** `$tag(function, code$, [captured…], this?)`. */
  closure(info: FunctionInfo): ts.Expression {
    const fast = this.emitter.emitFunction(info);
    const captured = this.capturedBy(info);
    const needsThis = ts.isArrowFunction(info.node) && this.ctx.captures.usesThis.has(info);
    const isGenerator = info.full && "asteriskToken" in info.node && info.node.asteriskToken !== undefined;
    const name = isGenerator ? undefined : assignedName(info.node);
    const args = [
      name === undefined ? closureExpression(fast, this.ctx) : named(name, closureExpression(fast, this.ctx)),
      factory.createIdentifier(this.emitter.codeName(info)),
      factory.createArrayLiteralExpression(captured.map((each) => each.reference())),
      ...(needsThis ? [factory.createThis()] : []),
    ];
    const tagged = ts.setSourceMapRange(callRuntime("$tag", args), info.node);
    const site = isGenerator ? generatorFunction(tagged, info.node) : tagged;
    this.emitter.noteClosure(info, site);
    return this.#capturesChangingScope(info) ? makeCall(this.emitter.makeName(info), captured, needsThis) : site;
  }

  /**
   * In a lowered loop the variable that holds the scope object changes from round to round, so a native closure over it would see the wrong round:
   * such a closure is made by its maker, which captures the object itself. The same goes for a closure in the head of any loop, whose variables are not those of
   * the first round.
   */
  #capturesChangingScope(info: FunctionInfo): boolean {
    const captured = this.ctx.captures.captured.get(info) ?? [];
    return captured.some((variable) => {
      if (!variable.boxed || !isLoop(variable)) return false;
      const isLowered = hasTwoCopies(variable.owner);
      return isLowered || (ts.isForStatement(variable.scope) && isWithin(info.node, variable.scope.initializer));
    });
  }

  /**
   *     { get v() { return n; } }   ⇒   $accessors({ get v() { return n; } }, [["v", "get", v$, [n]]])
   *
   * Accessors cannot suspend, but objects that have some can be saved.
   */
  accessors(made: ts.Expression, source: ts.ObjectLiteralExpression): ts.Expression {
    const rows = source.properties.flatMap((property) => {
      const info =
        ts.isAccessor(property) && !ts.isComputedPropertyName(property.name)
          ? this.ctx.findings.functionOf.get(property)
          : undefined;
      return info && this.ctx.captures.accessors.has(info) ? [this.#accessorRow(info)] : [];
    });
    return rows.length === 0 ? made : callRuntime("$accessors", [made, factory.createArrayLiteralExpression(rows)]);
  }

  #accessorRow(info: FunctionInfo): ts.Expression {
    const node = info.node as ts.AccessorDeclaration;
    const key = factory.createStringLiteral((node.name as ts.Identifier).text);
    const kind = ts.isGetAccessorDeclaration(node) ? "get" : "set";
    const captured = this.capturedBy(info).map((each) => each.reference());
    const code = factory.createIdentifier(this.emitter.codeName(info));
    const row = factory.createArrayLiteralExpression([
      key,
      factory.createStringLiteral(kind),
      code,
      factory.createArrayLiteralExpression(captured),
    ]);
    const alone = factory.createObjectLiteralExpression([this.emitter.emitFunction(info) as ts.AccessorDeclaration]);
    const object = callRuntime("$accessors", [alone, factory.createArrayLiteralExpression([row])]);
    const describe = factory.createPropertyAccessExpression(factory.createIdentifier("Object"), "getOwnPropertyDescriptor");
    this.emitter.noteClosure(
      info,
      factory.createPropertyAccessExpression(factory.createCallExpression(describe, undefined, [object, key]), kind),
    );
    return row;
  }

  /** The expression of a function that cannot reach a checkpoint. */
  plainFunction(info: FunctionInfo): ts.Expression {
    const made = closureExpression(this.emitter.emitFunction(info), this.ctx);
    return this.opaque(this.ctx.findings.everywhere ? withOwnName(made, info.node) : made, info.node);
  }

  /**
   *     { get v() { return x; } }   ⇒   ((x) => ({ get v() { return x; } }))(x)      in the resume copy
   *
   * There a variable of a loop is one variable for all rounds, so closures that are not made by id have to capture a copy. In the fast copy the source's own
   * scopes do that, except for scope objects of a `for`.
   *
   * @param also what it captures besides: the record of a class whose constructor is not in the source
   */
  opaque<E extends ts.Expression>(made: E, source: ts.Node, also: readonly Variable[] = []): ts.Expression {
    if (!this.options.hoistVars) return made;
    const inside = this.#writtenInPlace().filter((info) => info.node === source || info.node.parent === source);
    const more = also.map((variable) => ({ name: variable.emitName, reference: () => this.ctx.refVariable(variable) }));
    const captured = [
      ...new Map([...inside.flatMap((info) => this.capturedBy(info)), ...more].map((each) => [each.name, each])).values(),
    ];
    if (captured.length === 0) return made;
    if (inside.some((info) => this.#capturesChangingScope(info))) return withCopies(made, captured);
    this.emitter.noteOpaque(made, captured);
    return made;
  }

  /** Functions of this one that no maker makes. */
  #writtenInPlace(): readonly FunctionInfo[] {
    const { findings, captures } = this.ctx;
    const isCandidate = (info: FunctionInfo): boolean =>
      captures.opaque.has(info) || (findings.everywhere && isMemberOrBarrier(info));
    return (this.#written ??= [...findings.functionOf.values()].filter((info) => info.parent === this.fn && isCandidate(info)));
  }

  /** Names of what a closure captures: variables by value, scope objects by reference. Its own name is not among them. */
  capturedBy(info: FunctionInfo): Captured[] {
    const found = new Map<string, Captured>();
    for (const variable of this.ctx.captures.captured.get(info) ?? []) {
      if (variable.boxed) {
        const { name, owner } = this.ctx.captures.scopeObjects.get(variable.scope)!;
        found.set(name, { name, reference: () => this.ctx.ref(name, owner) });
      } else if (variable.declaration.parent !== info.node) {
        found.set(variable.emitName, { name: variable.emitName, reference: () => this.ctx.refVariable(variable) });
      }
    }
    return [...found.values()];
  }

  /** Boxed declarations become assignments; hoisted `var`s too. */
  #variableStatement(node: ts.VariableStatement): ts.Node | ts.Statement[] {
    const list = node.declarationList;
    if (!this.#needsSplit(list)) return this.#withTags(this.children(node));
    const out = list.declarations.flatMap((declaration) => this.#declaration(declaration, list));
    if (out[0]) setStatement(out[0], node);
    return out;
  }

  /** `const f = $tag({ f: … }.f, …)` ⇒ `const f = …; $tag(f, …);`. */
  #withTags(node: ts.VariableStatement): ts.Node | ts.Statement[] {
    if (this.fn.parent === undefined) return node; // module-level functions are bound, not tagged
    const after: ts.Statement[] = [];
    const declarations = node.declarationList.declarations.map((declaration) => {
      const name = ts.isIdentifier(declaration.name) ? declaration.name : undefined;
      const split = name && splitClosure(name.text, declaration.initializer, () => factory.createIdentifier(name.text));
      if (!split) return declaration;
      after.push(split.after);
      return factory.updateVariableDeclaration(
        declaration,
        declaration.name,
        declaration.exclamationToken,
        declaration.type,
        split.value,
      );
    });
    // Tags come after the whole list, so a list in which a later part could call an earlier function stays as it is.
    if (after.length === 0 || declarations.length > 1) return node;
    return [
      factory.updateVariableStatement(
        node,
        node.modifiers,
        factory.updateVariableDeclarationList(node.declarationList, declarations),
      ),
      ...after,
    ];
  }

  #needsSplit(list: ts.VariableDeclarationList): boolean {
    if (this.options.hoistVars && (list.flags & ts.NodeFlags.BlockScoped) === 0) return true;
    return list.declarations.some((declaration) => boundNames(declaration.name).some((name) => this.ctx.variableOf(name)?.boxed));
  }

  #declaration(declaration: ts.VariableDeclaration, list: ts.VariableDeclarationList): ts.Statement[] {
    const isVar = (list.flags & ts.NodeFlags.BlockScoped) === 0;
    if (ts.isIdentifier(declaration.name)) {
      const variable = this.ctx.variableOf(declaration.name);
      const assigned = variable && (variable.boxed || (isVar && this.options.hoistVars));
      if (!assigned)
        return [
          factory.createVariableStatement(
            undefined,
            factory.createVariableDeclarationList([this.children(declaration)], list.flags),
          ),
        ];
      if (!declaration.initializer) return isVar ? [] : [statementOf(assignmentOf(this.boxed(variable), undefinedValue()))];
      const target = variable.boxed ? this.boxed(variable) : this.ctx.refVariable(variable);
      return [statementOf(assignmentOf(target, this.expression(declaration.initializer)))];
    }
    const target = this.assignmentPattern(declaration.name);
    const plain = isVar ? [] : boundNames(declaration.name).filter((name) => !this.ctx.variableOf(name)?.boxed);
    const declared = plain.map((name) => factory.createVariableDeclaration(this.#plainName(name)));
    const assign = statementOf(
      factory.createParenthesizedExpression(assignmentOf(target, this.expression(declaration.initializer!))),
    );
    if (declared.length === 0) return [assign];
    return [
      factory.createVariableStatement(undefined, factory.createVariableDeclarationList(declared, ts.NodeFlags.Let)),
      assign,
    ];
  }

  #plainName(name: ts.Identifier): ts.Identifier {
    const variable = this.ctx.variableOf(name);
    return variable ? this.ctx.refVariable(variable) : name;
  }

  /** `{ a, b: [c = 1] }` as a declaration ⇒ the same as the target of an assignment, with boxed variables in their place. */
  assignmentPattern(pattern: ts.BindingName): ts.Expression {
    if (ts.isIdentifier(pattern)) {
      const variable = this.ctx.variableOf(pattern);
      if (!variable) return factory.createIdentifier(pattern.text);
      return variable.boxed ? this.boxed(variable) : this.ctx.refVariable(variable);
    }
    const withDefault = (element: ts.BindingElement): ts.Expression => {
      const target = this.assignmentPattern(element.name);
      return element.initializer ? assignmentOf(target, this.expression(element.initializer)) : target;
    };
    if (ts.isArrayBindingPattern(pattern)) {
      const elements = pattern.elements.map((element) => {
        if (ts.isOmittedExpression(element)) return factory.createOmittedExpression();
        return element.dotDotDotToken ? factory.createSpreadElement(this.assignmentPattern(element.name)) : withDefault(element);
      });
      return factory.createArrayLiteralExpression(elements);
    }
    const properties = pattern.elements.map((element) => {
      if (element.dotDotDotToken) return factory.createSpreadAssignment(this.assignmentPattern(element.name));
      const name = element.propertyName ?? factory.createIdentifier((element.name as ts.Identifier).text);
      return factory.createPropertyAssignment(ts.visitNode(name, this.#propertyName, ts.isPropertyName), withDefault(element));
    });
    return factory.createObjectLiteralExpression(properties);
  }

  readonly #propertyName = (name: ts.Node): ts.Node => (ts.isComputedPropertyName(name) ? this.children(name) : name);

  /** A scope object of the case block is made before the switch. */
  #switch(node: ts.SwitchStatement): ts.Node {
    const box = this.scopeObject(node.caseBlock);
    const inner = this.children(node);
    return box ? factory.createBlock([box, inner], true) : inner;
  }

  /**
   *     for (let i = 0; i < n; i++) B   ⇒   for (let $s1 = { i: 0 }; $s1.i < n; $s1 = { ...$s1 }, $s1.i++) B
   *
   * Each round gets a scope object of its own, as each round has a binding of its own.
   */
  #for(node: ts.ForStatement): ts.Node {
    const box = this.ctx.captures.scopeObjects.get(node);
    const list = node.initializer;
    if (!box || !list || !ts.isVariableDeclarationList(list)) return this.#plainFor(node);
    const scope = (): ts.Identifier => this.ctx.ref(box.name, box.owner);
    const declarations = [factory.createVariableDeclaration(scope(), undefined, undefined, this.scopeLiteral(node))];
    for (const [index, declaration] of list.declarations.entries()) {
      const names = boundNames(declaration.name);
      if (!names.some((name) => this.ctx.variableOf(name)?.boxed)) {
        declarations.push(this.children(declaration));
        continue;
      }
      const value = declaration.initializer ? this.expression(declaration.initializer) : undefinedValue();
      const set = factory.createParenthesizedExpression(assignmentOf(this.assignmentPattern(declaration.name), value));
      for (const name of names)
        if (!this.ctx.variableOf(name)?.boxed) declarations.push(factory.createVariableDeclaration(this.#plainName(name)));
      declarations.push(factory.createVariableDeclaration(`${box.name}$${index}`, undefined, undefined, set));
    }
    // What the initializer captured is not the first round's.
    if (containsFunction(list))
      declarations.push(
        factory.createVariableDeclaration(
          `${box.name}$first`,
          undefined,
          undefined,
          factory.createParenthesizedExpression(this.copyScope(box.name, box.owner)),
        ),
      );
    const copy = this.copyScope(box.name, box.owner);
    const update = node.incrementor ? factory.createCommaListExpression([copy, this.expression(node.incrementor)]) : copy;
    return factory.updateForStatement(
      node,
      factory.createVariableDeclarationList(declarations, ts.NodeFlags.Let),
      node.condition && this.expression(node.condition),
      update,
      this.#body(node.statement),
    );
  }

  /** `$s1 = { ...$s1 }`. */
  copyScope(name: string, owner: FunctionInfo): ts.Expression {
    const copy = factory.createObjectLiteralExpression([factory.createSpreadAssignment(this.ctx.ref(name, owner))]);
    return assignmentOf(this.ctx.ref(name, owner), copy);
  }

  /** `for (var i = 0; …)` in a lowered function ⇒ `for (i = 0; …)`: its declaration has moved to the start. */
  #plainFor(node: ts.ForStatement): ts.Node {
    const list = node.initializer;
    const isHoisted =
      list && ts.isVariableDeclarationList(list) && this.options.hoistVars && (list.flags & ts.NodeFlags.BlockScoped) === 0;
    if (!isHoisted) return this.children(node);
    const parts = list.declarations
      .filter((declaration) => declaration.initializer)
      .map((declaration) => assignmentOf(this.assignmentPattern(declaration.name), this.expression(declaration.initializer!)));
    const init = parts.length === 0 ? undefined : parts.length === 1 ? parts[0] : factory.createCommaListExpression(parts);
    return factory.updateForStatement(
      node,
      init,
      node.condition && this.expression(node.condition),
      node.incrementor && this.expression(node.incrementor),
      this.#body(node.statement),
    );
  }

  #body(node: ts.Statement): ts.Statement {
    const list = this.statement(node);
    return list.length === 1 ? list[0]! : factory.createBlock(list, true);
  }

  /** `for (const x of xs) B` with `x` boxed ⇒ `for (const x$ of xs) { const $s1 = { x: x$ }; B }`. */
  #forEach(node: ts.ForOfStatement | ts.ForInStatement): ts.Node {
    const list = node.initializer;
    const declaration = ts.isVariableDeclarationList(list) ? list.declarations[0] : undefined;
    const isVar = declaration !== undefined && (list.flags & ts.NodeFlags.BlockScoped) === 0;
    const box = this.scopeObject(node);
    if (!declaration || (!box && !(isVar && this.options.hoistVars))) return this.children(node);
    const subject = this.expression(node.expression);
    const body = this.#body(node.statement);
    const update = (head: ts.ForInitializer, inner: ts.Statement): ts.Node =>
      ts.isForOfStatement(node)
        ? factory.updateForOfStatement(node, undefined, head, subject, inner)
        : factory.updateForInStatement(node, head, subject, inner);
    if (isVar) return update(this.assignmentPattern(declaration.name), body);
    const item = factory.createIdentifier("$item");
    const bind = this.#bindAll(declaration.name, item);
    const head = factory.createVariableDeclarationList([factory.createVariableDeclaration(item)], ts.NodeFlags.Const);
    return update(head, factory.createBlock([...(box ? [box] : []), ...bind, body], true));
  }

  #catch(node: ts.CatchClause): ts.Node {
    const box = this.scopeObject(node);
    if (!box || !node.variableDeclaration) return this.children(node);
    const error = factory.createIdentifier("$error");
    const bind = this.#bindAll(node.variableDeclaration.name, error);
    const body = factory.createBlock([box, ...bind, ...this.statements(node.block.statements, node.block)], true);
    return factory.updateCatchClause(node, factory.createVariableDeclaration(error), body);
  }

  /** Declares what a pattern binds and assigns it from `value`. */
  #bindAll(name: ts.BindingName, value: ts.Expression): ts.Statement[] {
    const plain = boundNames(name).filter((bound) => !this.ctx.variableOf(bound)?.boxed);
    const assign = statementOf(factory.createParenthesizedExpression(assignmentOf(this.assignmentPattern(name), value)));
    if (plain.length === 0) return [assign];
    const declared = plain.map((bound) => factory.createVariableDeclaration(this.#plainName(bound)));
    return [
      factory.createVariableStatement(undefined, factory.createVariableDeclarationList(declared, ts.NodeFlags.Let)),
      assign,
    ];
  }

  #call(node: ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression): ts.Expression {
    const site = this.ctx.findings.siteOf.get(node);
    const id = ts.isCallExpression(node) ? this.emitter.stepId(node) : undefined;
    if (id !== undefined && ts.isCallExpression(node)) return this.#stepCall(node, id);
    if (!site) return visibly(this.ctx, this.fn, node, this.children(node));
    const verdict = siteVerdict(site);
    if (site.kind === "foreign" || (site.kind === "lib" && verdict !== "never")) return this.foreignCall(node);
    if (verdict === "never") return visibly(this.ctx, this.fn, node, this.children(node));
    // Only code that cannot be suspended gets here with a call that may: everything else has been lowered.
    const barrier = this.fn.barrier ?? "a default parameter value";
    if (verdict === "does")
      this.ctx.diagnostics.report(this.fn.barrier ? "FLOW1001" : "FLOW2002", node, {
        callee: site.label,
        barrier,
        what: barrier,
      });
    return callRuntime("$must", [this.children(node), factory.createStringLiteral(`${this.fn.module.id}: ${this.fn.name}`)]);
  }

  /** Function values among the arguments are guarded where they may suspend. */
  foreignCall<N extends ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression>(node: N): ts.Expression {
    const site = this.ctx.findings.siteOf.get(node)!;
    const guarded = new Set<ts.Node>();
    for (const callback of site.callbacks) {
      const verdict = valueVerdict(callback.value);
      if (verdict === "maybe") guarded.add(callback.node);
      if (verdict === "does")
        this.ctx.diagnostics.report("FLOW1002", callback.node, {
          callee: site.label,
          inner: innerSuspension(callback.node, this.ctx),
        });
    }
    const visit = (child: ts.Node): ts.VisitResult<ts.Node> => {
      if (!guarded.has(child)) return this.visit(child);
      return callRuntime("$native", [this.expression(child as ts.Expression), factory.createStringLiteral(site.label)]);
    };
    return visibly(this.ctx, this.fn, node, ts.visitEachChild(node, visit, undefined));
  }

  /** A read that may enter an accessor which suspends is guarded where it could not. */
  #read(node: ts.PropertyAccessExpression): ts.Expression {
    const made = factory.updatePropertyAccessExpression(node, this.expression(node.expression), node.name);
    const site = this.ctx.findings.siteOf.get(node);
    if (!site || siteVerdict(site) === "never" || accessOf(node) !== "get") return made;
    if (siteVerdict(site) === "does" && this.fn.barrier)
      this.ctx.diagnostics.report("FLOW1001", node, { callee: site.label, barrier: this.fn.barrier });
    return callRuntime("$must", [made, factory.createStringLiteral(`${this.fn.module.id}: ${this.fn.name}`)]);
  }

  #stepCall(node: ts.CallExpression, id: string): ts.Expression {
    const args = node.arguments.map((argument) => this.expression(argument));
    while (args.length < 2) args.push(undefinedValue());
    return factory.updateCallExpression(node, node.expression, node.typeArguments, [...args, factory.createStringLiteral(id)]);
  }
}

/** `$generatorFunction(body, "g", 1)`: calling it makes a generator. */
function generatorFunction(made: ts.Expression, node: ts.FunctionLikeDeclaration): ts.Expression {
  const own = node.name && (ts.isIdentifier(node.name) || ts.isPrivateIdentifier(node.name)) ? node.name.text : undefined;
  const first = node.parameters.findIndex((parameter) => parameter.initializer || parameter.dotDotDotToken);
  return callRuntime("$generatorFunction", [
    made,
    factory.createStringLiteral(own ?? assignedName(node) ?? ""),
    factory.createNumericLiteral(first < 0 ? node.parameters.length : first),
  ]);
}

/** `((x) => expression)(x)`. */
export function withCopies(expression: ts.Expression, captured: readonly Captured[]): ts.Expression {
  const parameters = captured.map(({ name }) => factory.createParameterDeclaration(undefined, undefined, name));
  const body = ts.isObjectLiteralExpression(expression) ? factory.createParenthesizedExpression(expression) : expression;
  const arrow = factory.createArrowFunction(undefined, undefined, parameters, undefined, undefined, body);
  return factory.createCallExpression(
    factory.createParenthesizedExpression(arrow),
    undefined,
    captured.map((each) => each.reference()),
  );
}

/** The function under the name that its place in the source gives it, or under none: a temporary would name it too. */
function withOwnName(made: ts.Expression, source: ts.Node): ts.Expression {
  const name = assignedName(source);
  if (name !== undefined) return named(name, made);
  const isNamed = !ts.isArrowFunction(made) && !(ts.isFunctionExpression(made) && !made.name);
  return isNamed ? made : factory.createParenthesizedExpression(factory.createComma(factory.createNumericLiteral(0), made));
}

function isFunctionValue(node: ts.Node): boolean {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

/** Methods of object literals stay in them where everything suspends; async functions stay what they are. */
function isMemberOrBarrier(info: FunctionInfo): boolean {
  return info.barrier !== undefined || (ts.isMethodDeclaration(info.node) && ts.isObjectLiteralExpression(info.node.parent));
}

/** The name an anonymous function gets from the place it stands in (ECMA-262, NamedEvaluation). */
export function assignedName(node: ts.Node): string | undefined {
  const isAnonymous = ts.isArrowFunction(node) || ((ts.isFunctionExpression(node) || ts.isClassExpression(node)) && !node.name);
  if (!isAnonymous) return undefined;
  let up: ts.Node = node.parent;
  let at: ts.Node = node;
  while (ts.isParenthesizedExpression(up)) {
    at = up;
    up = up.parent;
  }
  const identifier = (name: ts.Node): string | undefined =>
    ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name) ? name.text : undefined;
  if (ts.isVariableDeclaration(up) || ts.isParameter(up) || ts.isBindingElement(up))
    return up.initializer === at ? identifier(up.name) : undefined;
  // `__proto__: () => {}` sets the prototype and names nothing.
  if (ts.isPropertyAssignment(up) && !ts.isComputedPropertyName(up.name) && up.name.text === "__proto__") return undefined;
  if (ts.isPropertyAssignment(up) || ts.isPropertyDeclaration(up))
    return ts.isPrivateIdentifier(up.name) ? up.name.text : identifier(up.name);
  if (ts.isShorthandPropertyAssignment(up)) return up.name.text;
  if (ts.isExportAssignment(up)) return "default";
  if (!ts.isBinaryExpression(up) || up.right !== at || !isAssignmentOperator(up.operatorToken.kind)) return undefined;
  return ts.isIdentifier(up.left) ? up.left.text : undefined;
}

/** Whether the variable's scope object is another one in each round, under the same name. */
function isLoop({ scope, owner }: Variable): boolean {
  return ts.isForStatement(scope) || (owner.full && (ts.isForOfStatement(scope) || ts.isForInStatement(scope)));
}

/** `f$make(captured…)`: the closure made by its maker. */
export function makeCall(makeName: string, captured: readonly Captured[], needsThis: boolean): ts.Expression {
  const maker = factory.createIdentifier(makeName);
  const args = captured.map((each) => each.reference());
  if (!needsThis) return factory.createCallExpression(maker, undefined, args);
  return factory.createCallExpression(factory.createPropertyAccessExpression(maker, "call"), undefined, [
    factory.createThis(),
    ...args,
  ]);
}

/** The call inside a callback that suspends, for the message. */
function innerSuspension(callback: ts.Expression, ctx: Context): string {
  const info = ctx.findings.functionOf.get(unwrap(callback));
  const site = info?.calls.find((call) => siteVerdict(call) === "does");
  return site?.label ?? calleeName(callback);
}

/** A function expression for a closure, whatever it was declared as. */
function closureExpression(fast: ts.Node, ctx: Context): ts.Expression {
  if (ts.isAccessor(fast)) return callRuntime("$accessorOf", [factory.createObjectLiteralExpression([fast])]);
  if (ts.isMethodDeclaration(fast)) return methodExpression(fast);
  if (!ts.isFunctionDeclaration(fast)) return fast as ts.Expression;
  const modifiers = fast.modifiers as readonly ts.Modifier[] | undefined;
  const variable = fast.name && ctx.variableOf(fast.name);
  const isRenamed = variable !== undefined && !variable.boxed && variable.emitName !== variable.name;
  const own = isRenamed ? ctx.refVariable(variable) : fast.name;
  const made = factory.createFunctionExpression(
    modifiers,
    fast.asteriskToken,
    own,
    fast.typeParameters,
    fast.parameters,
    fast.type,
    fast.body!,
  );
  ts.setTextRange(made, fast);
  return isRenamed ? withName(made, variable.name) : made;
}

/** `{ m() {…} }.m`; a private method under the name it has in the source, `{ ["#m"]() {…} }["#m"]`. */
function methodExpression(fast: ts.MethodDeclaration): ts.Expression {
  const name = ts.isPrivateIdentifier(fast.name)
    ? factory.createComputedPropertyName(factory.createStringLiteral(fast.name.text))
    : fast.name;
  const modifiers = fast.modifiers?.filter((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword);
  const method = factory.updateMethodDeclaration(
    fast,
    modifiers,
    fast.asteriskToken,
    name,
    undefined,
    fast.typeParameters,
    fast.parameters,
    fast.type,
    fast.body,
  );
  const holder = factory.createObjectLiteralExpression([method]);
  if (ts.isIdentifier(name)) return factory.createPropertyAccessExpression(holder, name.text);
  return factory.createElementAccessExpression(holder, ts.isComputedPropertyName(name) ? name.expression : name);
}

/** A function that had to be called something else in emitted code, under the name it has in the source. */
function withName(fn: ts.Expression, name: string): ts.Expression {
  const describe = factory.createPropertyAccessExpression(factory.createIdentifier("Object"), "defineProperty");
  const descriptor = factory.createObjectLiteralExpression([
    factory.createPropertyAssignment("value", factory.createStringLiteral(name)),
    factory.createPropertyAssignment("configurable", factory.createTrue()),
  ]);
  return factory.createCallExpression(describe, undefined, [fn, factory.createStringLiteral("name"), descriptor]);
}

/** Whether reads have to make sure that the binding is initialized. */
export function isChecked(variable: Variable): boolean {
  const { kind } = variable;
  return (
    variable.early &&
    (kind === "let" ||
      kind === "const" ||
      kind === "class" ||
      ((kind === "parameter" || kind === "catch") && variable.readyAt !== variable.scope.pos))
  );
}

function isWithin(node: ts.Node, outer: ts.Node | undefined): boolean {
  return outer !== undefined && node.pos >= outer.pos && node.end <= outer.end;
}

/** Whether a function is made anywhere inside. */
export function containsFunction(node: ts.Node): boolean {
  return (
    ts.isFunctionLike(node) ||
    ts.isClassLike(node) ||
    (ts.forEachChild(node, (child) => containsFunction(child) || undefined) ?? false)
  );
}

/** The name of a function, class or parameter where it is declared. */
function isDeclaredName(node: ts.Identifier): boolean {
  const parent = node.parent as ts.Node | undefined;
  if (!parent) return false;
  const declares =
    ts.isFunctionLike(parent) ||
    ts.isClassLike(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isVariableDeclaration(parent);
  return declares && (parent as ts.NamedDeclaration).name === node;
}

/** The expressions inside a template, in order. */
export function substitutionsOf(node: ts.TaggedTemplateExpression): readonly ts.Expression[] {
  return ts.isTemplateExpression(node.template) ? node.template.templateSpans.map((span) => span.expression) : [];
}

/** The identifiers a binding name declares, in order. */
export function boundNames(name: ts.BindingName): ts.Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : boundNames(element.name)));
}

function runtimeName(name: "$TDZ"): ts.Identifier {
  return factory.createIdentifier(name);
}
