/** Where everything stands in the output, and what it imports of the runtime. */
import { RUNTIME_NAMES } from "../../shared/abi.js";
import { assert } from "../../shared/assert.js";
import { constant } from "../3-desugar/build.js";
import { factory } from "../context.js";
import { ts } from "../ts.js";
import type { ModuleEmitter } from "./emitter.js";
import type { Machines } from "./machines.js";
import { moduleCall, registrarCall } from "./registrar.js";
import { withStaticBlocks } from "./super.js";
import { templateStrings } from "./templates.js";

export function assemble(m: ModuleEmitter, body: readonly ts.Statement[], machines: Machines): ts.Statement[] {
  const placed = body.map((statement) => withStaticBlocks(statement, machines.inClass));
  machines.head.push(
    ...[...m.templates].map(([node, name]) =>
      constant(
        factory.createIdentifier(name),
        registrarCall("value", [factory.createStringLiteral(name), templateStrings(node)]),
      ),
    ),
  );
  const rest = [...machines.head, ...placed, ...machines.tail];
  const usesSentinel = mentions(rest, "SUSPEND");
  // A constant of the module's own is folded into optimized code; an imported one is loaded each time (1.5 × on recursive calls).
  const sentinel = constant(
    factory.createIdentifier("SUSPEND"),
    factory.createPropertyAccessExpression(factory.createIdentifier("$m"), "SUSPEND"),
  );
  const registrar = constant(factory.createIdentifier("$m"), moduleCall(m.module));
  const start = usesSentinel || mentions(rest, "$m") ? [registrar, ...(usesSentinel ? [sentinel] : []), ...machines.head] : [];
  const used = runtimeNamesIn([...start, ...placed, ...machines.tail]);
  for (const name of [...used, ...(usesSentinel ? ["SUSPEND"] : []), ...(start.length > 0 ? ["$m"] : [])]) {
    const clash = m.names.clashes.get(name);
    if (clash) m.ctx.diagnostics.report("FLOW1007", clash, { name });
  }
  if (used.length === 0) return [...placed];
  const split = placed.findIndex((statement) => !isImportOrPrologue(statement));
  const at = split < 0 ? placed.length : split;
  return [
    ...placed.slice(0, prologueEnd(placed)),
    runtimeImport(used),
    ...placed.slice(prologueEnd(placed), at),
    ...start,
    ...placed.slice(at),
    ...machines.tail,
  ];
}

function runtimeImport(names: readonly string[]): ts.Statement {
  for (const name of names)
    assert((RUNTIME_NAMES as readonly string[]).includes(name), `emitted code uses ${name}, which is not in the ABI`);
  const specifiers = names.map((name) => factory.createImportSpecifier(false, undefined, factory.createIdentifier(name)));
  return factory.createImportDeclaration(
    undefined,
    factory.createImportClause(undefined, undefined, factory.createNamedImports(specifiers)),
    factory.createStringLiteral("flowc/runtime"),
  );
}

/** The runtime names emitted statements refer to. Only identifiers the compiler made count: those of the source have a position. */
function runtimeNamesIn(statements: readonly ts.Statement[]): string[] {
  const wanted = new Set<string>(RUNTIME_NAMES);
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.pos < 0 && wanted.has(node.text)) found.add(node.text);
    ts.forEachChild(node, visit);
  };
  statements.forEach(visit);
  return [...found].sort();
}

/** Whether emitted statements use a name the compiler made. */
function mentions(statements: readonly ts.Statement[], name: string): boolean {
  const visit = (node: ts.Node): boolean => {
    if (ts.isIdentifier(node) && node.pos < 0 && node.text === name) return true;
    return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
  };
  return statements.some(visit);
}

function isImportOrPrologue(statement: ts.Statement): boolean {
  return ts.isImportDeclaration(statement) || (ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression));
}

function prologueEnd(statements: readonly ts.Statement[]): number {
  const end = statements.findIndex(
    (statement) => !(ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression)),
  );
  return end < 0 ? statements.length : end;
}
