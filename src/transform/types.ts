/** What goes into `compile` and what comes out. The implementation is `compile.ts`. */
import type { TypedProgram } from "./typed-program.js";

export interface CompileOptions {
  /** Entry files (absolute, or relative to `cwd`). What they import is compiled too. Empty: all files of the tsconfig. */
  readonly files: readonly string[];
  /** A tsconfig.json. Default: the nearest one above the first file, and strict ES2024/NodeNext settings when there is none. */
  readonly project?: string;
  /** Default: `process.cwd()`. */
  readonly cwd?: string;
  /** Print the IR of functions after this pass (see `PASS_NAMES`) into `CompileResult.printed`. */
  readonly print?: { readonly pass: string; readonly fn?: string };
  /** Loops that only compute, in functions that can suspend, look now and then whether others wait for their turn. Default: `flowc.preempt` of the tsconfig, or true. */
  readonly preempt?: boolean;
  /** Run the IR verifier after each pass. Default true. */
  readonly verify?: boolean;
  /** Leave the types in `CompileResult.types`. They take a hundred megabytes. */
  readonly keepTypes?: boolean;
}

export interface Diagnostic {
  /** `FLOW1004` for flowc's own (see messages/), `TS2345` for TypeScript's. */
  readonly code: string;
  readonly severity: "error" | "warning";
  /** One sentence: what is wrong. */
  readonly message: string;
  /** Why it is refused. Empty for TypeScript's own. */
  readonly reason: string;
  /** The way out. Empty for TypeScript's own. */
  readonly fix: string;
  /** Path relative to `cwd`; `undefined` when it belongs to no file. */
  readonly file: string | undefined;
  /** 1-based; 0 without a file. */
  readonly line: number;
  readonly column: number;
  /** The source line it points at. */
  readonly source: string;
}

export interface OutputFile {
  /** Absolute path of the source file. */
  readonly source: string;
  /** JavaScript (an ES module) with the types erased. */
  readonly code: string;
  /** Source map v3 as JSON text, from `code` to the original TypeScript. */
  readonly map: string;
  /** `.d.ts` text; only when the tsconfig asks for declarations. */
  readonly declaration?: string;
}

export interface ManifestPoint {
  readonly line: number;
  readonly column: number;
  /** The source line, trimmed. */
  readonly text: string;
  /** Names of the variables saved there. */
  readonly slots: readonly string[];
}

export interface ManifestBlock {
  readonly id: number;
  readonly label: string;
  readonly lines: readonly string[];
  readonly next: readonly { readonly to: number; readonly label: string }[];
}

export interface ManifestFunction {
  /** `<module id>#<name>`. */
  readonly id: string;
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly hash: string;
  readonly suspends: boolean;
  /** The name it is exported under, when it is. */
  readonly exportedAs: string | undefined;
  readonly points: readonly ManifestPoint[];
  readonly blocks: readonly ManifestBlock[];
}

export interface ManifestModule {
  /** Path relative to the project root, with `/`. */
  readonly id: string;
  /** Absolute path of the source. */
  readonly file: string;
  readonly functions: readonly ManifestFunction[];
}

export interface Manifest {
  readonly abi: number;
  readonly modules: readonly ManifestModule[];
}

export interface CompileResult {
  /** No error among the diagnostics. When false, `outputs` is empty. */
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly outputs: readonly OutputFile[];
  readonly manifest: Manifest;
  /** What `print` asked for. */
  readonly printed: string;
  /** Every source file read, absolute: what a build tool has to watch. */
  readonly inputs: readonly string[];
  /** With `keepTypes`. */
  readonly types?: TypedProgram;
  /** Milliseconds: TypeScript's own parse+check, and what flowc added. */
  readonly timing: { readonly typescript: number; readonly flowc: number };
}
