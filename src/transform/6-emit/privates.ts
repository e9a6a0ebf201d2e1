/**
 * Classes with `#private` members that are emitted as written. Only code in the class body can touch these members, and only the class's own constructor can give an
 * object some, so such a class gets a static block that hands out access, and lets itself be constructed without running code of the program:
 *
 *     class Vault {                                     class Vault {
 *       #key = make();                                    #key = $m.restoring ? void 0 : make();
 *       constructor(n) { … }                       ⇒      constructor(n) { if ($m.restoring) return; … }
 *     }                                                   static { $m.privates(this, false, ["#key"], (o) => #key in o, (o) => [o.#key], (o, v) => { o.#key = v[0]; }); }
 *                                                       }
 *
 * In a class that extends another one the constructor says `if ($m.restoring) { super($m.restoring); return; }`.
 */
import { hasModifier } from "../1-find/collect.js";
import { undefinedValue } from "../3-desugar/build.js";
import { factory } from "../context.js";
import { ts, unwrap } from "../ts.js";

/** The private names instances have. An auto-accessor keeps its value under a name that nobody can write. */
export function instancePrivates(node: ts.ClassLikeDeclaration): string[] {
  return node.members.flatMap((member) => {
    if (member.name === undefined || hasModifier(member, ts.SyntaxKind.StaticKeyword)) return [];
    return ts.isPrivateIdentifier(member.name) || isAutoAccessor(member) ? [member.name.getText()] : [];
  });
}

function isAutoAccessor(member: ts.ClassElement): boolean {
  return ts.isPropertyDeclaration(member) && hasModifier(member, ts.SyntaxKind.AccessorKeyword);
}

/** Whether the class can be given that access without changing what it does. */
export function canOpen(node: ts.ClassLikeDeclaration): boolean {
  if (instancePrivates(node).length === 0 || isNullHeritage(node)) return false;
  if (ts.getDecorators(node)?.length) return false;
  return node.members.every((member) => {
    if (isAutoAccessor(member) || (ts.canHaveDecorators(member) && ts.getDecorators(member)?.length)) return false;
    if (ts.isConstructorDeclaration(member)) return member.parameters.every(isQuietParameter);
    // A guarded class expression would not be named after the field.
    return !isInstanceField(member) || member.initializer === undefined || !ts.isClassExpression(unwrap(member.initializer));
  });
}

function isNullHeritage(node: ts.ClassLikeDeclaration): boolean {
  const parent = heritage(node)?.types[0]?.expression;
  return parent !== undefined && unwrap(parent).kind === ts.SyntaxKind.NullKeyword;
}

function heritage(node: ts.ClassLikeDeclaration): ts.HeritageClause | undefined {
  return node.heritageClauses?.find((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword);
}

/** Binding it when nothing is given runs no code. */
function isQuietParameter(parameter: ts.ParameterDeclaration): boolean {
  return ts.isIdentifier(parameter.name) && (parameter.initializer === undefined || isQuiet(parameter.initializer));
}

/** Evaluating it runs no code of the program. */
function isQuiet(given: ts.Expression): boolean {
  const node = unwrap(given);
  if (ts.isArrowFunction(node) || (ts.isFunctionExpression(node) && !node.asteriskToken)) return true;
  if (ts.isLiteralExpression(node)) return true;
  if (ts.isPrefixUnaryExpression(node)) return ts.isNumericLiteral(node.operand);
  if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0;
  if (ts.isObjectLiteralExpression(node)) return node.properties.length === 0;
  return [ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword].includes(node.kind);
}

function isInstanceField(member: ts.ClassElement): member is ts.PropertyDeclaration {
  return (
    ts.isPropertyDeclaration(member) &&
    !hasModifier(member, ts.SyntaxKind.StaticKeyword) &&
    !hasModifier(member, ts.SyntaxKind.DeclareKeyword) &&
    !hasModifier(member, ts.SyntaxKind.AbstractKeyword)
  );
}

/** The statement with those of its classes opened. */
export function withOpenClasses(statement: ts.Statement, classes: ReadonlySet<ts.Node>): ts.Statement {
  const visit = (node: ts.Node): ts.VisitResult<ts.Node> => {
    const source = ts.getOriginalNode(node);
    if (!ts.isClassLike(node) || !ts.isClassLike(source) || !classes.has(source))
      return ts.visitEachChild(node, visit, undefined);
    return opened(node, source);
  };
  return ts.visitNode(statement, visit, ts.isStatement);
}

function opened(node: ts.ClassLikeDeclaration, source: ts.ClassLikeDeclaration): ts.ClassLikeDeclaration {
  const isDerived = heritage(source) !== undefined;
  const members = [...node.members.map((member) => guarded(member, isDerived)), access(source, isDerived)];
  if (ts.isClassDeclaration(node))
    return factory.updateClassDeclaration(node, node.modifiers, node.name, node.typeParameters, node.heritageClauses, members);
  return factory.updateClassExpression(node, node.modifiers, node.name, node.typeParameters, node.heritageClauses, members);
}

function guarded(member: ts.ClassElement, isDerived: boolean): ts.ClassElement {
  const source = ts.getOriginalNode(member) as ts.ClassElement;
  if (ts.isConstructorDeclaration(member) && member.body) return guardedConstructor(member, member.body, isDerived);
  if (!isInstanceField(source) || !ts.isPropertyDeclaration(member)) return member;
  if (member.initializer === undefined || source.initializer === undefined || isQuiet(source.initializer)) return member;
  const value = factory.createConditionalExpression(
    restoring(),
    undefined,
    undefinedValue(),
    undefined,
    factory.createParenthesizedExpression(member.initializer),
  );
  return factory.updatePropertyDeclaration(
    member,
    member.modifiers,
    member.name,
    member.questionToken ?? member.exclamationToken,
    member.type,
    value,
  );
}

function guardedConstructor(member: ts.ConstructorDeclaration, body: ts.Block, isDerived: boolean): ts.ConstructorDeclaration {
  const leave = factory.createReturnStatement();
  const install = factory.createExpressionStatement(
    factory.createCallExpression(factory.createSuper(), undefined, [restoring()]),
  );
  const guard = factory.createIfStatement(restoring(), isDerived ? factory.createBlock([install, leave]) : leave);
  const statements = factory.createNodeArray([guard, ...body.statements]);
  return factory.updateConstructorDeclaration(member, member.modifiers, member.parameters, factory.updateBlock(body, statements));
}

/** `$m.restoring`. */
function restoring(): ts.Expression {
  return factory.createPropertyAccessExpression(factory.createIdentifier("$m"), "restoring");
}

/** `static { $m.privates(this, isDerived, ["#a"], (o) => #a in o, (o) => [o.#a], (o, v) => { o.#a = v[0]; }); }`. */
function access(source: ts.ClassLikeDeclaration, isDerived: boolean): ts.ClassElement {
  const names = [...new Set(instancePrivates(source))];
  const fields = source.members.flatMap((member) =>
    isInstanceField(member) && ts.isPrivateIdentifier(member.name) ? [member.name.text] : [],
  );
  const object = (): ts.Identifier => factory.createIdentifier("o");
  const field = (name: string): ts.Expression =>
    factory.createPropertyAccessExpression(object(), factory.createPrivateIdentifier(name));
  const has = factory.createBinaryExpression(
    factory.createPrivateIdentifier(names[0]!),
    factory.createToken(ts.SyntaxKind.InKeyword),
    object(),
  );
  const read = factory.createArrayLiteralExpression(fields.map(field));
  const writes = fields.map((name, index) =>
    factory.createExpressionStatement(
      factory.createAssignment(field(name), factory.createElementAccessExpression(factory.createIdentifier("v"), index)),
    ),
  );
  const call = factory.createCallExpression(
    factory.createPropertyAccessExpression(factory.createIdentifier("$m"), "privates"),
    undefined,
    [
      factory.createThis(),
      isDerived ? factory.createTrue() : factory.createFalse(),
      factory.createArrayLiteralExpression(fields.map((name) => factory.createStringLiteral(name))),
      arrow(["o"], has),
      arrow(["o"], read),
      arrow(["o", "v"], factory.createBlock(writes)),
    ],
  );
  return factory.createClassStaticBlockDeclaration(factory.createBlock([factory.createExpressionStatement(call)], true));
}

function arrow(parameters: readonly string[], body: ts.ConciseBody): ts.Expression {
  const made = parameters.map((name) => factory.createParameterDeclaration(undefined, undefined, name));
  return factory.createArrowFunction(undefined, undefined, made, undefined, undefined, body);
}
