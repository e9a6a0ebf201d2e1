/** Variables: where they live, who shares them, when they may be read and written, what they are called. */
import type { Mutant } from "../mutant.ts";

export const SCOPES: readonly Mutant[] = [
  {
    name: "rounds-share-scope",
    what: "the rounds of a loop share one binding",
    file: "src/transform/3-desugar/rewrite/scopes.ts",
    find: "const copy = factory.createObjectLiteralExpression([factory.createSpreadAssignment(r.ctx.ref(name, owner))]);",
    replace: "const copy = r.ctx.ref(name, owner);",
  },
  {
    name: "captured-by-value",
    what: "a closure gets a copy of a variable that is assigned later",
    file: "src/transform/1-find/captures/boxes.ts",
    find: "if (!variable.reassigned && !early &&",
    replace: "if (!early &&",
  },
  {
    name: "read-too-early",
    what: "a binding can be read before it is initialized",
    file: "src/transform/3-desugar/rewrite/checked.ts",
    find: "if (!isCheckedAt(r, variable, node)) return access;",
    replace: "if (r.fn.full || !isCheckedAt(r, variable, node)) return access;",
  },
  {
    name: "written-too-early",
    what: "a binding can be assigned before it is initialized",
    file: "src/transform/3-desugar/rewrite/checked.ts",
    find: "return variable ? ready(r, variable, value) : value;",
    replace: "return variable && !r.fn.full ? ready(r, variable, value) : value;",
  },
  {
    name: "constants-assignable",
    what: "a constant can be assigned",
    file: "src/transform/3-desugar/full/assignment.ts",
    find: "if (isConstant(variable)) {",
    replace: "if (isConstant(variable) && !d.plan.isFull) {",
  },
  {
    name: "temporaries-collide",
    what: "a temporary gets a name that the program uses",
    file: "src/transform/3-desugar/desugarer.ts",
    find: "if (this.taken.has(name) || MACHINE_NAMES.has(name)) continue;",
    replace: "if (MACHINE_NAMES.has(name)) continue;",
  },
  {
    name: "shadowed-names-collide",
    what: "a variable and one that hides it share a name in the machine",
    file: "src/transform/6-emit/function.ts",
    find: "if (used.has(name) ||",
    replace: "if (",
  },
  {
    name: "catch-parameter-leaks",
    what: "a catch parameter is a variable of the whole function",
    file: "src/transform/1-find/captures/declarations.ts",
    find: 'if (ts.isCatchClause(root.parent)) return "catch";',
    replace: 'if (ts.isCatchClause(root.parent)) return "var";',
  },
  {
    name: "function-hoisted-late",
    what: "a function declaration is made where it stands although it is used above",
    file: "src/transform/1-find/captures/placement.ts",
    find: "if (variable.references.every((reference) => reference.pos >= start))",
    replace: "if (variable.references.some((reference) => reference.pos >= start))",
  },
];
