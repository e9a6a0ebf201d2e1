/**
 * The whole of a function: what happens before its first statement, in the order of the language, and what its end means.
 *
 *     function f(a = g(), { b }) { B }   ⇒   function f(...$rest) {
 *                                              suspend $pause()
 *                                              let a = $argument($rest, 0) · if (a === undefined) { suspend $1 = g() · a = $1 } · …
 *                                              B
 *                                            }
 */
import type { Variable } from "../../1-find/captures/model.js";
import { heritageOf, isConstructible, isConstructor, isDerivedConstructor, isSimple } from "../../1-find/function-kinds.js";
import { factory } from "../../context.js";
import { ts } from "../../ts.js";
import { undefinedValue } from "../build.js";
import type { Desugarer } from "../desugarer.js";
import { returnFrom } from "../jump.js";
import { boundNames } from "../rewrite/patterns.js";
import { scopeLiteral } from "../rewrite/scopes.js";
import { readVariable } from "../rewrite/variables.js";
import { blockStatements } from "../statement.js";
import { hasInstanceElements, parameterProperties } from "./class.js";
import { evaluate } from "./expression.js";
import { isGenerator } from "../../1-find/full.js";
import { blockBody, held } from "./overlap.js";
import { destructure, initialize } from "./pattern.js";
import { homeRecord } from "./receiver.js";

export interface FullFunction {
  readonly parameters: ts.ParameterDeclaration[];
}

/** Writes the function's body and returns the parameters of its fast copy. */
export function fullFunction(d: Desugarer): FullFunction {
  const node = d.fn.node;
  const signature = signatureOf(d);
  entry(d);
  scope(d, parameterVariables(d), signature.rest !== undefined);
  if (isConstructor(node)) beginConstructor(d, node);
  bindParameters(d, signature);
  for (const variable of d.ctx.captures.variablesIn.get(d.fn) ?? [])
    if (variable.kind === "var" && !variable.boxed)
      d.emit({ kind: "let", name: variable.emitName, declare: "let", value: undefined });
  for (const parameter of parameterVariables(d)) startWith(d, parameter);
  if (isGenerator(node)) {
    const name = d.generatorName();
    d.emit({ kind: "let", name, declare: "let", value: undefined });
    d.emit({ kind: "start", point: d.point(node), name: d.fresh(), callee: signature.callee!, generator: d.ref(name) });
  }
  if (isConstructor(node) && !heritageOf(node.parent)) assignParameterProperties(d, node.parent, factory.createThis());
  if (isDerivedConstructor(node)) outsideTry(d, () => body(d));
  else blockBody(d, () => body(d));
  return { parameters: signature.parameters };
}

/** A variable that the body declares again begins with the value of the parameter. */
function startWith(d: Desugarer, parameter: Variable): void {
  const variable = d.ctx.captures.redeclared.get(parameter);
  if (variable) d.assignVariable(variable, readVariable(d.rewriter, parameter), d.fn.node);
}

interface Signature {
  readonly parameters: ts.ParameterDeclaration[];
  /** The function itself, which a generator is handed first. */
  readonly callee: ts.Identifier | undefined;
  /** Temporaries of the parameters in front of the first default. */
  readonly plain: readonly ts.Identifier[];
  /** Everything after them; `undefined` when the parameters are left as they are. */
  readonly rest: ts.Identifier | undefined;
}

function parametersOf(d: Desugarer): readonly ts.ParameterDeclaration[] {
  const node = d.fn.node as ts.FunctionLikeDeclaration;
  return (node.parameters ?? []).filter((parameter) => !(ts.isIdentifier(parameter.name) && parameter.name.text === "this"));
}

/** How many arguments the function is declared to take: those before the first default or rest parameter. */
export function lengthOf(node: ts.FunctionLikeDeclaration): number {
  const index = node.parameters.findIndex((parameter) => parameter.initializer || parameter.dotDotDotToken);
  return index < 0 ? node.parameters.length : index;
}

function signatureOf(d: Desugarer): Signature {
  const list = parametersOf(d);
  const callee = isGenerator(d.fn.node) ? calleeName(d) : undefined;
  const first = callee ? [parameterDeclaration(callee)] : [];
  if (isSimple(d.fn.node)) {
    const parameters = list.map((parameter) =>
      parameterDeclaration(simpleName(d, parameter), parameter.dotDotDotToken !== undefined),
    );
    return { parameters: [...first, ...parameters], callee, plain: [], rest: undefined };
  }
  const length = lengthOf(d.fn.node as ts.FunctionLikeDeclaration);
  const plain = list.slice(0, length).map(() => d.ref(d.fresh("parameter")));
  if (ts.isSetAccessorDeclaration(d.fn.node)) {
    const only = d.ref(d.fresh("parameter"));
    // A setter takes exactly one parameter, which a default keeps out of its length.
    const fallback = list[0]!.initializer ? undefinedValue() : undefined;
    return {
      parameters: [factory.createParameterDeclaration(undefined, undefined, only, undefined, undefined, fallback)],
      callee,
      plain: [only],
      rest: only,
    };
  }
  const rest = d.ref(d.fresh("rest"));
  return {
    parameters: [...first, ...plain.map((name) => parameterDeclaration(name)), parameterDeclaration(rest, true)],
    callee,
    plain,
    rest,
  };
}

/** A generator expression knows itself by its own name. */
function calleeName(d: Desugarer): ts.Identifier {
  return d.ref(d.fresh("callee"));
}

function simpleName(d: Desugarer, parameter: ts.ParameterDeclaration): ts.Identifier {
  const variable = d.ctx.variableOf(parameter.name as ts.Identifier);
  return variable && !variable.boxed ? d.ctx.refVariable(variable) : d.ref((parameter.name as ts.Identifier).text);
}

function parameterDeclaration(name: ts.Identifier, rest = false): ts.ParameterDeclaration {
  return factory.createParameterDeclaration(
    undefined,
    rest ? factory.createToken(ts.SyntaxKind.DotDotDotToken) : undefined,
    name,
  );
}

/** What only the native activation knows is noted first; then the function can be suspended. */
function entry(d: Desugarer): void {
  const { captures } = d.ctx;
  const list = captures.argumentsOf.get(d.fn);
  if (list)
    d.emit({
      kind: "let",
      name: list.emitName,
      declare: "const",
      value: isGenerator(d.fn.node)
        ? d.runtime("$argumentsAfter", [factory.createIdentifier("arguments")])
        : factory.createIdentifier("arguments"),
    });
  const target = captures.newTargets.get(d.fn);
  if (target) d.emit({ kind: "let", name: target.emitName, declare: "const", value: nativeTarget(d.fn.node) });
  if (d.ctx.findings.everywhere) d.awaited(d.fn.node, d.runtime("$pause", []));
}

function nativeTarget(node: ts.Node): ts.Expression {
  const has = ts.isFunctionExpression(node) || ts.isFunctionDeclaration(node) || isConstructor(node);
  return has && !isGenerator(node)
    ? factory.createMetaProperty(ts.SyntaxKind.NewKeyword, factory.createIdentifier("target"))
    : undefinedValue();
}

function parameterVariables(d: Desugarer): Variable[] {
  return parametersOf(d).flatMap((parameter) => boundNames(parameter.name).map((name) => d.ctx.variableOf(name)!));
}

/** The scope object of the function's own variables. `late`: the parameters get their values afterwards. */
function scope(d: Desugarer, parameters: readonly Variable[], late: boolean): void {
  const node = d.fn.node;
  const initial = new Map<Variable, ts.Expression>();
  for (const variable of parameters) initial.set(variable, late ? unset(variable) : d.ref(variable.name));
  const receiver = d.ctx.captures.receivers.get(d.fn);
  if (receiver) {
    initial.set(receiver, factory.createIdentifier("$TDZ"));
    if (!receiver.boxed)
      d.emit({ kind: "let", name: receiver.emitName, declare: "let", value: factory.createIdentifier("$TDZ") });
  }
  const box = scopeLiteral(d.rewriter, node, initial);
  if (box) d.emit({ kind: "let", name: d.ctx.captures.scopeObjects.get(node)!.name, declare: "const", value: box });
}

function unset(variable: Variable): ts.Expression {
  return variable.early ? factory.createIdentifier("$TDZ") : undefinedValue();
}

function bindParameters(d: Desugarer, signature: Signature): void {
  const own = ownName(d);
  if (own && signature.callee) d.emit({ kind: "let", name: own.emitName, declare: "const", value: signature.callee });
  if (!signature.rest) return;
  const list = parametersOf(d);
  for (const parameter of list)
    for (const name of boundNames(parameter.name)) {
      const variable = d.ctx.variableOf(name)!;
      if (!variable.boxed) d.emit({ kind: "let", name: variable.emitName, declare: "let", value: undefined });
    }
  for (const [index, parameter] of list.entries()) bindParameter(d, parameter, argument(d, signature, parameter, index));
}

function ownName(d: Desugarer): Variable | undefined {
  const { node } = d.fn;
  if (!ts.isFunctionExpression(node) || !node.name || !isGenerator(node)) return undefined;
  return d.ctx.variableOf(node.name);
}

function argument(d: Desugarer, { plain, rest }: Signature, parameter: ts.ParameterDeclaration, index: number): ts.Expression {
  if (index < plain.length) return plain[index]!;
  const position = factory.createNumericLiteral(index - plain.length);
  return d.runtime(parameter.dotDotDotToken ? "$tail" : "$argument", [rest!, position]);
}

function bindParameter(d: Desugarer, parameter: ts.ParameterDeclaration, given: ts.Expression): void {
  const name = d.fresh();
  d.emit({ kind: "let", name, declare: "let", value: given });
  if (parameter.initializer) {
    const fallback = parameter.initializer;
    const yes = d.collect(() => d.emit({ kind: "assign", name, value: evaluate(d, fallback) }));
    d.emit({ kind: "if", test: factory.createStrictEquality(d.ref(name), undefinedValue()), yes, no: undefined });
  }
  if (ts.isIdentifier(parameter.name)) initialize(d, parameter.name, d.ref(name));
  else destructure(d, parameter.name, d.ref(name), "initialize");
}

/** `constructor(readonly x: number)` ⇒ `this.x = x`, once there is a `this`. */
export function assignParameterProperties(d: Desugarer, node: ts.ClassLikeDeclaration, self: ts.Expression): void {
  for (const name of parameterProperties(node)) {
    const value = readVariable(d.rewriter, d.ctx.variableOf(name)!);
    d.awaited(name, d.runtime("$set", [self, factory.createStringLiteral(name.text), value]));
  }
}

/** What a derived constructor returns is judged when its body is over: no `catch` of its own sees the verdict. */
function outsideTry(d: Desugarer, write: () => void): void {
  const name = d.declareEmpty();
  const label = d.label();
  d.returnTo = { label, name };
  d.emit({ kind: "block", label, body: d.collect(write) });
  d.returnTo = undefined;
  returnFrom(d, d.ref(name), undefined);
}

/** A base class's instance gets its elements before the parameters are bound. */
function beginConstructor(d: Desugarer, node: ts.ConstructorDeclaration): void {
  if (!heritageOf(node.parent) && hasInstanceElements(node.parent))
    d.awaited(
      node,
      d.runtime("$initialize", [
        factory.createThis(),
        homeRecord(d.rewriter) ?? readVariable(d.rewriter, d.ctx.captures.records.get(node.parent)!),
      ]),
    );
}

function body(d: Desugarer): void {
  const { node } = d.fn;
  if (ts.isPropertyDeclaration(node)) return returnFrom(d, evaluate(d, node.initializer!), node);
  const block = (node as ts.FunctionLikeDeclaration | ts.ClassStaticBlockDeclaration).body!;
  if (!ts.isBlock(block)) return returnFrom(d, held(d, block), block);
  blockStatements(d, withoutPrologue(block.statements), undefined);
  if (isConstructor(node) || isConstructible(node)) returnFrom(d, undefined, undefined);
}

/** Directives: all emitted code is strict, and a directive may not stand in a function whose parameters are not plain names. */
function withoutPrologue(list: readonly ts.Statement[]): readonly ts.Statement[] {
  const start = list.findIndex((node) => !(ts.isExpressionStatement(node) && ts.isStringLiteral(node.expression)));
  return start < 0 ? [] : list.slice(start);
}

/** What a `return` of the function gives its caller: constructors answer with an object. */
export function finalValue(d: Desugarer, value: ts.Expression | undefined): ts.Expression | undefined {
  const { node } = d.fn;
  const given = value ?? undefinedValue();
  // Called by `new`, a function answers with its `this`; a resumed activation no longer knows how it was called.
  const target = isConstructible(node) ? d.ctx.captures.newTargets.get(d.fn) : undefined;
  if (target) return d.runtime("$answer", [given, factory.createThis(), readVariable(d.rewriter, target)]);
  if (!isConstructor(node)) return value;
  if (!isDerivedConstructor(node)) return d.runtime("$constructed", [given, factory.createThis()]);
  const receiver = d.ctx.captures.receivers.get(d.fn);
  return d.runtime("$constructedBy", [given, receiver ? readVariable(d.rewriter, receiver) : factory.createIdentifier("$TDZ")]);
}

/** The fast copy of the function over its statements. Computed names are supplied by the class or object around it. */
export function fastFunction(d: Desugarer, { parameters }: FullFunction, statements: readonly ts.Statement[]): ts.Node {
  const { node } = d.fn;
  const block = factory.createBlock(statements, true);
  if (isGenerator(node) || ts.isPropertyDeclaration(node) || ts.isClassStaticBlockDeclaration(node))
    return factory.createFunctionExpression(undefined, undefined, undefined, undefined, parameters, undefined, block);
  if (ts.isArrowFunction(node))
    return factory.createArrowFunction(
      undefined,
      undefined,
      parameters,
      undefined,
      factory.createToken(ts.SyntaxKind.EqualsGreaterThanToken),
      block,
    );
  if (ts.isFunctionExpression(node) || ts.isFunctionDeclaration(node)) return plainFunction(d, node, parameters, block);
  if (isConstructor(node)) return factory.createConstructorDeclaration(undefined, parameters, block);
  // A full function around names computed members itself.
  return member(node as ts.MethodDeclaration | ts.AccessorDeclaration, d.fn.parent?.full === true, parameters, block);
}

function plainFunction(
  d: Desugarer,
  node: ts.FunctionExpression | ts.FunctionDeclaration,
  parameters: ts.ParameterDeclaration[],
  block: ts.Block,
): ts.Node {
  if (ts.isFunctionDeclaration(node)) {
    const made = factory.createFunctionDeclaration(node.modifiers, undefined, node.name, undefined, parameters, undefined, block);
    return made;
  }
  return factory.createFunctionExpression(undefined, undefined, node.name, undefined, parameters, undefined, block);
}

function member(
  node: ts.MethodDeclaration | ts.AccessorDeclaration,
  isInFull: boolean,
  parameters: ts.ParameterDeclaration[],
  block: ts.Block,
): ts.Node {
  const modifiers = node.modifiers?.filter((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword);
  // `static constructor` has no name node; the class supplies it.
  const isPrivate = node.name !== undefined && ts.isPrivateIdentifier(node.name);
  const isUnnamed =
    isInFull && ts.isMethodDeclaration(node) && ts.isObjectLiteralExpression(node.parent) && ts.isComputedPropertyName(node.name);
  const name = !node.name
    ? "constructor"
    : isUnnamed
      ? factory.createStringLiteral("")
      : isPrivate
        ? factory.createStringLiteral(node.name.text)
        : node.name;
  const kept = isPrivate ? undefined : modifiers;
  if (ts.isGetAccessorDeclaration(node)) return factory.createGetAccessorDeclaration(kept, name, parameters, undefined, block);
  if (ts.isSetAccessorDeclaration(node)) return factory.createSetAccessorDeclaration(kept, name, parameters, block);
  return factory.createMethodDeclaration(kept, undefined, name, undefined, undefined, parameters, undefined, block);
}
