/** What all passes after the analysis share. */
import type { Captures, ScopeObject, Variable } from "./1-find/captures/model.js";
import { declarerOf } from "./1-find/collect.js";
import type { Findings, FunctionInfo } from "./1-find/model.js";
import { classesWithCodec } from "./2-check/saveable/codecs.js";
import { TypeVerdicts } from "./2-check/saveable/types.js";
import type { Diagnostics } from "./diagnostics.js";
import { ts } from "./ts.js";

export const factory = ts.factory;

/** A variable the compiler made up, or a scope object. */
interface MadeUp {
  readonly name: string;
  readonly owner: FunctionInfo;
}

export class Context {
  readonly #madeUp = new WeakMap<ts.Identifier, MadeUp>();
  readonly #renamed = new WeakMap<ts.Identifier, Variable>();
  /** Variables and scope objects of lowered functions that stay inside a native statement: they never outlive it. */
  readonly #nativeVariables = new Set<Variable>();
  readonly #nativeScopes = new Map<FunctionInfo, Set<string>>();
  #verdicts: TypeVerdicts | undefined;

  constructor(
    readonly findings: Findings,
    readonly captures: Captures,
    readonly diagnostics: Diagnostics,
    /** Whether a declaration file belongs to flowc itself. */
    readonly isOwnFile: (file: ts.SourceFile) => boolean = () => false,
    /** Loops that only compute are polled, in functions that can suspend. */
    readonly preempt = false,
  ) {}

  /** Whether values of a type can be saved. */
  get verdicts(): TypeVerdicts {
    const { findings, isOwnFile } = this;
    this.#verdicts ??= new TypeVerdicts(findings.checker, classesWithCodec(findings, isOwnFile), isOwnFile);
    return this.#verdicts;
  }

  /** A reference to a variable the compiler made up in `owner`. */
  ref(name: string, owner: FunctionInfo): ts.Identifier {
    const identifier = factory.createIdentifier(name);
    this.#madeUp.set(identifier, { name, owner });
    return identifier;
  }

  /** A reference to a variable of the source under its emitted name. */
  refVariable(variable: Variable): ts.Identifier {
    const identifier = factory.createIdentifier(variable.emitName);
    this.#renamed.set(identifier, variable);
    return identifier;
  }

  variableOf(identifier: ts.Identifier): Variable | undefined {
    return this.#renamed.get(identifier) ?? this.captures.variableOf.get(identifier);
  }

  /** The variable that stands for a private name, where the class that declares the name is written out. */
  privateOf(name: ts.PrivateIdentifier): Variable | undefined {
    const owner = declarerOf(name);
    return owner && this.captures.privates.get(owner)?.get(name.text);
  }

  /** Notes that this variable stays inside a native statement of a lowered function. */
  keepNative(variable: Variable): void {
    this.#nativeVariables.add(variable);
  }

  /** The same for a scope object. */
  keepScopeNative({ name, owner }: ScopeObject): void {
    this.#nativeScopes.set(owner, (this.#nativeScopes.get(owner) ?? new Set()).add(name));
  }

  /**
   * The emitted name under which `fn` itself knows what this identifier refers to: its own variable, one it captures, a scope object. `undefined`
   * for variables of functions inside it, of the module, and for globals.
   */
  nameIn(identifier: ts.Identifier, fn: FunctionInfo): string | undefined {
    const madeUp = this.#madeUp.get(identifier);
    if (madeUp) return isSameOrOutside(madeUp.owner, fn) && !this.#isNative(madeUp) ? madeUp.name : undefined;
    const variable = this.variableOf(identifier);
    if (!variable || variable.boxed || this.#nativeVariables.has(variable)) return undefined;
    if (variable.isMadeUp && !variable.owner.parent) return undefined;
    return isSameOrOutside(variable.owner, fn) ? variable.emitName : undefined;
  }

  #isNative({ name, owner }: MadeUp): boolean {
    return this.#nativeScopes.get(owner)?.has(name) ?? false;
  }

  /** The scope object a boxed variable lives in. */
  scopeNameOf(variable: Variable): string {
    return this.captures.scopeObjects.get(variable.scope)!.name;
  }
}

function isSameOrOutside(owner: FunctionInfo, fn: FunctionInfo): boolean {
  for (let at: FunctionInfo | undefined = fn; at; at = at.parent) if (at === owner) return true;
  return false;
}
