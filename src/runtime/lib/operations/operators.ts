/** Operators that convert their operands (ECMA-262 13.4 to 13.15), as calls that may suspend. Of primitives the engine computes at once. */
import { apply } from "../../apply.js";
import { isProxy, mayBeBound, ordinaryHasInstanceOf, reflectApply } from "../../intrinsics.js";
import { getMethod, isCallable, isObject, toNumber, toNumeric, toPrimitive } from "./conversion.js";
import { getPrototype } from "./internal.js";
import { get, has } from "./property.js";

/** The binary operators that may enter code of the program. */
export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "**"
  | "<<"
  | ">>"
  | ">>>"
  | "&"
  | "|"
  | "^"
  | "=="
  | "!="
  | "<"
  | ">"
  | "<="
  | ">="
  | "in"
  | "instanceof";

const HAS_INSTANCE: typeof Symbol.hasInstance = Symbol.hasInstance;

/** `left operator right`, both evaluated (ApplyStringOrNumericBinaryOperator, IsLooselyEqual, IsLessThan, HasProperty, InstanceofOperator). */
export function binary(operator: BinaryOperator, left: unknown, right: unknown): unknown {
  if (operator === "in") return has(left, right);
  if (operator === "instanceof") return instanceOf(left, right);
  if (!isObject(left) && !isObject(right)) return compute(operator, left as number, right as number);
  if (operator === "==") return looselyEqual(left, right);
  if (operator === "!=") return !looselyEqual(left, right);
  if (operator === "+") return add(left, right);
  // `a > b` and `a <= b` ask whether `b < a`, but convert `a` first all the same.
  if (isRelational(operator)) return compare(operator, left, right);
  const a = toNumeric(left);
  const b = toNumeric(right);
  return compute(operator, a as number, b as number);
}

function isRelational(operator: BinaryOperator): boolean {
  return operator === "<" || operator === ">" || operator === "<=" || operator === ">=";
}

function add(left: unknown, right: unknown): unknown {
  const a = toPrimitive(left);
  const b = toPrimitive(right);
  return (a as number) + (b as number);
}

function compare(operator: BinaryOperator, left: unknown, right: unknown): unknown {
  const a = toPrimitive(left, "number");
  const b = toPrimitive(right, "number");
  return compute(operator, a as number, b as number);
}

/** IsLooselyEqual of values of which one is an object. */
function looselyEqual(left: unknown, right: unknown): boolean {
  if (isObject(left) ? isObject(right) || right === undefined || right === null : left === undefined || left === null) {
    return left === right;
  }
  const a = toPrimitive(left);
  const b = toPrimitive(right);
  return compute("==", a as number, b as number) as boolean;
}

/** The operator itself, on primitives. */
function compute(operator: BinaryOperator, a: number, b: number): unknown {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a % b;
    case "**":
      return a ** b;
    case "<<":
      return a << b;
    case ">>":
      return a >> b;
    case ">>>":
      return a >>> b;
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "==":
      // oxlint-disable-next-line eqeqeq -- the operator that was asked for
      return a == b;
    case "!=":
      // oxlint-disable-next-line eqeqeq -- the operator that was asked for
      return a != b;
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    case ">=":
      return a >= b;
    default:
      throw new TypeError(`${operator} is not an operator`);
  }
}

/** `value instanceof target`, both evaluated (InstanceofOperator). */
export function instanceOf(value: unknown, target: unknown): boolean {
  // The engine throws.
  if (!isObject(target)) return value instanceof (target as Function);
  const method = getMethod(target, HAS_INSTANCE);
  if (method === ordinaryHasInstanceOf) return ordinaryHasInstance(target, value);
  if (method !== undefined) return !!apply(method, target, [value]);
  if (!isCallable(target)) throw new TypeError("Right-hand side of 'instanceof' is not callable");
  return ordinaryHasInstance(target, value);
}

/** OrdinaryHasInstance. */
export function ordinaryHasInstance(target: unknown, value: unknown): boolean {
  if (!isCallable(target)) return false;
  // Only the engine knows what a bound function is bound to.
  if (!isProxy(target) && mayBeBound(target)) return reflectApply(ordinaryHasInstanceOf, target, [value]);
  if (!isObject(value)) return false;
  const prototype = get(target, "prototype");
  if (!isObject(prototype)) throw new TypeError(`Function has non-object prototype '${String(prototype)}' in instanceof check`);
  let at = getPrototype(value);
  while (at !== null && at !== prototype) at = getPrototype(at);
  return at !== null;
}

/** `+value`, `-value`, `~value`. */
export function unary(operator: "+" | "-" | "~", value: unknown): number | bigint {
  if (operator === "+") return toNumber(value);
  const operand = toNumeric(value);
  return operator === "-" ? -operand : ~operand;
}

/** The operand of `++` and `--` (ToNumeric). */
export function numeric(value: unknown): number | bigint {
  return toNumeric(value);
}
