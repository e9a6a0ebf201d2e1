/** Calls of `$m`, the module's registrar, which knows code, classes and constants by name. */
import { ABI_VERSION } from "../../shared/abi.js";
import type { ModuleInfo } from "../1-find/model.js";
import { surgeryOf } from "../1-find/surgery.js";
import { statementOf } from "../3-desugar/build.js";
import { factory } from "../context.js";
import type { ts } from "../ts.js";

export function registrarCall(method: string, args: readonly ts.Expression[]): ts.CallExpression {
  return factory.createCallExpression(
    factory.createPropertyAccessExpression(factory.createIdentifier("$m"), method),
    undefined,
    args,
  );
}

export function registration(name: ts.Identifier): ts.Statement {
  return statementOf(registrarCall("value", [factory.createStringLiteral(name.text), factory.createIdentifier(name.text)]));
}

export function moduleCall({ id, file }: ModuleInfo): ts.Expression {
  const surgery = surgeryOf(file);
  return factory.createCallExpression(factory.createIdentifier("$module"), undefined, [
    factory.createNumericLiteral(ABI_VERSION),
    factory.createStringLiteral(id),
    ...(surgery === 0 ? [] : [factory.createNumericLiteral(surgery)]),
  ]);
}

/** What `export default function () {…}` is called in emitted code, so that it can be bound; `bind` gives it the name the language does. */
export const DEFAULT_EXPORT = "$default";
