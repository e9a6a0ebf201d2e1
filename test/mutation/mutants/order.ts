/** Order of evaluation, and what is kept of it across a suspension. */
import type { Mutant } from "../mutant.ts";

export const ORDER: readonly Mutant[] = [
  {
    name: "spill-dropped",
    what: "an operand that something later can change is left in its place instead of a temporary",
    file: "src/transform/3-desugar/full/expression.ts",
    find: "return d.spill(made);",
    replace: "return made;",
  },
  {
    name: "reassigned-is-settled",
    what: "a variable that is assigned somewhere counts as settled",
    file: "src/transform/3-desugar/full/expression.ts",
    find: "!variable.boxed && !variable.reassigned;",
    replace: "!variable.boxed;",
  },
  {
    name: "atom-does-not-spill",
    what: "in typed code an operand in front of a suspension is evaluated after it",
    file: "src/transform/3-desugar/expression.ts",
    find: "return d.spill(name === undefined ? made : named(name, made));",
    replace: "return name === undefined ? made : named(name, made);",
  },
  {
    name: "assigned-is-stable",
    what: "in typed code a variable that the same expression assigns is read late",
    file: "src/transform/3-desugar/desugarer.ts",
    find: "return !variable.boxed && !this.#assigned.has(variable);",
    replace: "return !variable.boxed;",
  },
  {
    name: "callee-after-arguments",
    what: "the function is read after its arguments have been evaluated",
    file: "src/transform/3-desugar/full/call.ts",
    find: "const callee = calleeOf(d, node.expression);\n  const args = argumentList(d, node.arguments, node);",
    replace: "const args = argumentList(d, node.arguments, node);\n  const callee = calleeOf(d, node.expression);",
  },
  {
    name: "method-after-arguments",
    what: "in typed code a method is read after its arguments have been evaluated",
    file: "src/transform/3-desugar/call.ts",
    find: "const method = readMethod(d, callee);\n  return callMethod(method, argumentsOf(d, node),",
    replace: "const args = argumentsOf(d, node);\n  return callMethod(readMethod(d, callee), args,",
  },
  {
    name: "key-after-value",
    what: "a computed key of an object literal is evaluated after the value",
    file: "src/transform/3-desugar/full/object.ts",
    find: "const key = propertyKey(d, property.name);\n    const value = evaluate(d, property.initializer);",
    replace: "const value = evaluate(d, property.initializer);\n    const key = propertyKey(d, property.name);",
  },
  {
    name: "key-evaluated-twice",
    what: "a computed key of an object literal is evaluated twice",
    file: "src/transform/3-desugar/full/pattern.ts",
    find: "if (ts.isComputedPropertyName(key)) return",
    replace: "if (ts.isComputedPropertyName(key)) evaluate(d, key.expression);\n  if (ts.isComputedPropertyName(key)) return",
  },
  {
    name: "target-evaluated-twice",
    what: "`o()[k()] += v` evaluates object and key once for reading and once for writing",
    file: "src/transform/3-desugar/full/assignment.ts",
    find: "return stored(d, at, settle(",
    replace: "return stored(d, target(d, left), settle(",
  },
  {
    name: "chain-evaluates-arguments",
    what: "`f?.(g())` calls g although f is nullish",
    file: "src/transform/3-desugar/full/chain.ts",
    find: "leaveWhenNullish(d, node.questionDotToken, callee.fn, end);\n    const args = argumentList(d, node.arguments, node);",
    replace:
      "const args = argumentList(d, node.arguments, node);\n    leaveWhenNullish(d, node.questionDotToken, callee.fn, end);",
  },
  {
    name: "template-per-call",
    what: "a tagged template makes its strings anew at each evaluation",
    file: "src/transform/3-desugar/full/call.ts",
    find: "const strings = factory.createIdentifier(d.rewriter.emitter.templateName(node));",
    replace:
      'const once = d.rewriter.emitter.templateName(node);\n  const strings = factory.createIdentifier(`Object.freeze(Object.defineProperty(${once}.slice(), "raw", { value: ${once}.raw }))`);',
  },
  {
    name: "default-for-null",
    what: "a default in a pattern also takes the place of null",
    file: "src/transform/3-desugar/full/pattern.ts",
    find: "factory.createStrictEquality(d.ref(name), undefinedValue())",
    replace: "factory.createEquality(d.ref(name), undefinedValue())",
  },
  {
    name: "parameter-defaults-again",
    what: "the default of a parameter is evaluated a second time",
    file: "src/transform/3-desugar/full/function.ts",
    find: 'const yes = d.collect(() => d.emit({ kind: "assign", name, value: evaluate(d, fallback) }));',
    replace:
      'const yes = d.collect(() => {\n      evaluate(d, fallback);\n      d.emit({ kind: "assign", name, value: evaluate(d, fallback) });\n    });',
  },
];
