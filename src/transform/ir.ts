/**
 * The intermediate representation between the source and both copies of a suspendable function: structured statements in which every
 * suspension is a statement of its own and every other payload is a TypeScript node that cannot suspend.
 *
 *     return total(f(a), 2)   ⇒   suspend $1 = f(a) @0 · suspend $2 = total($1, 2) @1 · return $2
 *
 * The fast copy is printed from this tree; the control-flow graph is lowered from it; names are already unique in the function.
 */
import type { ts } from "./ts.js";

declare const brand: unique symbol;
/** Index of a suspension point in its function. */
export type PointId = number & { readonly [brand]: "PointId" };
/** Index of a basic block in its function. Resume blocks have the id of their point. */
export type BlockId = number & { readonly [brand]: "BlockId" };

export interface Point {
  readonly id: PointId;
  /** The call in the source, for positions and messages. */
  readonly source: ts.Node;
}

/** A place `break` and `continue` can name. */
export class Label {
  constructor(
    /** The user's own label, or undefined. */
    readonly name: string | undefined,
  ) {}
}

/** A call that may suspend. */
export interface Call {
  readonly expression: ts.Expression;
  /** The function called, where it is unknown at compile time and reading it again runs nothing. */
  readonly callee: ts.Expression | undefined;
  /** By its type the result is no object: chooses the cheaper test for the sentinel. */
  readonly isPrimitive: boolean;
}

export type Declare = "let" | "const";

export type Stmt =
  /** Source that neither suspends nor jumps out nor declares a variable of the function. */
  | { readonly kind: "native"; readonly node: ts.Statement }
  /** `let name = value`. Without a value it is (re)set to undefined. */
  | {
      readonly kind: "let";
      readonly name: string;
      readonly declare: Declare;
      readonly value: ts.Expression | undefined;
      readonly source?: ts.Node;
    }
  /** `const { a, b } = value`, with everything in the pattern free of suspensions. */
  | {
      readonly kind: "pattern";
      readonly pattern: ts.BindingPattern;
      readonly names: readonly string[];
      readonly declare: Declare;
      readonly value: ts.Expression;
      readonly source?: ts.Node;
    }
  /** `name = value`. */
  | { readonly kind: "assign"; readonly name: string; readonly value: ts.Expression; readonly source?: ts.Node }
  | { readonly kind: "eval"; readonly value: ts.Expression; readonly source?: ts.Node }
  /** `[const] name = call`, where the call may suspend. Without a name the value is dropped. */
  | {
      readonly kind: "suspend";
      readonly point: Point;
      readonly name: string;
      readonly declare: Declare | undefined;
      readonly call: Call;
    }
  /** A generator has bound its parameters: its object is made, and the rest of the body waits for the first `next`. */
  | {
      readonly kind: "start";
      readonly point: Point;
      readonly name: string;
      readonly generator: ts.Expression;
      readonly callee: ts.Expression;
    }
  /** `name = yield value`; `raw` hands out an iterator result as it is. */
  | {
      readonly kind: "yield";
      readonly point: Point;
      readonly name: string;
      readonly generator: ts.Expression;
      readonly value: ts.Expression;
      readonly raw: boolean;
    }
  | {
      readonly kind: "if";
      readonly test: ts.Expression;
      readonly yes: Stmt[];
      readonly no: Stmt[] | undefined;
      readonly source?: ts.Node;
    }
  | { readonly kind: "block"; readonly label: Label | undefined; readonly body: Stmt[] }
  /** `for (init; test; update) body`, or `do body while (test)` when `testLast`. */
  | {
      readonly kind: "loop";
      readonly label: Label;
      readonly init: Stmt[];
      readonly test: ts.Expression | undefined;
      readonly testLast: boolean;
      readonly update: ts.Expression | undefined;
      readonly body: Stmt[];
      readonly source?: ts.Node;
    }
  /** The variables in `declares` belong to the case block and start uninitialized. */
  | {
      readonly kind: "switch";
      readonly label: Label;
      readonly subject: ts.Expression;
      readonly cases: readonly SwitchCase[];
      readonly declares: string[];
      readonly source?: ts.Node;
    }
  | { readonly kind: "break"; readonly label: Label }
  | { readonly kind: "continue"; readonly label: Label }
  | { readonly kind: "return"; readonly value: ts.Expression | undefined; readonly source?: ts.Node }
  | { readonly kind: "throw"; readonly value: ts.Expression; readonly source?: ts.Node }
  /** There is no `finally` here: it has been made explicit. */
  | { readonly kind: "try"; readonly body: Stmt[]; readonly param: string; readonly handler: Stmt[]; readonly source?: ts.Node };

export interface SwitchCase {
  /** Undefined for `default`. */
  readonly test: ts.Expression | undefined;
  readonly body: Stmt[];
}

/** A suspendable function after desugaring. */
export interface FunctionIr {
  readonly body: Stmt[];
  readonly points: readonly Point[];
}
