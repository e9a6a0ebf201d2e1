/** The classes a program makes saveable: those for which it calls `registerCodec(Class, …)`, wherever that is. */
import type { Findings } from "../../1-find/model.js";
import { ts } from "../../ts.js";

export function classesWithCodec(findings: Findings, isOwnFile: (file: ts.SourceFile) => boolean): ReadonlySet<ts.Symbol> {
  const classes = new Set<ts.Symbol>();
  const { checker } = findings;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isRegistration(node, checker, isOwnFile)) {
      const given = node.arguments[0] && checker.getTypeAtLocation(node.arguments[0]);
      const prototype = given?.getProperty("prototype");
      const instance = prototype && checker.getTypeOfSymbol(prototype).getSymbol();
      if (instance) classes.add(instance);
    }
    ts.forEachChild(node, visit);
  };
  for (const { file } of findings.modules) if (file.text.includes("registerCodec")) visit(file);
  return classes;
}

function isRegistration(call: ts.CallExpression, checker: ts.TypeChecker, isOwnFile: (file: ts.SourceFile) => boolean): boolean {
  const declaration = checker.getResolvedSignature(call)?.declaration;
  return (
    declaration !== undefined &&
    ts.isFunctionDeclaration(declaration) &&
    declaration.name?.text === "registerCodec" &&
    isOwnFile(declaration.getSourceFile())
  );
}
