/**
 * What is known of the module that is being emitted. While its statements are rewritten, the rules ask here for names and for the functions inside them, and leave what
 * has to stand elsewhere: closures and classes for their makers, strings of templates, records.
 */
import { RUNTIME_NAMES } from "../../shared/abi.js";
import type { Variable } from "../1-find/captures/model.js";
import { isGenerator } from "../1-find/full.js";
import { type FunctionInfo, hasTwoCopies, type ModuleInfo } from "../1-find/model.js";
import { Desugarer } from "../3-desugar/desugarer.js";
import { Plan } from "../3-desugar/plan.js";
import type { Captured, FunctionEmitter } from "../3-desugar/rewrite/emitter.js";
import { Rewriter } from "../3-desugar/rewrite/rewriter.js";
import { factory, type Context } from "../context.js";
import { ts } from "../ts.js";
import { adapt } from "./adapt.js";
import { type EmittedFunction, emitPlain, emitSuspendable, type Trace } from "./function.js";
import { ModuleNames } from "./names.js";
import { stepId } from "./step-ids.js";

export interface ModuleOptions {
  readonly verify: boolean;
  readonly trace: Trace;
  readonly isOwnFile: (file: ts.SourceFile) => boolean;
}

/** A class made at run time. */
interface MadeClass {
  readonly name: string;
  readonly node: ts.ClassLikeDeclaration;
  readonly captured: readonly Captured[];
}

export class ModuleEmitter implements FunctionEmitter {
  readonly names: ModuleNames;
  /** Rewrites the module-level code. */
  readonly top: Rewriter;
  readonly functions: EmittedFunction[] = [];
  /** The expressions that make closures, which their makers repeat. */
  readonly closures = new Map<FunctionInfo, ts.Expression>();
  readonly siteOwner = new Map<ts.Node, FunctionInfo>();
  readonly templates = new Map<ts.TaggedTemplateExpression, string>();
  readonly opaque = new Map<ts.Node, readonly Captured[]>();
  /** Module-level function expressions, registered where they are made. */
  readonly bound = new Set<FunctionInfo>();
  /** Generator functions of the module, at its head. */
  readonly hoisted = new Map<FunctionInfo, ts.Statement>();
  /** Records of object literals of the module. */
  readonly records = new Set<string>();
  /** Classes made at run time, by the expression that makes them. */
  readonly classes = new Map<ts.Node, MadeClass>();
  #desugarer: Desugarer | undefined;

  constructor(
    readonly ctx: Context,
    readonly module: ModuleInfo,
    readonly options: ModuleOptions,
  ) {
    this.names = new ModuleNames(ctx, module.file);
    this.top = new Rewriter(ctx, module.functions[0]!, this, { hoistVars: false });
    for (const info of module.functions) if (isMadeOnce(info) && !(info.full && isGenerator(info.node))) this.bound.add(info);
  }

  /** Applies rules of `3-desugar/full` to module-level code: one for all of it, since its temporaries are variables of the module. */
  get desugarer(): Desugarer {
    const info = this.module.functions[0]!;
    this.#desugarer ??= new Desugarer(
      this.ctx,
      info,
      new Plan(this.ctx.findings, info, true),
      this.top,
      new Set([...RUNTIME_NAMES, ...this.names.taken]),
    );
    return this.#desugarer;
  }

  emitFunction(info: FunctionInfo): ts.Node {
    const known = this.functions.find((emitted) => emitted.info === info);
    if (known) return known.fast;
    const emitted: EmittedFunction = hasTwoCopies(info)
      ? emitSuspendable(this.ctx, info, this, { ...this.options, adapt: (fn, node) => adapt(this, fn, node) })
      : { info, fast: emitPlain(this.ctx, info, this), resume: undefined, points: [], cfg: undefined, layout: undefined };
    this.functions.push(emitted);
    return emitted.fast;
  }

  codeName(info: FunctionInfo): string {
    return `${this.names.of(info)}$`;
  }

  makeName(info: FunctionInfo): string {
    return `${this.names.of(info)}$make`;
  }

  noteOpaque(node: ts.Expression, captured: readonly Captured[]): void {
    this.opaque.set(node, captured);
  }

  templateName(node: ts.TaggedTemplateExpression): string {
    const known = this.templates.get(node);
    if (known) return known;
    const name = `template${this.templates.size + 1}$`;
    this.templates.set(node, name);
    return name;
  }

  noteClosure(info: FunctionInfo, site: ts.Expression): void {
    this.closures.set(info, site);
    this.siteOwner.set(site, info);
  }

  /** `$tag(class, C$, [captured…])`; in the resume copy `C$make(captured…)`. */
  classSite(node: ts.ClassLikeDeclaration, made: ts.Expression, captured: readonly Captured[]): ts.Expression {
    const name = this.names.free(`${node.name?.text ?? "anonymous"}$class`);
    const list = factory.createArrayLiteralExpression(captured.map((each) => each.reference()));
    const site = factory.createCallExpression(factory.createIdentifier("$tag"), undefined, [
      made,
      factory.createIdentifier(`${name}$`),
      list,
    ]);
    this.classes.set(site, { name, node, captured });
    return site;
  }

  moduleRecord(record: Variable): ts.Expression {
    this.records.add(record.emitName);
    return factory.createIdentifier(record.emitName);
  }

  stepId(node: ts.CallExpression): string | undefined {
    return stepId(this, node);
  }
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
