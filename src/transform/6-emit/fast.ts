/**
 * The fast copy: the statements as they are, and after each call that may suspend one identity test.
 *
 *     suspend x = call @0   ⇒   const x = call;
 *                               if (x === SUSPEND) return $save(f$, 0, { a, b });
 */
import { InvariantError, unreachable } from "../../shared/assert.js";
import { callRuntime, declare, setStatement, splitClosure, statementOf } from "../3-desugar/build.js";
import { factory } from "../context.js";
import type { Call, Label, PointId, Stmt } from "../ir.js";
import { ts } from "../ts.js";

export interface FastOptions {
  readonly codeName: string;
  readonly slots: ReadonlyMap<PointId, readonly string[]>;
  readonly savesThis: boolean;
  /** The place to name where code cannot suspend: its calls are guarded instead of saved. */
  readonly guard?: string;
  readonly ref: (name: string) => ts.Identifier;
}

export function fastBody(body: readonly Stmt[], options: FastOptions): ts.Statement[] {
  // The rest of a generator runs from its object.
  const start = body.findIndex((stmt) => stmt.kind === "start");
  return new FastPrinter(options).list(start < 0 ? body : body.slice(0, start + 1));
}

/** `f$, 0, { a, b }, this`: what is kept of an activation. */
export function savedActivation(point: PointId, options: FastOptions): ts.Expression[] {
  const slots = options.slots.get(point)!.map((name) => factory.createShorthandPropertyAssignment(options.ref(name)));
  const args: ts.Expression[] = [
    factory.createIdentifier(options.codeName),
    factory.createNumericLiteral(point),
    factory.createObjectLiteralExpression(slots),
  ];
  if (options.savesThis) args.push(factory.createThis());
  return args;
}

/** `$save(f$, 0, { a, b }, this, callee)`. */
export function saveCall(point: PointId, callee: ts.Expression | undefined, options: FastOptions): ts.Expression {
  const args = savedActivation(point, options);
  if (!options.savesThis && callee) args.push(factory.createVoidZero());
  if (callee) args.push(callee);
  return callRuntime("$save", args);
}

/**
 * `x === SUSPEND`. Where the type says that x is no object, `typeof x === "object" && x === SUSPEND`: the same, but an engine that has only seen
 * numbers on one side of an identity test calls out for it (2 ns a call), whereas it knows the answer to `typeof` from the representation.
 */
export function isSuspended(value: () => ts.Identifier, call: Call): ts.Expression {
  const identical = factory.createStrictEquality(value(), factory.createIdentifier("SUSPEND"));
  if (!call.isPrimitive) return identical;
  return factory.createLogicalAnd(
    factory.createStrictEquality(factory.createTypeOfExpression(value()), factory.createStringLiteral("object")),
    identical,
  );
}

/** What a jump without a label would mean here. */
interface Nearest {
  readonly breakable: Label | undefined;
  readonly loop: Label | undefined;
}

class FastPrinter {
  #nearest: Nearest = { breakable: undefined, loop: undefined };
  /** Labels that some jump has to name. */
  readonly #named = new Map<Label, string>();
  #labels = 0;

  constructor(readonly options: FastOptions) {}

  list(body: readonly Stmt[]): ts.Statement[] {
    return body.flatMap((stmt) => this.#statement(stmt));
  }

  #within<T>(nearest: Nearest, print: () => T): T {
    const outer = this.#nearest;
    this.#nearest = nearest;
    const printed = print();
    this.#nearest = outer;
    return printed;
  }

  #statement(stmt: Stmt): ts.Statement[] {
    switch (stmt.kind) {
      case "native":
        return [stmt.node];
      case "let":
        return this.#let(stmt);
      case "pattern":
        return [from(declare(stmt.declare, stmt.pattern, stmt.value), stmt.source)];
      case "assign":
        return [from(statementOf(factory.createAssignment(this.options.ref(stmt.name), stmt.value)), stmt.source)];
      case "eval":
        return [from(statementOf(stmt.value), stmt.source)];
      case "suspend":
        return this.#suspend(stmt);
      case "start":
        return [
          factory.createReturnStatement(callRuntime("$generate", [stmt.callee, ...savedActivation(stmt.point.id, this.options)])),
        ];
      case "yield":
        throw new InvariantError("a fast copy ends where its generator starts");
      case "if":
        return [
          from(factory.createIfStatement(stmt.test, this.#branch(stmt.yes), stmt.no && this.#branch(stmt.no)), stmt.source),
        ];
      case "block":
        return this.#block(stmt);
      case "loop":
        return [from(this.#loop(stmt), stmt.source)];
      case "switch":
        return [from(this.#switch(stmt), stmt.source)];
      case "break":
        return [factory.createBreakStatement(this.#nearest.breakable === stmt.label ? undefined : this.#name(stmt.label))];
      case "continue":
        return [factory.createContinueStatement(this.#nearest.loop === stmt.label ? undefined : this.#name(stmt.label))];
      case "return":
        return [from(factory.createReturnStatement(stmt.value), stmt.source)];
      case "throw":
        return [from(factory.createThrowStatement(stmt.value), stmt.source)];
      case "try":
        return [from(this.#try(stmt), stmt.source)];
      default:
        unreachable(stmt);
    }
  }

  #let(stmt: Extract<Stmt, { kind: "let" }>): ts.Statement[] {
    const name = this.options.ref(stmt.name);
    const split = splitClosure(stmt.name, stmt.value, () => this.options.ref(stmt.name));
    if (!split) return [from(declare(stmt.declare, name, stmt.value), stmt.source)];
    return [from(declare(stmt.declare, name, split.value), stmt.source), split.after];
  }

  #suspend(stmt: Extract<Stmt, { kind: "suspend" }>): ts.Statement[] {
    if (this.options.guard !== undefined) return this.#guarded(stmt, this.options.guard);
    const call = stmt.declare
      ? declare(stmt.declare, this.options.ref(stmt.name), stmt.call.expression)
      : statementOf(factory.createAssignment(this.options.ref(stmt.name), stmt.call.expression));
    const test = isSuspended(() => this.options.ref(stmt.name), stmt.call);
    const source = statementAround(stmt.point.source);
    return [
      source ? setStatement(call, source) : call,
      factory.createIfStatement(test, factory.createReturnStatement(saveCall(stmt.point.id, stmt.call.callee, this.options))),
    ];
  }

  /** `const x = $must(call, "…")`. */
  #guarded(stmt: Extract<Stmt, { kind: "suspend" }>, where: string): ts.Statement[] {
    const call = callRuntime("$must", [stmt.call.expression, factory.createStringLiteral(where)]);
    return [declare(stmt.declare ?? "const", this.options.ref(stmt.name), call)];
  }

  #branch(body: readonly Stmt[]): ts.Statement {
    const printed = this.list(body);
    const only = printed[0];
    const isJump = only && (ts.isBreakOrContinueStatement(only) || ts.isReturnStatement(only) || ts.isThrowStatement(only));
    return printed.length === 1 && isJump ? only : factory.createBlock(printed, true);
  }

  #block(stmt: Extract<Stmt, { kind: "block" }>): ts.Statement[] {
    // Jumps inside name the block, so that none of them can be taken for a loop's.
    const body = this.list(stmt.body);
    if (stmt.label && this.#named.has(stmt.label)) return [this.#labeled(stmt.label, factory.createBlock(body, true))];
    return body.some(isDeclaration) ? [factory.createBlock(body, true)] : body;
  }

  #loop(stmt: Extract<Stmt, { kind: "loop" }>): ts.Statement {
    const body = this.#within({ breakable: stmt.label, loop: stmt.label }, () => factory.createBlock(this.list(stmt.body), true));
    return this.#labeled(stmt.label, this.#loopStatement(stmt, body));
  }

  #loopStatement(stmt: Extract<Stmt, { kind: "loop" }>, body: ts.Block): ts.Statement {
    if (stmt.testLast) return factory.createDoStatement(body, stmt.test!);
    if (stmt.init.length === 0 && !stmt.update && stmt.test) return factory.createWhileStatement(stmt.test, body);
    return factory.createForStatement(this.#loopHead(stmt.init), stmt.test, stmt.update, body);
  }

  #loopHead(init: readonly Stmt[]): ts.VariableDeclarationList | undefined {
    if (init.length === 0) return undefined;
    const declarations = init.map((part) => {
      const { name, value } = part as Extract<Stmt, { kind: "let" }>;
      return factory.createVariableDeclaration(this.options.ref(name), undefined, undefined, value);
    });
    return factory.createVariableDeclarationList(declarations, ts.NodeFlags.Let);
  }

  #switch(stmt: Extract<Stmt, { kind: "switch" }>): ts.Statement {
    const nearest = { breakable: stmt.label, loop: this.#nearest.loop };
    const clauses = this.#within(nearest, () =>
      stmt.cases.map(({ test, body }) =>
        test ? factory.createCaseClause(test, this.list(body)) : factory.createDefaultClause(this.list(body)),
      ),
    );
    return this.#labeled(stmt.label, factory.createSwitchStatement(stmt.subject, factory.createCaseBlock(clauses)));
  }

  #try(stmt: Extract<Stmt, { kind: "try" }>): ts.Statement {
    const body = factory.createBlock(this.list(stmt.body), true);
    const handler = factory.createBlock(this.list(stmt.handler), true);
    return factory.createTryStatement(
      body,
      factory.createCatchClause(factory.createVariableDeclaration(this.options.ref(stmt.param)), handler),
      undefined,
    );
  }

  #name(label: Label): string {
    const known = this.#named.get(label);
    if (known) return known;
    const name = label.name ?? `$L${++this.#labels}`;
    this.#named.set(label, name);
    return name;
  }

  #labeled(label: Label, statement: ts.Statement): ts.Statement {
    const name = this.#named.get(label);
    return name ? factory.createLabeledStatement(name, statement) : statement;
  }
}

/** Whether a statement declares something that would leave its block if the braces went. */
function isDeclaration(statement: ts.Statement): boolean {
  return ts.isVariableStatement(statement) || ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
}

function from<S extends ts.Statement>(made: S, source: ts.Node | undefined): S {
  return source ? setStatement(made, source) : made;
}

/** The statement a call stands in, when the call is all there is to it. */
function statementAround(call: ts.Node): ts.Node | undefined {
  let at = call.parent;
  while (ts.isParenthesizedExpression(at) || ts.isVariableDeclaration(at) || ts.isVariableDeclarationList(at)) at = at.parent;
  return ts.isVariableStatement(at) || ts.isExpressionStatement(at) || ts.isReturnStatement(at) ? at : undefined;
}
