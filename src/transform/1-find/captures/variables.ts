/** The variable a symbol stands for: one for each binding of the language, which is not always one for each symbol of TypeScript. */
import { ts } from "../../ts.js";
import { isSimple } from "../function-kinds.js";
import type { FunctionInfo } from "../model.js";
import type { Analysis } from "./analysis.js";
import {
  type Declared,
  functionLevelNames,
  isInPattern,
  isVariableDeclaration,
  isWithin,
  kindOf,
  readyAfter,
  rootDeclaration,
  scopeOf,
} from "./declarations.js";
import type { Variable, VariableKind } from "./model.js";

/** `undefined` for variables of the module and for globals. */
export function variableFor(a: Analysis, symbol: ts.Symbol): Variable | undefined {
  const known = a.bySymbol.get(symbol);
  if (known) return known;
  const declarations = symbol.declarations?.filter(isVariableDeclaration) ?? [];
  const declaration = declarations.find((candidate) => ts.isParameter(rootDeclaration(candidate))) ?? declarations[0];
  if (!declaration) return undefined;
  const name = declaration.name;
  if (!name || !ts.isIdentifier(name)) return undefined;
  // A function declared twice, or next to a `var`, is one variable that is assigned more than once.
  const first = kindOf(declaration);
  const isShared = isIn(a, declaration, first) && declarations.length > 1 && first === "function";
  const kind = isShared ? "var" : first;
  const scope = scopeOf(declaration, kind);
  if (ts.isSourceFile(scope) || scope.getSourceFile().isDeclarationFile) return undefined;
  const owner = a.ownerOf(scope);
  if (!owner) return undefined;
  const merged = owner.full ? mergedWith(a, symbol, name.text, kind, scope, owner) : undefined;
  if (merged) return merged;
  const root = rootDeclaration(declaration);
  const variable: Variable = {
    name: name.text,
    kind,
    owner,
    declaration: name,
    scope,
    readyAt:
      (kind === "catch" && !(owner.full && isInPattern(declaration))) ||
      (kind === "parameter" && (!owner.full || isSimple(scope)))
        ? scope.pos
        : kind === "function"
          ? declaration.pos
          : readyAfter(root, scope, owner.full),
    // A `var` is one binding for all rounds of a loop; several declarations are several assignments.
    reassigned: kind === "var",
    references: [],
    capturedBy: new Set(),
    boxed: false,
    early: false,
    isMadeUp: false,
    // As a property of a scope object this name would set its prototype.
    emitName: name.text === "__proto__" ? "proto$" : name.text,
  };
  a.bySymbol.set(symbol, variable);
  a.own(variable);
  return variable;
}

/** Whether a declaration belongs to a full function. */
function isIn(a: Analysis, declaration: ts.Node, kind: VariableKind): boolean {
  return a.ownerOf(scopeOf(declaration as Declared, kind))?.full ?? false;
}

/** What a name means in the body of a function that declares it again, next to a parameter of that name. */
export function redeclaredInBody(a: Analysis, parameter: Variable, node: ts.Identifier): Variable | undefined {
  const { scope, name, owner, kind } = parameter;
  if (kind !== "parameter" || !owner.full || isSimple(scope)) return undefined;
  const { body } = scope as ts.FunctionLikeDeclaration;
  if (!body || !isWithin(node, body)) return undefined;
  const known = a.redeclared.get(parameter);
  if (known) return known;
  const declaration = functionLevelNames(body).find((declared) => declared.text === name);
  if (!declaration) return undefined;
  const variable: Variable = {
    ...parameter,
    kind: "var",
    declaration,
    readyAt: body.pos,
    reassigned: true,
    references: [],
    capturedBy: new Set(),
    emitName: `${name}$body`,
  };
  a.redeclared.set(parameter, variable);
  a.variablesIn.get(owner)!.push(variable);
  return variable;
}

/** `var f; function f() {}`: two symbols to TypeScript, one variable to the language. */
function mergedWith(
  a: Analysis,
  symbol: ts.Symbol,
  name: string,
  kind: VariableKind,
  scope: ts.Node,
  owner: FunctionInfo,
): Variable | undefined {
  const isFunctionLevel = (of: VariableKind): boolean => of === "var" || of === "parameter" || of === "function";
  // The own name of a function expression is in a scope around it.
  if (!isFunctionLevel(kind) || symbol.declarations?.some((node) => ts.isFunctionExpression(node))) return undefined;
  const known = a.variablesIn
    .get(owner)
    ?.find(
      (other) =>
        other.name === name &&
        other.scope === scope &&
        isFunctionLevel(other.kind) &&
        !ts.isFunctionExpression(other.declaration.parent),
    );
  if (!known) return undefined;
  if (known.kind === "function") known.kind = "var";
  known.reassigned = true;
  a.bySymbol.set(symbol, known);
  return known;
}
