/** Classes: construction, private members, `super`. */
import type { Mutant } from "../mutant.ts";

export const CLASSES: readonly Mutant[] = [
  {
    name: "fields-before-super",
    what: "the fields of an instance are initialized before `super()` has bound `this`",
    file: "src/transform/3-desugar/full/call.ts",
    find: 'd.assignVariable(variable, d.runtime("$once"',
    replace:
      'd.awaited(node, d.runtime("$initialize", [readVariable(d.rewriter, variable), record]));\n  d.assignVariable(variable, d.runtime("$once"',
  },
  {
    name: "fields-twice",
    what: "the fields of an instance are initialized twice",
    file: "src/runtime/lib/construction.ts",
    find: "const made = value === undefined ? undefined : apply(value, self, []);",
    replace:
      "if (value !== undefined) apply(value, self, []);\n    const made = value === undefined ? undefined : apply(value, self, []);",
  },
  {
    name: "super-twice-initializes",
    what: "the fields of an instance are initialized before a second `super()` is refused",
    file: "src/transform/3-desugar/full/call.ts",
    find: 'd.assignVariable(variable, d.runtime("$once", [readVariable(d.rewriter, variable), made]), node);\n  d.awaited(node, d.runtime("$initialize", [made, record]));',
    replace:
      'd.awaited(node, d.runtime("$initialize", [made, record]));\n  d.assignVariable(variable, d.runtime("$once", [readVariable(d.rewriter, variable), made]), node);',
  },
  {
    name: "brand-not-checked",
    what: "a private method can be called on an object of another class",
    file: "src/runtime/lib/private.ts",
    find: "return isObject(object) && hasPrivate(object, name);",
    replace: 'return isObject(object) && (name.kind !== "field" || hasPrivate(object, name));',
  },
  {
    name: "static-home-is-prototype",
    what: "`super` in a static method looks where instances look",
    file: "src/transform/3-desugar/full/receiver.ts",
    find: 'isStatic ? "ctor" : "home"',
    replace: 'isStatic ? "home" : "home"',
  },
  {
    name: "verdict-inside-try",
    what: "a derived constructor judges what it returns inside its own try blocks",
    file: "src/transform/3-desugar/full/function.ts",
    find: "if (isDerivedConstructor(node)) outsideTry(d, () => body(d));",
    replace: "if (isDerivedConstructor(node) && d.fn.node !== node) outsideTry(d, () => body(d));",
  },
  {
    name: "this-always-bound",
    what: "a derived constructor can use `this` before `super()`",
    file: "src/transform/3-desugar/full/receiver.ts",
    find: 'return variable ? callRuntime("$bound", [readVariable(r, variable)]) : factory.createThis();',
    replace: "return variable ? readVariable(r, variable) : factory.createThis();",
  },
];
