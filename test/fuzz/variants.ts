/**
 * Compiles many small programs in one go and writes the variants each of them is run as: native, straight and compiled, as in
 * `test/fixtures/harness.ts`. A program the compiler refuses or breaks on is set aside; the others go on without it.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { compile, formatDiagnostic } from "../../dist/transform/index.js";

/** A module that exports `main` and imports `../kit.js`, as the fixtures do. */
export interface Program {
  readonly name: string;
  readonly text: string;
  /** Modules it imports, by file name beside it. */
  readonly beside?: Readonly<Record<string, string>>;
}

/** Why a program did not come out of the compiler. */
export interface Rejection {
  readonly kind: "type error" | "refused" | "crash";
  readonly text: string;
}

export interface Prepared {
  readonly ready: readonly Program[];
  readonly rejected: ReadonlyMap<string, Rejection>;
}

const root = path.resolve(import.meta.dirname, "../..");
const straight = path.join(root, "test/fixtures/straight.mjs");

/** Writes sources and variants below `dir`. */
export function prepare(programs: readonly Program[], dir: string): Prepared {
  const source = path.join(dir, "source");
  mkdirSync(source, { recursive: true });
  const config: unknown = JSON.parse(readFileSync(path.join(root, "fixtures/tsconfig.json"), "utf8"));
  writeFileSync(path.join(source, "tsconfig.json"), JSON.stringify(config));
  writeFileSync(path.join(source, "kit.ts"), readFileSync(path.join(root, "fixtures/kit.ts"), "utf8"));
  for (const program of programs) {
    write(path.join(source, program.name, "main.ts"), program.text);
    for (const [file, text] of Object.entries(program.beside ?? {})) write(path.join(source, program.name, file), text);
  }
  const rejected = new Map<string, Rejection>();
  return { ready: compileAll(programs, dir, rejected), rejected };
}

function compileAll(programs: readonly Program[], dir: string, rejected: Map<string, Rejection>): Program[] {
  if (programs.length === 0) return [];
  const source = path.join(dir, "source");
  const files = programs.map((program) => path.join(source, program.name, "main.ts"));
  let result: ReturnType<typeof compile>;
  try {
    result = compile({ files, project: path.join(source, "tsconfig.json"), cwd: source });
  } catch (error) {
    return withoutCrashing(programs, dir, rejected, error as Error);
  }
  if (result.ok) {
    for (const output of result.outputs) writeVariants(dir, path.relative(source, output.source), output);
    return [...programs];
  }
  const bad = new Set<string>();
  for (const diagnostic of result.diagnostics) {
    const name = diagnostic.file?.split(path.sep)[0];
    if (diagnostic.severity !== "error") continue;
    if (name === undefined || !programs.some((program) => program.name === name)) throw new Error(formatDiagnostic(diagnostic));
    if (!bad.has(name))
      rejected.set(name, {
        kind: diagnostic.code.startsWith("TS") ? "type error" : "refused",
        text: formatDiagnostic(diagnostic),
      });
    bad.add(name);
  }
  return compileAll(
    programs.filter((program) => !bad.has(program.name)),
    dir,
    rejected,
  );
}

/** Finds the programs the compiler breaks on by halving. */
function withoutCrashing(programs: readonly Program[], dir: string, rejected: Map<string, Rejection>, error: Error): Program[] {
  if (programs.length === 1) {
    rejected.set(programs[0]!.name, { kind: "crash", text: error.stack ?? error.message });
    return [];
  }
  const middle = programs.length >> 1;
  return [...compileAll(programs.slice(0, middle), dir, rejected), ...compileAll(programs.slice(middle), dir, rejected)];
}

function writeVariants(dir: string, file: string, output: { readonly source: string; readonly code: string }): void {
  const target = file.replace(/\.ts$/, ".js");
  const direct = (text: string): string => text.replace(/from "flowc"/g, `from ${JSON.stringify(straight)}`);
  write(path.join(dir, "compiled", target), output.code);
  write(path.join(dir, "straight", target), direct(output.code));
  const compilerOptions = { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  write(
    path.join(dir, "native", target),
    ts.transpileModule(direct(readFileSync(output.source, "utf8")), { compilerOptions }).outputText,
  );
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
