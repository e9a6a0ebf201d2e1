/**
 * A program compiled in memory, file by file on demand. Suspension is inferred over the whole program, so a file that turns up later
 * (a dynamic import) is compiled together with everything so far, and must not change what was handed out already.
 */
import { createRequire } from "node:module";
import type { CompileResult, Diagnostic, Manifest, OutputFile } from "../transform/types.js";
import type { TypedProgram } from "../transform/typed-program.js";
import { CompileError } from "./compile-error.js";

type Compiler = typeof import("../transform/index.js");

/** Loaded on first use: the TypeScript compiler costs 150 ms that a compiled program does not need. */
export function compiler(): Compiler {
  return createRequire(import.meta.url)("../transform/index.js") as Compiler;
}

export interface ProgramOptions {
  readonly project?: string | undefined;
  readonly cwd?: string | undefined;
  readonly keepTypes?: boolean | undefined;
}

export class Program {
  readonly #options: ProgramOptions;
  readonly #roots = new Set<string>();
  readonly #served = new Map<string, string>();
  #outputs = new Map<string, OutputFile>();
  #result: CompileResult | undefined;
  #types: TypedProgram | undefined;
  #keepsTypes: boolean;

  constructor(options: ProgramOptions = {}) {
    this.#options = options;
    this.#keepsTypes = options.keepTypes ?? false;
  }

  get manifest(): Manifest | undefined {
    return this.#result?.manifest;
  }

  /** Warnings of the last compilation; with errors there is no program. */
  get diagnostics(): readonly Diagnostic[] {
    return this.#result?.diagnostics ?? [];
  }

  get inputs(): readonly string[] {
    return this.#result?.inputs ?? [];
  }

  /** The types of the program, with `keepTypes`; nothing holds them afterwards, and those of files that turn up later are not kept. */
  takeTypes(): TypedProgram | undefined {
    const types = this.#types;
    this.#types = undefined;
    this.#keepsTypes = false;
    return types;
  }

  /** Compiles `files` and what they import. Throws CompileError. */
  add(files: readonly string[]): void {
    for (const file of files) this.#roots.add(file);
    const { project, cwd } = this.#options;
    const { types, ...result } = compiler().compile({
      files: [...this.#roots],
      ...(project !== undefined && { project }),
      ...(cwd !== undefined && { cwd }),
      keepTypes: this.#keepsTypes,
    });
    if (!result.ok) throw new CompileError(result.diagnostics);
    this.#result = result;
    this.#types = types;
    this.#outputs = new Map(result.outputs.map((output) => [output.source, output]));
    for (const [file, code] of this.#served) this.#assertUnchanged(file, code);
  }

  /** JavaScript of one source file with its map inline. Compiles when the file is not part of the program yet. */
  codeOf(file: string): string {
    if (!this.#outputs.has(file)) this.add([file]);
    const output = this.#outputs.get(file);
    if (output === undefined)
      throw new CompileError([], `${file} is imported by the program but the tsconfig does not include it.`);
    this.#served.set(file, output.code);
    return withInlineMap(output);
  }

  #assertUnchanged(file: string, code: string): void {
    if (this.#outputs.get(file)?.code === code) return;
    throw new CompileError(
      [],
      `${file} was loaded before a file that changes which of its calls can suspend. Name both files as entry points.`,
    );
  }
}

function withInlineMap({ code, map }: OutputFile): string {
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}\n`;
}
