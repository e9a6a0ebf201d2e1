/**
 * What the first phase finds out about a program: its modules, its functions, and for each call whether it may suspend.
 */
import { ts } from "../ts.js";

/**
 * Whether something may suspend. `does`: a chain of known calls leads to a suspending primitive. `maybe`: it calls a function value
 * nobody can name at compile time. Both are compiled as suspendable; only `does` is refused where suspension is impossible.
 */
export type Verdict = "never" | "maybe" | "does";

const RANK: Record<Verdict, number> = { never: 0, maybe: 1, does: 2 };

/** The worse of two verdicts. */
export function join(a: Verdict, b: Verdict): Verdict {
  return RANK[a] >= RANK[b] ? a : b;
}

/** Why code of this kind cannot be suspended, as a noun phrase for messages. */
export type Barrier =
  | "an async function"
  | "a generator"
  | "a constructor"
  | "a getter"
  | "a setter"
  | "a field initializer"
  | "a static block"
  | "module-level code"
  | "a default parameter value"
  | "code inside a namespace"
  | "a method of an object literal that uses super"
  | "a method of a class declared inside a function"
  | "a method that the language calls by itself";

export type Body = ts.FunctionLikeDeclaration | ts.SourceFile | ts.PropertyDeclaration | ts.ClassStaticBlockDeclaration;

export interface FunctionInfo {
  readonly node: Body;
  readonly module: ModuleInfo;
  /** The function (or module-level code) this one is created in. */
  readonly parent: FunctionInfo | undefined;
  /** Unique in the module, for ids: `checkout`, `Cart.add`, `checkout.map$1`. */
  readonly name: string;
  /** Set when this code cannot suspend, whatever it calls. */
  readonly barrier: Barrier | undefined;
  readonly calls: CallSite[];
  /**
   * Suspends only when it surely does: constructors and initializers. A call in it that merely may is guarded instead, since the price of
   * compiling one (its class is written out) is paid by every caller.
   */
  readonly reluctant: boolean;
  /** Compiled by the rules of `3-desugar/full`. Set by `markFull`. */
  full: boolean;
  /** The function literal given to `overlap`. Set by `inferSuspension`. */
  overlap?: true;
  verdict: Verdict;
}

/** A function value: the functions it can be, and what is left when they are not all known. */
export interface Value {
  readonly base: Verdict;
  /** Surely among them. */
  readonly targets: readonly FunctionInfo[];
  /** Only through structural typing: functions of the same member name elsewhere. They make a call `maybe`, never `does`. */
  readonly lookalikes?: readonly FunctionInfo[];
}

/** A call, or an operation that enters code of the program without one. */
export type CallNode = ts.Node;

export interface CallSite {
  readonly node: CallNode;
  /** `plain`: the callee itself. `lib`: a built-in with a suspendable version; it suspends when its callbacks do. `foreign`: not compiled. */
  readonly kind: "plain" | "lib" | "foreign";
  /** Only the rules of `3-desugar/full` know how to suspend here. */
  readonly isImplicit?: boolean;
  readonly callee: Value;
  /** Function values handed over, for `lib` and `foreign` calls. */
  readonly callbacks: readonly { readonly node: ts.Expression; readonly value: Value }[];
  /** The callee's name, for messages. */
  readonly label: string;
}

export interface ModuleInfo {
  readonly file: ts.SourceFile;
  /** Path relative to the project root, with `/`. */
  readonly id: string;
  readonly functions: FunctionInfo[];
  /** Part of the workflow: it contains suspendable code or is imported by a module that does. Set by `markWorkflowModules`. */
  inWorkflow: boolean;
}

export interface Findings {
  readonly checker: ts.TypeChecker;
  readonly modules: readonly ModuleInfo[];
  /** By body node. */
  readonly functionOf: ReadonlyMap<ts.Node, FunctionInfo>;
  readonly siteOf: ReadonlyMap<ts.Node, CallSite>;
  /** Every operation that can enter code of the program is a suspension point, whatever the types say. */
  readonly everywhere: boolean;
  /** Classes whose definition is written out, because constructing an instance or evaluating the class can suspend. */
  readonly writtenOut: Set<ts.Node>;
  /** How many callers of a function are surely compiled code, where it is not 0; see `chains.ts`. */
  readonly callerDepths: ReadonlyMap<FunctionInfo, number>;
}

/** Whether a function is compiled to two copies. */
export function hasTwoCopies(info: FunctionInfo): boolean {
  return info.barrier === undefined && (info.full || info.verdict !== "never");
}

export function valueVerdict(value: Value): Verdict {
  const sure = value.targets.reduce<Verdict>((verdict, target) => join(verdict, target.verdict), value.base);
  if (sure !== "never") return sure;
  return value.lookalikes?.some((target) => target.verdict !== "never") ? "maybe" : "never";
}

/** Whether the call, as written, may return a suspension to its caller. */
export function siteVerdict(site: CallSite): Verdict {
  switch (site.kind) {
    case "plain":
      return valueVerdict(site.callee);
    case "lib":
      return site.callbacks.reduce<Verdict>(
        (verdict, callback) => join(verdict, valueVerdict(callback.value)),
        valueVerdict(site.callee),
      );
    case "foreign":
      return "never";
  }
}
