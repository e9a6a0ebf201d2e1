/** Names bound by patterns: as targets of assignments, and declared one by one. */
import { factory } from "../../context.js";
import { ts } from "../../ts.js";
import { assignmentOf, statementOf } from "../build.js";
import type { Rewriter } from "./rewriter.js";
import { boxed } from "./variables.js";

/** `{ a, b: [c = 1] }` as a declaration ⇒ the same as the target of an assignment, with boxed variables in their place. */
export function assignmentPattern(r: Rewriter, pattern: ts.BindingName): ts.Expression {
  if (ts.isIdentifier(pattern)) {
    const variable = r.ctx.variableOf(pattern);
    if (!variable) return factory.createIdentifier(pattern.text);
    return variable.boxed ? boxed(r, variable) : r.ctx.refVariable(variable);
  }
  const withDefault = (element: ts.BindingElement): ts.Expression => {
    const target = assignmentPattern(r, element.name);
    return element.initializer ? assignmentOf(target, r.expression(element.initializer)) : target;
  };
  if (ts.isArrayBindingPattern(pattern)) {
    const elements = pattern.elements.map((element) => {
      if (ts.isOmittedExpression(element)) return factory.createOmittedExpression();
      return element.dotDotDotToken ? factory.createSpreadElement(assignmentPattern(r, element.name)) : withDefault(element);
    });
    return factory.createArrayLiteralExpression(elements);
  }
  const properties = pattern.elements.map((element) => {
    if (element.dotDotDotToken) return factory.createSpreadAssignment(assignmentPattern(r, element.name));
    const name = element.propertyName ?? factory.createIdentifier((element.name as ts.Identifier).text);
    return factory.createPropertyAssignment(propertyName(r, name), withDefault(element));
  });
  return factory.createObjectLiteralExpression(properties);
}

function propertyName(r: Rewriter, name: ts.PropertyName): ts.PropertyName {
  return ts.isComputedPropertyName(name) ? r.children(name) : name;
}

/** `[a, n]` from `v`, with `n` boxed ⇒ `let a; ([a, $s1.n] = v);`. */
export function bindAll(r: Rewriter, name: ts.BindingName, value: ts.Expression): ts.Statement[] {
  const plain = boundNames(name).filter((bound) => !r.ctx.variableOf(bound)?.boxed);
  const assign = statementOf(factory.createParenthesizedExpression(assignmentOf(assignmentPattern(r, name), value)));
  if (plain.length === 0) return [assign];
  const declared = plain.map((bound) => factory.createVariableDeclaration(plainName(r, bound)));
  return [factory.createVariableStatement(undefined, factory.createVariableDeclarationList(declared, ts.NodeFlags.Let)), assign];
}

export function plainName(r: Rewriter, name: ts.Identifier): ts.Identifier {
  const variable = r.ctx.variableOf(name);
  return variable ? r.ctx.refVariable(variable) : name;
}

/** The identifiers a binding name declares, in order. */
export function boundNames(name: ts.BindingName): ts.Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : boundNames(element.name)));
}
