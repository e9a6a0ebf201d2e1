/**
 * What a module holds besides its source: code objects at the head, resume copies and makers at the end.
 *
 *     const checkout$ = $m.code("checkout", { name, hash, resume, make, captures, points });
 *     function checkout$resume($frame, $mode, $value) { … }
 *     function checkout_map$make(order) { … }
 */
import { createHash } from "node:crypto";
import type { FunctionInfo } from "../1-find/model.js";
import { callRuntime, constant, declare, statementOf } from "../3-desugar/build.js";
import { capturedBy } from "../3-desugar/rewrite/captured.js";
import type { Captured } from "../3-desugar/rewrite/emitter.js";
import { factory } from "../context.js";
import { ts } from "../ts.js";
import type { ModuleEmitter } from "./emitter.js";
import { type EmittedFunction, hashOf } from "./function.js";
import { DEFAULT_EXPORT, registrarCall, registration } from "./registrar.js";
import { homeClass, expressionWithoutSuper, superAssignment } from "./super.js";

/** Code objects for the head of the module, functions for its end, statements for the static blocks of classes. */
export interface Machines {
  readonly head: ts.Statement[];
  readonly tail: ts.Statement[];
  readonly inClass: Map<ts.ClassLikeDeclaration, ts.Statement[]>;
}

export function machinesOf(m: ModuleEmitter): Machines {
  const machines: Machines = { head: [], tail: [], inClass: new Map() };
  for (const emitted of m.functions) addFunction(m, machines, emitted);
  for (const name of m.records) addRecord(machines, name);
  for (const [site, { name, node, captured }] of m.classes) {
    const body = factory.createBlock([factory.createReturnStatement(site as ts.Expression)], true);
    machines.tail.push(functionOf(`${name}$make`, parametersOf(captured), body));
    machines.head.push(classCode(name, node, captured));
  }
  return machines;
}

function addFunction(m: ModuleEmitter, machines: Machines, emitted: EmittedFunction): void {
  const { info } = emitted;
  const site = m.closures.get(info);
  if (!emitted.resume && !site && !isBound(m, info)) return;
  if (emitted.resume) place(m, machines, info, `${m.names.of(info)}$resume`, emitted.resume.parameters, emitted.resume.body);
  const captured = capturedBy(m.top, info);
  if (site) {
    const made = homeClass(m, info) ? expressionWithoutSuper(site) : site;
    const body = factory.createBlock([factory.createReturnStatement(made)], true);
    place(m, machines, info, m.makeName(info), parametersOf(captured), body);
  }
  machines.head.push(codeObject(m, emitted, site !== undefined, captured));
  const hoisted = m.hoisted.get(info);
  if (hoisted) machines.head.push(hoisted);
  if (ts.isFunctionDeclaration(info.node) && ts.isSourceFile(info.node.parent)) {
    const name = factory.createIdentifier(info.node.name?.text ?? DEFAULT_EXPORT);
    machines.head.push(statementOf(registrarCall("bind", [factory.createIdentifier(m.codeName(info)), name])));
  }
}

/** At the end of the module, or in the class whose `super` or private names it uses. */
function place(
  m: ModuleEmitter,
  { head, tail, inClass }: Machines,
  info: FunctionInfo,
  name: string,
  parameters: readonly ts.ParameterDeclaration[],
  body: ts.Block,
): void {
  const home = homeClass(m, info);
  if (!home) {
    tail.push(functionOf(name, parameters, body));
    return;
  }
  const assigns = superAssignment(info.node);
  if (assigns) m.ctx.diagnostics.report("FLOW2002", assigns, { what: "a function that assigns a property of super" });
  head.push(declare("let", factory.createIdentifier(name), undefined));
  const list = inClass.get(home) ?? [];
  const made = factory.createFunctionExpression(undefined, undefined, undefined, undefined, parameters, undefined, body);
  list.push(quiet(statementOf(factory.createAssignment(factory.createIdentifier(name), made))));
  inClass.set(home, list);
}

/** `const $record1 = $record();`. */
function addRecord({ head }: Machines, name: string): void {
  head.push(constant(factory.createIdentifier(name), callRuntime("$record", [])));
  head.push(registration(factory.createIdentifier(name)));
}

function parametersOf(captured: readonly Captured[]): ts.ParameterDeclaration[] {
  return captured.map(({ name }) => factory.createParameterDeclaration(undefined, undefined, name));
}

function functionOf(name: string, parameters: readonly ts.ParameterDeclaration[], body: ts.Block): ts.Statement {
  return quiet(factory.createFunctionDeclaration(undefined, undefined, name, undefined, parameters, undefined, body));
}

function isBound(m: ModuleEmitter, info: FunctionInfo): boolean {
  return m.bound.has(info) || (ts.isFunctionDeclaration(info.node) && ts.isSourceFile(info.node.parent) && !info.barrier);
}

/** `const f$ = $m.code("f", { name, hash, resume, make, captures, points });`. */
function codeObject(m: ModuleEmitter, emitted: EmittedFunction, hasMaker: boolean, captured: readonly Captured[]): ts.Statement {
  const { info } = emitted;
  const home = homeClass(m, info);
  const reference = (name: string): ts.Expression => (home ? whenCalled(name) : factory.createIdentifier(name));
  const fields: [string, ts.Expression][] = [
    ["name", factory.createStringLiteral(info.name)],
    ["hash", factory.createStringLiteral(hashOf(info))],
  ];
  if (m.ctx.findings.everywhere) fields.push(["text", factory.createStringLiteral(info.node.getText())]);
  if (emitted.resume) fields.push(["resume", reference(`${m.names.of(info)}$resume`)]);
  if (hasMaker) fields.push(["make", reference(m.makeName(info))]);
  if (captured.length > 0 && hasMaker)
    fields.push([
      "captures",
      factory.createArrayLiteralExpression(captured.map(({ name }) => factory.createStringLiteral(name))),
    ]);
  if (emitted.points.length > 0) {
    fields.push(["points", factory.createArrayLiteralExpression(emitted.points.map(pointRow), true)]);
  }
  const init = factory.createObjectLiteralExpression(
    fields.map(([key, value]) => factory.createPropertyAssignment(key, value)),
    emitted.points.length > 0,
  );
  const call = registrarCall("code", [factory.createStringLiteral(info.name), init]);
  return constant(factory.createIdentifier(m.codeName(info)), call);
}

/** `function (...args) { return name.apply(this, args); }`: the class has not been evaluated yet, so what lives in it is looked up when it is called. */
function whenCalled(name: string): ts.Expression {
  const rest = factory.createParameterDeclaration(undefined, factory.createToken(ts.SyntaxKind.DotDotDotToken), "args");
  const apply = factory.createCallExpression(
    factory.createPropertyAccessExpression(factory.createIdentifier(name), "apply"),
    undefined,
    [factory.createThis(), factory.createIdentifier("args")],
  );
  const body = factory.createBlock([factory.createReturnStatement(apply)]);
  return factory.createFunctionExpression(undefined, undefined, undefined, undefined, [rest], undefined, body);
}

/** `[line, column, "text"]`. */
function pointRow([line, column, text]: EmittedFunction["points"][number]): ts.Expression {
  return factory.createArrayLiteralExpression([
    factory.createNumericLiteral(line),
    factory.createNumericLiteral(column),
    factory.createStringLiteral(text),
  ]);
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

/** The machine part repeats code whose comments have been printed already. */
function quiet<S extends ts.Statement>(statement: S): S {
  return ts.setEmitFlags(statement, ts.EmitFlags.NoComments | ts.EmitFlags.NoNestedComments);
}
