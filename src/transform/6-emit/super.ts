/**
 * Resume copies and makers that use `super` or a `#private` name have to live in the class. They go into a static block of it:
 *
 *     class C { m() { super.m(a); … } }   ⇒   let C_m$resume;
 *                                             class C {
 *                                               m() {…}
 *                                               static {
 *                                                 const $home = this.prototype;
 *                                                 C_m$resume = function ($frame, $mode, $value) { … $super($home, "m", this).call(this, a) … };
 *                                               }
 *                                             }
 */
import type { FunctionInfo } from "../1-find/model.js";
import { constant } from "../3-desugar/build.js";
import { factory } from "../context.js";
import { isAssignmentOperator, ts, unwrap } from "../ts.js";
import type { ModuleEmitter } from "./emitter.js";

/** Where `super` and private names are written out, no code has to live in a class. */
export function homeClass(m: ModuleEmitter, info: FunctionInfo): ts.ClassLikeDeclaration | undefined {
  const node = info.full ? undefined : classOf(info);
  const { findings } = m.ctx;
  return node && (findings.everywhere || findings.writtenOut.has(node)) ? undefined : node;
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

export function expressionWithoutSuper(node: ts.Expression): ts.Expression {
  const visit = (child: ts.Node): ts.VisitResult<ts.Node> =>
    usesSuperProperty(child) ? withoutSuper(child, visit) : ts.visitEachChild(child, visit, undefined);
  return ts.visitNode(node, visit, ts.isExpression);
}

/** `super.m`, or a call of it. */
export function usesSuperProperty(node: ts.Node): boolean {
  return isSuperProperty(node) || (ts.isCallExpression(node) && isSuperProperty(node.expression));
}

function isSuperProperty(node: ts.Node): node is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  return (
    (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) &&
    node.expression.kind === ts.SyntaxKind.SuperKeyword
  );
}

/** `super.m` ⇒ `$super($home, "m", this)`, and `super.m(a)` ⇒ `$super($home, "m", this).call(this, a)`. */
export function withoutSuper(node: ts.Node, visit: ts.Visitor): ts.Expression {
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

/** The first assignment to `super.x`, which the machine part could not make. */
export function superAssignment(node: ts.Node): ts.Node | undefined {
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

export function withStaticBlocks(
  statement: ts.Statement,
  inClass: ReadonlyMap<ts.ClassLikeDeclaration, ts.Statement[]>,
): ts.Statement {
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
