/**
 * What a module can do to an object besides assigning and deleting properties, by the words it takes. Of code that nobody here has read everything is expected. While
 * no module of a program does such things, the runtime finds out faster what changed in an object.
 */
import { isBuiltin } from "node:module";
import { Surgery } from "../../shared/abi.js";
import { ts } from "../ts.js";

/** What turns a property that is there into an accessor or a constant, and ways to get at it under another name. */
const REDEFINES = new RegExp(
  [
    String.raw`\b(defineProperty|defineProperties|__defineGetter__|__defineSetter__|captureStackTrace|eval)\b`,
    String.raw`\b(Object|Reflect|globalThis)\s*\[`,
    String.raw`\b(new\s+Function\b|Function\s*\()|\.constructor\s*\(|\bimport\s*\(`,
  ].join("|"),
);
/** Symbol keys, prototypes, and objects that are closed. */
const RESHAPES = /\b(Symbol|Reflect|Proxy|freeze|seal|preventExtensions|setPrototypeOf|__proto__)\b/;

/** Bits of `Surgery`. */
export function surgeryOf(file: ts.SourceFile): number {
  if (file.statements.some(importsForeign)) return Surgery.REDEFINE | Surgery.RESHAPE;
  return (REDEFINES.test(file.text) ? Surgery.REDEFINE : 0) | (RESHAPES.test(file.text) ? Surgery.RESHAPE : 0);
}

function importsForeign(statement: ts.Statement): boolean {
  const specifier =
    ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) ? statement.moduleSpecifier : undefined;
  if (!specifier || !ts.isStringLiteral(specifier) || isTypeOnly(statement)) return false;
  const name = specifier.text;
  return !name.startsWith(".") && !isBuiltin(name) && name !== "flowc" && !name.startsWith("flowc/");
}

function isTypeOnly(statement: ts.Statement): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  return ts.isImportDeclaration(statement) && statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}
