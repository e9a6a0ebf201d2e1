/** The operators that convert both operands to primitives, each with its compound assignment. */
import { ts } from "./ts.js";

/** By the compound assignment: `+=` ⇒ `+`. */
const BY_ASSIGNMENT = new Map<ts.SyntaxKind, ts.BinaryOperator>([
  [ts.SyntaxKind.PlusEqualsToken, ts.SyntaxKind.PlusToken],
  [ts.SyntaxKind.MinusEqualsToken, ts.SyntaxKind.MinusToken],
  [ts.SyntaxKind.AsteriskEqualsToken, ts.SyntaxKind.AsteriskToken],
  [ts.SyntaxKind.AsteriskAsteriskEqualsToken, ts.SyntaxKind.AsteriskAsteriskToken],
  [ts.SyntaxKind.SlashEqualsToken, ts.SyntaxKind.SlashToken],
  [ts.SyntaxKind.PercentEqualsToken, ts.SyntaxKind.PercentToken],
  [ts.SyntaxKind.LessThanLessThanEqualsToken, ts.SyntaxKind.LessThanLessThanToken],
  [ts.SyntaxKind.GreaterThanGreaterThanEqualsToken, ts.SyntaxKind.GreaterThanGreaterThanToken],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken, ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken],
  [ts.SyntaxKind.AmpersandEqualsToken, ts.SyntaxKind.AmpersandToken],
  [ts.SyntaxKind.BarEqualsToken, ts.SyntaxKind.BarToken],
  [ts.SyntaxKind.CaretEqualsToken, ts.SyntaxKind.CaretToken],
]);

const COMPARISONS = [
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  // The left operand of `in` is a key.
  ts.SyntaxKind.InKeyword,
];

const CONVERTING = new Set<ts.SyntaxKind>([...BY_ASSIGNMENT.keys(), ...BY_ASSIGNMENT.values(), ...COMPARISONS]);

/** The operator a compound assignment applies; `kind` is one that is neither `=` nor logical. */
export function plainOperator(kind: ts.SyntaxKind): ts.BinaryOperator {
  return BY_ASSIGNMENT.get(kind)!;
}

/** Whether a binary operator converts objects among its operands, by methods that may be the program's. */
export function isConverting(kind: ts.SyntaxKind): boolean {
  return CONVERTING.has(kind);
}
