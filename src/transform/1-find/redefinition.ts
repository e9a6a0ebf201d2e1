/**
 * Whether a module can turn a property that is there into an accessor or a constant, or hands objects to code that nobody here has read. While no module of a program
 * can, the runtime finds out what changed in an object without asking for descriptors.
 */
import { isBuiltin } from "node:module";
import { ts } from "../ts.js";

/** What it takes, in the text: the functions of the language that do it, and the ways to get at them under another name. */
const MEANS = new RegExp(
  [
    String.raw`\b(defineProperty|defineProperties|__defineGetter__|__defineSetter__|captureStackTrace|eval)\b`,
    String.raw`\b(Object|Reflect|globalThis)\s*\[`,
    String.raw`\b(new\s+Function\b|Function\s*\(|\.constructor\s*\(|import\s*\()`,
  ].join("|"),
);

export function mayRedefine(file: ts.SourceFile): boolean {
  return MEANS.test(file.text) || file.statements.some(importsForeign);
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
