/** Variables, the scope objects they live in, and who captures them: what the analysis finds out and all later passes read. */
import type { ts } from "../../ts.js";
import type { FunctionInfo } from "../model.js";
import type { MadeUpNames } from "../names.js";

export type VariableKind = "parameter" | "let" | "const" | "var" | "function" | "class" | "catch";

export interface Variable {
  readonly name: string;
  kind: VariableKind;
  readonly owner: FunctionInfo;
  /** The identifier that declares it (the first one, for a `var`). */
  readonly declaration: ts.Identifier;
  /** The block, loop, catch clause, case block or function the binding lives in. */
  readonly scope: ts.Node;
  /** Position at which the binding has its value, in the order of the source. */
  readonly readyAt: number;
  reassigned: boolean;
  readonly references: ts.Identifier[];
  readonly capturedBy: Set<FunctionInfo>;
  /** Set when it lives in the scope object of its scope. */
  boxed: boolean;
  /** A closure may see it before it is initialized: its reads are checked. */
  early: boolean;
  /** No name of the source: the compiler gave it one. */
  readonly isMadeUp: boolean;
  /** The name in emitted code. */
  emitName: string;
}

export interface ScopeObject {
  readonly name: string;
  readonly scope: ts.Node;
  readonly owner: FunctionInfo;
  readonly variables: Variable[];
}

export interface Captures {
  readonly variableOf: ReadonlyMap<ts.Identifier, Variable>;
  readonly variablesIn: ReadonlyMap<FunctionInfo, readonly Variable[]>;
  /** Closures that can end up in a checkpoint. */
  readonly tagged: ReadonlySet<FunctionInfo>;
  /** Accessors of object literals: they cannot suspend but can be saved with their object. */
  readonly accessors: ReadonlySet<FunctionInfo>;
  /** Closures that outlive the expression that makes them but cannot be saved: accessors of object literals, generators, members of local classes. */
  readonly opaque: ReadonlySet<FunctionInfo>;
  /** Scope objects by the node of the scope. */
  readonly scopeObjects: ReadonlyMap<ts.Node, ScopeObject>;
  /** Free variables of a function, in order of first use. */
  readonly captured: ReadonlyMap<FunctionInfo, readonly Variable[]>;
  /** Functions whose code, or an arrow function in it, uses `this`. */
  readonly usesThis: ReadonlySet<FunctionInfo>;
  /** The record of each class, and of each object literal whose methods use `super`: `{ ctor, home, … }`, made before the class or object. */
  readonly records: ReadonlyMap<ts.Node, Variable>;
  /** References to a class by its own name inside its body: they mean the class, whatever the outer variable becomes. */
  readonly classSelf: ReadonlyMap<ts.Identifier, Variable>;
  /**
   * Parameters, and the variable that the body declares under the same name. Where parameters have defaults or patterns that is another variable, which starts
   * with the value of the parameter (ECMA-262 10.2.11).
   */
  readonly redeclared: ReadonlyMap<Variable, Variable>;
  /** `this` of a derived constructor, which `super()` initializes. */
  readonly receivers: ReadonlyMap<FunctionInfo, Variable>;
  /** `arguments` and `new.target` of the functions that use them, themselves or in an arrow function. */
  readonly argumentsOf: ReadonlyMap<FunctionInfo, Variable>;
  readonly newTargets: ReadonlyMap<FunctionInfo, Variable>;
  /** The private names of each class, by their text with the `#`. */
  readonly privates: ReadonlyMap<ts.Node, ReadonlyMap<string, Variable>>;
  readonly madeUpNames: MadeUpNames;
  /** Function declarations that are only used after the place where they stand, so that they can be created there. */
  readonly inPlace: ReadonlySet<FunctionInfo>;
}
