/**
 * Object literals: keys and values in order; what follows a spread is defined on the object that is there already.
 *
 *     { a: f(), ...g(), [k()]: h() }   ⇒   suspend $1 = f() · const $2 = { a: $1 } · suspend $3 = g() · suspend $copy($2, $3, [])
 *                                          suspend $4 = k() · suspend $5 = $propertyKey($4) · suspend $6 = h() · $extend($2, { [$5]: $6 })
 */
import type { FunctionInfo } from "../../1-find/model.js";
import { factory } from "../../context.js";
import { ts, unwrap } from "../../ts.js";
import type { Desugarer } from "../desugarer.js";
import { evaluate } from "./expression.js";
import { isGenerator } from "../../1-find/full.js";
import { placeholder, replaceGenerator } from "./generator.js";
import { propertyKey } from "./pattern.js";
import { closureOf } from "../rewrite/closures.js";
import { withAccessors } from "../rewrite/literals.js";
import { withOpaque } from "../rewrite/opaque.js";
import { readVariable } from "../rewrite/variables.js";

/** A generator method, installed over its placeholder once the object is there. */
interface Later {
  readonly key: ts.Expression;
  readonly info: FunctionInfo;
}

export function objectLiteral(d: Desugarer, node: ts.ObjectLiteralExpression): ts.Expression {
  const record = d.ctx.captures.records.get(node);
  if (record) d.emit({ kind: "let", name: record.emitName, declare: "const", value: d.runtime("$record", []) });
  const builder = new Builder(d, node);
  for (const property of node.properties) builder.add(property);
  return builder.finish();
}

class Builder {
  #pending: ts.ObjectLiteralElementLike[] = [];
  #later: Later[] = [];
  #object: ts.Expression | undefined;

  constructor(
    readonly d: Desugarer,
    readonly node: ts.ObjectLiteralExpression,
  ) {}

  add(property: ts.ObjectLiteralElementLike): void {
    if (ts.isSpreadAssignment(property)) return this.#spread(property);
    if (ts.isShorthandPropertyAssignment(property)) {
      this.#define(factory.createStringLiteral(property.name.text), evaluate(this.d, property.name));
    } else if (ts.isPropertyAssignment(property)) this.#assignment(property);
    else this.#method(property);
  }

  finish(): ts.Expression {
    this.#flush();
    const { d, node } = this;
    const object = this.#object!;
    const made = d.ctx.findings.everywhere ? object : withAccessors(d.rewriter, object, node);
    return made === object ? object : d.spill(made);
  }

  #assignment(property: ts.PropertyAssignment): void {
    const { d } = this;
    if (isPrototype(property)) {
      const value = evaluate(d, property.initializer);
      this.#flush();
      d.emit({ kind: "eval", value: d.runtime("$prototype", [this.#object!, value]) });
      return;
    }
    const key = propertyKey(d, property.name);
    const value = evaluate(d, property.initializer);
    const isUnnamed = ts.isComputedPropertyName(property.name) && isAnonymous(property.initializer);
    this.#define(key, isUnnamed ? d.runtime("$named", [value, key]) : value);
  }

  /** Computed even where the name is known: `__proto__` defines a property like any other. */
  #define(key: ts.Expression, value: ts.Expression): void {
    this.#pending.push(factory.createPropertyAssignment(factory.createComputedPropertyName(key), value));
  }

  #method(property: ts.MethodDeclaration | ts.AccessorDeclaration): void {
    const { d } = this;
    const info = d.ctx.findings.functionOf.get(property)!;
    const key = propertyKey(d, property.name);
    if (isGenerator(property)) {
      this.#pending.push(placeholder(key));
      this.#later.push({ key, info });
      // A later property of that name replaces it.
      this.#flush();
      return;
    }
    if (!d.ctx.findings.everywhere && ts.isMethodDeclaration(property)) {
      const closure = closureOf(d.rewriter, info);
      this.#define(key, ts.isComputedPropertyName(property.name) ? d.runtime("$named", [closure, key]) : closure);
      return;
    }
    const made = d.rewriter.emitter.emitFunction(info) as ts.MethodDeclaration | ts.AccessorDeclaration;
    // What an accessor adds to a property that has the other half: a value in between has replaced that half.
    if (ts.isAccessor(property) && this.#object && this.#pending.some((each) => !ts.isAccessor(each))) this.#flush();
    this.#pending.push(named(made, key));
  }

  #spread(property: ts.SpreadAssignment): void {
    const { d } = this;
    const source = evaluate(d, property.expression);
    this.#flush();
    d.awaited(property, d.runtime("$copy", [this.#object!, source, factory.createArrayLiteralExpression()]));
  }

  /** Defines what has been evaluated so far. */
  #flush(): void {
    const { d, node } = this;
    const literal = factory.createObjectLiteralExpression(this.#pending, this.#pending.length > 1);
    this.#pending = [];
    if (!this.#object) {
      const record = d.ctx.captures.records.get(node);
      const made = withOpaque(d.rewriter, literal, node);
      const hasMethods = literal.properties.some((property) => !ts.isPropertyAssignment(property));
      this.#object = d.spill(
        record || hasMethods ? d.runtime("$homed", record ? [made, readVariable(d.rewriter, record)] : [made]) : made,
      );
    } else if (literal.properties.length > 0) {
      d.emit({ kind: "eval", value: d.runtime("$extend", [this.#object, withOpaque(d.rewriter, literal, node)]) });
    }
    for (const { key, info } of this.#later) replaceGenerator(d, this.#object, key, info);
    this.#later = [];
  }
}

/** The member under another name. */
export function named(
  node: ts.MethodDeclaration | ts.AccessorDeclaration,
  key: ts.Expression,
): ts.MethodDeclaration | ts.AccessorDeclaration {
  const name = factory.createComputedPropertyName(key);
  if (ts.isMethodDeclaration(node))
    return factory.updateMethodDeclaration(
      node,
      node.modifiers,
      node.asteriskToken,
      name,
      undefined,
      undefined,
      node.parameters,
      undefined,
      node.body,
    );
  if (ts.isGetAccessorDeclaration(node))
    return factory.updateGetAccessorDeclaration(node, node.modifiers, name, node.parameters, undefined, node.body);
  return factory.updateSetAccessorDeclaration(node, node.modifiers, name, node.parameters, node.body);
}

function isPrototype(property: ts.PropertyAssignment): boolean {
  const { name } = property;
  return (ts.isIdentifier(name) || ts.isStringLiteral(name)) && name.text === "__proto__";
}

/** Whether the expression is a function or class without a name, which the place it stands in names. */
export function isAnonymous(given: ts.Expression): boolean {
  let node = given;
  while (ts.isParenthesizedExpression(node)) node = node.expression;
  if (unwrap(node) !== node) return false;
  return ts.isArrowFunction(node) || ((ts.isFunctionExpression(node) || ts.isClassExpression(node)) && !node.name);
}
