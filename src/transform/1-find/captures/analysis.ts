/** What the analysis has found out so far. Its rules are functions over it, a file for each concern. */
import type { Findings, FunctionInfo } from "../model.js";
import { MadeUpNames } from "../names.js";
import { ts } from "../../ts.js";
import type { Captures, ScopeObject, Variable } from "./model.js";

export class Analysis implements Captures {
  readonly variableOf = new Map<ts.Identifier, Variable>();
  readonly variablesIn = new Map<FunctionInfo, Variable[]>();
  readonly tagged = new Set<FunctionInfo>();
  readonly opaque = new Set<FunctionInfo>();
  readonly accessors = new Set<FunctionInfo>();
  readonly scopeObjects = new Map<ts.Node, ScopeObject>();
  readonly captured = new Map<FunctionInfo, Variable[]>();
  readonly usesThis = new Set<FunctionInfo>();
  readonly inPlace = new Set<FunctionInfo>();
  readonly records = new Map<ts.Node, Variable>();
  readonly classSelf = new Map<ts.Identifier, Variable>();
  readonly redeclared = new Map<Variable, Variable>();
  readonly receivers = new Map<FunctionInfo, Variable>();
  readonly argumentsOf = new Map<FunctionInfo, Variable>();
  readonly newTargets = new Map<FunctionInfo, Variable>();
  readonly privates = new Map<ts.Node, Map<string, Variable>>();
  readonly madeUpNames = new MadeUpNames();
  /** Variables of the source. */
  readonly bySymbol = new Map<ts.Symbol, Variable>();
  /** Variables that are not in the source. */
  readonly madeUp: Variable[] = [];

  constructor(readonly findings: Findings) {}

  /** All variables, those of the source first. */
  get variables(): Variable[] {
    return [...this.bySymbol.values(), ...this.redeclared.values(), ...this.madeUp];
  }

  /** Notes that `owner`, and the functions between it and the owner of the variable, capture it. */
  capture(variable: Variable, owner: FunctionInfo): void {
    // What a module's own classes need are constants of the module, which all its code can see.
    if (variable.isMadeUp && !variable.owner.parent) return;
    for (let at = owner; at !== variable.owner && at.parent; at = at.parent) {
      variable.capturedBy.add(at);
      const list: Variable[] = this.captured.get(at) ?? [];
      if (!list.includes(variable)) list.push(variable);
      this.captured.set(at, list);
    }
  }

  /** Adds a variable to those of its owner. */
  own(variable: Variable): void {
    const list = this.variablesIn.get(variable.owner);
    if (list) list.push(variable);
    else this.variablesIn.set(variable.owner, [variable]);
  }

  /** The function whose code a node is. */
  ownerOf(node: ts.Node): FunctionInfo | undefined {
    for (let at: ts.Node | undefined = node; at; at = at.parent) {
      const info = this.findings.functionOf.get(at);
      if (info) return info;
      // A computed name is outside the method it names.
      if (ts.isComputedPropertyName(at)) at = at.parent;
    }
    return undefined;
  }

  isWrittenOut(node: ts.ClassLikeDeclaration): boolean {
    return this.findings.everywhere || this.findings.writtenOut.has(node);
  }
}
