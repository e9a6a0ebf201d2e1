/**
 * Classes. The class keeps its public methods; everything that runs when it is defined or constructed is written out:
 *
 *     class C extends H { #p = f(); static s = g(); [k()]() {…} constructor(a) { super(a) } }
 *   ⇒
 *     const $class = $record(), $p = $private("#p")
 *     const $1 = H · suspend $2 = k() · suspend $3 = $propertyKey($2)
 *     const C = $class($class, class C extends $1 { [$3]() {…} constructor(a) {…} })     the constructor: see `constructor.ts`
 *     $element($class, "field", $p, () => f())                                           run for each instance by `$initialize`
 *     suspend $4 = $apply(() => g(), C, []) · $static(C, "s", $4)
 */
import { heritageOf, isConstructor } from "../../1-find/function-kinds.js";
import { hasModifier } from "../../1-find/collect.js";
import { factory } from "../../context.js";
import { ts } from "../../ts.js";
import { named as namedBy, undefinedValue } from "../build.js";
import type { Desugarer } from "../desugarer.js";
import { capturedBy } from "../rewrite/captured.js";
import { closureOf } from "../rewrite/closures.js";
import type { Captured } from "../rewrite/emitter.js";
import { assignedName } from "../rewrite/names.js";
import { withOpaque } from "../rewrite/opaque.js";
import { readVariable } from "../rewrite/variables.js";
import { evaluate, privateVariable } from "./expression.js";
import { isGenerator } from "../../1-find/full.js";
import { placeholder, replaceGenerator } from "./generator.js";
import { isAnonymous, named } from "./object.js";
import { propertyKey } from "./pattern.js";

export function classValue(d: Desugarer, node: ts.ClassLikeDeclaration): ts.Expression {
  refuseDecorators(d, node);
  const record = d.ctx.captures.records.get(node)!;
  d.emit({ kind: "let", name: record.emitName, declare: "const", value: d.runtime("$record", []) });
  for (const [text, variable] of d.ctx.captures.privates.get(node) ?? [])
    d.emit({
      kind: "let",
      name: variable.emitName,
      declare: "const",
      value: d.runtime("$private", [factory.createStringLiteral(text)]),
    });
  const heritage = heritageOf(node);
  // In a temporary of its own, since a class that is made again extends the same.
  const parent = heritage && d.spill(evaluate(d, heritage));
  const keys = computedKeys(d, node);
  const members = [constructorOf(d, node), ...publicMembers(d, node, keys)].filter((member) => member !== undefined);
  const clause =
    parent &&
    factory.createHeritageClause(ts.SyntaxKind.ExtendsKeyword, [factory.createExpressionWithTypeArguments(parent, undefined)]);
  const name = node.name && factory.createIdentifier(node.name.text);
  const literal = factory.createClassExpression(undefined, name, undefined, clause && [clause], members);
  const given = node.name ? undefined : assignedName(node);
  const named = given === undefined ? literal : namedBy(given, literal);
  const made = d.spill(defined(d, node, named, parent, keys), "", node);
  for (const member of node.members)
    if (isGenerator(member) && isPublicMethod(member))
      replaceGenerator(
        d,
        isStatic(member) ? made : factory.createPropertyAccessExpression(readVariable(d.rewriter, record), "home"),
        keyOf(member, keys),
        d.ctx.findings.functionOf.get(member)!,
      );
  elements(d, node, made, keys);
  return made;
}

/** The class under its record; one that a run makes can be made again. */
function defined(
  d: Desugarer,
  node: ts.ClassLikeDeclaration,
  literal: ts.Expression,
  parent: ts.Expression | undefined,
  keys: Keys,
): ts.Expression {
  const variable = d.ctx.captures.records.get(node)!;
  const record = readVariable(d.rewriter, variable);
  if (d.fn.parent === undefined || d.ctx.findings.everywhere)
    return d.runtime("$class", [record, withOpaque(d.rewriter, literal, node, [variable])]);
  return d.rewriter.emitter.classSite(node, d.runtime("$class", [record, literal]), capturedByClass(d, node, parent, keys));
}

/** What the expression of a class refers to: its record first, then what it extends, its keys, and what its members capture. */
function capturedByClass(d: Desugarer, node: ts.ClassLikeDeclaration, parent: ts.Expression | undefined, keys: Keys): Captured[] {
  const record = d.ctx.captures.records.get(node)!;
  const found = new Map<string, Captured>([
    [record.emitName, { name: record.emitName, reference: () => d.ctx.refVariable(record) }],
  ]);
  for (const made of [parent, ...keys.values()]) {
    if (!made || !ts.isIdentifier(made) || !d.isTemporary(made)) continue;
    found.set(made.text, { name: made.text, reference: () => d.ref(made.text) });
  }
  for (const member of node.members) {
    const info = isPublicMethod(member) || isConstructor(member) ? d.ctx.findings.functionOf.get(member) : undefined;
    if (info) for (const each of capturedBy(d.rewriter, info)) if (!found.has(each.name)) found.set(each.name, each);
  }
  return [...found.values()];
}

type Keys = ReadonlyMap<ts.ClassElement, ts.Expression>;

function refuseDecorators(d: Desugarer, node: ts.ClassLikeDeclaration): void {
  const decorated = [node, ...node.members].find(
    (part) => ts.canHaveDecorators(part) && (ts.getDecorators(part)?.length ?? 0) > 0,
  );
  if (decorated) d.ctx.diagnostics.report("FLOW2002", decorated, { what: "a decorator" });
}

/** All keys are evaluated in order before anything is defined: nothing can see the difference, since the class does not exist yet. */
function computedKeys(d: Desugarer, node: ts.ClassLikeDeclaration): Keys {
  const keys = new Map<ts.ClassElement, ts.Expression>();
  for (const member of node.members)
    if (member.name && !ts.isPrivateIdentifier(member.name)) keys.set(member, propertyKey(d, member.name));
    else if (isPublicMethod(member)) keys.set(member, factory.createStringLiteral("constructor"));
  return keys;
}

function keyOf(member: ts.ClassElement, keys: Keys): ts.Expression {
  return keys.get(member)!;
}

function isStatic(member: ts.ClassElement): boolean {
  return hasModifier(member, ts.SyntaxKind.StaticKeyword);
}

function isPrivate(member: ts.ClassElement): boolean {
  return member.name !== undefined && ts.isPrivateIdentifier(member.name);
}

function isPublicMethod(member: ts.ClassElement): member is ts.MethodDeclaration | ts.AccessorDeclaration {
  // `static constructor() {}` is a method, whatever it is called.
  if (ts.isConstructorDeclaration(member)) return !isConstructor(member);
  return (ts.isMethodDeclaration(member) || ts.isAccessor(member)) && !isPrivate(member) && member.body !== undefined;
}

function publicMembers(d: Desugarer, node: ts.ClassLikeDeclaration, keys: Keys): ts.ClassElement[] {
  return node.members.filter(isPublicMethod).map((member) => {
    const modifiers = isStatic(member) ? [factory.createModifier(ts.SyntaxKind.StaticKeyword)] : undefined;
    const key = keyOf(member, keys);
    if (isGenerator(member)) {
      const made = placeholder(key);
      return factory.updateMethodDeclaration(
        made,
        modifiers,
        made.asteriskToken,
        made.name,
        undefined,
        undefined,
        made.parameters,
        undefined,
        made.body,
      );
    }
    const made = d.rewriter.emitter.emitFunction(d.ctx.findings.functionOf.get(member)!) as
      ts.MethodDeclaration | ts.AccessorDeclaration;
    return named(made, key);
  });
}

/** The constructor of the source, or what the language supplies: nothing at all where there is neither a parent nor an instance element. */
function constructorOf(d: Desugarer, node: ts.ClassLikeDeclaration): ts.ClassElement | undefined {
  const own = node.members.find((member) => isConstructor(member) && member.body !== undefined);
  if (own) return d.rewriter.emitter.emitFunction(d.ctx.findings.functionOf.get(own)!) as ts.ConstructorDeclaration;
  const record = readVariable(d.rewriter, d.ctx.captures.records.get(node)!);
  if (!heritageOf(node)) {
    if (!hasInstanceElements(node)) return undefined;
    return constructorReturning(d.runtime("$initialize", [factory.createThis(), record]), undefined);
  }
  const target = factory.createMetaProperty(ts.SyntaxKind.NewKeyword, factory.createIdentifier("target"));
  const args = factory.createIdentifier("$args");
  return constructorReturning(d.runtime("$constructDefault", [record, args, target]), args);
}

function constructorReturning(value: ts.Expression, rest: ts.Identifier | undefined): ts.ConstructorDeclaration {
  const parameters = rest
    ? [factory.createParameterDeclaration(undefined, factory.createToken(ts.SyntaxKind.DotDotDotToken), rest)]
    : [];
  return factory.createConstructorDeclaration(undefined, parameters, factory.createBlock([factory.createReturnStatement(value)]));
}

/** Whether constructing an instance does more than the constructor's own code. */
export function hasInstanceElements(node: ts.ClassLikeDeclaration): boolean {
  if (parameterProperties(node).length > 0) return true;
  return node.members.some(
    (member) => !isStatic(member) && (ts.isPropertyDeclaration(member) || (isPrivate(member) && !isBodyless(member))),
  );
}

/** `constructor(readonly x: number)`: parameters that are fields as well. */
export function parameterProperties(node: ts.ClassLikeDeclaration): ts.Identifier[] {
  const constructor = node.members.find((member) => isConstructor(member) && member.body !== undefined) as
    ts.ConstructorDeclaration | undefined;
  return (constructor?.parameters ?? [])
    .filter((parameter) => ts.isParameterPropertyDeclaration(parameter, parameter.parent))
    .map((parameter) => parameter.name as ts.Identifier);
}

function isBodyless(member: ts.ClassElement): boolean {
  return (ts.isMethodDeclaration(member) || ts.isAccessor(member)) && member.body === undefined;
}

/** What instances get is noted in the record; what the class itself gets is done, methods first. */
function elements(d: Desugarer, node: ts.ClassLikeDeclaration, made: ts.Expression, keys: Keys): void {
  const methods = node.members.filter(
    (member) => isPrivate(member) && (ts.isMethodDeclaration(member) || ts.isAccessor(member)) && !isBodyless(member),
  );
  for (const member of methods) privateMethod(d, node, member as ts.MethodDeclaration | ts.AccessorDeclaration, made);
  for (const name of parameterProperties(node)) {
    const args = [
      readVariable(d.rewriter, d.ctx.captures.records.get(node)!),
      factory.createStringLiteral("field"),
      factory.createStringLiteral(name.text),
    ];
    d.emit({ kind: "eval", value: d.runtime("$element", [...args, undefinedValue()]) });
  }
  for (const member of node.members) if (ts.isPropertyDeclaration(member) && !isStatic(member)) field(d, node, member, keys);
  for (const member of node.members) {
    if (ts.isPropertyDeclaration(member) && isStatic(member)) staticField(d, member, made, keys);
    if (ts.isClassStaticBlockDeclaration(member)) d.awaited(member, applyTo(d, member, made));
  }
}

function privateMethod(
  d: Desugarer,
  node: ts.ClassLikeDeclaration,
  member: ts.MethodDeclaration | ts.AccessorDeclaration,
  made: ts.Expression,
): void {
  const fn = closureOf(d.rewriter, d.ctx.findings.functionOf.get(member)!);
  const kind = ts.isGetAccessorDeclaration(member) ? "get" : ts.isSetAccessorDeclaration(member) ? "set" : "method";
  const name = privateVariable(d, member.name as ts.PrivateIdentifier);
  const args = [factory.createStringLiteral(kind), name, fn];
  const record = readVariable(d.rewriter, d.ctx.captures.records.get(node)!);
  d.emit({
    kind: "eval",
    value: isStatic(member) ? d.runtime("$privateAdd", [made, ...args]) : d.runtime("$element", [record, ...args]),
  });
}

function initializer(d: Desugarer, member: ts.PropertyDeclaration): ts.Expression {
  return member.initializer ? closureOf(d.rewriter, d.ctx.findings.functionOf.get(member)!) : undefinedValue();
}

function field(d: Desugarer, node: ts.ClassLikeDeclaration, member: ts.PropertyDeclaration, keys: Keys): void {
  const isDeclared = hasModifier(member, ts.SyntaxKind.DeclareKeyword) || hasModifier(member, ts.SyntaxKind.AbstractKeyword);
  if (isDeclared) return;
  const record = readVariable(d.rewriter, d.ctx.captures.records.get(node)!);
  const key = isPrivate(member) ? privateVariable(d, member.name as ts.PrivateIdentifier) : keyOf(member, keys);
  const args = [record, factory.createStringLiteral("field"), key, initializer(d, member)];
  if (isUnnamed(member)) args.push(factory.createTrue());
  d.emit({ kind: "eval", value: d.runtime("$element", args) });
}

function isUnnamed(member: ts.PropertyDeclaration): boolean {
  return ts.isComputedPropertyName(member.name) && member.initializer !== undefined && isAnonymous(member.initializer);
}

function staticField(d: Desugarer, member: ts.PropertyDeclaration, made: ts.Expression, keys: Keys): void {
  const value = member.initializer ? d.awaited(member, applyTo(d, member, made)) : undefinedValue();
  if (isPrivate(member)) {
    const name = privateVariable(d, member.name as ts.PrivateIdentifier);
    d.emit({ kind: "eval", value: d.runtime("$privateAdd", [made, factory.createStringLiteral("field"), name, value]) });
    return;
  }
  const key = keyOf(member, keys);
  const given = isUnnamed(member) ? d.runtime("$named", [value, key]) : value;
  d.awaited(member, d.runtime("$define", [made, key, given]));
}

function applyTo(
  d: Desugarer,
  member: ts.PropertyDeclaration | ts.ClassStaticBlockDeclaration,
  made: ts.Expression,
): ts.Expression {
  const fn = closureOf(d.rewriter, d.ctx.findings.functionOf.get(member)!);
  return d.runtime("$apply", [fn, made, factory.createArrayLiteralExpression()]);
}
