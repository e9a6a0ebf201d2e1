/**
 * The resume copy: a switch over the blocks that can be reached from a suspension point, entered by the driver with a saved frame.
 *
 *     function f$resume($frame, $mode, $value) {
 *       let { a, b } = $frame.slots, $1;
 *       let $block = $frame.point;
 *       for (;;) {
 *         try {                                            // only when some block has a handler
 *           switch ($block) {
 *             case 0:                                      // the resume block of point 0
 *               if ($mode) { $mode = 0; throw $value; }
 *               $1 = $value;
 *               …
 *               $value = g(a); if ($value === SUSPEND) return $save(f$, 1, { a });
 *               $block = 1; continue;
 *           }
 *         } catch ($error) {
 *           switch ($block) { case 0: $block = 7; break; default: throw $error; }
 *           $value = $error;
 *         }
 *       }
 *     }
 */
import { unreachable } from "../../shared/assert.js";
import { callRuntime, declare, statementOf } from "../3-desugar/build.js";
import { type Block, type Cfg, type Instr, reachable, type Terminator } from "../4-lower/cfg.js";
import { defines, type Uses } from "../5-shape/liveness.js";
import { factory } from "../context.js";
import type { BlockId } from "../ir.js";
import { ts } from "../ts.js";
import { type FastOptions, isSuspended, saveCall, savedActivation } from "./fast.js";

export interface ResumeOptions extends FastOptions {
  /** Maps payloads to what they are in this copy: closures made by their makers, `super` by the home object. */
  readonly adapt: (node: ts.Node) => ts.Node;
  readonly bindingToAssignment: (pattern: ts.BindingPattern) => ts.Expression;
  readonly uses: Uses;
  /** Names the function's own code uses, which the machine's variables have to avoid. */
  readonly taken: ReadonlySet<string>;
}

interface Names {
  readonly frame: string;
  readonly mode: string;
  readonly value: string;
  readonly block: string;
  readonly error: string;
}

/** Parameters and body of the resume copy. */
export function resumeFunction(cfg: Cfg, options: ResumeOptions): { parameters: ts.ParameterDeclaration[]; body: ts.Block } {
  const names = pickNames(options.taken);
  const body = new ResumePrinter(cfg, options, names).print();
  const parameter = (name: string): ts.ParameterDeclaration => factory.createParameterDeclaration(undefined, undefined, name);
  return {
    parameters: [parameter(names.frame), parameter(names.mode), parameter(names.value)],
    body: factory.createBlock(body, true),
  };
}

function pickNames(taken: ReadonlySet<string>): Names {
  const pick = (name: string): string => (taken.has(name) ? pick(`${name}_`) : name);
  return { frame: pick("$frame"), mode: pick("$mode"), value: pick("$value"), block: pick("$block"), error: pick("$error") };
}

class ResumePrinter {
  readonly #order: Block[];
  readonly #hasHandlers: boolean;

  constructor(
    readonly cfg: Cfg,
    readonly options: ResumeOptions,
    readonly names: Names,
  ) {
    const live = reachable(
      cfg,
      cfg.points.map((point) => point.id as number as BlockId).filter((id) => cfg.blocks.has(id)),
    );
    this.#order = [...cfg.blocks.values()].filter((block) => live.has(block.id));
    this.#hasHandlers = this.#order.some((block) => block.handler !== undefined);
  }

  print(): ts.Statement[] {
    const { names } = this;
    const machine = factory.createSwitchStatement(
      id(names.block),
      factory.createCaseBlock(
        this.#order.map((block, index) =>
          factory.createCaseClause(factory.createNumericLiteral(block.id), this.#block(block, this.#order[index + 1])),
        ),
      ),
    );
    const round = this.#hasHandlers ? this.#guarded(machine) : machine;
    const start = declare("let", id(names.block), factory.createPropertyAccessExpression(id(names.frame), "point"));
    return [
      ...this.#variables(),
      start,
      factory.createForStatement(undefined, undefined, undefined, factory.createBlock([round], true)),
    ];
  }

  /** Saved variables come from the frame, all others begin undefined. */
  #variables(): ts.Statement[] {
    const saved = new Set([...this.options.slots.values()].flat());
    const others = new Set<string>();
    for (const block of this.#order) {
      for (const instr of block.instrs) for (const name of defines(instr)) if (!saved.has(name)) others.add(name);
      for (const name of this.options.uses.inBlock(block)) if (!saved.has(name)) others.add(name);
    }
    const declarations: ts.VariableDeclaration[] = [];
    if (saved.size > 0) {
      const pattern = factory.createObjectBindingPattern(
        [...saved].map((name) => factory.createBindingElement(undefined, undefined, name)),
      );
      declarations.push(
        factory.createVariableDeclaration(
          pattern,
          undefined,
          undefined,
          factory.createPropertyAccessExpression(id(this.names.frame), "slots"),
        ),
      );
    }
    for (const name of others) declarations.push(factory.createVariableDeclaration(name));
    if (declarations.length === 0) return [];
    return [factory.createVariableStatement(undefined, factory.createVariableDeclarationList(declarations, ts.NodeFlags.Let))];
  }

  #block(block: Block, next: Block | undefined): ts.Statement[] {
    return [...block.instrs.flatMap((instr) => this.#instr(instr)), ...this.#terminator(block.terminator, next)];
  }

  #instr(instr: Instr): ts.Statement[] {
    const { adapt } = this.options;
    const set = (name: string, value: ts.Expression): ts.Statement => statementOf(factory.createAssignment(id(name), value));
    switch (instr.kind) {
      case "native":
        return [adapt(instr.node) as ts.Statement];
      case "let":
        return [set(instr.name, instr.value ? (adapt(instr.value) as ts.Expression) : factory.createVoidZero())];
      case "assign":
        return [set(instr.name, adapt(instr.value) as ts.Expression)];
      case "eval":
        return [statementOf(adapt(instr.value) as ts.Expression)];
      case "pattern":
        return [
          statementOf(
            factory.createAssignment(this.options.bindingToAssignment(instr.pattern), adapt(instr.value) as ts.Expression),
          ),
        ];
      case "receive":
        return [this.#throwIfAsked(), set(instr.name, id(this.names.value))];
      case "catch":
        return [set(instr.name, id(this.names.value))];
      case "forget":
        return [];
      default:
        unreachable(instr);
    }
  }

  /** `if ($mode) { $mode = 0; throw $value; }`. */
  #throwIfAsked(): ts.Statement {
    const reset = statementOf(factory.createAssignment(id(this.names.mode), factory.createNumericLiteral(0)));
    return factory.createIfStatement(
      id(this.names.mode),
      factory.createBlock([reset, factory.createThrowStatement(id(this.names.value))]),
    );
  }

  #terminator(end: Terminator, next: Block | undefined): ts.Statement[] {
    const adapt = this.options.adapt;
    switch (end.kind) {
      case "goto":
        return this.#goto(end.to, next);
      case "branch":
        return this.#branch(end, next);
      case "return":
        return [factory.createReturnStatement(end.value && (adapt(end.value) as ts.Expression))];
      case "throw":
        return [factory.createThrowStatement(adapt(end.value) as ts.Expression)];
      case "suspend":
        return this.#suspend(end, next);
      case "start":
        return [
          factory.createReturnStatement(
            callRuntime("$generate", [adapt(end.callee) as ts.Expression, ...savedActivation(end.point.id, this.options)]),
          ),
        ];
      case "yield":
        return [factory.createReturnStatement(this.#yield(end))];
      case "unreachable":
        return [];
      default:
        unreachable(end);
    }
  }

  #goto(to: BlockId, next: Block | undefined): ts.Statement[] {
    const set = statementOf(factory.createAssignment(id(this.names.block), factory.createNumericLiteral(to)));
    // The next case follows anyway; its number is set all the same, because the handler is looked up by it.
    if (next?.id === to) return this.#hasHandlers ? [set] : [];
    return [set, factory.createContinueStatement()];
  }

  #branch(end: Extract<Terminator, { kind: "branch" }>, next: Block | undefined): ts.Statement[] {
    const test = this.options.adapt(end.test) as ts.Expression;
    const choose = factory.createConditionalExpression(
      test,
      undefined,
      factory.createNumericLiteral(end.yes),
      undefined,
      factory.createNumericLiteral(end.no),
    );
    const set = statementOf(factory.createAssignment(id(this.names.block), choose));
    if (next?.id === end.yes || next?.id === end.no) {
      const other = next.id === end.yes ? end.no : end.yes;
      const isOther = factory.createStrictEquality(id(this.names.block), factory.createNumericLiteral(other));
      return [set, factory.createIfStatement(isOther, factory.createContinueStatement())];
    }
    return [set, factory.createContinueStatement()];
  }

  #suspend(end: Extract<Terminator, { kind: "suspend" }>, next: Block | undefined): ts.Statement[] {
    const value = id(this.names.value);
    const call = statementOf(factory.createAssignment(value, this.options.adapt(end.call.expression) as ts.Expression));
    const test = isSuspended(() => id(this.names.value), end.call);
    return [
      call,
      factory.createIfStatement(
        test,
        factory.createReturnStatement(
          saveCall(end.point.id, end.call.callee && (this.options.adapt(end.call.callee) as ts.Expression), this.options),
        ),
      ),
      ...this.#goto(end.resume, next),
    ];
  }

  /** `$yield(generator, value, raw, f$, 1, { a }, this)`. */
  #yield(end: Extract<Terminator, { kind: "yield" }>): ts.Expression {
    const adapt = this.options.adapt;
    const raw = end.raw ? factory.createTrue() : factory.createFalse();
    return callRuntime("$yield", [
      adapt(end.generator) as ts.Expression,
      adapt(end.value) as ts.Expression,
      raw,
      ...savedActivation(end.point.id, this.options),
    ]);
  }

  #guarded(machine: ts.Statement): ts.Statement {
    const { names } = this;
    const byHandler = new Map<BlockId, BlockId[]>();
    for (const block of this.#order) {
      if (block.handler === undefined) continue;
      const list = byHandler.get(block.handler);
      if (list) list.push(block.id);
      else byHandler.set(block.handler, [block.id]);
    }
    const clauses: ts.CaseOrDefaultClause[] = [...byHandler].flatMap(([handler, blocks]) =>
      blocks.map((block, index) => {
        const isLast = index === blocks.length - 1;
        const set = statementOf(factory.createAssignment(id(names.block), factory.createNumericLiteral(handler)));
        return factory.createCaseClause(factory.createNumericLiteral(block), isLast ? [set, factory.createBreakStatement()] : []);
      }),
    );
    clauses.push(factory.createDefaultClause([factory.createThrowStatement(id(names.error))]));
    const handle = [
      factory.createSwitchStatement(id(names.block), factory.createCaseBlock(clauses)),
      statementOf(factory.createAssignment(id(names.value), id(names.error))),
    ];
    return factory.createTryStatement(
      factory.createBlock([machine], true),
      factory.createCatchClause(factory.createVariableDeclaration(id(names.error)), factory.createBlock(handle, true)),
      undefined,
    );
  }
}

function id(name: string): ts.Identifier {
  return factory.createIdentifier(name);
}
