/**
 *     switch (s) { case a: A  default: B  case f(): C }
 *   ⇒  when a test suspends, the tests run first, in order, and give the index of the clause
 *     let $i = -1 · if (s === a) $i = 0 else { suspend $1 = f() · if (s === $1) $i = 2 }
 *     switch ($i) { case 0: A  default: B  case 2: C }
 */
import { factory } from "../context.js";
import { Label, type SwitchCase } from "../ir.js";
import { ts } from "../ts.js";
import type { Desugarer } from "./desugarer.js";
import { value } from "./expression.js";
import { functionDeclaration, statement } from "./statement.js";
import { scopeLiteral } from "./rewrite/scopes.js";

export function switchStatement(d: Desugarer, node: ts.SwitchStatement, labels: readonly ts.LabeledStatement[]): void {
  const label = new Label(labels[0]?.label.text);
  const clauses = node.caseBlock.clauses;
  d.root(node.expression);
  let subject = value(d, node.expression);
  const box = scopeLiteral(d.rewriter, node.caseBlock);
  if (box) {
    subject = d.spill(subject);
    d.emit({ kind: "let", name: d.ctx.captures.scopeObjects.get(node.caseBlock)!.name, declare: "const", value: box });
  }
  if (d.plan.isFull) {
    subject = d.spill(subject);
    hoistInto(d, clauses);
  }
  const testsSuspend = clauses.some((clause) => ts.isCaseClause(clause) && d.plan.isLowered(clause.expression));
  const tests = testsSuspend
    ? indices(clauses)
    : clauses.map((clause) => (ts.isCaseClause(clause) ? d.rewriter.expression(clause.expression) : undefined));
  if (testsSuspend) subject = d.ref(chooseClause(d, d.spill(subject), clauses));
  const cases: SwitchCase[] = [];
  if (!d.plan.isFull) refuseSharedVariables(d, node.caseBlock);
  const entry = { kind: "target", nodes: [node, ...labels], breakTo: label, continueTo: undefined } as const;
  d.within(entry, () => {
    for (const [index, clause] of clauses.entries()) {
      const body = d.collect(() => {
        if (index === 0 && !d.plan.isFull) hoistFunctions(d, clauses);
        for (const inner of clause.statements) if (!ts.isFunctionDeclaration(inner)) statement(d, inner);
      });
      cases.push({ test: tests[index], body });
    }
  });
  d.emit({ kind: "switch", label, subject, cases, declares: declaredIn(d, node.caseBlock), source: node });
}

/** A variable of one clause that another one uses may be uninitialized there, which the resume copy could not tell. */
function refuseSharedVariables(d: Desugarer, block: ts.CaseBlock): void {
  const clauseOf = (node: ts.Node): ts.CaseOrDefaultClause | undefined =>
    block.clauses.find((clause) => node.pos >= clause.pos && node.end <= clause.end);
  for (const variable of d.ctx.captures.variablesIn.get(d.fn) ?? []) {
    if (variable.scope !== block || variable.boxed) continue;
    const home = clauseOf(variable.declaration);
    const elsewhere = variable.references.find((reference) => clauseOf(reference) !== home);
    if (elsewhere)
      d.ctx.diagnostics.report("FLOW2002", elsewhere, {
        what: "a switch in which one case uses a variable that another one declares",
      });
  }
}

/** Functions of all clauses are there before the first test runs. */
function hoistInto(d: Desugarer, clauses: readonly ts.CaseOrDefaultClause[]): void {
  for (const clause of clauses)
    for (const node of clause.statements) if (ts.isFunctionDeclaration(node) && node.body) functionDeclaration(d, node);
}

/** A function declared in one clause is there in all of them. */
function hoistFunctions(d: Desugarer, clauses: readonly ts.CaseOrDefaultClause[]): void {
  for (const clause of clauses)
    for (const node of clause.statements)
      if (ts.isFunctionDeclaration(node))
        d.ctx.diagnostics.report("FLOW2002", node, { what: "a switch that declares functions" });
}

function indices(clauses: readonly ts.CaseOrDefaultClause[]): (ts.Expression | undefined)[] {
  return clauses.map((clause, index) => (ts.isCaseClause(clause) ? factory.createNumericLiteral(index) : undefined));
}

function chooseClause(d: Desugarer, subject: ts.Expression, clauses: readonly ts.CaseOrDefaultClause[]): string {
  const chosen = d.fresh();
  d.emit({ kind: "let", name: chosen, declare: "let", value: factory.createPrefixMinus(factory.createNumericLiteral(1)) });
  const from = (start: number): void => {
    const index = clauses.findIndex((clause, at) => at >= start && ts.isCaseClause(clause));
    if (index < 0) return;
    const clause = clauses[index] as ts.CaseClause;
    d.root(clause.expression);
    const test = factory.createStrictEquality(subject, value(d, clause.expression));
    const yes = d.collect(() => d.emit({ kind: "assign", name: chosen, value: factory.createNumericLiteral(index) }));
    d.emit({ kind: "if", test, yes, no: d.collect(() => from(index + 1)) });
  };
  from(0);
  return chosen;
}

/** Emitted names of the variables that belong to the case block itself. */
function declaredIn(d: Desugarer, block: ts.CaseBlock): string[] {
  const variables = d.ctx.captures.variablesIn.get(d.fn) ?? [];
  return variables
    .filter((variable) => variable.scope === block && !variable.boxed && variable.kind !== "function")
    .map((variable) => variable.emitName);
}
