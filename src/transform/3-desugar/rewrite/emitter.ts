/** What rewriting asks of the module that is being emitted: names, other functions, and what has to stand elsewhere in it. */
import type { Variable } from "../../1-find/captures/model.js";
import type { FunctionInfo } from "../../1-find/model.js";
import type { ts } from "../../ts.js";

export interface FunctionEmitter {
  /** The fast copy of a function inside the one being rewritten. */
  emitFunction(info: FunctionInfo): ts.Node;
  /** The identifier that holds a function's code object in the emitted module. */
  codeName(info: FunctionInfo): string;
  /** The identifier of the function that makes a closure from its captured values. */
  makeName(info: FunctionInfo): string;
  /** Notes that a node of a lowered function makes closures over these variables that cannot be made by id: in the resume copy they capture copies. */
  noteOpaque(node: ts.Expression, captured: readonly Captured[]): void;
  /** The module-level constant that holds the strings of a tagged template: one object for the site, in both copies. */
  templateName(node: ts.TaggedTemplateExpression): string;
  /** Notes that the closure created by `site` has to be made by id too. */
  noteClosure(info: FunctionInfo, site: ts.Expression): void;
  stepId(node: ts.CallExpression): string | undefined;
  /** The record of an object literal of the module, which is a constant of the module. */
  moduleRecord(record: Variable): ts.Expression;
  /** The expression that makes a class at run time, so that the class can be made by id too: `$tag(made, C$, [captured…])`. */
  classSite(node: ts.ClassLikeDeclaration, made: ts.Expression, captured: readonly Captured[]): ts.Expression;
}

/** Something a closure captures: a variable by value or a scope object. */
export interface Captured {
  readonly name: string;
  /** A new identifier for it, which liveness knows as what it stands for. */
  reference(): ts.Identifier;
}
