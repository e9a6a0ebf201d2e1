/**
 * One module of the output:
 *
 *     import { $module, $save } from "flowc/runtime";
 *     …the module's own imports…
 *     const $m = $module(1, "src/checkout.ts");
 *     const SUSPEND = $m.SUSPEND;
 *     const checkout$ = $m.code("checkout", { … });       what a frame or closure refers to
 *     $m.bind(checkout$, checkout);
 *     …the source, suspendable functions as their fast copies, classes and constants registered after they are made…
 *     function checkout$resume($frame, $mode, $value) { … }
 *     function checkout_map$make(order) { … }
 */
import { createHash } from "node:crypto";
import { ABI_VERSION, RUNTIME_NAMES } from "../../shared/abi.js";
import { assert } from "../../shared/assert.js";
import { isValueReference } from "../1-find/captures.js";
import { hasModifier, isBody } from "../1-find/collect.js";
import type { Variable } from "../1-find/captures.js";
import { type FunctionInfo, hasTwoCopies, type ModuleInfo } from "../1-find/model.js";
import { constant, splitClosure, statementOf } from "../3-desugar/build.js";
import { Desugarer } from "../3-desugar/desugarer.js";
import { classValue } from "../3-desugar/full/class.js";
import { isGenerator } from "../1-find/full.js";
import { surgeryOf } from "../1-find/surgery.js";
import { Plan } from "../3-desugar/plan.js";
import { fastBody } from "./fast.js";
import { capturedBy } from "../3-desugar/rewrite/captured.js";
import { closureOf, makeCall } from "../3-desugar/rewrite/closures.js";
import type { Captured, FunctionEmitter } from "../3-desugar/rewrite/emitter.js";
import { withCopies } from "../3-desugar/rewrite/opaque.js";
import { boundNames } from "../3-desugar/rewrite/patterns.js";
import { Rewriter } from "../3-desugar/rewrite/rewriter.js";
import { factory, type Context } from "../context.js";
import { isAssignmentOperator, ts, unwrap } from "../ts.js";
import { canOpen, instancePrivates, withOpenClasses } from "./privates.js";
import { type EmittedFunction, emitPlain, emitSuspendable, hashOf, type Trace } from "./function.js";

export interface ModuleOptions {
  readonly verify: boolean;
  readonly trace: Trace;
  readonly isOwnFile: (file: ts.SourceFile) => boolean;
}

export interface EmittedModule {
  readonly statements: readonly ts.Statement[];
  readonly functions: readonly EmittedFunction[];
}

export function emitModule(ctx: Context, module: ModuleInfo, options: ModuleOptions): EmittedModule {
  return new ModuleEmitter(ctx, module, options).run();
}

/** Code objects for the head of the module, functions for its end, statements for the static blocks of classes. */
interface Machines {
  readonly head: ts.Statement[];
  readonly tail: ts.Statement[];
  readonly inClass: Map<ts.ClassLikeDeclaration, ts.Statement[]>;
}

class ModuleEmitter implements FunctionEmitter {
  readonly #functions: EmittedFunction[] = [];
  readonly #names = new Map<FunctionInfo, string>();
  readonly #taken = new Set<string>();
  readonly #closures = new Map<FunctionInfo, ts.Expression>();
  readonly #siteOwner = new Map<ts.Node, FunctionInfo>();
  readonly #templates = new Map<ts.TaggedTemplateExpression, string>();
  readonly #opaque = new Map<ts.Node, readonly Captured[]>();
  /** Module-level function expressions, registered where they are made. */
  readonly #bound = new Set<FunctionInfo>();
  readonly #hoisted = new Map<FunctionInfo, ts.Statement>();
  /** Records of object literals of the module. */
  readonly #records = new Set<string>();
  /** Classes made at run time, by the expression that makes them. */
  readonly #classes = new Map<
    ts.Node,
    { readonly name: string; readonly node: ts.ClassLikeDeclaration; readonly captured: readonly Captured[] }
  >();
  #desugarer: Desugarer | undefined;
  readonly #top: Rewriter;
  /** Names the source declares that emitted code may want for itself. */
  readonly #clashes = new Map<string, ts.Identifier>();

  constructor(
    readonly ctx: Context,
    readonly module: ModuleInfo,
    readonly options: ModuleOptions,
  ) {
    this.#top = new Rewriter(ctx, module.functions[0]!, this, { hoistVars: false });
    for (const info of module.functions) if (isMadeOnce(info) && !(info.full && isGenerator(info.node))) this.#bound.add(info);
    const collectNames = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) {
        this.#taken.add(node.text);
        if (EMITTED_NAMES.has(node.text) && (declares(node) || this.#isGlobal(node))) this.#clashes.set(node.text, node);
      }
      ts.forEachChild(node, collectNames);
    };
    collectNames(module.file);
  }

  /** A global that the program does not declare would be shadowed. With types it is declared somewhere. */
  #isGlobal(node: ts.Identifier): boolean {
    return this.ctx.findings.everywhere && isValueReference(node) && !this.ctx.variableOf(node);
  }

  run(): EmittedModule {
    const body = this.module.file.statements.flatMap((node) => this.#topLevel(node));
    const machines = this.#machines();
    const statements = this.#assemble(body, machines);
    return { statements, functions: this.#functions };
  }

  // — FunctionEmitter —

  emitFunction(info: FunctionInfo): ts.Node {
    const known = this.#functions.find((emitted) => emitted.info === info);
    if (known) return known.fast;
    const emitted: EmittedFunction = hasTwoCopies(info)
      ? emitSuspendable(this.ctx, info, this, { ...this.options, adapt: (fn, node) => this.#adapt(fn, node) })
      : { info, fast: emitPlain(this.ctx, info, this), resume: undefined, points: [], cfg: undefined, layout: undefined };
    this.#functions.push(emitted);
    return emitted.fast;
  }

  codeName(info: FunctionInfo): string {
    return `${this.#baseName(info)}$`;
  }

  makeName(info: FunctionInfo): string {
    return `${this.#baseName(info)}$make`;
  }

  noteOpaque(node: ts.Expression, captured: readonly Captured[]): void {
    this.#opaque.set(node, captured);
  }

  templateName(node: ts.TaggedTemplateExpression): string {
    const known = this.#templates.get(node);
    if (known) return known;
    const name = `template${this.#templates.size + 1}$`;
    this.#templates.set(node, name);
    return name;
  }

  noteClosure(info: FunctionInfo, site: ts.Expression): void {
    this.#closures.set(info, site);
    this.#siteOwner.set(site, info);
  }

  /** `export const charge = step(…)` ⇒ "src/services.ts#charge". */
  /** `$tag(class, C$, [captured…])`; in the resume copy `C$make(captured…)`. */
  classSite(node: ts.ClassLikeDeclaration, made: ts.Expression, captured: readonly Captured[]): ts.Expression {
    const name = this.#freeName(`${node.name?.text ?? "anonymous"}$class`);
    const list = factory.createArrayLiteralExpression(captured.map((each) => each.reference()));
    const site = factory.createCallExpression(factory.createIdentifier("$tag"), undefined, [
      made,
      factory.createIdentifier(`${name}$`),
      list,
    ]);
    this.#classes.set(site, { name, node, captured });
    return site;
  }

  moduleRecord(record: Variable): ts.Expression {
    this.#records.add(record.emitName);
    return factory.createIdentifier(record.emitName);
  }

  #freeName(base: string): string {
    for (let n = 1; ; n++) {
      const name = n === 1 ? base : `${base}${n}`;
      if (this.#taken.has(`${name}$`)) continue;
      this.#taken.add(`${name}$`);
      return name;
    }
  }

  stepId(node: ts.CallExpression): string | undefined {
    const callee = unwrap(node.expression);
    const isTx = ts.isPropertyAccessExpression(callee) && callee.name.text === "tx";
    if (!isTx && !ts.isIdentifier(callee)) return undefined;
    const declaration = this.ctx.findings.checker.getResolvedSignature(node)?.declaration;
    if (!declaration || !this.options.isOwnFile(declaration.getSourceFile())) return undefined;
    const name = "name" in declaration && declaration.name ? declaration.name.getText() : "";
    if (!isTx && name !== "step" && name !== "steps") return undefined;
    const place = moduleConstant(node);
    if (place === undefined) {
      this.ctx.diagnostics.report("FLOW1003", node, { callee: isTx ? "step.tx" : name });
      return undefined;
    }
    return `${this.module.id}#${place}`;
  }

  /** An identifier unique in the module: `checkout`, `Cart_add`, `checkout_map`. */
  #baseName(info: FunctionInfo): string {
    const known = this.#names.get(info);
    if (known) return known;
    const clean = info.name
      .replace(/\$1$/, "")
      .replace(/[^A-Za-z0-9_$]+/g, "_")
      .replace(/^(?=\d)/, "_");
    for (let n = 1; ; n++) {
      const name = n === 1 ? clean : `${clean}${n}`;
      if ([name + "$", `${name}$make`, `${name}$resume`].some((candidate) => this.#taken.has(candidate))) continue;
      this.#taken.add(`${name}$`);
      this.#names.set(info, name);
      return name;
    }
  }

  // — statements of the source —

  #topLevel(node: ts.Statement): ts.Statement[] {
    const open = this.#openClasses(node);
    const rewritten = this.#rewriteTopLevel(node);
    const made = open.size === 0 ? rewritten : rewritten.map((statement) => withOpenClasses(statement, open));
    return [...made, ...this.#registrations(node)];
  }

  /** Classes of the statement that are saved by reference and keep private members of the engine. */
  #openClasses(node: ts.Statement): ReadonlySet<ts.Node> {
    const { findings } = this.ctx;
    const classes: ts.ClassLikeDeclaration[] = [];
    if (ts.isClassDeclaration(node) && node.name) classes.push(node);
    if (ts.isVariableStatement(node) && (node.declarationList.flags & ts.NodeFlags.Const) !== 0) {
      for (const { initializer } of node.declarationList.declarations) {
        const value = initializer && unwrap(initializer);
        if (value && ts.isClassExpression(value)) classes.push(value);
      }
    }
    return new Set(classes.filter((each) => !findings.everywhere && !findings.writtenOut.has(each) && canOpen(each)));
  }

  #rewriteTopLevel(node: ts.Statement): ts.Statement[] {
    if (ts.isClassDeclaration(node) && this.ctx.findings.writtenOut.has(node)) return this.#writtenOutClass(node);
    if (ts.isFunctionDeclaration(node) && isGenerator(node)) {
      const info = this.ctx.findings.functionOf.get(node);
      if (info?.full) return this.#generatorDeclaration(info, node);
    }
    if (ts.isFunctionDeclaration(node)) {
      const info = this.ctx.findings.functionOf.get(node);
      const made = info ? (this.emitFunction(info) as ts.FunctionDeclaration) : node;
      return [made.name || !made.body ? made : withName(made, DEFAULT_EXPORT)];
    }
    return this.#bindFunctions(node, () => this.#top.statement(node));
  }

  /**
   *     export class C extends B {…}   ⇒   const $class1 = $record() · … · export const C = $2
   *
   * Evaluated while the module is loaded, where nothing can suspend.
   */
  #writtenOutClass(node: ts.ClassDeclaration): ts.Statement[] {
    const made = this.#evaluated(node, (d) => classValue(d, node));
    const isDefault = hasModifier(node, ts.SyntaxKind.DefaultKeyword);
    if (!node.name) return [...made.statements, factory.createExportAssignment(undefined, false, made.value)];
    const modifiers =
      hasModifier(node, ts.SyntaxKind.ExportKeyword) && !isDefault
        ? [factory.createModifier(ts.SyntaxKind.ExportKeyword)]
        : undefined;
    const declaration = factory.createVariableDeclaration(node.name.text, undefined, undefined, made.value);
    const list = factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const);
    const statements = [...made.statements, factory.createVariableStatement(modifiers, list)];
    return isDefault
      ? [...statements, factory.createExportAssignment(undefined, false, factory.createIdentifier(node.name.text))]
      : statements;
  }

  /** What a rule of `3-desugar/full` writes for module-level code, and the value it leaves. */
  #evaluated(node: ts.Node, rule: (d: Desugarer) => ts.Expression): { statements: ts.Statement[]; value: ts.Expression } {
    const info = this.module.functions[0]!;
    this.#desugarer ??= new Desugarer(
      this.ctx,
      info,
      new Plan(this.ctx.findings, info, true),
      this.#top,
      new Set([...RUNTIME_NAMES, ...this.#taken]),
    );
    const d = this.#desugarer;
    let value: ts.Expression | undefined;
    const body = d.collect(() => (value = rule(d)));
    const where = `${this.module.id}: ${node.getText().split("\n")[0]!.slice(0, 60)}`;
    const statements = fastBody(body, {
      codeName: "",
      slots: new Map(),
      savesThis: false,
      guard: where,
      ref: (name) => factory.createIdentifier(name),
    });
    // Records and private names are what frames and closures refer to: saved by reference like any other constant of the module.
    const constants = this.ctx.captures.madeUpNames.visibleIn(this.module.functions[0]!);
    const registered = body.flatMap((stmt) =>
      stmt.kind === "let" && constants.has(stmt.name) ? [registration(factory.createIdentifier(stmt.name))] : [],
    );
    return { statements: [...statements, ...registered], value: value! };
  }

  /** `function* g() {…}` ⇒ `const g = $generatorFunction(…)` at the head of the module, since other modules may call it before this one has run. */
  #generatorDeclaration(info: FunctionInfo, node: ts.FunctionDeclaration): ts.Statement[] {
    const made = closureOf(this.#top, info);
    this.#closures.delete(info);
    const name = node.name?.text ?? DEFAULT_EXPORT;
    this.#hoisted.set(info, constant(factory.createIdentifier(name), made));
    const exported = hasModifier(node, ts.SyntaxKind.ExportKeyword);
    if (!exported) return [];
    if (hasModifier(node, ts.SyntaxKind.DefaultKeyword))
      return [factory.createExportAssignment(undefined, false, factory.createIdentifier(name))];
    const specifier = factory.createExportSpecifier(false, undefined, name);
    return [factory.createExportDeclaration(undefined, false, factory.createNamedExports([specifier]))];
  }

  /** Registers module-level function expressions where they are made: `const f = $m.bind(f$, () => …)`. */
  #bindFunctions(node: ts.Statement, rewrite: () => ts.Statement[]): ts.Statement[] {
    const made = rewrite();
    for (const info of this.#bound) if (info.node.pos >= node.pos && info.node.end <= node.end) this.#closures.delete(info);
    if (![...this.#bound].some((info) => info.node.pos >= node.pos && info.node.end <= node.end)) return made;
    const visit = (child: ts.Node): ts.VisitResult<ts.Node> => {
      const info = this.#siteOwner.get(child);
      if (info && this.#bound.has(info)) return this.#bindCall(info, (child as ts.CallExpression).arguments[0]!);
      return ts.visitEachChild(child, visit, undefined);
    };
    return made.flatMap((statement) => this.#bindStatement(ts.visitNode(statement, visit, ts.isStatement)));
  }

  /** `const f = $m.bind(f$, { f: … }.f)` ⇒ `const f = …; $m.bind(f$, f);`. */
  #bindStatement(statement: ts.Statement): ts.Statement[] {
    const declaration = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : undefined;
    if (
      !declaration ||
      !ts.isVariableStatement(statement) ||
      statement.declarationList.declarations.length > 1 ||
      !ts.isIdentifier(declaration.name)
    )
      return [statement];
    const name = declaration.name.text;
    const split = splitClosure(name, declaration.initializer, () => factory.createIdentifier(name));
    if (!split) return [statement];
    const made = factory.updateVariableDeclaration(
      declaration,
      declaration.name,
      declaration.exclamationToken,
      declaration.type,
      split.value,
    );
    return [
      factory.updateVariableStatement(
        statement,
        statement.modifiers,
        factory.updateVariableDeclarationList(statement.declarationList, [made]),
      ),
      split.after,
    ];
  }

  #bindCall(info: FunctionInfo, fn: ts.Expression): ts.Expression {
    return registrarCall("bind", [factory.createIdentifier(this.codeName(info)), fn]);
  }

  /** Classes and constants are saved by reference: registered as soon as they exist. */
  #registrations(node: ts.Statement): ts.Statement[] {
    if (ts.isClassDeclaration(node) && node.name)
      return [classRegistration(node, node.name.text, this.ctx.findings.writtenOut.has(node))];
    if (ts.isImportDeclaration(node)) return this.#namespaceRegistration(node);
    if (
      !ts.isVariableStatement(node) ||
      (node.declarationList.flags & ts.NodeFlags.Const) === 0 ||
      hasModifier(node, ts.SyntaxKind.DeclareKeyword)
    )
      return [];
    return node.declarationList.declarations.flatMap((declaration) => {
      const initializer = declaration.initializer && unwrap(declaration.initializer);
      if (initializer && ts.isClassExpression(initializer) && ts.isIdentifier(declaration.name))
        return [classRegistration(initializer, declaration.name.text, this.ctx.findings.writtenOut.has(initializer))];
      return boundNames(declaration.name)
        .filter((name) => this.#needsRegistration(name, declaration))
        .map(registration);
    });
  }

  /** `import * as ns`, where the namespace itself is used as a value: saved by reference. */
  #namespaceRegistration(node: ts.ImportDeclaration): ts.Statement[] {
    const bindings = node.importClause?.namedBindings;
    if (!bindings || !ts.isNamespaceImport(bindings) || node.importClause.isTypeOnly || this.ctx.findings.everywhere) return [];
    const symbol = this.ctx.findings.checker.getSymbolAtLocation(bindings.name);
    const isValue = (child: ts.Node): boolean => {
      if (ts.isImportDeclaration(child) || ts.isTypeNode(child)) return false;
      if (ts.isPropertyAccessExpression(child) && ts.isIdentifier(child.expression)) return false;
      if (ts.isIdentifier(child) && child.text === bindings.name.text && isValueReference(child))
        return this.ctx.findings.checker.getSymbolAtLocation(child) === symbol;
      return ts.forEachChild(child, (each) => isValue(each) || undefined) ?? false;
    };
    return isValue(this.module.file) ? [registration(bindings.name)] : [];
  }

  /** Primitives are saved as they are; functions have been bound. */
  #needsRegistration(name: ts.Identifier, declaration: ts.VariableDeclaration): boolean {
    const initializer = declaration.initializer && unwrap(declaration.initializer);
    const bound = initializer && isBody(initializer) ? this.ctx.findings.functionOf.get(initializer) : undefined;
    if (bound && this.#bound.has(bound)) return false;
    const primitive =
      ts.TypeFlags.StringLike |
      ts.TypeFlags.NumberLike |
      ts.TypeFlags.BooleanLike |
      ts.TypeFlags.BigIntLike |
      ts.TypeFlags.Null |
      ts.TypeFlags.Undefined;
    const type = this.ctx.findings.checker.getTypeAtLocation(name);
    return (type.flags & primitive) === 0;
  }

  // — the machine part —

  /** Payloads as they are in resume copies and makers: a closure is made by its maker. */
  #adapt(fn: FunctionInfo, node: ts.Node): ts.Node {
    const inClass = this.#classOf(fn) !== undefined;
    if (this.#classes.size === 0 && this.#siteOwner.size === 0 && this.#opaque.size === 0 && !inClass) return node;
    const visit = (child: ts.Node): ts.VisitResult<ts.Node> => {
      const info = this.#siteOwner.get(child);
      if (info) {
        const needsThis = ts.isArrowFunction(info.node) && this.ctx.captures.usesThis.has(info);
        return makeCall(this.makeName(info), capturedBy(this.#top, info), needsThis);
      }
      const cls = this.#classes.get(child);
      if (cls) return makeCall(`${cls.name}$make`, cls.captured, false);
      if (inClass && usesSuperProperty(child)) return withoutSuper(child, visit);
      const made = ts.visitEachChild(child, visit, undefined);
      const captured = this.#opaque.get(child);
      return captured ? withCopies(made as ts.Expression, captured) : made;
    };
    return ts.visitNode(node, visit);
  }

  /** Code objects for the head, resume copies and makers for the end, and what has to live in a class because of `super` or `#private`. */
  #machines(): Machines {
    const head: ts.Statement[] = [];
    const tail: ts.Statement[] = [];
    const inClass = new Map<ts.ClassLikeDeclaration, ts.Statement[]>();
    const place = (info: FunctionInfo, name: string, parameters: readonly ts.ParameterDeclaration[], body: ts.Block): void => {
      const home = this.#classOf(info);
      if (!home) {
        tail.push(quiet(factory.createFunctionDeclaration(undefined, undefined, name, undefined, parameters, undefined, body)));
        return;
      }
      const assigns = superAssignment(info.node);
      if (assigns) this.ctx.diagnostics.report("FLOW2002", assigns, { what: "a function that assigns a property of super" });
      head.push(
        factory.createVariableStatement(
          undefined,
          factory.createVariableDeclarationList([factory.createVariableDeclaration(name)], ts.NodeFlags.Let),
        ),
      );
      const list = inClass.get(home) ?? [];
      const made = factory.createFunctionExpression(undefined, undefined, undefined, undefined, parameters, undefined, body);
      list.push(quiet(statementOf(factory.createAssignment(factory.createIdentifier(name), made))));
      inClass.set(home, list);
    };
    for (const emitted of this.#functions) {
      const { info } = emitted;
      const site = this.#closures.get(info);
      if (!emitted.resume && !site && !this.#isBound(info)) continue;
      if (emitted.resume) place(info, `${this.#baseName(info)}$resume`, emitted.resume.parameters, emitted.resume.body);
      const captured = capturedBy(this.#top, info);
      if (site) {
        const parameters = captured.map(({ name }) => factory.createParameterDeclaration(undefined, undefined, name));
        const made = this.#classOf(info) ? this.#withoutSuper(site) : site;
        place(info, this.makeName(info), parameters, factory.createBlock([factory.createReturnStatement(made)], true));
      }
      head.push(this.#codeObject(emitted, site !== undefined, captured));
      const hoisted = this.#hoisted.get(info);
      if (hoisted) head.push(hoisted);
      if (ts.isFunctionDeclaration(info.node) && ts.isSourceFile(info.node.parent)) {
        const name = info.node.name?.text ?? DEFAULT_EXPORT;
        head.push(
          statementOf(registrarCall("bind", [factory.createIdentifier(this.codeName(info)), factory.createIdentifier(name)])),
        );
      }
    }
    for (const name of this.#records) {
      head.push(
        constant(
          factory.createIdentifier(name),
          factory.createCallExpression(factory.createIdentifier("$record"), undefined, []),
        ),
      );
      head.push(registration(factory.createIdentifier(name)));
    }
    for (const [site, { name, node, captured }] of this.#classes) {
      const parameters = captured.map((each) => factory.createParameterDeclaration(undefined, undefined, each.name));
      const body = factory.createBlock([factory.createReturnStatement(site as ts.Expression)], true);
      tail.push(
        quiet(factory.createFunctionDeclaration(undefined, undefined, `${name}$make`, undefined, parameters, undefined, body)),
      );
      head.push(classCode(name, node, captured));
    }
    return { head, tail, inClass };
  }

  /** Where `super` and private names are written out, no code has to live in a class. */
  #classOf(info: FunctionInfo): ts.ClassLikeDeclaration | undefined {
    const node = info.full ? undefined : classOf(info);
    const { findings } = this.ctx;
    return node && (findings.everywhere || findings.writtenOut.has(node)) ? undefined : node;
  }

  #withoutSuper(node: ts.Expression): ts.Expression {
    const visit = (child: ts.Node): ts.VisitResult<ts.Node> =>
      usesSuperProperty(child) ? withoutSuper(child, visit) : ts.visitEachChild(child, visit, undefined);
    return ts.visitNode(node, visit, ts.isExpression);
  }

  #isBound(info: FunctionInfo): boolean {
    return this.#bound.has(info) || (ts.isFunctionDeclaration(info.node) && ts.isSourceFile(info.node.parent) && !info.barrier);
  }

  /** `const f$ = $m.code("f", { name, hash, resume, make, captures, points });`. */
  #codeObject(emitted: EmittedFunction, hasMaker: boolean, captured: readonly Captured[]): ts.Statement {
    const { info } = emitted;
    const home = this.#classOf(info);
    const reference = (name: string): ts.Expression => {
      if (!home) return factory.createIdentifier(name);
      // The class has not been evaluated yet: looked up when it is called.
      const rest = factory.createParameterDeclaration(undefined, factory.createToken(ts.SyntaxKind.DotDotDotToken), "args");
      const apply = factory.createCallExpression(
        factory.createPropertyAccessExpression(factory.createIdentifier(name), "apply"),
        undefined,
        [factory.createThis(), factory.createIdentifier("args")],
      );
      return factory.createFunctionExpression(
        undefined,
        undefined,
        undefined,
        undefined,
        [rest],
        undefined,
        factory.createBlock([factory.createReturnStatement(apply)]),
      );
    };
    const fields: [string, ts.Expression][] = [
      ["name", factory.createStringLiteral(info.name)],
      ["hash", factory.createStringLiteral(hashOf(info))],
    ];
    if (this.ctx.findings.everywhere) fields.push(["text", factory.createStringLiteral(info.node.getText())]);
    if (emitted.resume) fields.push(["resume", reference(`${this.#baseName(info)}$resume`)]);
    if (hasMaker) fields.push(["make", reference(this.makeName(info))]);
    if (captured.length > 0 && hasMaker)
      fields.push([
        "captures",
        factory.createArrayLiteralExpression(captured.map(({ name }) => factory.createStringLiteral(name))),
      ]);
    if (emitted.points.length > 0) {
      const rows = emitted.points.map(([line, column, text]) =>
        factory.createArrayLiteralExpression([
          factory.createNumericLiteral(line),
          factory.createNumericLiteral(column),
          factory.createStringLiteral(text),
        ]),
      );
      fields.push(["points", factory.createArrayLiteralExpression(rows, true)]);
    }
    const init = factory.createObjectLiteralExpression(
      fields.map(([key, value]) => factory.createPropertyAssignment(key, value)),
      emitted.points.length > 0,
    );
    const call = registrarCall("code", [factory.createStringLiteral(info.name), init]);
    return constant(factory.createIdentifier(this.codeName(info)), call);
  }

  #assemble(body: readonly ts.Statement[], machines: Machines): ts.Statement[] {
    const placed = body.map((statement) => withStaticBlocks(statement, machines.inClass));
    machines.head.push(
      ...[...this.#templates].map(([node, name]) =>
        constant(
          factory.createIdentifier(name),
          registrarCall("value", [factory.createStringLiteral(name), templateStrings(node)]),
        ),
      ),
    );
    const rest = [...machines.head, ...placed, ...machines.tail];
    const usesSentinel = mentions(rest, "SUSPEND");
    // A constant of the module's own is folded into optimized code; an imported one is loaded each time (1.5 × on recursive calls).
    const sentinel = constant(
      factory.createIdentifier("SUSPEND"),
      factory.createPropertyAccessExpression(factory.createIdentifier("$m"), "SUSPEND"),
    );
    const registrar = constant(factory.createIdentifier("$m"), moduleCall(this.module));
    const start = usesSentinel || mentions(rest, "$m") ? [registrar, ...(usesSentinel ? [sentinel] : []), ...machines.head] : [];
    const used = runtimeNamesIn([...start, ...placed, ...machines.tail]);
    for (const name of [...used, ...(usesSentinel ? ["SUSPEND"] : []), ...(start.length > 0 ? ["$m"] : [])]) {
      const clash = this.#clashes.get(name);
      if (clash) this.ctx.diagnostics.report("FLOW1007", clash, { name });
    }
    if (used.length === 0) return [...placed];
    const split = placed.findIndex((statement) => !isImportOrPrologue(statement));
    const at = split < 0 ? placed.length : split;
    return [
      ...placed.slice(0, prologueEnd(placed)),
      runtimeImport(used),
      ...placed.slice(prologueEnd(placed), at),
      ...start,
      ...placed.slice(at),
      ...machines.tail,
    ];
  }
}

/** `const C$class$ = $m.code("C", { name, hash, isClass: true, make, captures });`. */
function classCode(name: string, node: ts.ClassLikeDeclaration, captured: readonly Captured[]): ts.Statement {
  const text = (value: string): ts.Expression => factory.createStringLiteral(value);
  const hash = createHash("sha256").update(node.getText()).digest("hex").slice(0, 12);
  const fields: [string, ts.Expression][] = [
    ["name", text(node.name?.text ?? "class")],
    ["hash", text(hash)],
    ["isClass", factory.createTrue()],
    ["make", factory.createIdentifier(`${name}$make`)],
    ["captures", factory.createArrayLiteralExpression(captured.map((each) => text(each.name)))],
  ];
  const init = factory.createObjectLiteralExpression(fields.map(([key, value]) => factory.createPropertyAssignment(key, value)));
  return constant(factory.createIdentifier(`${name}$`), registrarCall("code", [text(name), init]));
}

/** What `export default function () {…}` is called in emitted code, so that it can be bound; `bind` gives it the name the language does. */
const DEFAULT_EXPORT = "$default";

function withName(node: ts.FunctionDeclaration, name: string): ts.FunctionDeclaration {
  return factory.updateFunctionDeclaration(
    node,
    node.modifiers,
    node.asteriskToken,
    factory.createIdentifier(name),
    node.typeParameters,
    node.parameters,
    node.type,
    node.body,
  );
}

/** Names that stand at the top of emitted modules. */
const EMITTED_NAMES: ReadonlySet<string> = new Set([...RUNTIME_NAMES, "SUSPEND", "$m", "$home"]);

function declares(node: ts.Identifier): boolean {
  const parent = node.parent;
  const isDeclaration =
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent);
  return (
    (isDeclaration || ts.isFunctionLike(parent) || ts.isClassLike(parent) || ts.isEnumDeclaration(parent)) &&
    (parent as ts.NamedDeclaration).name === node
  );
}

/** The first assignment to `super.x`, which the machine part could not make. */
function superAssignment(node: ts.Node): ts.Node | undefined {
  let target: ts.Expression | undefined;
  if (ts.isBinaryExpression(node) && isAssignmentOperator(node.operatorToken.kind)) target = node.left;
  else if ((ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) && isUpdate(node.operator))
    target = node.operand;
  if (target && isSuperProperty(unwrap(target))) return node;
  return ts.forEachChild(node, superAssignment);
}

function isUpdate(operator: ts.SyntaxKind): boolean {
  return operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken;
}

/** Function expressions that module-level code makes exactly once: not in a loop, a block or another function. */
function isMadeOnce(info: FunctionInfo): boolean {
  if (info.parent?.parent !== undefined || !info.parent || info.barrier) return false;
  const node = info.node;
  if (
    !ts.isArrowFunction(node) &&
    !ts.isFunctionExpression(node) &&
    !(ts.isMethodDeclaration(node) && ts.isObjectLiteralExpression(node.parent))
  )
    return false;
  for (let at: ts.Node = node.parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isIterationStatement(at, false) || ts.isBlock(at) || ts.isCaseBlock(at) || ts.isClassLike(at)) return false;
  }
  return true;
}

/** The module-level class whose body a function's machine part has to live in, because its code uses `super` or a `#private` name. */
function classOf(info: FunctionInfo): ts.ClassLikeDeclaration | undefined {
  if (!usesClassNames(info.node)) return undefined;
  for (let at: ts.Node = info.node.parent; !ts.isSourceFile(at); at = at.parent) if (ts.isClassLike(at)) return at;
  return undefined;
}

function usesClassNames(node: ts.Node): boolean {
  if (ts.isPrivateIdentifier(node) || node.kind === ts.SyntaxKind.SuperKeyword) return true;
  return ts.forEachChild(node, (child) => usesClassNames(child) || undefined) ?? false;
}

function isSuperProperty(node: ts.Node): node is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  return (
    (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) &&
    node.expression.kind === ts.SyntaxKind.SuperKeyword
  );
}

/** `super.m`, or a call of it. */
function usesSuperProperty(node: ts.Node): boolean {
  return isSuperProperty(node) || (ts.isCallExpression(node) && isSuperProperty(node.expression));
}

/** `super.m` ⇒ `$super($home, "m", this)`, and `super.m(a)` ⇒ `$super($home, "m", this).call(this, a)`. */
function withoutSuper(node: ts.Node, visit: ts.Visitor): ts.Expression {
  if (ts.isCallExpression(node)) {
    const args = node.arguments.map((argument) => ts.visitNode(argument, visit) as ts.Expression);
    const call = factory.createPropertyAccessExpression(withoutSuper(node.expression, visit), "call");
    return factory.createCallExpression(call, undefined, [factory.createThis(), ...args]);
  }
  const access = node as ts.PropertyAccessExpression | ts.ElementAccessExpression;
  const key = ts.isPropertyAccessExpression(access)
    ? factory.createStringLiteral(access.name.text)
    : (ts.visitNode(access.argumentExpression, visit) as ts.Expression);
  return factory.createCallExpression(factory.createIdentifier("$super"), undefined, [
    factory.createIdentifier("$home"),
    key,
    factory.createThis(),
  ]);
}

function withStaticBlocks(statement: ts.Statement, inClass: ReadonlyMap<ts.ClassLikeDeclaration, ts.Statement[]>): ts.Statement {
  if (inClass.size === 0) return statement;
  const visit = (node: ts.Node): ts.VisitResult<ts.Node> => {
    const original = ts.getOriginalNode(node) as ts.ClassLikeDeclaration;
    const machine = ts.isClassLike(node) ? inClass.get(original) : undefined;
    const made = ts.visitEachChild(node, visit, undefined);
    if (!machine || !ts.isClassLike(made)) return made;
    const home = constant(
      factory.createIdentifier("$home"),
      factory.createPropertyAccessExpression(factory.createThis(), "prototype"),
    );
    const block = factory.createClassStaticBlockDeclaration(factory.createBlock([home, ...machine], true));
    const members = [...made.members, block];
    if (ts.isClassDeclaration(made))
      return factory.updateClassDeclaration(made, made.modifiers, made.name, made.typeParameters, made.heritageClauses, members);
    return factory.updateClassExpression(made, made.modifiers, made.name, made.typeParameters, made.heritageClauses, members);
  };
  return ts.visitNode(statement, visit, ts.isStatement);
}

/** The name of the module-level constant a call initializes: `charge`, or `services.charge` inside an object. */
function moduleConstant(node: ts.CallExpression): string | undefined {
  const path: string[] = [];
  let at: ts.Node = node;
  for (;;) {
    const up: ts.Node = at.parent;
    if (
      ts.isParenthesizedExpression(up) ||
      ts.isAsExpression(up) ||
      ts.isSatisfiesExpression(up) ||
      ts.isObjectLiteralExpression(up)
    )
      at = up;
    else if (ts.isPropertyAssignment(up) && !ts.isComputedPropertyName(up.name)) {
      path.unshift(up.name.getText());
      at = up;
    } else if (ts.isVariableDeclaration(up)) {
      if (!ts.isVariableStatement(up.parent.parent) || !ts.isSourceFile(up.parent.parent.parent)) return undefined;
      if ((up.parent.flags & ts.NodeFlags.Const) === 0) return undefined;
      return [ts.isIdentifier(up.name) ? up.name.text : "steps", ...path].join(".");
    } else if (ts.isExportAssignment(up)) return ["default", ...path].join(".");
    else return undefined;
  }
}

/** ``((strings) => strings)`a${0}b` ``: the strings object of a tagged template, cooked and raw as they are. */
function templateStrings(node: ts.TaggedTemplateExpression): ts.Expression {
  const { template } = node;
  const strings = ts.isTemplateExpression(template)
    ? factory.createTemplateExpression(
        template.head,
        template.templateSpans.map((span) => factory.createTemplateSpan(factory.createNumericLiteral(0), span.literal)),
      )
    : template;
  const parameter = factory.createParameterDeclaration(undefined, undefined, "strings");
  const identity = factory.createArrowFunction(
    undefined,
    undefined,
    [parameter],
    undefined,
    undefined,
    factory.createIdentifier("strings"),
  );
  return factory.createTaggedTemplateExpression(factory.createParenthesizedExpression(identity), undefined, strings);
}

/** `$m.cls("Cart", Cart, ["#items"])`. */
function classRegistration(node: ts.ClassLikeDeclaration, name: string, isWrittenOut: boolean): ts.Statement {
  const privates = isWrittenOut ? [] : instancePrivates(node);
  const args: ts.Expression[] = [factory.createStringLiteral(name), factory.createIdentifier(name)];
  if (privates.length > 0)
    args.push(factory.createArrayLiteralExpression(privates.map((field) => factory.createStringLiteral(field))));
  return statementOf(registrarCall("cls", args));
}

function registration(name: ts.Identifier): ts.Statement {
  return statementOf(registrarCall("value", [factory.createStringLiteral(name.text), factory.createIdentifier(name.text)]));
}

function registrarCall(method: string, args: readonly ts.Expression[]): ts.CallExpression {
  return factory.createCallExpression(
    factory.createPropertyAccessExpression(factory.createIdentifier("$m"), method),
    undefined,
    args,
  );
}

function moduleCall({ id, file }: ModuleInfo): ts.Expression {
  const surgery = surgeryOf(file);
  return factory.createCallExpression(factory.createIdentifier("$module"), undefined, [
    factory.createNumericLiteral(ABI_VERSION),
    factory.createStringLiteral(id),
    ...(surgery === 0 ? [] : [factory.createNumericLiteral(surgery)]),
  ]);
}

function runtimeImport(names: readonly string[]): ts.Statement {
  for (const name of names)
    assert((RUNTIME_NAMES as readonly string[]).includes(name), `emitted code uses ${name}, which is not in the ABI`);
  const specifiers = names.map((name) => factory.createImportSpecifier(false, undefined, factory.createIdentifier(name)));
  return factory.createImportDeclaration(
    undefined,
    factory.createImportClause(undefined, undefined, factory.createNamedImports(specifiers)),
    factory.createStringLiteral("flowc/runtime"),
  );
}

/** The runtime names emitted statements refer to. Only identifiers the compiler made count: those of the source have a position. */
function runtimeNamesIn(statements: readonly ts.Statement[]): string[] {
  const wanted = new Set<string>(RUNTIME_NAMES);
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.pos < 0 && wanted.has(node.text)) found.add(node.text);
    ts.forEachChild(node, visit);
  };
  statements.forEach(visit);
  return [...found].sort();
}

/** Whether emitted statements use a name the compiler made. */
function mentions(statements: readonly ts.Statement[], name: string): boolean {
  const visit = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node) && node.pos < 0 && node.text === name) return true;
    return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
  };
  return statements.some(visit);
}

function isImportOrPrologue(statement: ts.Statement): boolean {
  return ts.isImportDeclaration(statement) || (ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression));
}

function prologueEnd(statements: readonly ts.Statement[]): number {
  const end = statements.findIndex(
    (statement) => !(ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression)),
  );
  return end < 0 ? statements.length : end;
}

/** The machine part repeats code whose comments have been printed already. */
function quiet<S extends ts.Statement>(statement: S): S {
  return ts.setEmitFlags(statement, ts.EmitFlags.NoComments | ts.EmitFlags.NoNestedComments);
}
