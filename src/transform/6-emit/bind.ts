/** Functions that module-level code makes once are known by name: bound to their code instead of tagged with it. */
import type { FunctionInfo } from "../1-find/model.js";
import { splitClosure } from "../3-desugar/build.js";
import { factory } from "../context.js";
import { ts } from "../ts.js";
import type { ModuleEmitter } from "./emitter.js";
import { registrarCall } from "./registrar.js";

/** Registers module-level function expressions where they are made: `const f = $m.bind(f$, () => …)`. */
export function bindFunctions(m: ModuleEmitter, node: ts.Statement, rewrite: () => ts.Statement[]): ts.Statement[] {
  const made = rewrite();
  for (const info of m.bound) if (info.node.pos >= node.pos && info.node.end <= node.end) m.closures.delete(info);
  if (![...m.bound].some((info) => info.node.pos >= node.pos && info.node.end <= node.end)) return made;
  const visit = (child: ts.Node): ts.VisitResult<ts.Node> => {
    const info = m.siteOwner.get(child);
    if (info && m.bound.has(info)) return bindCall(m, info, (child as ts.CallExpression).arguments[0]!);
    return ts.visitEachChild(child, visit, undefined);
  };
  return made.flatMap((statement) => bindStatement(ts.visitNode(statement, visit, ts.isStatement)));
}

/** `const f = $m.bind(f$, { f: … }.f)` ⇒ `const f = …; $m.bind(f$, f);`. */
function bindStatement(statement: ts.Statement): ts.Statement[] {
  const declaration = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : undefined;
  if (
    !declaration ||
    !ts.isVariableStatement(statement) ||
    statement.declarationList.declarations.length > 1 ||
    !ts.isIdentifier(declaration.name)
  )
    return [statement];
  const name = declaration.name.text;
  const split = splitClosure(name, declaration.initializer, () => factory.createIdentifier(name));
  if (!split) return [statement];
  const made = factory.updateVariableDeclaration(
    declaration,
    declaration.name,
    declaration.exclamationToken,
    declaration.type,
    split.value,
  );
  return [
    factory.updateVariableStatement(
      statement,
      statement.modifiers,
      factory.updateVariableDeclarationList(statement.declarationList, [made]),
    ),
    split.after,
  ];
}

function bindCall(m: ModuleEmitter, info: FunctionInfo, fn: ts.Expression): ts.Expression {
  return registrarCall("bind", [factory.createIdentifier(m.codeName(info)), fn]);
}
